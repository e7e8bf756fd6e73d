package dev.heddle.transport.parts;

import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sender's side of one address. A message takes a place when it is transmitted, and the
 * transport gives the place back when the message is over. Who finds no place waits, first come,
 * first served.
 *
 * <pre>
 *   awaited --no room--> waiting --room--> under way --confirmed, answered, failed--> over
 *      '------room-----------------------------^
 * </pre>
 *
 * <p>Invariants: there are never more places than the window has. Somebody waits only while there
 * is no room, and nobody while messages are refused.
 */
public final class PutWindow {
  /** What a transport does with messages. */
  public interface Transmission {
    /** Sends a message, now or later, without waiting. */
    void transmit(Outgoing message);

    /** Nobody waits any more for the answer of a question that was transmitted. */
    default void abandoned(Outgoing question) {}
  }

  private final Address to;
  private final TransportLimits limits;
  private final Supplier<String> ids;
  private final Transmission out;
  private final WaitQueue waiting = new WaitQueue();

  /** How many more messages may be under way. */
  private int room;

  /** What puts fail with; null while they do not. */
  private @Nullable Supplier<? extends IOException> refusal;

  /** Whether {@link #admit} runs: a message that is over at once then calls it again. */
  private boolean admitting;

  /**
   * A window with all its places.
   *
   * @param ids makes the ids of messages that have none
   */
  public PutWindow(Address to, TransportLimits limits, Supplier<String> ids, Transmission out) {
    this.to = to;
    this.limits = limits;
    this.room = limits.window();
    this.ids = ids;
    this.out = out;
  }

  // For those who send.

  /** Begins a message that nobody waits for; false if there is no room. */
  boolean offer(byte[] body) throws IOException {
    checkAccepts();
    if (room == 0) {
      return false;
    }
    assert waiting.peek() == null : this + " is overtaken by an offer";
    room--;
    out.transmit(new Outgoing(to, ids.get(), body, null, false, 0));
    assert valid() : this;
    return true;
  }

  /** Throws what puts fail with, if they do. */
  void checkAccepts() throws IOException {
    if (refusal != null) {
      throw refusal.get();
    }
  }

  /** A message is under way, or waits for room. */
  void enter(Sending<?> sending, Waiter waiter) {
    if (room > 0) {
      begin(sending);
    } else {
      waiting.add(waiter);
    }
    assert valid() : this;
  }

  private void begin(Sending<?> sending) {
    room--;
    assert room >= 0 : this;
    out.transmit(sending.begun(ids));
  }

  /** Who waits for room waits no more; false if that was not so. */
  boolean leave(Waiter waiter) {
    return waiting.remove(waiter);
  }

  /** Nobody waits any more for the answer of a question that is under way. */
  void abandoned(Outgoing question) {
    out.abandoned(question);
  }

  // For the transport.

  /** A message is over. */
  public void giveRoom() {
    room++;
    assert room <= limits.window() : this + " has got back more than it gave";
    admit();
  }

  /** From now on, puts fail with this, those that wait too; what is under way is not touched. */
  public void refuse(Supplier<? extends IOException> why) {
    refusal = why;
    for (Sending<?> first = poll(); first != null; first = poll()) {
      first.failed(why.get());
    }
    assert valid() : this;
  }

  /** Puts do not fail any more. */
  public void accept() {
    refusal = null;
  }

  /** How many messages are under way. */
  int underWay() {
    return limits.window() - room;
  }

  /** Whether there is no message. */
  boolean isIdle() {
    return underWay() == 0 && waiting.isEmpty();
  }

  /** Whether puts do not fail at once. */
  boolean accepts() {
    return refusal == null;
  }

  private void admit() {
    if (admitting) {
      return;
    }
    admitting = true;
    for (Sending<?> next = nextWithRoom(); next != null; next = nextWithRoom()) {
      begin(next);
    }
    admitting = false;
    assert valid() : this;
  }

  private @Nullable Sending<?> nextWithRoom() {
    return room > 0 ? poll() : null;
  }

  private @Nullable Sending<?> poll() {
    Waiter first = waiting.poll();
    return first == null ? null : (Sending<?>) first.event();
  }

  /** The invariants. An arm that has lost may still stand in the queue; it does not count. */
  private boolean valid() {
    return room >= 0
        && room <= limits.window()
        && (waiting.peek() == null || (room == 0 && refusal == null) || admitting);
  }

  @Override
  public String toString() {
    return "window to " + to + " (" + underWay() + " under way, " + waiting.size() + " waiting)";
  }
}
