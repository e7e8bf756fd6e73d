package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.scheduler.view.RunLog;
import dev.heddle.stats.SchedulerStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * {@link Scheduler#call}: a thread waits, as threads do, for a task that runs on the loop.
 *
 * <pre>
 *   the caller's thread:  runInside(begin)  get ............................ result
 *   the loop:                       begin: a task, its turns, its end --^
 * </pre>
 *
 * <p>The caller never waits for ever because the scheduler has ended. Either {@code runInside}
 * refuses {@link #begin}, or it runs {@code begin} at the end at the latest, which then finds the
 * scheduler closed. Once begun, the task is cancelled with all others when the scheduler closes,
 * and one that does not end by that is abandoned ({@link #abandon}).
 */
final class ForeignCall<T extends @Nullable Object> extends FutureTask<T> {

  /** The body, given the task that runs it. */
  private static final class Bound<T extends @Nullable Object> {
    private final Body.StackBody<T> run;

    /** Written on the loop before the task's first turn. */
    @Nullable Task<?> task;

    Bound(Body.StackBody<T> run) {
      this.run = run;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // begin() has made the task
    T call() throws Exception {
      return run.run((Task<T>) task);
    }
  }

  private final Scheduler scheduler;
  private final Bound<T> body;

  /** The caller's task-locals, which a thread of a pool may have. */
  private final TaskLocal.Snapshot locals = TaskLocal.snapshot();

  /** Why there is no result; written before the cancellation that shows it to the caller. */
  private volatile @Nullable String reason;

  /** Whether the body was never begun; written before the reason is. */
  private volatile boolean refused;

  private ForeignCall(Scheduler scheduler, Bound<T> body) {
    super(body::call);
    this.scheduler = scheduler;
    this.body = body;
  }

  /** Runs the body as a task of the scheduler and waits for its end. */
  static <T extends @Nullable Object> T call(Scheduler scheduler, Body.StackBody<T> body)
      throws InterruptedException, ExecutionException {
    Scheduler.checkMayBlock("call on " + scheduler);
    if (scheduler.isInside()) {
      throw new WrongThreadException(
          "call on "
              + scheduler
              + " from "
              + Thread.currentThread().getName()
              + ", which is inside of it and would wait for itself; await an event, or spawn");
    }
    ForeignCall<T> call = new ForeignCall<>(scheduler, new Bound<>(body));
    if (!scheduler.runInside(call::begin)) {
      call.refuse();
    }
    return call.result();
  }

  private T result() throws InterruptedException, ExecutionException {
    try {
      return get();
    } catch (InterruptedException e) {
      boolean _ = scheduler.runInside(() -> stop("its caller was interrupted"));
      throw e;
    } catch (CancellationException e) {
      String why = "call on " + scheduler + ": " + reason;
      throw refused ? new RejectedExecutionException(why) : because(why, e);
    }
  }

  private static CancellationException because(String why, CancellationException cause) {
    CancellationException cancelled = new CancellationException(why);
    cancelled.initCause(cause);
    return cancelled;
  }

  // On the loop.

  private void begin() {
    if (scheduler.isClosed()) {
      refuse();
    } else if (!isDone()) {
      try {
        body.task = startBody();
        scheduler.inside.calls.add(this);
      } catch (Throwable notBegun) { // the caller waits, and must hear of it
        super.setException(notBegun);
      }
    }
  }

  private Task<?> startBody() {
    return locals.start(scheduler, null, new Body.OnStack<>(this::runBody, false));
  }

  private boolean runBody(Task<?> task) {
    run();
    return scheduler.inside.calls.remove(this);
  }

  /** The body threw. Its cancellation is no failure of the body. */
  @Override
  protected void setException(Throwable thrown) {
    if (thrown instanceof Cancelled cancelled) {
      abandon(cancelled.reason());
    } else {
      super.setException(thrown);
    }
  }

  private void refuse() {
    refused = true;
    abandon(scheduler + " is closed");
  }

  /** The caller waits no longer. */
  void abandon(String why) {
    if (!isDone()) {
      reason = why;
      cancel(false);
    }
  }

  /** Nobody waits for the task any more. */
  private void stop(String why) {
    abandon(why);
    if (body.task != null) {
      Shutdown.stop(body.task, why);
    }
  }

  /**
   * {@link Task#moveTo}: a task is handed from one loop to another, by their inboxes.
   *
   * <pre>
   *   the old loop: the await  waits  leave (out of the table) --post--&gt;
   *   the new loop:                                  enter (into the table), woken
   * </pre>
   *
   * <p>Between the two nobody but the message has the task. It leaves between two turns, as the
   * turn of the await is its old loop's to the end.
   */
  static final class Move extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    private final Task<?> task;
    private final Scheduler target;

    /** Whether it has left: then it cannot stay any more. */
    private boolean leaves;

    Move(Task<?> task, Scheduler target) {
      this.task = task;
      this.target = target;
    }

    @Override
    protected void start(Scheduler from, Waiter waiter) {
      if (waiter.task() == task && target == from) {
        wake(null);
        return;
      }
      List<String> reasons = whatHolds(waiter);
      if (!reasons.isEmpty()) {
        throw new IllegalStateException(
            task + " cannot move to " + target + ": " + String.join("; ", reasons));
      }
      from.post(() -> leave(from));
    }

    private List<String> whatHolds(Waiter waiter) {
      if (waiter.task() != task) {
        return List.of("only itself can move it, not " + waiter.task());
      }
      List<String> reasons = new ArrayList<>();
      if (waiter != task) {
        reasons.add("the await is in a select or under a time limit");
      }
      switch (task.coroutine) {
        case WovenCoroutine<?, ?, ?> woven -> {
          StackTraceElement part = woven.partOnStack();
          if (part != null) {
            reasons.add("a method that it has called runs on a stack: " + part);
          }
        }
        case Body.StepCoroutine<?> _ -> {}
        case null, default -> reasons.add("its body has a stack of its own, as it is not woven");
      }
      if (task == task.scheduler.main) {
        reasons.add("the run of " + task.scheduler + " ends with it");
      }
      for (CancelScope<?> scope = task.scope; scope != null; scope = scope.parent) {
        reasons.add("it is inside of " + scope);
      }
      if (task.isLingering()) {
        reasons.add("tasks of a group that it has left have not ended");
      }
      TaskScopes.Extras extras = task.extrasOrNull();
      if (extras != null) {
        extras.joinerNames().forEach(who -> reasons.add("task '" + who + "' joins it"));
      }
      for (Resource held : task.held()) {
        if (!held.mayMove(task, target)) {
          reasons.add("it holds " + held.describe());
        }
      }
      return reasons;
    }

    /** On the old loop, between two turns. */
    private void leave(Scheduler from) {
      if (waiter() == null) {
        return; // it was cancelled
      }
      leaves = true;
      from.tasks.remove(task);
      give(target);
      if (!target.loop.post(this::enter)) {
        give(from);
        leaves = false;
        from.tasks.add(task);
        fail(new IllegalStateException(task + " cannot move to " + target + ", which has ended"));
      }
    }

    private void give(Scheduler to) {
      task.held().forEach(held -> held.moves(task, to));
      task.scheduler = to;
    }

    /** On the new loop. One that is closed gives it turns as long as it gives any. */
    private void enter() {
      leaves = false;
      task.arrive();
      wake(null);
      if (target.isClosed()) {
        task.cancel(target + " is closed");
      }
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      return !leaves;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "a move to " + target;
    }
  }

  /**
   * How other threads reach the loop: they leave something to do, and wake the loop if it sleeps.
   * The only place of a scheduler that two threads may touch at once.
   *
   * <p>A message is never missed: the loop says that it sleeps before it looks into the queue for
   * the last time, and a sender fills the queue before it looks whether the loop sleeps. Whichever
   * comes second sees the other. Only the first of many senders pays for the wakeup.
   *
   * <p>Invariant: the loop is awake while it drains, so that a message that comes meanwhile costs
   * no wakeup.
   */
  static sealed class Inbox permits SchedulerView.LoggedInbox {
    final ConcurrentLinkedQueue<Runnable> messages = new ConcurrentLinkedQueue<>();

    /** True while the loop sleeps, or is about to, and nobody has woken it. */
    private volatile boolean asleep;

    /** How often somebody has woken the loop. Only the loop writes it. */
    private long wakeups;

    /**
     * Any thread: {@code message} runs on the loop, before the next pass.
     *
     * @return true if the loop sleeps and the caller must wake it
     */
    boolean post(Runnable message) {
      messages.add(message);
      boolean wakes = asleep;
      if (wakes) {
        asleep = false;
      }
      return wakes;
    }

    /** Any thread: takes the message back; false if the loop has taken it already. */
    boolean takeBack(Runnable message) {
      return messages.remove(message);
    }

    /** Any thread: whether the loop sleeps, or is about to. */
    boolean isAsleep() {
      return asleep;
    }

    /** Any thread: how often a sender has woken the loop, perhaps a moment ago. */
    long wakeups() {
      return wakeups;
    }

    /** Any thread: how many messages wait; walks through them. */
    int size() {
      return messages.size();
    }

    /** The loop: whether no message waits. */
    boolean isEmpty() {
      return messages.isEmpty();
    }

    /**
     * The loop: runs what was there when it began, so that senders cannot hold it up for ever. A
     * message that throws costs the others nothing.
     */
    void drain(Failures failures) {
      assert !asleep : "the loop drains the inbox in its sleep";
      Error first = null;
      for (int left = begin(); left > 0; left--) {
        Runnable message = next();
        if (message == null) {
          break; // taken back, which happens once all is over; or a log has no more
        }
        try {
          message.run();
        } catch (Exception thrown) {
          failures.report("an action given to runInside", thrown);
        } catch (Error thrown) {
          first = first == null ? thrown : first;
        }
      }
      if (first != null) {
        throw first;
      }
    }

    /** The loop drains: how many messages it takes at the most. */
    int begin() {
      return messages.isEmpty() ? 0 : messages.size();
    }

    /** The loop drains: the next message; null if there is none. */
    @Nullable Runnable next() {
      return messages.poll();
    }

    /** The loop: whether it is so, as other threads have done it. */
    boolean sees(RunLog.Fact fact, boolean real) {
      return real;
    }

    /** The loop: sleeps in the poller unless a message has come. Returns whether it has polled. */
    boolean sleep(Poller poller, long timeoutNanos) {
      asleep = true;
      boolean polls = isEmpty();
      try {
        if (polls) {
          poller.poll(timeoutNanos);
        }
      } finally {
        wakeups += asleep ? 0 : 1;
        asleep = false; // a sender that comes from now on need not wake the loop
      }
      return polls;
    }
  }

  /**
   * Where a loop sleeps that has a poller of the user's and one of sockets: see {@link
   * Poller#takesOver}.
   */
  record PollerPair(Poller users, Poller sockets, boolean realTime) implements Poller {
    private static final long QUIET_NANOS = 10_000_000;

    @Override
    public void poll(long timeoutNanos) {
      if (timeoutNanos > 0 && sockets.hasWaiters()) {
        boolean forEver = timeoutNanos == FOREVER && !users.hasWaiters();
        long quiet = forEver ? FOREVER : Math.min(timeoutNanos, QUIET_NANOS);
        long begin = System.nanoTime();
        sockets.poll(quiet);
        boolean asks = !forEver && System.nanoTime() - begin >= quiet;
        users.poll(!asks ? 0 : realTime || timeoutNanos == FOREVER ? quiet : timeoutNanos);
      } else {
        users.poll(timeoutNanos);
      }
      sockets.poll(0);
    }

    @Override
    public void wakeup() {
      users.wakeup();
      sockets.wakeup();
    }

    @Override
    public boolean hasWaiters() {
      return users.hasWaiters() || sockets.hasWaiters();
    }

    @Override
    public SchedulerStats.@Nullable Io ioStats() {
      return sockets.ioStats();
    }

    @Override
    public void endRun() {
      users.endRun();
      sockets.endRun();
    }

    @Override
    public void close() {
      users.close();
      sockets.close();
    }
  }
}
