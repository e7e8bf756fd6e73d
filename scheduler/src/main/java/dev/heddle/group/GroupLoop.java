package dev.heddle.group;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import dev.heddle.scheduler.YieldEvent;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One loop of a {@link SchedulerGroup}: a scheduler and the thread that runs it. All methods may be
 * called from any thread.
 *
 * <pre>{@code
 * GroupLoop loop = workers.on(user); // always the same one for one user
 * loop.spawn("audit", co -> co.await(audit.write(entry)));
 * loop.tell(() -> items.add(item)); // runs there, between two turns
 * }</pre>
 *
 * <p>What a failure of the loop does is said in {@link SchedulerGroup}; how it is done, here. The
 * run throws; {@link #failure} is set; the scheduler is closed, which cancels its tasks and lets
 * them run their {@code finally} blocks; each task that ends by that, or does not end, or was never
 * begun, fails with a {@link LoopFailedException}.
 */
public final class GroupLoop implements GroupSpawner {
  private final SchedulerGroup group;
  private final int index;
  private final Scheduler scheduler;

  /** Tasks of the group that were placed here and have not ended. Any thread. */
  private final AtomicInteger load = new AtomicInteger();

  /** Those that have begun and have not ended. The loop's thread alone. */
  private final Set<GroupTask<?>> alive = Collections.newSetFromMap(new IdentityHashMap<>());

  /** What the run has thrown; null as long as it has not. Written before the tasks learn of it. */
  private volatile @Nullable Throwable failure;

  /** The task that keeps a run going while there is nothing to do. The loop's thread alone. */
  private @Nullable Task<?> keeper;

  /** Ends the keeper. The loop's thread alone. */
  private Promise<@Nullable Void> release = new Promise<>();

  /** The round that waits until this loop has nothing to do; null if none does. */
  private @Nullable QuietRound waiting;

  /** Down when the first run has begun: from then on only the loop's thread is inside. */
  private final CountDownLatch begun = new CountDownLatch(1);

  GroupLoop(SchedulerGroup group, int index, Scheduler scheduler) {
    this.group = group;
    this.index = index;
    this.scheduler = scheduler;
  }

  /** {@inheritDoc} The loop is this one, however loaded it is. */
  @Override
  public <T extends @Nullable Object> GroupTask<T> start(@Nullable String name, Body<T> body) {
    Objects.requireNonNull(body, "body");
    Throwable broken = failure;
    if (broken != null) {
      throw failedException("cannot start a task on " + this);
    }
    GroupTask<T> task = new GroupTask<>(this, name == null ? "a task" : name);
    TaskLocal.Snapshot locals = TaskLocal.snapshot();
    load.incrementAndGet(); // before the question, so that a shutdown that it precedes waits for it
    group.placed();
    boolean taken = group.takes() && scheduler.runInside(() -> begin(task, name, body, locals));
    if (!taken) {
      leave(task);
      throw new RejectedExecutionException(
          failure == null ? group + " is shut down and takes no more" : this + " has failed");
    }
    return task;
  }

  /** On the loop. */
  private <T extends @Nullable Object> void begin(
      GroupTask<T> task, @Nullable String name, Body<T> body, TaskLocal.Snapshot locals) {
    try {
      Task<T> started = locals.call(() -> scheduler.start(name, body));
      alive.add(task);
      task.begun(started);
    } catch (Throwable notBegun) { // whoever waits for the task must hear of it
      leave(task);
      task.failed(group.isClosing() || failure != null ? refusal() : notBegun);
    }
  }

  private RuntimeException refusal() {
    return failure == null
        ? new CancellationException(this + " has ended before the task began")
        : failedException("the task was not begun");
  }

  /**
   * Runs something on the loop, between two turns; from a task of this loop, at once. It may use
   * what belongs to the loop and wake its tasks, and must not wait. Messages of one thread run in
   * the order in which it sent them. The first of a burst wakes the loop if that sleeps; the others
   * cost no wakeup.
   *
   * <p>What the message throws goes to the failure reporter of the scheduler; an {@link Error} ends
   * the run, and so is a failure of the loop.
   *
   * @throws RejectedExecutionException if the loop has ended
   */
  public void tell(Runnable message) {
    if (!scheduler.runInside(Objects.requireNonNull(message, "message"))) {
      throw new RejectedExecutionException(this + " has ended");
    }
  }

  /**
   * An event of something that belongs to this loop, for a task of any other: see {@link
   * ForeignEvent}.
   *
   * <pre>{@code
   * Item next = co.await(home.event(() -> queue.get()).within(Duration.ofSeconds(1)));
   * }</pre>
   *
   * @param event makes the event; called on this loop, once for each await
   */
  @CheckReturnValue
  public <T extends @Nullable Object, X extends Exception> YieldEvent<T, X> event(
      Supplier<? extends YieldEvent<T, X>> event) {
    return ForeignEvent.on(scheduler, event);
  }

  /** Its name: the group's, and the number of the loop. Its thread has it too, by default. */
  public String name() {
    return scheduler.name();
  }

  /** Its number in the group, counted from 0. */
  public int index() {
    return index;
  }

  /**
   * Its scheduler: for tasks of this loop, and for what any thread may ask of a scheduler. The
   * group runs and closes it; nobody else may.
   */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** How many tasks the group has placed here that have not ended. */
  public int load() {
    return load.get();
  }

  /** What has ended the loop before its time; null if nothing has. */
  public @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public String toString() {
    return "loop '" + name() + "'";
  }

  // The life of the loop, on its thread.

  /** The whole of it. */
  void run() {
    try {
      while (!group.isClosing()) {
        boolean _ = scheduler.runInside(this::keep);
        askAgain();
        scheduler.run();
        checkNotInterrupted();
      }
    } catch (Throwable thrown) {
      fail(thrown);
    } finally {
      end();
    }
  }

  /** An interrupt of the loop's thread cancels all of its tasks, the keeper too. */
  private void checkNotInterrupted() throws InterruptedException {
    Task<?> kept = keeper;
    boolean cancelled = kept != null && kept.state() == Task.State.CANCELLED;
    if (Thread.interrupted() || (cancelled && !group.isClosing())) {
      throw new InterruptedException("the thread of " + this + " was interrupted");
    }
  }

  /** The run lasts until the keeper is released and all is done. */
  private void keep() {
    Promise<@Nullable Void> mine = new Promise<>();
    release = mine;
    Body<@Nullable Void> body = Body.step(new Keeper(mine));
    Task<@Nullable Void> started = scheduler.start("the keeper of " + this, body);
    keeper = started;
    begun.countDown();
  }

  /** Waits until it is released. */
  private static final class Keeper extends Step<@Nullable Void> {
    private final Promise<@Nullable Void> release;
    private boolean waits;

    Keeper(Promise<@Nullable Void> release) {
      this.release = release;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      waits = !waits;
      return waits ? release : null;
    }
  }

  private void fail(Throwable thrown) {
    failure = thrown;
    group.tellFailure(this, thrown);
  }

  private void end() {
    begun.countDown();
    try {
      scheduler.close();
    } catch (Throwable thrown) {
      if (failure == null) {
        fail(thrown);
      }
    }
    for (GroupTask<?> left : List.copyOf(alive)) {
      left.failed(
          failure == null
              ? new CancellationException(left + " did not end when it was cancelled")
              : failedException(left + " did not end when it was cancelled"));
    }
    QuietRound parked = waiting;
    waiting = null;
    if (parked != null) {
      parked.passOn(this);
    }
    group.loopEnded();
  }

  /** Any thread: waits for the first run. */
  void awaitBegin() throws InterruptedException {
    begun.await();
  }

  /** The last run came to its end: whoever has waited for that goes on in the next one. */
  private void askAgain() {
    QuietRound parked = waiting;
    waiting = null;
    if (parked != null) {
      boolean _ = scheduler.runInside(() -> parked.visit(this));
    }
  }

  // On the loop.

  /** Whether no task is left here, or under way to here, that would keep a run going. */
  boolean isQuiet() {
    return load.get() == 0
        && scheduler.tasks().stream().allMatch(task -> task.isDaemon() || task == keeper);
  }

  /** Has the round visit this loop again as soon as it is quiet. */
  void visitWhenQuiet(QuietRound round) {
    assert waiting == null : "a second round at " + this;
    waiting = round;
    boolean _ = release.complete(null);
  }

  SchedulerGroup group() {
    return group;
  }

  /**
   * On another loop: a task comes from there. It counts from now on, and is known here before it.
   */
  void comes(GroupTask<?> task) {
    group.placed();
    load.incrementAndGet();
    boolean _ = scheduler.runInside(() -> alive.add(task));
  }

  /** The task has gone to another loop. */
  void goes(GroupTask<?> task) {
    boolean _ = scheduler.runInside(() -> alive.remove(task));
    leave(task);
  }

  /** A task of the group has ended. */
  void ended(GroupTask<?> task) {
    alive.remove(task);
    leave(task);
  }

  private void leave(GroupTask<?> task) {
    int left = load.decrementAndGet();
    assert left >= 0 : task + " has left " + this + " twice";
  }

  LoopFailedException failedException(String what) {
    Throwable cause = Objects.requireNonNull(failure, "it has failed");
    return new LoopFailedException(what + ": the loop has failed: " + cause, cause);
  }
}
