package dev.heddle.transport;

/**
 * What a transport may promise. {@link Transport#guarantees} says which of these it does; what is
 * not in its answer, it does not promise. The contract kit tests each promise that is made, on each
 * transport.
 */
public enum Guarantee {
  /** It carries queues: one receiver gets each message. */
  QUEUES,
  /** It carries topics: each receiver gets every message. */
  TOPICS,
  /** {@link Transport#request}: a question gets its answer, or a failure before its deadline. */
  REQUESTS,
  /**
   * When {@code put} to a queue completes, the other side or a broker has the message: a cut of the
   * connection does not lose it.
   */
  CONFIRMED,
  /** Messages of one sender to one address are received in the order in which they were put. */
  ORDERED,
  /**
   * A message is over when it is acknowledged. One whose receiver is closed, or lost, before that
   * goes to another receiver, or to the next; {@link Delivery#isRedelivered} tells so.
   */
  REDELIVERED,
  /**
   * A receiver has no more unacknowledged messages than its credit, and a sender no more under way
   * than {@link TransportLimits#window}: a receiver that stops holds the senders back, and takes no
   * more memory.
   */
  BOUNDED,
  /**
   * A second put under the same id is confirmed and not delivered, as long as no more than {@link
   * TransportLimits#duplicateWindow} others came between, or the broker's time has not passed.
   */
  DEDUPLICATED,
  /** After a cut it connects again, and what was put goes on, without the caller's doing. */
  RESUMED,
  /** What a broker has confirmed survives its restart. */
  DURABLE,
  /** That the receiver was lost, by a crash for example, fails who puts or asks at once. */
  RECEIVER_LOST
}
