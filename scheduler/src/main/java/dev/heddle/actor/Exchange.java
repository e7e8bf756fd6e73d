package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
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
 * Sends each message to all receivers that are attached. The sender need not know them.
 *
 * <pre>{@code
 * Exchange<String> events = exchanges.named("events", String.class);
 * try (var _ = events.subscribe(message -> System.out.println("seen: " + message))) {
 *   events.send("hello");
 * } // detached, however the block is left
 * }</pre>
 *
 * <p>There are two kinds of receivers. Anything with a {@code send} is called in the sender's turn
 * and must not wait: a lambda, or an actor, whose mailbox should have a limit, or it may grow
 * without end. A task receives from a {@link Subscription} at its own pace; the subscription has a
 * limit and an {@link OverflowPolicy}. To let a slow actor hold the senders back, put a task
 * between the two:
 *
 * <pre>{@code
 * while (co.await(subscription.receive()) instanceof String message) {
 *   co.await(actor.put(message));
 * }
 * }</pre>
 *
 * <p>A message goes to all receivers before the next one goes to any, so all of them see the same
 * order. A message that a receiver sends to the exchange from within its own {@code send} goes out
 * after the current one. While a subscription under {@link OverflowPolicy#WAIT} is full, messages
 * go to no receiver at all: {@link #send} throws, {@link #offer} returns false, {@link #put} waits.
 *
 * <p>If a receiver throws, the exchange detaches it, sends the message to the others all the same,
 * and gives the failure to the failure handler, which by default logs a warning. The same happens
 * to a subscription under {@link OverflowPolicy#FAIL} that is too slow. The sender is not told. A
 * cancellation of the sender that a receiver meets, because it awaits something in the sender's
 * turn, is the sender's: it is thrown by the {@code send} when all receivers have the message.
 *
 * <p>A message costs its delivery to each receiver. Everything else takes the same time however
 * many receivers there are: attaching, detaching, and finding out whether senders must wait.
 *
 * <p>Fairness: receivers are served in the order in which they were attached. Senders that wait
 * enter in the order in which they began to wait. A sender that is cancelled while it waits has
 * sent nothing to any receiver. Threads: as {@link Actor}.
 *
 * <p>This file is long because a message, its receivers and its senders meet here.
 *
 * <p>Invariant: senders wait only while a subscription is full, and none waits once it is closed.
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

  private final Receivers<M> receivers = new Receivers<>();

  /** How many attached subscriptions hold senders back because they are full. */
  private int full;

  /** Messages that go out after the one that is being sent to the receivers, oldest first. */
  private final ArrayDeque<M> outgoing = new ArrayDeque<>();

  /** Whether a message is being sent to the receivers. */
  private boolean sending;

  /** Whether {@link #admitSenders} runs: a message that a sender sends then may call it again. */
  private boolean admitting;

  /** Tasks that wait for room in a subscription, each by its {@link PublishEvent}. */
  private final WaitQueue senders = new WaitQueue();

  private boolean closed;

  /** Told of the close: who knows the exchange by its name. */
  private final Runnable onClose;

  /** An exchange that logs the failures of its receivers. */
  public Exchange(Scheduler scheduler, String name) {
    this(scheduler, name, () -> {});
  }

  /** One that tells of its close. */
  Exchange(Scheduler scheduler, String name, Runnable onClose) {
    this(scheduler, name, (receiver, failure) -> log(name, receiver, failure), onClose);
  }

  /**
   * An exchange with a failure handler.
   *
   * @param onFailure gets the receiver that failed and was detached, and its failure; what it
   *     throws itself goes to the scheduler's failure reporter
   */
  public Exchange(
      Scheduler scheduler, String name, BiConsumer<Receiver<? super M>, Throwable> onFailure) {
    this(scheduler, name, onFailure, () -> {});
  }

  private Exchange(
      Scheduler scheduler,
      String name,
      BiConsumer<Receiver<? super M>, Throwable> onFailure,
      Runnable onClose) {
    this.onClose = onClose;
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    this.name = Objects.requireNonNull(name, "name");
    this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
  }

  private static void log(String exchange, Receiver<?> receiver, Throwable failure) {
    String what = "a receiver of exchange '" + exchange + "' failed and was detached: " + receiver;
    LogPrinter.print(() -> LOG.log(Level.WARNING, what, failure));
  }

  // Receivers.

  /**
   * Attaches a receiver: it gets all messages from now on. Does nothing if this very object is
   * attached already.
   *
   * @throws ReceiverClosedException if the exchange is closed
   */
  public void attach(Receiver<? super M> receiver) {
    Objects.requireNonNull(receiver, "receiver");
    checkOpen("attach");
    if (receivers.add(receiver)) {
      recount(receiver);
    }
  }

  /**
   * Detaches a receiver: it gets no more messages.
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
   * Attaches a receiver until the result is closed. Closing does nothing if the receiver was
   * detached before.
   *
   * @throws ReceiverClosedException if the exchange is closed
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
   * Attaches several receivers until the result is closed.
   *
   * <pre>{@code
   * try (var _ = exchange.subscribe(display, log)) {
   *   exchange.send(price);
   * } // both are detached
   * }</pre>
   *
   * @throws ReceiverClosedException if the exchange is closed
   */
  @CheckReturnValue
  @SafeVarargs
  public final Attachment subscribe(
      Receiver<? super M> first, Receiver<? super M> second, Receiver<? super M>... more) {
    List<Receiver<? super M>> all = new ArrayList<>();
    all.add(first);
    all.add(second);
    for (Receiver<? super M> further : more) {
      all.add(further);
    }
    all.forEach(receiver -> Objects.requireNonNull(receiver, "receiver")); // all or none
    all.forEach(this::attach);
    return () -> {
      check("close");
      all.forEach(this::remove);
    };
  }

  /**
   * Attaches a subscription, from which a task receives at its own pace.
   *
   * @param capacity how many messages may wait in it, 1 or more
   * @param policy what happens to a message when it is full
   * @throws ReceiverClosedException if the exchange is closed
   */
  @CheckReturnValue
  public Subscription<M> subscribe(int capacity, OverflowPolicy policy) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a capacity of " + capacity + ": must be 1 or more");
    }
    Objects.requireNonNull(policy, "policy");
    Subscription<M> subscription = new Subscription<>(this, capacity, policy);
    attach(subscription);
    return subscription;
  }

  /** A receiver that is attached until this is closed. */
  @FunctionalInterface
  public interface Attachment extends AutoCloseable {
    /** Detaches the receiver, if it is attached. */
    @Override
    void close();
  }

  // Messages.

  /**
   * Sends a message to all receivers; does not yield.
   *
   * @throws ReceiverFullException if a subscription holds senders back; nothing was sent
   * @throws ReceiverClosedException if the exchange is closed
   */
  @Override
  public void send(M message) {
    if (!offer(message)) {
      throw new ReceiverFullException("cannot send to " + describe() + ": a subscription is full");
    }
  }

  /**
   * Sends a message to all receivers, unless a subscription holds senders back; does not yield.
   *
   * @return false if one does; nothing was sent
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
   * Sends a message to all receivers, and waits while a subscription holds senders back. Fails with
   * a {@link ReceiverClosedException} if the exchange is closed, before the event is awaited or
   * while it waits.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    return new PublishEvent(Objects.requireNonNull(message, "message"));
  }

  /**
   * Ends the sending; does not yield. Subscriptions give the messages that they have, and then
   * null. Senders that wait fail with a {@link ReceiverClosedException}. A second call does
   * nothing.
   */
  public void close() {
    check("close");
    if (closed) {
      return;
    }
    closed = true;
    onClose.run();
    full = 0;
    receivers.removeAll(!sending).forEach(Exchange::end);
    for (PublishEvent first = pollSender(); first != null; first = pollSender()) {
      first.refuse();
    }
    assert valid();
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** The name that it was made with. */
  public String name() {
    return name;
  }

  /** Whether this very object is attached. */
  public boolean isAttached(Receiver<? super M> receiver) {
    return receivers.contains(receiver);
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
    outgoing.add(message);
    if (sending) {
      return; // by a receiver, or while one waits in its send: the loop that runs takes it over
    }
    sending = true;
    Cancelled cancelled = null;
    for (M next = outgoing.poll(); next != null; next = outgoing.poll()) {
      int places = receivers.places(); // who is attached meanwhile gets the next message
      for (int i = 0; i < places; i++) {
        Receiver<? super M> receiver = receivers.at(i);
        Cancelled thrown = receiver == null ? null : deliver(receiver, next);
        cancelled = cancelled == null ? thrown : cancelled;
      }
    }
    sending = false;
    receivers.sweep();
    admitSenders();
    if (cancelled != null) {
      throw cancelled;
    }
  }

  /**
   * Delivers to one receiver; detaches it if it throws. Throws nothing, so that all receivers get
   * the message.
   *
   * @return the cancellation of the task that sends, if the receiver has awaited something in its
   *     turn and has met it there: that is no failure of the receiver, and must not get lost
   */
  private @Nullable Cancelled deliver(Receiver<? super M> receiver, M message) {
    try {
      receiver.send(message);
    } catch (Cancelled cancelled) {
      return cancelled;
    } catch (Throwable failure) {
      boolean _ = remove(receiver);
      end(receiver);
      tell(receiver, failure);
    }
    return null;
  }

  private void tell(Receiver<? super M> receiver, Throwable failure) {
    try {
      onFailure.accept(receiver, failure);
    } catch (Throwable thrown) {
      scheduler.reportFailure("the failure handler of " + describe(), thrown);
    }
  }

  private static void end(Receiver<?> receiver) {
    if (receiver instanceof Subscription<?> subscription) {
      subscription.end();
    }
  }

  /** Detaches a receiver; false if it was not attached. */
  boolean remove(Receiver<? super M> receiver) {
    if (!receivers.remove(receiver)) {
      return false;
    }
    if (!sending) {
      receivers.sweep();
    }
    recount(receiver);
    admitSenders();
    return true;
  }

  private void recount(Receiver<?> receiver) {
    if (receiver instanceof Subscription<?> subscription && subscription.isOf(this)) {
      subscription.recount();
    }
  }

  /** A subscription has become full, or is not full any more; or was attached or detached so. */
  void count(int change) {
    full += change;
    assert full >= 0 && full <= receivers.size() : this;
  }

  /** Whether a subscription holds senders back. */
  private boolean mustWait() {
    if (full > 0 || outgoing.isEmpty()) {
      return full > 0;
    }
    for (int i = 0; i < receivers.places(); i++) { // a receiver sends: others go out first
      if (receivers.at(i) instanceof Subscription<?> subscription
          && subscription.isOf(this)
          && subscription.holdsBack(outgoing.size())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets waiting senders send, in order, as long as no subscription holds them back. To be called
   * when a subscription may have got room: it has given a message, or was detached. Not recursive,
   * as any number of senders may be let go at once.
   */
  void admitSenders() {
    if (sending || admitting) {
      return;
    }
    admitting = true;
    Cancelled cancelled = null;
    for (PublishEvent first = next(); first != null; first = next()) {
      try {
        first.publish();
      } catch (Cancelled thrown) { // of the task whose turn it is; the senders go on
        cancelled = cancelled == null ? thrown : cancelled;
      }
    }
    admitting = false;
    assert valid();
    if (cancelled != null) {
      throw cancelled;
    }
  }

  private @Nullable PublishEvent next() {
    return senders.isEmpty() || mustWait() ? null : pollSender();
  }

  @SuppressWarnings("unchecked") // only events of this exchange are in the queue
  private @Nullable PublishEvent pollSender() {
    Waiter first = senders.poll();
    return first == null ? null : (PublishEvent) first.event();
  }

  private boolean valid() {
    return senders.peek() == null || (mustWait() && !closed) || sending || admitting;
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

  void checkIsOf(Scheduler user) {
    Actor.checkIsOf(scheduler, user, describe());
  }

  private ReceiverClosedException closed(String call) {
    return new ReceiverClosedException(
        "cannot " + call + " to " + describe() + ": it is closed", null);
  }

  /** {@link #put}. */
  private final class PublishEvent extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    private final M message;

    PublishEvent(M message) {
      this.message = message;
    }

    @Override
    protected void start(Scheduler user, Waiter waiter) {
      checkIsOf(user);
      if (closed) {
        refuse();
      } else if (mustWait()) {
        senders.add(waiter);
      } else {
        publish();
      }
      assert valid();
    }

    void publish() {
      try {
        sendToAll(message);
      } finally {
        wake(null);
      }
    }

    void refuse() {
      fail(closed("send"));
    }

    @Override
    public String describe() {
      return "room in a subscription of " + Exchange.this.describe();
    }
  }
}
