package dev.heddle.scheduler;

import java.util.concurrent.CancellationException;
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
}
