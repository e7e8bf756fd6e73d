package dev.heddle.transport.parts;

import dev.heddle.transport.Address;
import org.jspecify.annotations.Nullable;

/** A message at its receivers' side, from its arrival until it is over. */
public final class Parcel {
  /** How a question is answered. */
  public interface Answer {
    /** Sends the answer, without waiting. */
    void reply(byte[] answer);

    /**
     * Sends a failure, without waiting.
     *
     * @param isLost whether the receiver was lost, so that nobody has refused the question
     */
    void fail(String why, boolean isLost);
  }

  /** Its place among those of its address; given by the queue. */
  long number;

  /** How many receivers have to handle it; 1 for a queue. */
  int copies = 1;

  private final Address address;
  private final String id;
  private final byte[] body;

  /** How to answer; null if it is no question. */
  private final @Nullable Answer answer;

  /** When a question is over, on the scheduler's clock; {@link Long#MAX_VALUE} if not known. */
  private final long deadlineNanos;

  /** What the transport needs to say that it is over. */
  private final @Nullable Object token;

  /** Whether it was delivered before. */
  private boolean redelivered;

  /** A message. */
  public Parcel(
      Address address, String id, byte[] body, boolean redelivered, @Nullable Object token) {
    this(address, id, body, redelivered, token, null, Long.MAX_VALUE);
  }

  /** A question, if there is a way to answer. */
  public Parcel(
      Address address,
      String id,
      byte[] body,
      boolean redelivered,
      @Nullable Object token,
      @Nullable Answer answer,
      long deadlineNanos) {
    this.address = address;
    this.id = id;
    this.body = body;
    this.redelivered = redelivered;
    this.token = token;
    this.answer = answer;
    this.deadlineNanos = deadlineNanos;
  }

  /** Where it was sent. */
  public Address address() {
    return address;
  }

  /** Its id. */
  public String id() {
    return id;
  }

  /** Its bytes. */
  public byte[] body() {
    return body;
  }

  /** What the transport gave it. */
  public @Nullable Object token() {
    return token;
  }

  @Nullable Answer answer() {
    return answer;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean isRedelivered() {
    return redelivered;
  }

  void setRedelivered() {
    redelivered = true;
  }
}
