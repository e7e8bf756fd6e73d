package dev.heddle.transport.parts;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.transport.Address;
import dev.heddle.transport.DeadlinePassedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A wait for a message to be over; each wait sends a message of its own. */
abstract class Sending<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {
  private final Lanes<?> lanes;
  final Address to;
  final byte[] body;

  /** The window of the present wait. */
  private @Nullable PutWindow window;

  /** The message that is under way; null before. */
  private @Nullable Outgoing outgoing;

  private Sending(Lanes<?> lanes, Address to, byte[] body) {
    this.lanes = lanes;
    this.to = to;
    this.body = body;
  }

  @Override
  protected void start(Scheduler user, Waiter waiter) throws IOException {
    PutWindow now = lanes.windowNow(call(), to);
    now.checkAccepts();
    window = now;
    outgoing = null;
    starts(user);
    now.enter(this, waiter);
  }

  /** What the user has called. */
  abstract String call();

  /** The wait begins. */
  void starts(Scheduler user) {}

  /** There is room: makes the message. */
  final Outgoing begun(Supplier<String> ids) {
    assert outgoing == null : this + " is sent twice by one wait";
    Outgoing made = make(ids);
    outgoing = made;
    return made;
  }

  abstract Outgoing make(Supplier<String> ids);

  final boolean isUnderWay() {
    return outgoing != null;
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
      return window().leave(waiter);
    }
    outgoing.abandon();
    return true;
  }

  final PutWindow window() {
    return Objects.requireNonNull(window, "a wait without a window");
  }

  @Override
  public String describe() {
    return (isUnderWay() ? "the end of a message to " : "room at ") + to;
  }

  /** A put. */
  static final class Put extends Sending<@Nullable Void> {
    private final @Nullable String id;

    Put(Lanes<?> lanes, Address to, @Nullable String id, byte[] body) {
      super(lanes, to, body);
      this.id = id;
    }

    @Override
    String call() {
      return "put";
    }

    @Override
    Outgoing make(Supplier<String> ids) {
      return new Outgoing(to, id == null ? ids.get() : id, body, this, false, 0);
    }

    @Override
    void confirmed() {
      wake(null);
    }
  }

  /** A question. */
  static final class Ask extends Sending<byte[]> {
    private final Scheduler scheduler;
    private final Duration deadline;
    private long deadlineNanos;

    Ask(Scheduler scheduler, Lanes<?> lanes, Address to, byte[] body, Duration deadline) {
      super(lanes, to, body);
      this.scheduler = scheduler;
      this.deadline = deadline;
    }

    @Override
    String call() {
      return "request";
    }

    @Override
    void starts(Scheduler user) {
      deadlineNanos = user.nanoTime() + Timers.saturatedNanos(deadline);
      user.setDeadline(this, deadlineNanos);
    }

    @Override
    Outgoing make(Supplier<String> ids) {
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
      boolean asked = isUnderWay();
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
      Outgoing question = super.outgoing;
      if (question != null) {
        window().abandoned(question);
      }
    }

    @Override
    public String describe() {
      return (isUnderWay() ? "an answer from " : "room at ") + to;
    }
  }
}
