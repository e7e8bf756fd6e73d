package dev.heddle.transport;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A message as it was received. To be acknowledged when it has been handled. None of the methods
 * waits; they return false, and do nothing, if the delivery is over: it was acknowledged or
 * released before, its receiver was closed, or the connection was lost, so that the message comes
 * again.
 */
public interface Delivery {
  /** What was put. Must not be changed. */
  byte[] body();

  /** Where it was received. */
  Address address();

  /**
   * By what a second delivery of one message is known: the id that it was put under, or one that
   * the transport has made.
   */
  String id();

  /** Whether the message may have been delivered before. */
  boolean isRedelivered();

  /** Whether somebody waits for an answer. */
  boolean isQuestion();

  /**
   * For a question, how much of its deadline was left when it was received, as far as the transport
   * carries deadlines; null if there is none.
   */
  @Nullable Duration deadline();

  /** The message was handled. */
  @CanIgnoreReturnValue
  boolean acknowledge();

  /** The message was not handled, and is to be delivered again: here or to another receiver. */
  @CanIgnoreReturnValue
  boolean release();

  /**
   * Answers a question, and acknowledges it.
   *
   * @param answer at most {@link TransportLimits#maxMessageBytes} bytes
   * @throws IllegalStateException if it is no question
   * @throws IllegalArgumentException if the answer is too long
   */
  @CanIgnoreReturnValue
  boolean reply(byte[] answer);

  /**
   * Answers a question with a failure, and acknowledges it: the asker gets a {@link
   * RequestFailedException} with this text.
   *
   * @param why of which the first 1,000 characters are sent
   * @throws IllegalStateException if it is no question
   */
  @CanIgnoreReturnValue
  boolean fail(String why);
}
