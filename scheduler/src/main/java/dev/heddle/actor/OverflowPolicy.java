package dev.heddle.actor;

/** What happens to a message for a {@link Subscription} that is full. */
public enum OverflowPolicy {
  /** The sender waits until there is room. The subscriber gets every message. */
  WAIT,
  /** The oldest message is dropped to make room. The subscriber gets the latest messages. */
  DROP_OLDEST,
  /** The new message is dropped. The subscriber gets the first messages, until it catches up. */
  DROP_NEWEST,
  /**
   * The subscription is detached. Its {@code receive} gives the messages that wait in it, and then
   * fails.
   */
  FAIL
}
