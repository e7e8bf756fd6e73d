package dev.heddle.actor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
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
 * <p>Messages of several kinds are a sealed type and are taken apart by a {@code switch}; the
 * compiler checks that the {@code switch} has all of them:
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
 * <p>The body is a task in any style. It may await anything while it handles a message; the next
 * messages wait. An actor takes messages from the moment it is made, so actors that know each other
 * can all be made before any of them is started.
 *
 * <p>There are three ways to send. They differ when the mailbox has a limit and is full: {@link
 * #send} throws, {@link #offer} returns false, {@link #put} waits. {@link
 * java.util.concurrent.BlockingQueue} calls them {@code add}, {@code offer} and {@code put}.
 *
 * <p>Fairness: messages enter the mailbox in the order in which they were sent. Senders that wait
 * for room enter in the order in which they began to wait. So the messages of one sender are
 * received in the order in which it sent them.
 *
 * <p>The end. After {@link #close} the actor handles the messages that were sent before; then its
 * {@code receive} gives null. When its task ends, by a return, a failure, a cancellation or the
 * closing of the scheduler, every sender is told: a later send, a sender that waits for room and an
 * ask without an answer get a {@link ReceiverClosedException}. The cause of that is the failure of
 * the actor, if it has crashed; {@link #join} throws this failure itself. A {@link Supervision}
 * restarts an actor that has crashed. Messages that nobody has received are kept in {@link
 * #unhandled}.
 *
 * <p>Threads: for tasks of its scheduler and, while that does not run, for the thread that created
 * or ran it. Other threads send by the {@link #ref}. {@link #name}, {@link #describe} and {@link
 * #toString} may be called from any thread.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.10. This file is long because its Javadoc says
 * what each of many ways to start and to send promises.
 *
 * @param <M> the messages; never null
 */
public final class Actor<M> implements Receiver<M>, Resource {
  final Mailbox<M> mailbox;
  private final Scheduler scheduler;
  private final String name;

  /** The task that runs the body; null until the actor is started. */
  private @Nullable Task<?> task;

  /** The messages of other threads; null until somebody asks for the {@link #ref}. */
  private @Nullable ForeignInbox<M> inbox;

  /**
   * An actor without a limit to its messages.
   *
   * @param name the name of its task; appears in error messages and dumps
   */
  public Actor(Scheduler scheduler, String name) {
    this(scheduler, name, 0);
  }

  /**
   * An actor with a limit to its messages.
   *
   * @param maxSize how many messages may wait in the mailbox, without the one that the actor
   *     handles; 0 or less for no limit
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

  /**
   * Starts it with a body in coroutine style, which is run again after a crash as the supervision
   * says.
   *
   * @throws IllegalStateException if it was started before
   */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(TaskBody body, Supervision supervision) {
    return start(scheduler, body, supervision);
  }

  /**
   * Starts it with a supervised body in thread style; see {@link #start(TaskBody, Supervision)}.
   */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(ThreadBody body, Supervision supervision) {
    return start(scheduler, body, supervision);
  }

  /**
   * Starts it as a task of this spawner, with a body that is run again after a crash as the
   * supervision says. A crash that is escalated goes to the owner of the task, which for a group is
   * the group.
   *
   * @throws IllegalStateException if it was started before
   */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(Spawner spawner, TaskBody body, Supervision supervision) {
    return start(
        spawner, Body.coroutine(new SupervisedBody(this, scheduler, supervision).of(body)));
  }

  /** Like {@link #start(Spawner, TaskBody, Supervision)}, in thread style. */
  @CanIgnoreReturnValue
  public Task<@Nullable Void> start(Spawner spawner, ThreadBody body, Supervision supervision) {
    return start(spawner, Body.thread(new SupervisedBody(this, scheduler, supervision).of(body)));
  }

  /**
   * Starts it with a body in any style, as a task of this spawner. An actor that shall not keep the
   * run from ending is started by {@code scheduler.daemons()}; one that a task group owns, by the
   * group.
   *
   * @param body receives the messages; may end at any time, and must end when {@link #receive}
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
    started.hold(this); // so that the scheduler calls holderEnded at its end
    if (inbox != null) {
      inbox.actorStarted();
    }
    return started;
  }

  // For its own task.

  /**
   * Receives the next message, and waits while there is none. For the actor's own task only. By
   * asking for the next message the task says that it has handled the last one.
   *
   * <p>Gives null when the actor is closed and has received all messages. A cancelled receiver
   * loses no message: if a message was handed to it already, it gets the message, and {@code
   * Cancelled} is thrown at its next await.
   *
   * <p>When awaited, throws an {@link IllegalStateException} in any other task.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive() {
    return mailbox.receive.forCaller();
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
   * ReceiverClosedException} if the actor is closed or ends, before the event is awaited or while
   * it waits. A sender that is cancelled while it waits has sent nothing.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    return mailbox.new MailboxPut(Objects.requireNonNull(message, "message"));
  }

  /**
   * Sends a question, waiting for room like {@link #put}, and waits for the answer.
   *
   * <pre>{@code
   * long balance = co.await(account.ask(Balance::new).within(Duration.ofSeconds(1)));
   * }</pre>
   *
   * <p>Fails with a {@link ReceiverClosedException} if the actor is closed before the question is
   * in, or ends without an answer, and with any failure that the actor answers by {@link
   * Reply#fail}. If the asker is cancelled, or its time is over, the question is taken back from
   * the mailbox, by a search of it. If the actor has received the question already, it goes on, and
   * its answer is discarded.
   *
   * @param question makes the message that carries the reply; called at each await; must not answer
   */
  @CheckReturnValue
  public <R extends @Nullable Object> YieldEvent<R, Exception> ask(
      Function<? super Reply<R>, ? extends M> question) {
    return mailbox.new MailboxAsk<R>(Objects.requireNonNull(question, "question"));
  }

  /**
   * Ends the sending; does not yield. The actor handles the messages that were sent before. Senders
   * that wait for room fail with a {@link ReceiverClosedException}. A second call does nothing.
   */
  public void close() {
    check("close");
    shutInbox("is closed");
    mailbox.close();
  }

  /**
   * Waits for the end of the actor, and throws the failure that has ended it, if one has.
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

  /**
   * The actor as other threads may use it. From the first call on, until the actor is closed, the
   * scheduler reckons with messages from other threads and reports no deadlock.
   */
  public ActorRef<M> ref() {
    check("ref");
    ForeignInbox<M> open = inbox;
    if (open == null) {
      open = new ForeignInbox<>(this);
      inbox = open;
      if (mailbox.isOpen()) {
        scheduler.daemons().spawn("collector of " + describe(), open.new CollectorStep());
      } else {
        var _ = open.shut(refusal(stateNow(), crash()));
      }
    }
    return new ActorRef<>(this, open);
  }

  /** How many messages wait in the mailbox, without those that other threads are sending. */
  public int size() {
    return mailbox.size();
  }

  /** Whether it was closed, or has ended. */
  public boolean isClosed() {
    return !mailbox.isOpen();
  }

  /**
   * The messages that it had not received when its task ended, oldest first, for a successor to
   * handle. Empty before that.
   */
  public List<M> unhandled() {
    return mailbox.unhandled();
  }

  /** The name that it was made with. */
  public String name() {
    return name;
  }

  // As a Resource: senders that wait for room or an answer wait for the actor's task.

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

  /** For the scheduler alone: the actor's task has ended. */
  @Override
  public void holderEnded(Task<?> holder) {
    mailbox.end(inbox == null ? List.of() : inbox.shut(refusal(stateNow(), crash())));
  }

  @Override
  public String toString() {
    String limit = mailbox.capacity() == Integer.MAX_VALUE ? "" : " of " + mailbox.capacity();
    return describe() + " (" + mailbox.size() + limit + " messages, " + stateNow() + ")";
  }

  // For the other classes of the package.

  /** Takes in the messages of other threads, and closes the actor if one of them has closed it. */
  void collect() {
    ForeignInbox<M> open = inbox;
    if (open != null && open.isBusy() && mailbox.isOpen()) {
      open.take().forEach(mailbox::accept);
      if (open.isClosing()) {
        close();
      }
    }
  }

  /** The scheduler ends: an actor that was never started has no task whose end tells the askers. */
  void schedulerEnds() {
    shutInbox("belongs to a scheduler that ends");
    if (task == null && !mailbox.isEnded()) {
      mailbox.end(List.of());
    }
  }

  Scheduler scheduler() {
    return scheduler;
  }

  boolean isStarted() {
    return task != null;
  }

  /** Refuses further messages of other threads; takes in those that were sent before. */
  void shutInbox(String state) {
    if (inbox != null && mailbox.isOpen()) {
      inbox.shut(refusal(state, null)).forEach(mailbox::accept);
    }
  }

  void check(String call) {
    scheduler.checkInside(call);
  }

  void checkIsOf(Scheduler user) {
    checkIsOf(scheduler, user, describe());
  }

  static void checkIsOf(Scheduler own, Scheduler user, String title) {
    if (user != own) {
      throw new IllegalStateException(
          title + " belongs to " + own + " and cannot be used by a task of " + user);
    }
  }

  boolean isRunBy(Task<?> asked) {
    return asked == task;
  }

  ReceiverFullException full() {
    return new ReceiverFullException(
        "cannot send to "
            + describe()
            + ": its mailbox is full (limit "
            + mailbox.capacity()
            + ")");
  }

  /** For a task of the scheduler, which thereby learns of a crash: it is not reported then. */
  ReceiverClosedException closed() {
    Task<?> ended = task;
    boolean crashed = ended != null && ended.state() == Task.State.FAILED;
    return refusal(stateNow(), crashed ? Objects.requireNonNull(ended).exceptionNow() : null);
  }

  ReceiverClosedException refusal(String state, @Nullable Throwable cause) {
    return new ReceiverClosedException("cannot send to " + describe() + ": it " + state, cause);
  }

  /** For another thread: the crash is still reported if no task learns of it. */
  private @Nullable Throwable crash() {
    return task == null ? null : task.failureOrNull();
  }

  private String stateNow() {
    Task.State state = task == null ? Task.State.READY : task.state();
    return switch (state) {
      case FAILED -> "has crashed";
      case CANCELLED -> "was cancelled";
      case SUCCEEDED -> "has ended";
      default ->
          mailbox.isOpen()
              ? "is open"
              : task == null && mailbox.isEnded() ? "was never started" : "is closed";
    };
  }
}
