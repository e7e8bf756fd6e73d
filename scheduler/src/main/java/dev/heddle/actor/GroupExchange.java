package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.group.GroupLoop;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Exchange} whose senders and receivers may be on any loop of a group: each message goes
 * to all receivers that are attached, on whatever loop.
 *
 * <pre>{@code
 * GroupExchange<Price> prices = new GroupExchange<>(workers, "prices", 100);
 *
 * // a task of any loop
 * try (Subscription<Price> mine = prices.subscribe(10, OverflowPolicy.WAIT)) {
 *   while (co.await(mine.receive()) instanceof Price price) {
 *     co.await(show(price));
 *   }
 * }
 *
 * // any thread
 * prices.send(new Price());
 * }</pre>
 *
 * <p>One loop of the group, chosen by the name, puts the messages of all senders in one order: all
 * receivers of all loops see that order, and the messages of one sender in the order in which it
 * sent them. There is a limit to the messages under way: those that were accepted and that some
 * loop has not given to its receivers. While a subscription under {@link OverflowPolicy#WAIT} is
 * full its loop holds its messages back, and so soon all senders: {@link #send} throws, {@link
 * #offer} returns false, {@link #put} waits. Between the loops that is not at once: a message is
 * accepted before it arrives, so a receiver that is slow is noticed up to the limit later.
 *
 * <p>What is promised of one loop's receivers, their failures and their end, is {@link Exchange}'s:
 * on each loop there is one. A loop that has failed is passed over; if it is the one that orders
 * the messages, the exchange is closed.
 *
 * <p>{@link #send}, {@link #offer}, {@link #put} and {@link #close} may be called from any thread;
 * {@code attach} and {@code subscribe} on a loop of the group, to which what they give belongs.
 *
 * @param <M> the messages; never null
 */
public final class GroupExchange<M> implements Receiver<M> {
  private final SchedulerGroup group;
  private final String name;

  /** The loop that puts the messages in order. */
  private final GroupLoop home;

  /** How many more messages may be under way. Any thread. */
  private final AtomicInteger room;

  /** Those who wait for room, of whatever scheduler, oldest first. */
  private final Queue<PutEvent> senders = new ConcurrentLinkedQueue<>();

  /** By the number of the loop: what gives the messages there; null if none ever attached there. */
  private final AtomicReferenceArray<@Nullable Station> stations;

  private volatile boolean closed;

  /**
   * An exchange of all loops of the group.
   *
   * @param capacity how many messages may be under way, 1 or more
   */
  public GroupExchange(SchedulerGroup group, String name, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a capacity of " + capacity + ": must be 1 or more");
    }
    this.group = group;
    this.name = Objects.requireNonNull(name, "name");
    this.home = group.on(name);
    this.room = new AtomicInteger(capacity);
    this.stations = new AtomicReferenceArray<>(group.loops().size());
  }

  // Receivers, on the calling loop.

  /** Attaches a receiver, which is called on the calling loop: see {@link Exchange#attach}. */
  public void attach(Receiver<? super M> receiver) {
    here().attach(receiver);
  }

  /** Detaches a receiver of the calling loop: see {@link Exchange#detach}. */
  public void detach(Receiver<? super M> receiver) {
    here().detach(receiver);
  }

  /** Attaches a receiver until the result is closed: see {@link Exchange#subscribe(Receiver)}. */
  @CheckReturnValue
  public Exchange.Attachment subscribe(Receiver<? super M> receiver) {
    return here().subscribe(receiver);
  }

  /**
   * Attaches a subscription, from which a task of the calling loop receives at its own pace: see
   * {@link Exchange#subscribe(int, OverflowPolicy)}.
   */
  @CheckReturnValue
  public Subscription<M> subscribe(int capacity, OverflowPolicy policy) {
    return here().subscribe(capacity, policy);
  }

  private Exchange<M> here() {
    GroupLoop loop = group.current();
    Station known = stations.get(loop.index());
    if (known == null) {
      known = new Station(loop.scheduler());
      stations.set(loop.index(), known);
      if (closed) {
        known.exchange.close();
      }
    }
    return known.exchange;
  }

  // Messages, from any thread.

  /**
   * Sends a message; does not wait.
   *
   * @throws ReceiverFullException if as many messages are under way as may be; nothing was sent
   * @throws ReceiverClosedException if the exchange is closed
   */
  @Override
  public void send(M message) {
    if (!offer(message)) {
      throw new ReceiverFullException(
          "cannot send to " + describe() + ": too many messages are under way");
    }
  }

  /**
   * Sends a message if there is room; does not wait.
   *
   * @return false if as many messages are under way as may be; nothing was sent
   * @throws ReceiverClosedException if the exchange is closed
   */
  @CheckReturnValue
  public boolean offer(M message) {
    Objects.requireNonNull(message, "message");
    checkOpen();
    if (!takeRoom()) {
      return false;
    }
    order(message);
    return true;
  }

  /**
   * Sends a message, and waits for room, in a task of any scheduler. Fails with a {@link
   * ReceiverClosedException} if the exchange is closed. A sender that is cancelled while it waits
   * has sent nothing.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    return new PutEvent(Objects.requireNonNull(message, "message"));
  }

  /**
   * Ends the sending. Messages that were accepted before arrive; then each loop's receivers see the
   * end, as those of {@link Exchange#close} do. A second call does nothing.
   */
  public void close() {
    closed = true;
    for (PutEvent each = senders.poll(); each != null; each = senders.poll()) {
      each.refuseSoon();
    }
    tell(home, () -> group.loops().forEach(loop -> tell(loop, () -> end(loop))));
  }

  private void end(GroupLoop loop) {
    Station station = stations.get(loop.index());
    if (station != null) {
      station.closeWhenEmpty();
    }
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** The name that it was made with. */
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return describe();
  }

  private String describe() {
    return "exchange '" + name + "' of " + group;
  }

  // Under way.

  private boolean takeRoom() {
    for (int free = room.get(); free > 0; free = room.get()) {
      if (room.compareAndSet(free, free - 1)) {
        return true;
      }
    }
    return false;
  }

  /** All receivers have a message, or a sender does not want its room any more. */
  private void giveRoom() {
    room.incrementAndGet();
    admit();
  }

  /** Gives room to those who wait for it, oldest first. Any thread. */
  private void admit() {
    while (!senders.isEmpty() && takeRoom()) {
      PutEvent first = senders.poll();
      if (first == null) {
        room.incrementAndGet();
      } else {
        first.enterSoon();
      }
    }
  }

  /** Room was taken: the message gets its place in the order. */
  private void order(M message) {
    if (!tell(home, () -> deal(message))) {
      giveRoom(); // the group has ended, or that loop
    }
  }

  /** At home: to each loop. */
  private void deal(M message) {
    Delivery<M> delivery = new Delivery<>(message, new AtomicInteger(stations.length()));
    for (GroupLoop loop : group.loops()) {
      Station station = stations.get(loop.index());
      if (station == null || !tell(loop, () -> station.receive(delivery))) {
        arrived(delivery);
      }
    }
  }

  private void arrived(Delivery<M> delivery) {
    if (delivery.missing.decrementAndGet() == 0) {
      giveRoom();
    }
  }

  private static boolean tell(GroupLoop loop, Runnable message) {
    return loop.scheduler().runInside(message);
  }

  private void checkOpen() {
    if (closed || home.failure() != null) {
      throw closedException();
    }
  }

  private ReceiverClosedException closedException() {
    Throwable failure = home.failure();
    return new ReceiverClosedException(
        "cannot send to "
            + describe()
            + (failure == null ? ": it is closed" : ": " + home + ", which orders it, has failed"),
        failure);
  }

  /**
   * A message under way.
   *
   * @param missing how many loops have not given it to their receivers
   */
  private record Delivery<M>(M message, AtomicInteger missing) {}

  /** What one loop does; all of it on that loop. */
  private final class Station {
    final Exchange<M> exchange;
    private final Scheduler scheduler;

    /** Those that a full subscription holds back, oldest first. */
    private final ArrayDeque<Delivery<M>> held = new ArrayDeque<>();

    /** Whether a task waits for room for the first of them. */
    private boolean waiting;

    private boolean closing;

    Station(Scheduler scheduler) {
      this.scheduler = scheduler;
      this.exchange = new Exchange<>(scheduler, name);
    }

    void receive(Delivery<M> delivery) {
      if (exchange.isClosed()) {
        arrived(delivery);
      } else if (!waiting && exchange.offer(delivery.message)) {
        arrived(delivery);
      } else {
        held.add(delivery);
        if (!waiting) {
          waiting = true;
          scheduler
              .daemons()
              .spawn(
                  "what " + describe() + " holds back",
                  co -> {
                    try {
                      while (!held.isEmpty()) {
                        co.await(exchange.put(held.element().message));
                        arrived(held.remove());
                      }
                    } finally {
                      letGo();
                    }
                  });
        }
      }
    }

    /** All are given; or nobody will give them, as the exchange is closed, or the loop ends. */
    private void letGo() {
      waiting = false;
      while (!held.isEmpty()) {
        arrived(held.remove());
      }
      if (closing) {
        exchange.close();
      }
    }

    void closeWhenEmpty() {
      closing = true;
      if (!waiting) {
        exchange.close();
      }
    }
  }

  /** {@link #put}. */
  private final class PutEvent extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    private final M message;

    /** Where the waiter lives; written before another thread can have the event. */
    private @Nullable Scheduler scheduler;

    PutEvent(M message) {
      this.message = message;
    }

    @Override
    protected void start(Scheduler user, Waiter waiter) {
      checkOpen();
      if (senders.isEmpty() && takeRoom()) {
        order(message);
        wake(null);
        return;
      }
      scheduler = user;
      senders.add(this);
      if (closed && senders.remove(this)) {
        throw closedException();
      }
      admit(); // room may have come before this one stood in the line
    }

    void enterSoon() {
      if (!Objects.requireNonNull(scheduler).runInside(this::enter)) {
        giveRoom();
      }
    }

    /** Unless the waiter was cancelled, while the room was on its way. */
    private void enter() {
      if (waiter() == null) {
        giveRoom();
      } else {
        order(message);
        wake(null);
      }
    }

    void refuseSoon() {
      boolean _ =
          Objects.requireNonNull(scheduler)
              .runInside(
                  () -> {
                    if (waiter() != null) {
                      fail(closedException());
                    }
                  });
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      boolean _ = senders.remove(this);
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "room in " + GroupExchange.this;
    }
  }
}
