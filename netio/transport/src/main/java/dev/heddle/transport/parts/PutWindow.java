package dev.heddle.transport.parts;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.DeadlinePassedException;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
 * <p>Invariant: somebody waits only while there is no room, and nobody while messages are refused.
 */
public final class PutWindow {
  /** What a transport does with messages. */
  public interface Transmission {
    /** Sends a message, now or later, without waiting. */
    void transmit(Outgoing message);

    /** Nobody waits any more for the answer of a question that was transmitted. */
    default void abandoned(Outgoing question) {}
  }

  private static final Pattern ID = Pattern.compile("[!-~]{1,100}");

  private final Scheduler scheduler;
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
  public PutWindow(
      Scheduler scheduler,
      Address to,
      TransportLimits limits,
      Supplier<String> ids,
      Transmission out) {
    this.scheduler = scheduler;
    this.to = to;
    this.limits = limits;
    this.room = limits.window();
    this.ids = ids;
    this.out = out;
  }

  /** {@code Transport.put}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> put(@Nullable String id, byte[] body) {
    checkBody(body, limits);
    if (id != null && !ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id '" + id + "': must be 1 to 100 visible characters");
    }
    return new Put(id, body);
  }

  /** {@code Transport.offer}. */
  @CheckReturnValue
  public boolean offer(byte[] body) throws IOException {
    checkBody(body, limits);
    scheduler.checkInside("offer");
    if (refusal != null) {
      throw refusal.get();
    }
    if (room == 0) {
      return false;
    }
    room--;
    out.transmit(new Outgoing(to, ids.get(), body, null, false, 0));
    return true;
  }

  /** {@code Transport.request}. */
  @CheckReturnValue
  public YieldEvent<byte[], IOException> request(byte[] question, Duration deadline) {
    checkBody(question, limits);
    if (to.isTopic()) {
      throw new IllegalArgumentException("cannot ask " + to + ": must be a queue");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline " + deadline + ": must be positive");
    }
    return new Ask(question, deadline);
  }

  /** Refuses a body that is too long. */
  public static void checkBody(byte[] body, TransportLimits limits) {
    Objects.requireNonNull(body, "body");
    if (body.length > limits.maxMessageBytes()) {
      throw new IllegalArgumentException(
          "a message of " + body.length + " bytes: must be 0 to " + limits.maxMessageBytes());
    }
  }

  // For the transport.

  /** So many messages are over. */
  public void giveRoom(int count) {
    room += count;
    assert room <= limits.window() : this;
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

  /** Whether a message may be put at once. */
  public boolean hasRoom() {
    return room > 0 && refusal == null;
  }

  /** How many messages are under way. */
  public int underWay() {
    return limits.window() - room;
  }

  private void admit() {
    if (admitting) {
      return;
    }
    admitting = true;
    while (room > 0 && !waiting.isEmpty()) {
      Objects.requireNonNull(poll()).begin();
    }
    admitting = false;
    assert valid() : this;
  }

  private @Nullable Sending<?> poll() {
    Waiter first = waiting.poll();
    return first == null ? null : (Sending<?>) first.event();
  }

  private boolean valid() {
    return waiting.isEmpty() || (room == 0 && refusal == null) || admitting;
  }

  @Override
  public String toString() {
    return "window to " + to + " (" + underWay() + " under way, " + waiting.size() + " waiting)";
  }

  /** A wait for a message to be over. */
  abstract class Sending<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {
    final byte[] body;

    /** The message that is under way; null before. */
    @Nullable Outgoing outgoing;

    Sending(byte[] body) {
      this.body = body;
    }

    @Override
    protected void start(Scheduler user, Waiter waiter) throws IOException {
      scheduler.checkInside("put");
      outgoing = null;
      if (refusal != null) {
        throw refusal.get();
      }
      begun(user);
      if (room > 0) {
        begin();
      } else {
        waiting.add(waiter);
      }
      assert valid() : this;
    }

    /** The wait has begun. */
    void begun(Scheduler user) {}

    abstract Outgoing make();

    final void begin() {
      room--;
      Outgoing made = make();
      outgoing = made;
      out.transmit(made);
    }

    void confirmed() {
      throw new IllegalStateException(this + " is not over when it is confirmed");
    }

    void answered(byte[] answer) {
      throw new IllegalStateException(this + " has no answer");
    }

    void failed(IOException why) {
      fail(why);
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      if (outgoing == null) {
        return waiting.remove(waiter);
      }
      outgoing.abandon();
      return true;
    }

    @Override
    public String describe() {
      return (outgoing == null ? "room at " : "the end of a message to ") + to;
    }
  }

  private final class Put extends Sending<@Nullable Void> {
    private final @Nullable String id;

    Put(@Nullable String id, byte[] body) {
      super(body);
      this.id = id;
    }

    @Override
    Outgoing make() {
      return new Outgoing(to, id == null ? ids.get() : id, body, this, false, 0);
    }

    @Override
    void confirmed() {
      wake(null);
    }
  }

  private final class Ask extends Sending<byte[]> {
    private final Duration deadline;
    private long deadlineNanos;

    Ask(byte[] body, Duration deadline) {
      super(body);
      this.deadline = deadline;
    }

    @Override
    void begun(Scheduler user) {
      deadlineNanos = user.nanoTime() + Timers.saturatedNanos(deadline);
      user.setDeadline(this, deadlineNanos);
    }

    @Override
    Outgoing make() {
      return new Outgoing(to, ids.get(), body, this, true, deadlineNanos);
    }

    @Override
    void answered(byte[] answer) {
      scheduler.clearDeadline(this);
      wake(answer);
    }

    @Override
    void failed(IOException why) {
      scheduler.clearDeadline(this);
      super.failed(why);
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      user.clearDeadline(this);
      boolean undone = super.undo(user, waiter);
      dropped();
      return undone;
    }

    @Override
    protected void handleDeadline(Scheduler user) {
      Waiter late = Objects.requireNonNull(waiter(), "a deadline without a waiter");
      boolean asked = outgoing != null;
      boolean _ = super.undo(user, late);
      dropped();
      fail(
          new DeadlinePassedException(
              "no answer from "
                  + to
                  + " within "
                  + deadline
                  + (asked ? "" : "; there was no room to ask")));
    }

    private void dropped() {
      if (outgoing != null) {
        out.abandoned(outgoing);
      }
    }

    @Override
    public String describe() {
      return (outgoing == null ? "room at " : "an answer from ") + to;
    }
  }
}
