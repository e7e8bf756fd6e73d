package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends each message to all who are attached, whom the sender need not know.
 *
 * <pre>{@code
 * Exchange<String> events = exchanges.named("events", String.class);
 * try (var _ = events.subscribe(message -> System.out.println("seen: " + message))) {
 *   events.send("hello");
 * } // detached, however the block is left
 * }</pre>
 *
 * <p>Two kinds of receivers. Anything with a {@code send} is called in the sender's turn, and must
 * not wait: a lambda, an actor (whose mailbox should be bounded, or it may grow without end). A
 * {@link Subscription} is received from by a task at its own pace, with a {@link OverflowPolicy} of its own.
 * Where messages go to an actor that shall hold the senders back, a task between the two does it:
 *
 * <pre>{@code
 * while (co.await(feed.receive()) instanceof String message) {
 *   co.await(actor.put(message));
 * }
 * }</pre>
 *
 * <p>A message goes to all at once, so that all see the same order. With a feed under {@link
 * OverflowPolicy#WAIT} that is full, it goes to nobody yet: {@link #send} throws, {@link #offer}
 * tells, {@link #put} waits, as they do with an {@link Actor}. What a receiver sends to the
 * exchange from within its {@code send} goes to all after the message that it has got.
 *
 * <p>A receiver that throws is detached, the others get the message all the same, and the failure
 * goes to the failure handler, which by default logs it as a warning. So does that of a feed that
 * was too slow under {@link OverflowPolicy#FAIL}. The sender is told nothing.
 *
 * <p>Fairness: receivers are served in the order in which they were attached; senders that wait
 * enter in the order in which they came. A sender that is cancelled while it waits has sent nothing
 * to anybody. Threads: as {@link Actor}.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.11.
 *
 * @param <M> the messages; never null
 */
public final class Exchange<M> implements Receiver<M> {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private final Scheduler scheduler;
  private final String name;
  private final BiConsumer<Receiver<? super M>, Throwable> onFailure;

  /**
   * In the order in which they were attached. Replaced, never changed, so that it can be walked.
   */
  private List<Receiver<? super M>> receivers = List.of();

  /** Messages that were sent while one was on its way to all, oldest first. */
  private final ArrayDeque<M> onTheirWay = new ArrayDeque<>();

  /** Whether a message is on its way to all. */
  private boolean sending;

  /** Tasks that wait for room in a feed, each with its {@link PublishEvent}. */
  private final WaitQueue senders = new WaitQueue();

  private boolean closed;

  /** An exchange that logs the failures of its receivers. */
  public Exchange(Scheduler scheduler, String name) {
    this(scheduler, name, (receiver, failure) -> log(name, receiver, failure));
  }

  /**
   * An exchange with a handler of failures.
   *
   * @param onFailure gets the receiver that failed and was detached, and why; must not throw
   */
  public Exchange(
      Scheduler scheduler, String name, BiConsumer<Receiver<? super M>, Throwable> onFailure) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    this.name = Objects.requireNonNull(name, "name");
    this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
  }

  private static void log(String exchange, Receiver<?> receiver, Throwable failure) {
    LOG.log(
        Level.WARNING,
        "a receiver of exchange '" + exchange + "' failed and was detached: " + receiver,
        failure);
  }

  // Receivers.

  /**
   * Lets a receiver have all messages from now on; if it is attached (the same object) does
   * nothing.
   *
   * @throws ReceiverClosedException if the exchange is closed
   */
  public void attach(Receiver<? super M> receiver) {
    Objects.requireNonNull(receiver, "receiver");
    checkOpen("attach");
    if (!isAttached(receiver)) {
      List<Receiver<? super M>> more = new ArrayList<>(receivers);
      more.add(receiver);
      receivers = more;
    }
  }

  /**
   * Lets a receiver have no more messages.
   *
   * @throws IllegalArgumentException if it is not attached
   */
  public void detach(Receiver<? super M> receiver) {
    check("detach");
    if (!remove(receiver)) {
      throw new IllegalArgumentException(receiver + " is not attached to " + describe());
    }
  }

  /**
   * Attaches a receiver until the result is closed. That does nothing to one that was detached
   * before.
   */
  @CheckReturnValue
  public Attachment subscribe(Receiver<? super M> receiver) {
    attach(receiver);
    return () -> {
      check("close");
      boolean _ = remove(receiver);
    };
  }

  /**
   * Attaches a feed, from which a task receives.
   *
   * @param capacity how many messages may wait in it, 1 or more
   */
  @CheckReturnValue
  public Subscription<M> subscribe(int capacity, OverflowPolicy rule) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a feed of " + capacity + " messages: must be 1 or more");
    }
    Subscription<M> feed = new Subscription<>(this, capacity, Objects.requireNonNull(rule, "rule"));
    attach(feed);
    return feed;
  }

  /** What {@link #subscribe(Receiver)} gives. */
  @FunctionalInterface
  public interface Attachment extends AutoCloseable {
    /** Detaches the receiver, if it is attached. */
    @Override
    void close();
  }

  // Messages.

  /**
   * Sends a message to all; does not yield.
   *
   * @throws ReceiverFullException if senders must wait for a feed; nothing was sent to anybody
   * @throws ReceiverClosedException if the exchange is closed
   */
  @Override
  public void send(M message) {
    if (!offer(message)) {
      throw new ReceiverFullException(
          "cannot send to " + describe() + ": a feed has as many messages as it may");
    }
  }

  /**
   * Sends a message to all, unless senders must wait for a feed; does not yield.
   *
   * @return false if they must; nothing was sent to anybody
   * @throws ReceiverClosedException if the exchange is closed
   */
  @CheckReturnValue
  public boolean offer(M message) {
    Objects.requireNonNull(message, "message");
    checkOpen("send");
    if (mustWait()) {
      return false;
    }
    sendToAll(message);
    return true;
  }

  /**
   * Sends a message to all, and waits while a feed holds senders back. Fails with a {@link
   * ReceiverClosedException} if the exchange is closed, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    return new PublishEvent(Objects.requireNonNull(message, "message"));
  }

  /**
   * Ends the sending; does not yield. Feeds give what they have, then null; senders that wait fail.
   * A second time does nothing.
   */
  public void close() {
    check("close");
    closed = true;
    for (Receiver<? super M> receiver : receivers) {
      end(receiver);
    }
    receivers = List.of();
    for (Waiter task = senders.peek(); task != null; task = senders.peek()) {
      PublishEvent put = firstPut();
      boolean _ = senders.remove(task);
      put.refuse(task);
    }
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whether this very object is attached. */
  public boolean isAttached(Receiver<? super M> receiver) {
    return receivers.stream().anyMatch(attached -> attached == receiver);
  }

  /** How many are attached. */
  public int receivers() {
    return receivers.size();
  }

  @Override
  public String toString() {
    return describe() + " (" + receivers.size() + " receivers, " + senders.size() + " waiting)";
  }

  // Transitions.

  private void sendToAll(M message) {
    onTheirWay.add(message);
    if (sending) {
      return; // a receiver sends, or waits in its send: whoever sends to all now goes on with it
    }
    sending = true;
    try {
      for (M next = onTheirWay.poll(); next != null; next = onTheirWay.poll()) {
        for (Receiver<? super M> receiver : receivers) {
          deliver(receiver, next);
        }
      }
    } finally {
      sending = false;
    }
    roomFreed();
  }

  private void deliver(Receiver<? super M> receiver, M message) {
    if (!isAttached(receiver)) {
      return; // detached by one before it
    }
    try {
      receiver.send(message);
    } catch (Throwable failure) {
      boolean _ = remove(receiver);
      end(receiver);
      onFailure.accept(receiver, failure);
    }
  }

  private static void end(Receiver<?> receiver) {
    if (receiver instanceof Subscription<?> feed) {
      feed.end();
    }
  }

  /** False if it was not attached. */
  boolean remove(Receiver<? super M> receiver) {
    List<Receiver<? super M>> fewer = new ArrayList<>(receivers);
    if (!fewer.removeIf(attached -> attached == receiver)) {
      return false;
    }
    receivers = fewer;
    roomFreed();
    return true;
  }

  private boolean mustWait() {
    for (Receiver<? super M> receiver : receivers) {
      if (receiver instanceof Subscription<?> feed && feed.holdsBack(onTheirWay.size())) {
        return true;
      }
    }
    return false;
  }

  /** A feed has given a message, or is gone: those who waited for it may be able to send. */
  void roomFreed() {
    while (!senders.isEmpty() && !sending && !mustWait()) {
      PublishEvent put = firstPut();
      Waiter task = Objects.requireNonNull(senders.poll());
      put.sent(task);
    }
  }

  @SuppressWarnings("unchecked") // only this exchange's puts are in it
  private PublishEvent firstPut() {
    return (PublishEvent) Objects.requireNonNull(senders.peekEvent());
  }

  String describe() {
    return "exchange '" + name + "'";
  }

  void check(String call) {
    scheduler.checkInside(call);
  }

  private void checkOpen(String call) {
    check(call);
    if (closed) {
      throw closed(call);
    }
  }

  void checkIsOf(Scheduler other) {
    if (other != scheduler) {
      throw new IllegalStateException(
          describe() + " belongs to " + scheduler + " and cannot be used by a task of " + other);
    }
  }

  private ReceiverClosedException closed(String call) {
    return new ReceiverClosedException(
        "cannot " + call + " to " + describe() + ": it is closed", null);
  }

  /** Keeps nothing of the task: to be yielded again, it sends again. */
  private final class PublishEvent extends YieldEvent<@Nullable Void, RuntimeException> {
    private final M message;

    PublishEvent(M message) {
      this.message = message;
    }

    @Override
    protected void handleYield(Scheduler ofTask, Waiter task) {
      checkIsOf(ofTask);
      if (closed) {
        refuse(task);
      } else if (mustWait()) {
        senders.add(task);
      } else {
        sent(task);
      }
    }

    void sent(Waiter task) {
      sendToAll(message);
      wake(task, null);
    }

    void refuse(Waiter task) {
      fail(task, closed("send"));
    }

    @Override
    protected boolean handleCancel(Scheduler ofTask, Waiter task) {
      return senders.remove(task);
    }

    @Override
    public String describe() {
      return "room in a feed of " + Exchange.this.describe();
    }
  }
}
