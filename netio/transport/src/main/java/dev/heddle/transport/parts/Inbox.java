package dev.heddle.transport.parts;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of an {@link AddressQueue}.
 *
 * <p>Invariants: no more deliveries than the credit are unacknowledged. A message of a topic waits
 * only while no task waits for it, or there is no credit. Nobody waits after the close, and no
 * delivery is unacknowledged.
 */
public final class Inbox implements MessageReceiver {
  private static final int MOST_CHARS = 1_000;

  private final AddressQueue queue;
  private final int credit;

  /** Of a topic: the messages that wait for this receiver. */
  private final NavigableMap<Long, Parcel> own = new TreeMap<>();

  private final Set<Received> unacknowledged = new LinkedHashSet<>();
  private final Receive receive = new Receive();
  private boolean closed;

  /** Why nothing can be received; null while it can. */
  private @Nullable Supplier<? extends IOException> failure;

  Inbox(AddressQueue queue, int credit) {
    this.queue = queue;
    this.credit = credit;
  }

  @Override
  public Address address() {
    return queue.address();
  }

  @Override
  public int credit() {
    return credit;
  }

  @Override
  public int unacknowledged() {
    return unacknowledged.size();
  }

  @Override
  public YieldEvent<@Nullable Delivery, IOException> receive() {
    return receive.forCaller();
  }

  @Override
  public void close() {
    end(null, true);
  }

  @Override
  public void close(String reason) {
    end(Objects.requireNonNull(reason, "reason"), true);
  }

  /** No more messages come. */
  void finish() {
    if (receive.isWaiting() && source().isEmpty()) {
      receive.finish();
    }
  }

  /** The transport was closed. */
  void end() {
    end(null, false);
  }

  /** Nothing can be received any more. */
  void fail(Supplier<? extends IOException> why) {
    failure = why;
    if (receive.isWaiting()) {
      receive.end(why.get());
    }
  }

  private void end(@Nullable String reason, boolean isByUser) {
    scheduler().checkInside("close");
    if (closed) {
      return;
    }
    closed = true;
    List<Parcel> unhandled = new ArrayList<>();
    for (Received delivery : unacknowledged) {
      delivery.isOver = true;
      unhandled.add(delivery.parcel);
    }
    unacknowledged.clear();
    if (receive.isWaiting()) {
      receive.finish();
    }
    assert valid() && !isHungry() : this;
    if (!isByUser) {
      return;
    }
    if (address().isTopic()) { // they were for this receiver only
      unhandled.addAll(own.values());
      own.clear();
      unhandled.forEach(queue::handled);
      unhandled = List.of();
    }
    queue.closed(this, unhandled, reason);
  }

  /** Whether a task waits and may have a delivery. */
  boolean isHungry() {
    return receive.isWaiting() && unacknowledged.size() < credit;
  }

  /** Of a topic: a message for this receiver. */
  void add(Parcel parcel) {
    assert address().isTopic() && !closed : this;
    own.put(parcel.number, parcel);
    if (isHungry()) {
      give();
    }
    assert valid() : this;
  }

  private NavigableMap<Long, Parcel> source() {
    return address().isTopic() ? own : queue.ready();
  }

  /**
   * Gives the next message to the task that waits. A question whose time is over makes room, by
   * which another message may come and be given meanwhile.
   */
  void give() {
    while (isHungry()) {
      Map.Entry<Long, Parcel> next = source().pollFirstEntry();
      if (next == null) {
        return;
      }
      Parcel parcel = next.getValue();
      if (parcel.answer() != null && parcel.deadlineNanos() - scheduler().nanoTime() <= 0) {
        queue.handled(parcel); // nobody waits for the answer any more
      } else {
        Received delivery = new Received(parcel);
        unacknowledged.add(delivery);
        assert unacknowledged.size() <= credit : this + " has more than its credit";
        receive.end(delivery);
      }
    }
  }

