package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.engine.LoopThread;
import dev.heddle.scheduler.Body.StackAwaiter;
import dev.heddle.scheduler.view.LoopWatch;
import dev.heddle.scheduler.view.RunLog;
import dev.heddle.stats.SchedulerStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in turn on one thread, round robin.
 *
 * <pre>{@code
 * Scheduler.run(co -> {
 *   for (int i = 0; i < 3; i++) {
 *     System.out.println("tick");
 *     co.await(Timers.sleep(Duration.ofSeconds(1))); // others have their turns meanwhile
 *   }
 * });
 * }</pre>
 *
 * <p>{@link #run(TaskBody)} is all that most programs need. Who wants the scheduler itself, to run
 * it several times or from several threads, makes it by {@link #create} or {@link #builder}, gives
 * it tasks and calls {@link #run()}.
 *
 * <p>Everything inside is single-threaded: tasks need no lock for what they do between two yields.
 * A turn lasts until an await has to wait, or the turn's budget is used up: see {@link Task#yield}.
 * Order is first in, first out: the same tasks run in the same order.
 *
 * <p>Threads: {@link #execute}, {@link #runInside}, {@link #close}, {@link #isInside}, {@link
 * #nanoTime}, {@link #stats} and {@link #toString} may be called from any thread, {@link #call}
 * from any other. All else is for the tasks of this scheduler and, while it does not run, for the
 * thread that created it or ran it last; any other gets a {@link WrongThreadException}.
 *
 * <p>This file is long because it is the door: what a user, an event and a poller may ask.
 */
public final class Scheduler implements Spawner, Executor, AutoCloseable {
  private static final AtomicLong CREATED = new AtomicLong();

  static {
    new SchedulerView().install();
  }

  /** The scheduler whose loop runs on the thread. */
  static final ThreadLocal<Scheduler> ON_THIS_CARRIER = new ThreadLocal<>();

  final Failures failures;
  final ForgottenAwaits forgotten = new ForgottenAwaits(this);
  private final String name;
  private final Clock clock;
  final Engine engine;
  final boolean wovenRequired;
  final boolean engineIsDefault;
  final Loop loop;
  final ThreadGuard inside;
  final Body.BlockedInJdk.Host host = new Body.BlockedInJdk.Host(this);
  final TaskTable tasks = new TaskTable();
  final Reach reach = new Reach();
  private final boolean recordsSites;
  private final Consumer<? super Finding> findingReporter;
  private final LoopWatch.Rule stalls;

  /** {@link #attachment}, by class; few schedulers have any. */
  private final Map<Class<?>, Object> attachments = new HashMap<>();

  /** The task whose end is the end of the run; null if the run ends with the last task. */
  @Nullable Task<?> main;

  long spawned;

  /** Whether a run, or the end of the scheduler, is under way; guarded by this. */
  private boolean occupied;

  /** Set once, perhaps by another thread: the loop is to end. */
  private volatile boolean closed;

  private boolean spawnsNoMore; // unlike closed used inside only: no thread can come between

  private final Shutdown shutdown = new Shutdown(this, tasks); // loaded while that is possible

  /** Whether the loop's thread was interrupted during this run. */
  private boolean interrupted;

  Scheduler(SchedulerBuilder builder) {
    name = builder.name == null ? "scheduler-" + CREATED.incrementAndGet() : builder.name;
    engine = builder.engine == null ? Engine.fastest() : builder.engine;
    engineIsDefault = builder.engine == null;
    wovenRequired = builder.wovenRequired;
    failures = new Failures(builder.failureReporter);
    recordsSites = builder.recordSites;
    findingReporter = builder.findingReporter;
    stalls = new LoopWatch.Rule(builder.stallNanos, builder.stallReporter, builder.mxBean);
    loop = new Loop(this, builder);
    clock = loop.clock();
    inside = new ThreadGuard(this, loop);
  }

  /** A scheduler with the defaults of {@link SchedulerBuilder}. */
  public static Scheduler create() {
    return builder().build();
  }

  /** For a scheduler that differs from the defaults. */
  public static SchedulerBuilder builder() {
    return new SchedulerBuilder();
  }

  /**
   * Makes a scheduler, runs the body as its task {@code main}, and ends it: the one call for a
   * {@code main} method or a test.
   *
   * <pre>{@code
   * Scheduler.run(co -> {
   *   try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 16000));
   *       var clients = TaskGroup.supervisor()) {
   *     while (true) {
   *       TcpSocket socket = co.await(listener.accept());
   *       clients.spawn(client -> serve(client, socket));
   *     }
   *   }
   * });
   * }</pre>
   *
   * <p>Blocks the calling thread until the body has ended; tasks that are left then are cancelled,
   * and it waits for their {@code finally} blocks. A body that wants to wait for its tasks starts
   * them in a {@link TaskGroup}.
   *
   * <p>An interrupt of the caller cancels all tasks and is still set at the end. After trio's run.
   *
   * @throws Exception what the body throws, as it is
   * @throws CancellationException if it was cancelled: by an interrupt, by {@link #close}
   * @throws DeadlockException if tasks wait and nothing can ever wake them
   * @throws IllegalStateException if a task calls it, whose scheduler would stand still
   */
  public static void run(TaskBody body) throws Exception {
    builder().run(body);
  }

  /** The same for a body in thread style. */
  public static void run(ThreadBody body) throws Exception {
    builder().run(body);
  }

  /**
   * Like {@link #run(TaskBody)}, for a body that has a result.
   *
   * <pre>{@code
   * int answer = Scheduler.compute(co -> co.await(pool.apply(() -> 42)));
   * }</pre>
   *
   * @return what the body returns
   * @throws Exception what the body throws, as it is
   */
  public static <T extends @Nullable Object> T compute(TaskFunction<T> body) throws Exception {
    return builder().compute(body);
  }

  /** The same for a body in thread style. */
  public static <T extends @Nullable Object> T compute(Callable<T> body) throws Exception {
    return builder().compute(body);
  }

  /**
   * The scheduler of the task, or of the loop, that calls: what a body starts tasks with.
   *
   * @throws WrongThreadException if called from elsewhere
   */
  public static Scheduler current() {
    Task<?> task = Task.currentOrNull();
    Scheduler carried = task == null ? ON_THIS_CARRIER.get() : task.scheduler;
    if (carried == null) {
      throw new WrongThreadException(
          "Scheduler.current() outside of a task; in a thread of its own keep the scheduler, and"
              + " call its execute or call");
    }
    return carried;
  }

  // Starting tasks.

  @Override
  public <T extends @Nullable Object> Task<T> start(@Nullable String taskName, Body<T> body) {
    return start(taskName, body, false, null, body.hasResult, TaskLocal.snapshot());
  }

  /** A spawner of daemons: tasks that do not keep {@link #run} from returning. */
  public Spawner daemons() {
    return new Spawner() {
      @Override
      public <T extends @Nullable Object> Task<T> start(@Nullable String taskName, Body<T> body) {
        return Scheduler.this.start(
            taskName, body, true, null, body.hasResult, TaskLocal.snapshot());
      }
    };
  }

  /** Starts a task that has these task-locals. */
  <T extends @Nullable Object> Task<T> start(
      @Nullable String taskName,
      Body<T> body,
      boolean daemon,
      @Nullable CancelScope<?> around,
      boolean isForJoiner,
      TaskLocal.Snapshot locals) {
    checkInside("spawn");
    if (spawnsNoMore) {
      throw new IllegalStateException(this + " is closed; nothing can be spawned");
    }
    Task<T> task = new Task<>(this, ++spawned, taskName, daemon, isForJoiner);
    Coroutine<YieldEvent<?, ?>, Object, T> coroutine =
        switch (body) {
          case Body.ByAwaiter<T> byAwaiter ->
              byAwaiter.onEngine(task, wovenRequired ? null : engine, host);
          case Body.OnStack<T> onStack -> onStack.onEngine(task, engine, host);
          case Body.ByStep<T> byStep -> byStep.onEngine();
        };
    task.begin(coroutine, around, locals);
    tasks.add(task);
    loop.spawned(task);
    return task;
  }

  /**
   * Runs {@code command} as a task in thread style; may be called from any thread. Commands of one
   * thread start in the order in which they were given. One given while the scheduler does not run
   * waits for the next run.
   *
   * @throws RejectedExecutionException once the scheduler is closed
   */
  @Override
  public void execute(Runnable command) {
    Objects.requireNonNull(command, "command");
    TaskLocal.Snapshot locals = TaskLocal.snapshot();
    if (closed || !runInside(() -> spawnUnlessClosed(command, locals))) {
      throw new RejectedExecutionException(this + " is closed");
    }
  }

  private void spawnUnlessClosed(Runnable command, TaskLocal.Snapshot locals) {
    if (!spawnsNoMore) {
      Task<@Nullable Void> _ = locals.start(this, null, Body.thread(command::run));
    }
  }

  /**
   * Runs {@code body} as a task in thread style, and blocks the calling thread until it has ended:
   * how a thread of a pool calls back. While the scheduler does not run, waits for the next run. If
   * the caller is interrupted the task is cancelled, and may be in its {@code finally} blocks
   * still.
   *
   * <pre>{@code
   * int answer = scheduler.call(() -> await(questions.get()).answer());
   * }</pre>
   *
   * @throws ExecutionException with what the body threw, as it was thrown
   * @throws CancellationException if the task was cancelled, as {@link #close} does
   * @throws RejectedExecutionException if the scheduler is closed, and the body was not begun
   * @throws WrongThreadException from the inside, and from any thread that carries a loop
   */
  public <T extends @Nullable Object> T call(Callable<T> body)
      throws InterruptedException, ExecutionException {
    Objects.requireNonNull(body, "body");
    return ForeignCall.call(this, task -> body.call());
  }

  /** The same in coroutine style. */
  public <T extends @Nullable Object> T call(TaskFunction<T> body)
      throws InterruptedException, ExecutionException {
    Objects.requireNonNull(body, "body");
    return ForeignCall.call(this, task -> body.run(new StackAwaiter(task)));
  }

  // Running.

  /**
   * Runs tasks until none is left that is not a daemon. The calling thread carries the loop where
   * the engine allows it, and waits for it otherwise. May be called again, to run what was spawned
   * since and the daemons that were left.
   *
   * <p>An interrupt of the calling thread cancels all tasks; the thread is interrupted again when
   * the run returns. A failure of a task is not thrown here: see {@link
   * SchedulerBuilder#failureReporter}, and {@link #run(TaskBody)}, which throws its body's.
   *
   * @throws DeadlockException if tasks wait and nothing can ever wake them; they wait on, until
   *     {@link #close} cancels them
   * @throws IllegalStateException if it runs already, or is closed; a first run that the close by
   *     another thread comes before just returns
   */
  public void run() {
    synchronized (this) {
      if (closed) {
        if (inside.closedByAnotherFirst()) {
          return;
        }
        throw new IllegalStateException(this + " is closed; it cannot run again");
      }
      if (occupied) {
        throw new IllegalStateException(this + " runs already; run() returns when its tasks end");
      }
      occupied = true;
      inside.hasRun = true;
    }
    carry();
  }

  /**
   * Cancels all tasks and ends the scheduler; may be called from any thread. While it does not run:
   * gives the tasks turns until their {@code finally} blocks are through. During a run: returns at
   * once, and {@link #run} does the same and returns. On a closed scheduler does nothing.
   *
   * <p>A task that has blocked in the JDK is interrupted. One that ends neither by that nor by its
   * cancellation is left behind after a second, with a warning that names it.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      inside.closedBy = Thread.currentThread().threadId();
      spawnsNoMore |= isInside();
      if (occupied) {
        post(() -> {}); // the loop wakes up and sees that it is closed
        return;
      }
      occupied = true;
      loop.beginEnd();
    }
    carry();
  }

  /** The whole of a run, by the one who has occupied the scheduler. */
  private void carry() {
    inside.home = Thread.currentThread();
    LoopThread.run(engine, name, this::runOnCarrier);
  }

  private void runOnCarrier() {
    Scheduler outer = ON_THIS_CARRIER.get();
    ON_THIS_CARRIER.set(this);
    inside.carrier = Thread.currentThread();
    stalls.begin(this);
    try {
      loop.run();
    } finally {
      try {
        endRun();
      } finally {
        ON_THIS_CARRIER.set(outer);
        stalls.end(this);
      }
    }
  }

  /** However the run ended: what is left to do, and then the next one may come. */
  private void endRun() {
    try {
      windUpIfClosed();
      forgotten.endRun();
      failures.reportAll();
    } finally {
      if (!leave()) {
        endRun(); // once: it is closing then
      }
    }
  }

  /** Gives the scheduler up; false if it was closed meanwhile: then this run has to wind it up. */
  private synchronized boolean leave() {
    if (closed && !shutdown.hasBegun()) {
      return false;
    }
    interrupted |= inside.interrupts.ofEndingRun();
    inside.carrier = null;
    occupied = false;
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
    return true;
  }

  private void windUpIfClosed() {
    if (closed && !shutdown.hasBegun()) {
      spawnsNoMore = true;
      shutdown.windUp(loop);
    }
  }

  // What events and pollers use.

  /**
   * Sets the deadline of an entry, or moves it: its {@code handleDeadline} is called in the first
   * pass that begins after it. Equal deadlines fire in the order in which they were set.
   *
   * @param deadlineNanos on the scale of {@link #nanoTime}
   */
  public void setDeadline(Timed timed, long deadlineNanos) {
    checkInside("setDeadline");
    loop.deadlines().set(timed, deadlineNanos);
  }

  /** Takes back a deadline; does nothing if none is set. */
  public void clearDeadline(Timed timed) {
    checkInside("clearDeadline");
    loop.deadlines().clear(timed);
  }

  /** The time on the scheduler's clock, in nanoseconds. */
  public long nanoTime() {
    return clock.nanoTime();
  }

  /**
   * This scheduler's poller of the given kind. The first who asks brings it: {@code open} then
   * makes it, and the loop polls it from now on; also if it has one: see {@link Poller#takesOver}.
   *
   * @throws IllegalStateException if somebody has brought a poller of another kind
   */
  public <P extends Poller> P poller(Class<P> kind, Supplier<? extends P> open) {
    checkInside("poller");
    loop.bringPoller(kind, open);
    Poller found = loop.poller(kind);
    if (!kind.isInstance(found)) {
      throw new IllegalStateException(this + " polls " + found + ", not a " + kind);
    }
    return kind.cast(found);
  }

  /** For primitives and tools: its object of this class, which the first who asks makes. */
  public <A> A attachment(Class<A> kind, Supplier<? extends A> make) {
    checkInside("attachment");
    if (!attachments.containsKey(kind)) {
      A made = make.get(); // may block in the JDK, while another task comes first
      checkInside("attachment");
      var _ = attachments.putIfAbsent(kind, made);
    }
    return kind.cast(attachments.get(kind));
  }

  /** Whether the calling thread may use this scheduler now, as a task of it does. */
  public boolean isInside() {
    return inside.isCaller();
  }

  /**
   * For events and primitives: makes sure that the caller may go on, as {@link #isInside} says. A
   * task that came out of its turn in a blocking call of the JDK waits here for a turn.
   *
   * @param call the caller's name, for the message
   * @throws WrongThreadException if the thread is a foreign one
   */
  public void checkInside(String call) {
    inside.check(call);
  }

  /**
   * For calls that block: makes sure that no loop stands still by it. A task in thread style may.
   *
   * @throws WrongThreadException if the thread carries a loop
   */
  public static void checkMayBlock(String call) {
    Scheduler carried = ON_THIS_CARRIER.get();
    if (carried != null) {
      throw new WrongThreadException(
          call + " would block the thread that carries " + carried + "; await an event instead");
    }
  }

  /**
   * For events that other threads complete, from any thread: runs {@code action} on the loop,
   * before its next pass, or at once if the caller is inside of the run. It may wake tasks, and
   * must not wait. The failure reporter gets what it throws later; an {@link Error} ends the run.
   *
   * @return false if the scheduler has ended; else the action is run, at the end at the latest
   */
  public boolean runInside(Runnable action) {
    if (inside.isCallerInRun()) {
      action.run();
      return true;
    }
    return loop.post(action);
  }

  /** The task that has the turn; null between two turns. */
  @Nullable Task<?> running() {
    return loop.running();
  }

  /**
   * What the loop has counted so far, and what there is now; see {@link SchedulerStats} for what
   * each number costs. Any thread may ask, at any time: from outside, the numbers may be a moment
   * old, and of two moments.
   *
   * <pre>{@code
   * SchedulerStats stats = scheduler.stats();
   * System.out.println(stats.loop().turns() + " turns, " + stats.tasks().waiting() + " wait");
   * }</pre>
   */
  public SchedulerStats stats() {
    return SchedulerView.stats(this);
  }

  /** The tasks that have not ended, in the order in which they were spawned: a copy. */
  public List<Task<?>> tasks() {
    checkInside("tasks");
    return tasks.toList();
  }

  /** For primitives: the turn ends at the next await, at once or not: see {@link Task#yield}. */
  public void endTurnAtNextAwait() {
    checkInside("endTurnAtNextAwait");
    loop.endTurnAtNextAwait();
  }

  /**
   * For primitives: whether tasks record where they acquire what they hold, and primitives may
   * spend time to learn; see {@link SchedulerBuilder#recordSites}.
   */
  public boolean recordsSites() {
    return recordsSites;
  }

  /**
   * For primitives: tells the {@link SchedulerBuilder#failureReporter}; nobody else can hear it.
   */
  public void reportFailure(String what, Throwable failure) {
    checkInside("reportFailure");
    failures.report(what, failure);
  }

  /** For primitives and tools: tells the {@link SchedulerBuilder#findingReporter}. */
  public void report(Finding finding) {
    findingReporter.accept(finding);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return "scheduler '" + name + "'";
  }

  // What the loop and the tasks use.

  void post(Runnable message) {
    boolean _ = loop.post(message); // after the end it concerns nobody
  }

  boolean isClosed() {
    return closed;
  }

  void ended(Task<?> task) {
    tasks.remove(task);
    Failures.Failure failure = task == main ? task.failure() : null;
    if (failure != null) {
      Throwable _ = failure.deliver(); // run throws it
    }
    loop.note(task, TaskEvent.What.ENDED);
  }

  /** Asked before each pass. */
  boolean goesOn(ForeignCall.Inbox inbox) {
    if (shutdown.hasBegun()) {
      return shutdown.goesOn();
    }
    boolean isOver = main != null ? main.isDone() : tasks.nonDaemons() == 0 && inbox.isEmpty();
    return !inbox.sees(RunLog.Fact.CLOSED, closed) && !isOver;
  }

  /** Whenever the loop has caught up with the world outside. */
  void caughtUp(ForeignCall.Inbox inbox) {
    if (inbox.sees(RunLog.Fact.INTERRUPTED, inside.interrupts.ofRun())) {
      interrupted = true;
      shutdown.cancelAll("the thread of " + this + " was interrupted");
    }
    failures.reportCollected();
    forgotten.reportCollected();
  }
}
