package dev.heddle.transport.parts;

import dev.heddle.transport.Address;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A message that was put and has a place in its window. The transport says what becomes of it; if
 * nobody waits for it any more, that is heard by nobody.
 */
public final class Outgoing {
  private final Address to;
  private final String id;
  private final byte[] body;

  /** When the question is over, on the scheduler's clock; meaningless if it is no question. */
  private final long deadlineNanos;

  private final boolean question;

  /** Who waits for it; null if nobody does, or it is over. */
  private @Nullable Sending<?> sending;

  /** For the transport: the number under which it is on its way. */
  private long number;

  /** For the transport: whether it was transmitted before. */
  private boolean repeated;

  Outgoing(
      Address to,
      String id,
      byte[] body,
      @Nullable Sending<?> sending,
      boolean question,
      long deadlineNanos) {
    this.to = to;
    this.id = id;
    this.body = body.clone();
    this.sending = sending;
    this.question = question;
    this.deadlineNanos = deadlineNanos;
  }

  /** Where it goes. */
  public Address to() {
    return to;
  }

  /** Its id. */
  public String id() {
    return id;
  }

  /** Its bytes, which nobody changes. */
  public byte[] body() {
    return body;
  }

  /** Whether an answer is waited for. */
  public boolean isQuestion() {
    return question;
  }

  /** When a question is over, on the scheduler's clock. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** The transport's number of it. */
  public long number() {
    return number;
  }

  /** Sets the transport's number. */
  public void setNumber(long next) {
    assert next >= 0 : next;
    number = next;
  }

  /** Whether it was transmitted before. */
  public boolean isRepeated() {
    return repeated;
  }

  /** It is transmitted once more. */
  public void setRepeated() {
    repeated = true;
  }

  /** Whether somebody waits for it. */
  public boolean isWanted() {
    return sending != null;
  }

  /** The other side has it: a put is over, a question waits on for its answer. */
  public void confirmed() {
    Sending<?> waiting = sending;
    if (waiting != null && !question) {
      sending = null;
      waiting.confirmed();
    }
  }

  /** The answer has come. */
  public void answered(byte[] answer) {
    Sending<?> waiting = sending;
    if (waiting != null && question) {
      sending = null;
      waiting.answered(answer);
    }
  }

  /** It will not arrive, or not be answered. */
  public void failed(IOException why) {
    Sending<?> waiting = sending;
    if (waiting != null) {
      sending = null;
      waiting.failed(why);
    }
  }

  void abandon() {
    assert sending != null : this + " was over when its wait was undone";
    sending = null;
  }

  @Override
  public String toString() {
    return (question ? "question " : "message ") + id + " to " + to;
  }
}
