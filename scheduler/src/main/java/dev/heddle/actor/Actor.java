package dev.heddle.actor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.ThreadBody;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task with a mailbox: it handles the messages that others send to it, one at a time, in the
 * order in which they were sent.
 *
 * <p>Messages of several kinds are a sealed type, taken apart by a {@code switch}, which the
 * compiler checks to have them all:
 *
 * <pre>{@code
 * sealed interface Command {}
 * record Deposit(long cents) implements Command {}
 * record Balance(Reply<Long> reply) implements Command {}
 *
 * Actor<Command> account = new Actor<>(scheduler, "account");
 * account.start(co -> {
 *   long balance = 0;
 *   while (co.await(account.receive()) instanceof Command command) { // null: closed, no more
 *     switch (command) {
 *       case Deposit(long cents) -> balance += cents;
 *       case Balance(Reply<Long> reply) -> reply.complete(balance);
 *     }
 *   }
 * });
 * account.send(new Deposit(100));
 * long balance = co.await(account.ask(Balance::new));
 * account.close();
 * co.await(account.join());
 * }</pre>
 *
 * <p>The body is a task in any style and may await whatever it likes while it handles a message;
 * the next ones wait. An actor takes messages from the moment it is made, so that actors that know
 * each other can all be made before any is started.
 *
 * <p>There are three ways to send, which differ where the mailbox has a limit and is full: {@link
 * #send} throws, {@link #offer} tells, {@link #put} waits. In the words of {@link
 * java.util.concurrent.BlockingQueue} they are {@code add}, {@code offer}, {@code put}.
 *
 * <p>Fairness: messages enter in the order in which they were sent, those of senders that wait for
 * room in the order in which these came. So the messages of one sender are received in its order.
 *
 * <p>The end. {@link #close} lets the actor handle what was sent before; then its {@code receive}
 * gives null. However its task ends (by its return, a failure, a cancellation, the closing of the
 * scheduler), all is settled: who sends from now on, who waits for room and whose ask is unanswered
 * gets a {@link ReceiverClosedException}, whose cause is what the actor has crashed by; {@link
 * #join} throws that itself; messages that nobody has received are kept in {@link #unhandled}.
 *
 * <p>Threads: for tasks of its scheduler, and, while that does not run, for the thread that created
 * or ran it; other threads send by the {@link #ref}. {@link #name}, {@link #describe} and {@link
 * #toString} may be called from any thread.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.10.
 *
 * @param <M> the messages; never null
 */
public final class Actor<M> implements Receiver<M>, Resource {
  final Mailbox<M> mailbox;
  private final Scheduler scheduler;
  private final String name;

  /** Null until it is started. */
  private @Nullable Task<?> task;

  /** Where other threads leave their messages; null until somebody asks for the reference. */
  private @Nullable ForeignInbox<M> gate;

  /**
   * An actor without a limit to its messages.
   *
   * @param name stands in messages and dumps, and is its task's name
   */
  public Actor(Scheduler scheduler, String name) {
    this(scheduler, name, 0);
  }

  /**
   * An actor that may have this many messages, not counting the one it handles; {@code maxSize} of
   * 0 or less is no limit.
   */
  public Actor(Scheduler scheduler, String name, int maxSize) {
    this(scheduler, name, maxSize, null);
  }

  Actor(Scheduler scheduler, String name, int maxSize, @Nullable InFlightCounter inFlight) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    this.name = Objects.requireNonNull(name, "name");
    this.mailbox = new Mailbox<>(this, maxSize <= 0 ? Integer.MAX_VALUE : maxSize, inFlight);
  }

  // Starting.

  /** Starts it with a body in coroutine style; see {@link #start(Spawner, Body)}. */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(TaskBody body) {
    return start(scheduler, Body.coroutine(body));
  }

  /** Starts it with a body in thread style; see {@link #start(Spawner, Body)}. */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(ThreadBody body) {
    return start(scheduler, Body.thread(body));
  }

  /** Starts it with a body in step style; see {@link #start(Spawner, Body)}. */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Task<T> start(Step<T> body) {
    return start(scheduler, Body.step(body));
  }

  /**
   * Starts it as a task of this spawner: {@code scheduler.daemons()} for one that does not keep the
   * run from its end.
   *
   * @param body receives the messages; ends when it likes, at the latest when {@link #receive}
   *     gives null
   * @throws IllegalStateException if it was started before
   */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Task<T> start(Spawner spawner, Body<T> body) {
    check("start");
    if (task != null) {
      throw new IllegalStateException(describe() + " was started before");
    }
    Task<T> started = spawner.start(name, body);
    checkIsOf(started.scheduler());
    task = started;
    started.hold(this); // so its end is told to holderEnded
    return started;
  }

  // For its own task.

  /**
   * Receives the next message, and waits while there is none. For the actor's own task only. That
   * it asks for the next one says that the last one is handled.
   *
   * <p>Gives null when the actor is closed and has received all. A cancelled receiver loses no
   * message: one that was handed to it is given, and {@code Cancelled} meets it at its next await.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive() {
    return mailbox.receive();
  }

  // For others.

  /**
   * Sends a message; does not yield.
   *
   * @throws ReceiverFullException if the mailbox is full; nothing was sent
   * @throws ReceiverClosedException if it is closed or has ended
   */
  @Override
  public void send(M message) {
    if (!offer(message)) {
      throw full();
    }
  }

  /**
   * Sends a message if there is room; does not yield.
   *
   * @return false if the mailbox is full; nothing was sent
   * @throws ReceiverClosedException if it is closed or has ended
   */
  @CheckReturnValue
  public boolean offer(M message) {
    Objects.requireNonNull(message, "message");
    check("send");
    collect();
    if (!mailbox.isOpen()) {
      throw closed();
    }
    if (!mailbox.takeRoom()) {
      return false;
    }
    mailbox.accept(message);
    return true;
  }

  /**
   * Sends a message, and waits while the mailbox is full. Fails with a {@link
   * ReceiverClosedException} if the actor is closed or ends, now or meanwhile. A sender that is
   * cancelled while it waits has sent nothing.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    return new MailboxPut<>(this, Objects.requireNonNull(message, "message"));
  }

  /**
   * Sends a question, waiting for room like {@link #put}, and waits for the answer.
   *
   * <pre>{@code
   * long balance = co.await(account.ask(Balance::new).within(Duration.ofSeconds(1)));
   * }</pre>
   *
   * <p>Fails with a {@link ReceiverClosedException} if the actor is closed before, or ends without
   * an answer, and with whatever the actor answers by {@link Reply#fail}. An asker that is
   * cancelled or too late takes its question back if the actor has not received it; if it has, the
   * actor goes on and its answer meets nobody. Taking back costs a search of the mailbox.
   *
   * @param question makes the message that carries the reply; called at each await
   */
  @CheckReturnValue
  public <R extends @Nullable Object> YieldEvent<R, Exception> ask(
      Function<? super Reply<R>, ? extends M> question) {
    return new MailboxAsk<>(this, Objects.requireNonNull(question, "question"));
  }

  /**
   * Ends the sending; does not yield. The actor handles what was sent before. Who waits for room
   * fails. A second time does nothing.
   */
  public void close() {
    check("close");
    shutGate("is closed");
    mailbox.close();
  }

  /**
   * Waits for the end of the actor, and throws what it has crashed by.
   *
   * @throws IllegalStateException if it was not started
   */
  @CheckReturnValue
  public YieldEvent<?, Exception> join() {
    Task<?> joined = task;
    if (joined == null) {
      throw new IllegalStateException(describe() + " was not started; nobody can join it");
    }
    return joined.join();
  }

  /** The actor for all threads: always the same. */
  public ActorRef<M> ref() {
    check("ref");
    ForeignInbox<M> open = gate;
    if (open == null) {
      open = new ForeignInbox<>(this);
      gate = open;
      if (mailbox.isOpen()) {
        scheduler.daemons().spawn("porter of " + describe(), open.new CollectorStep());
      } else {
        var _ = open.shut(refusal(stateNow(), crash()));
      }
    }
    return new ActorRef<>(this, open);
  }

  /** How many messages it has not received yet, without those that other threads just send. */
  public int size() {
    return mailbox.size();
  }

  /** Whether it was closed, or has ended. */
  public boolean isClosed() {
    return !mailbox.isOpen();
  }

  /**
   * The messages that it had not received when its task ended, oldest first: for who starts another
   * actor in its place. Empty before.
   */
  public List<M> unhandled() {
    return mailbox.unhandled();
  }

  /** Its name. */
  public String name() {
    return name;
  }

  // A mailbox is held by the actor's task: for whoever waits for room, or for an answer.

  /** {@code "actor 'account'"}. */
  @Override
  public String describe() {
    return "actor '" + name + "'";
  }

  @Override
  public List<Task<?>> holders() {
    Task<?> holder = task;
    return holder == null || mailbox.isEnded() ? List.of() : List.of(holder);
  }

  /** For the scheduler: its task has ended. */
  @Override
  public void holderEnded(Task<?> holder) {
    mailbox.end(gate == null ? List.of() : gate.shut(refusal(stateNow(), crash())));
  }

  @Override
  public String toString() {
    String limit = mailbox.capacity() == Integer.MAX_VALUE ? "" : " of " + mailbox.capacity();
    return describe() + " (" + mailbox.size() + limit + " messages, " + stateNow() + ")";
  }

  // What the room's other classes use.

  /** Takes in what other threads have left, and closes if one of them has closed it. */
  void collect() {
    ForeignInbox<M> open = gate;
    if (open != null && open.isBusy() && mailbox.isOpen()) {
      open.take().forEach(mailbox::accept);
      if (open.isClosing()) {
        close();
      }
    }
  }

  /** Other threads leave no more; what they have left is taken in. Does nothing to a closed one. */
  void shutGate(String state) {
    if (gate != null && mailbox.isOpen()) {
      gate.shut(refusal(state, null)).forEach(mailbox::accept);
    }
  }

  void check(String call) {
    scheduler.checkInside(call);
  }

  void checkIsOf(Scheduler other) {
    if (other != scheduler) {
      throw new IllegalStateException(
          describe() + " belongs to " + scheduler + " and cannot be used by a task of " + other);
    }
  }

  void checkIsReceiver(Task<?> receiving) {
    if (receiving != task) {
      throw new IllegalStateException(
          "task '"
              + receiving.name()
              + "' cannot receive: only the task of "
              + describe()
              + " may");
    }
  }

  @Nullable Task<?> taskOrNull() {
    return task;
  }

  ReceiverFullException full() {
    return new ReceiverFullException(
        "cannot send to "
            + describe()
            + ": it has "
            + mailbox.capacity()
            + " messages, as many as it may");
  }

  /** Why nothing can be sent. Who gets it has heard of the crash. */
  ReceiverClosedException closed() {
    Task<?> ended = task;
    boolean crashed = ended != null && ended.state() == Task.State.FAILED;
    return refusal(stateNow(), crashed ? Objects.requireNonNull(ended).exceptionNow() : null);
  }

  /** The same for those of other threads, who have not heard of it: it is reported all the same. */
  ReceiverClosedException refusal(String state, @Nullable Throwable cause) {
    return new ReceiverClosedException("cannot send to " + describe() + ": it " + state, cause);
  }

  private @Nullable Throwable crash() {
    Task<?> started = task;
    return started == null ? null : started.failureOrNull();
  }

  private String stateNow() {
    Task<?> started = task;
    Task.State state = started == null ? Task.State.READY : started.state();
    return switch (state) {
      case FAILED -> "has crashed";
      case CANCELLED -> "was cancelled";
      case SUCCEEDED -> "has ended";
      default -> mailbox.isOpen() ? "is open" : "is closed";
    };
  }
}