  /** The invariants; those of a queue's messages are the queue's. */
  private boolean valid() {
    return unacknowledged.size() <= credit
        && (own.isEmpty() || (address().isTopic() && !isHungry()))
        && (!closed || (unacknowledged.isEmpty() && !receive.isWaiting()));
  }

  private Scheduler scheduler() {
    return queue.mailroom().scheduler;
  }

  @Override
  public String toString() {
    return "a receiver at " + address() + " of " + queue.mailroom().transport;
  }

  private final class Receive extends SingleWaiterEvent<@Nullable Delivery, IOException> {
    @Override
    protected void start(Scheduler user, Waiter waiter) throws IOException {
      scheduler().checkInside("receive");
      if (failure != null) {
        throw failure.get();
      } else if (closed || (queue.mailroom().isFinished() && source().isEmpty())) {
        finish();
      } else if (isHungry() && !source().isEmpty()) {
        give();
      }
    }

    boolean isWaiting() {
      return waiter() != null;
    }

    void end(Delivery delivery) {
      wake(delivery);
    }

    void end(IOException why) {
      fail(why);
    }

    void finish() {
      wake(null);
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return (unacknowledged.size() == credit ? "credit" : "a message") + " at " + address();
    }
  }

  private final class Received implements Delivery {
    private final Parcel parcel;

    /** How long before its deadline it was received. */
    private final @Nullable Duration deadline;

    private boolean isOver;

    Received(Parcel parcel) {
      this.parcel = parcel;
      this.deadline =
          parcel.deadlineNanos() == Long.MAX_VALUE
              ? null
              : Duration.ofNanos(Math.max(1, parcel.deadlineNanos() - scheduler().nanoTime()));
    }

    @Override
    public byte[] body() {
      return parcel.body();
    }

    @Override
    public Address address() {
      return parcel.address();
    }

    @Override
    public String id() {
      return parcel.id();
    }

    @Override
    public boolean isRedelivered() {
      return parcel.isRedelivered();
    }

    @Override
    public boolean isQuestion() {
      return parcel.answer() != null;
    }

    @Override
    public @Nullable Duration deadline() {
      return deadline;
    }

    @Override
    public boolean acknowledge() {
      if (!take("acknowledge")) {
        return false;
      }
      queue.handled(parcel);
      serveSelf();
      return true;
    }

    @Override
    public boolean release() {
      if (!take("release")) {
        return false;
      }
      if (parcel.address().isTopic()) {
        parcel.setRedelivered();
        own.put(parcel.number, parcel);
        serveSelf();
      } else {
        queue.back(List.of(parcel));
      }
      return true;
    }

    @Override
    public boolean reply(byte[] answer) {
      Lanes.checkBody(answer, queue.mailroom().limits);
      Parcel.Answer out = answer();
      if (isOver) {
        return false;
      }
      out.reply(answer.clone());
      return acknowledge();
    }

    @Override
    public boolean fail(String why) {
      Parcel.Answer out = answer();
      if (isOver) {
        return false;
      }
      out.fail(why.length() > MOST_CHARS ? why.substring(0, MOST_CHARS) : why, false);
      return acknowledge();
    }

    private Parcel.Answer answer() {
      scheduler().checkInside("reply");
      Parcel.Answer answer = parcel.answer();
      if (answer == null) {
        throw new IllegalStateException(this + " is no question");
      }
      return answer;
    }

    private boolean take(String call) {
      scheduler().checkInside(call);
      if (isOver) {
        return false;
      }
      isOver = true;
      boolean was = unacknowledged.remove(this);
      assert was : this + " was over and nobody has told it";
      return true;
    }

    private void serveSelf() {
      if (isHungry() && !source().isEmpty()) {
        give();
      }
      assert valid() : Inbox.this;
    }

    @Override
    public String toString() {
      return "delivery " + id() + " at " + address();
    }
  }
}
