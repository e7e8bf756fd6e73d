package dev.heddle.transport.amqp;

import org.jspecify.annotations.Nullable;

/** What the bridge and the loop tell each other, in plain data: no class of the client library. */
final class Wire {
  /** An answer to a question. */
  static final String ANSWER = "answer";

  /** The receiver could not answer; the body says why. */
  static final String FAILURE = "failure";

  /** The receiver was lost; the body says why. */
  static final String LOST = "lost";

  private Wire() {}

  /**
   * A message to the broker.
   *
   * @param exchange where it is published; empty for a queue
   * @param key the queue; empty for an exchange
   * @param type what kind of answer; null if it is none
   * @param answerOf the question that it answers, or its own id if it is a question; else null
   * @param leftMillis how much of a question's deadline is left; 0 if it is none
   */
  @SuppressWarnings("ArrayRecordComponent") // a wrapper would cost one object a message
  record Publication(
      String exchange,
      String key,
      String id,
      byte[] body,
      @Nullable String type,
      @Nullable String answerOf,
      long leftMillis) {
    boolean isQuestion() {
      return leftMillis > 0;
    }
  }

  /**
   * A message from the broker.
   *
   * @param id null if its sender gave it none
   * @param tag by which it is acknowledged
   * @param replyTo null if it is no question
   * @param answerOf the question that it belongs to; null if there is none
   * @param leftMillis as it was sent; 0 if not known
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Arrival(
      @Nullable String id,
      byte[] body,
      long tag,
      boolean isRedelivered,
      @Nullable String replyTo,
      @Nullable String answerOf,
      @Nullable String type,
      long leftMillis) {}
}
