package dev.heddle.group;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.trace.Deadlock;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Several schedulers, each on a thread of its own: for work that fills more than one core. All
 * methods may be called from any thread; which of them block says so.
 *
 * <pre>{@code
 * try (SchedulerGroup group = SchedulerGroup.open()) {
 *   List<GroupTask<Long>> sizes = new ArrayList<>();
 *   for (Path each : files) {
 *     sizes.add(group.submit("size", co -> Files.size(each))); // where the least is to do
 *   }
 *   long sum = 0;
 *   for (GroupTask<Long> size : sizes) {
 *     sum += size.get();
 *   }
 * }
 * }</pre>
 *
 * <p><b>Placement.</b> {@link #spawn(String, TaskBody)} and its like take the loop with the fewest
 * tasks that the group has placed there and that have not ended; of several such loops each has its
 * turn. Tasks that these tasks spawn by {@code Scheduler.current()} stay on the loop and do not
 * count. {@link #on} takes the loop that belongs to a key: always the same one for equal keys, so
 * that what is kept for a key is used by one loop alone. A task stays where it was placed, unless
 * it moves itself by {@link dev.heddle.scheduler.Task#moveTo}.
 *
 * <p><b>What is shared.</b> Within one loop the rules are those of one scheduler. Between loops
 * there are no rules but those of Java's memory model: what a body captures and another loop also
 * uses must be safe for threads. All that happened before a task was handed over, a message was
 * told, a promise was completed, has happened for the loop that receives it.
 *
 * <p><b>The end.</b> {@link #shutdown} refuses what comes from outside, lets the tasks of all loops
 * go on to their end, also with what they start in the group, and then ends the loops; a task that
 * waits for ever keeps it waiting, so it has a deadline. {@link #drain} is the same and blocks.
 * {@link #close} cancels all tasks, which still run their {@code finally} blocks, and blocks until
 * the threads have ended. Daemon tasks do not keep the group from its end.
 *
 * <p><b>Failure of a loop.</b> A task that fails does not hurt its loop. A loop fails when its run
 * throws: an {@link Error} of a message or a hook, a clock or poller that throws, an interrupt of
 * its thread. Then the {@link SchedulerGroupBuilder#loopFailureReporter} hears of it, the tasks of
 * that loop are cancelled, and whoever waits for one of them by {@link GroupTask} gets a {@link
 * LoopFailedException}. The other loops live on. Placement by load passes the failed loop over; a
 * key that belongs to it is refused with a {@link LoopFailedException}, as what was kept there for
 * the key is gone and nobody may find half of it elsewhere. If all loops have failed, the group has
 * ended.
 *
 * <p>This file is long because it is the door of groups: placing, looking, ending.
 */
public final class SchedulerGroup implements GroupSpawner, AutoCloseable {

  /** What the group takes. */
  private enum State {
    OPEN,
    /** Only what its own tasks start. */
    SHUTTING_DOWN,
    /** Nothing. */
    CLOSING
  }

  /** The groups that have not ended, by the schedulers of their loops. */
  private static final Map<Scheduler, SchedulerGroup> MEMBERS = new ConcurrentHashMap<>();

  private final String name;
  private final List<GroupLoop> loops;
  private final List<Thread> threads;
  private final BiConsumer<? super GroupLoop, ? super Throwable> loopFailureReporter;

  /** Completed by the last thread; true if all tasks have ended by themselves. */
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  /** How many threads have not ended. */
  private final AtomicInteger running;

  /** How many tasks were placed so far. */
  private final AtomicLong placed = new AtomicLong();

  /** Where the search for the least loaded loop begins, so that equals take turns. */
  private final AtomicInteger turn = new AtomicInteger();

  /** Written under the lock of this; read by any thread. */
  private volatile State state = State.OPEN;

  /** Whether it closes because no task was left. Written before the state is CLOSING. */
  private boolean byItself;

  SchedulerGroup(SchedulerGroupBuilder builder) {
    name = builder.groupName();
    loopFailureReporter = builder.loopFailureReporter;
    running = new AtomicInteger(builder.loops);
    List<GroupLoop> made = new ArrayList<>();
    List<Thread> carriers = new ArrayList<>();
    for (int i = 0; i < builder.loops; i++) {
      SchedulerBuilder scheduler = Scheduler.builder().name(name + "-" + i);
      builder.eachScheduler.accept(scheduler);
      GroupLoop loop = new GroupLoop(this, i, scheduler.build());
      made.add(loop);
      carriers.add(
          Thread.ofPlatform()
              .name(builder.threadName(loop))
              .daemon(builder.daemon)
              .unstarted(loop::run));
    }
    loops = List.copyOf(made);
    threads = List.copyOf(carriers);
  }

  SchedulerGroup started() {
    loops.forEach(each -> MEMBERS.put(each.scheduler(), this));
    threads.forEach(Thread::start);
    try {
      for (GroupLoop each : loops) {
        each.awaitBegin();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return this;
  }

  /** A group with a loop for each processor that the JVM has. */
  public static SchedulerGroup open() {
    return builder().open();
  }

  /**
   * A group of so many loops.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public static SchedulerGroup open(int loops) {
    return builder().loops(loops).open();
  }

  /** For a group that differs from the defaults. */
  public static SchedulerGroupBuilder builder() {
    return new SchedulerGroupBuilder();
  }

  // Placement.

  /** {@inheritDoc} The loop is the one with the least to do. */
  @Override
  public <T extends @Nullable Object> GroupTask<T> start(@Nullable String taskName, Body<T> body) {
    return leastLoaded().start(taskName, body);
  }

  /**
   * Starts a task in coroutine style on the loop that belongs to the key: {@code
   * on(key).spawn(name, body)}.
   *
   * @throws LoopFailedException if that loop has failed
   */
  @CanIgnoreReturnValue
  public GroupTask<@Nullable Void> spawnOn(Object key, String taskName, TaskBody body) {
    return on(key).spawn(taskName, body);
  }

  /** The loop that belongs to the key, by its hash code: the same one for equal keys. */
  public GroupLoop on(Object key) {
    int hash = key.hashCode() * 0x9E3779B9; // neighbours shall not depend on the number of loops
    return loops.get(Math.floorMod(hash ^ (hash >>> 16), loops.size()));
  }

  /**
   * The loop with the fewest tasks that were placed there and have not ended.
   *
   * @throws LoopFailedException if all loops have failed
   */
  public GroupLoop leastLoaded() {
    return least(GroupLoop::load);
  }

  /**
   * The loop that has the least by your own count; of several such, each has its turn. Loops that
   * have failed are left out.
   *
   * <pre>{@code
   * GroupLoop next = workers.least(loop -> connections[loop.index()]);
   * }</pre>
   *
   * @throws LoopFailedException if all loops have failed
   */
  public GroupLoop least(ToIntFunction<? super GroupLoop> count) {
    GroupLoop best = null;
    int least = 0;
    int begin = turn.getAndIncrement();
    for (int i = 0; i < loops.size(); i++) {
      GroupLoop each = loops.get(Math.floorMod(begin + i, loops.size()));
      if (each.failure() == null) {
        int has = count.applyAsInt(each);
        if (best == null || has < least) {
          best = each;
          least = has;
        }
      }
    }
    if (best == null) {
      throw loops.getFirst().failedException("all loops of " + this + " have failed");
    }
    return best;
  }

  /** Its loops, by their number. */
  public List<GroupLoop> loops() {
    return loops;
  }

  /**
   * The loop whose task, or whose message, calls.
   *
   * @throws WrongThreadException if called from elsewhere
   */
  public GroupLoop current() {
    Scheduler scheduler = Scheduler.current();
    GroupLoop found = loopOf(scheduler);
    if (found == null) {
      throw new WrongThreadException(scheduler + " is no loop of " + this);
    }
    return found;
  }

  /** The loop of a scheduler; null if that is none of this group. */
  @Nullable GroupLoop loopOf(Scheduler scheduler) {
    for (GroupLoop each : loops) {
      if (each.scheduler() == scheduler) {
        return each;
      }
    }
    return null;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  // Looking.

  /**
   * What all loops have counted so far, and what there is now; costs what each scheduler's does.
   */
  public GroupStats stats() {
    return new GroupStats(
        name,
        placed.get(),
        loops.stream()
            .map(
                each -> {
                  Throwable failure = each.failure();
                  return new GroupStats.OfLoop(
                      each.load(),
                      failure == null ? null : failure.toString(),
                      each.scheduler().stats());
                })
            .toList());
  }

  /**
   * The tasks of all loops that live, as text, loop after loop; and the deadlocks, if there are
   * any. Blocks until each loop has answered, or for a second if it is in a long turn. A task that
   * calls it holds up its own loop for that time.
   */
  public String dump() {
    StringBuilder text = new StringBuilder(toString());
    for (GroupLoop each : loops) {
      Throwable failure = each.failure();
      text.append("\n\n");
      text.append(
          failure == null
              ? TaskDump.of(each.scheduler()).toString().stripTrailing()
              : each + " has failed: " + failure);
    }
    deadlocks().forEach(deadlock -> text.append("\n\n").append(deadlock));
    return text.append('\n').toString();
  }

  /**
   * The tasks that wait for each other, on one loop or across: see {@link Deadlock#findAcross}. A
   * run of a loop in a group never fails with a {@code DeadlockException}, as another loop may
   * always send something; so who suspects a deadlock asks here. Cancel one of the tasks to end it.
   *
   * <pre>{@code
   * workers.deadlocks().forEach(System.err::println);
   * }</pre>
   *
   * <p>Blocks as {@link #dump} does.
   */
  public List<Deadlock> deadlocks() {
    return Deadlock.findAcross(
        loops.stream().filter(each -> each.failure() == null).map(GroupLoop::scheduler).toList());
  }

  // The end.

  /**
   * Takes nothing more from outside, and ends the loops when their tasks have ended. Does not
   * block.
   *
   * <pre>{@code
   * boolean all = workers.shutdown(Duration.ofSeconds(30)).join(); // in a thread
   * boolean too = co.await(Promise.from(workers.shutdown(d))); // in a task of another scheduler
   * }</pre>
   *
   * @param deadline after this time the tasks that are left are cancelled, as {@link #close} does
   * @return completed when all threads have ended: true if all tasks have ended by themselves,
   *     false if some were cancelled. A copy, so who cancels it changes nothing
   */
  @CheckReturnValue
  public CompletableFuture<Boolean> shutdown(Duration deadline) {
    long nanos = Timers.saturatedNanos(deadline);
    beginShutdown();
    if (!ended.isDone()) {
      CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
      var _ = timer.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS).thenRun(this::cancelAll);
      var _ = ended.whenComplete((_, _) -> timer.cancel(false));
    }
    return ended.copy();
  }

  /** Like {@link #shutdown(Duration)}, and waits for the tasks however long they take. */
  @CheckReturnValue
  public CompletableFuture<Boolean> shutdown() {
    beginShutdown();
    return ended.copy();
  }

  /**
   * {@link #shutdown(Duration)}, and blocks the calling thread until all threads have ended. An
   * interrupt ends the waiting, not the shutdown.
   *
   * @return whether all tasks have ended by themselves
   * @throws WrongThreadException if a task of the group calls, which would wait for itself
   */
  @CanIgnoreReturnValue
  public boolean drain(Duration deadline) throws InterruptedException {
    checkOutside("drain");
    try {
      return shutdown(deadline).get();
    } catch (ExecutionException e) {
      throw new AssertionError("the end of a group has no failure", e);
    }
  }

  /**
   * Cancels all tasks, waits for their {@code finally} blocks, and ends the threads. Blocks until
   * that is done; a task that does not end by its cancellation is left behind after a second, with
   * a warning, as {@link Scheduler#close} does. If the calling thread is interrupted it waits no
   * longer, and stays interrupted. On a group that has ended does nothing.
   *
   * @throws WrongThreadException if a task of the group calls, which would wait for itself; it may
   *     call {@code shutdown(Duration.ZERO)}
   */
  @Override
  public void close() {
    checkOutside("close");
    cancelAll();
    try {
      for (Thread each : threads) {
        each.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkOutside(String call) {
    if (isCalledFromInside()) {
      throw new WrongThreadException(
          call
              + " of "
              + this
              + " by a task of it, which would wait for itself; call shutdown, and do not wait");
    }
    Scheduler.checkMayBlock(call + " of " + this);
  }

  private boolean isCalledFromInside() {
    return loops.stream().anyMatch(each -> each.scheduler().isInside());
  }

  private void beginShutdown() {
    synchronized (this) {
      if (state != State.OPEN) {
        return;
      }
      state = State.SHUTTING_DOWN;
    }
    new QuietRound(this).begin();
  }

  private void cancelAll() {
    close(false);
  }

  /** No task is left on any loop. */
  void endByItself() {
    close(true);
  }

  private void close(boolean quiet) {
    synchronized (this) {
      if (state == State.CLOSING) {
        return;
      }
      byItself = quiet && loops.stream().allMatch(each -> each.failure() == null);
      state = State.CLOSING;
    }
    for (GroupLoop each : loops) {
      // By the loop itself, so that its tasks have their last turns on its own thread.
      boolean _ = each.scheduler().runInside(each.scheduler()::close);
    }
  }

  // For the loops.

  boolean isClosing() {
    return state == State.CLOSING;
  }

  /** Whether the scheduler is a loop's, and its group cancels all tasks. */
  static boolean cancelsAll(Scheduler scheduler) {
    SchedulerGroup group = MEMBERS.get(scheduler);
    return group != null && group.isClosing();
  }

  /** Whether the caller may start a task. */
  boolean takes() {
    State now = state;
    return now == State.OPEN || (now == State.SHUTTING_DOWN && isCalledFromInside());
  }

  void placed() {
    placed.incrementAndGet();
  }

  long placedSoFar() {
    return placed.get();
  }

  void tellFailure(GroupLoop loop, Throwable failure) {
    try {
      loopFailureReporter.accept(loop, failure);
    } catch (Throwable thrown) {
      failure.addSuppressed(thrown);
    }
  }

  /** On the thread of a loop, as its last act. */
  void loopEnded() {
    int left = running.decrementAndGet();
    assert left >= 0 : this + " has ended a loop twice";
    if (left == 0) {
      boolean quiet;
      synchronized (this) {
        quiet = state == State.CLOSING && byItself;
        state = State.CLOSING;
      }
      loops.forEach(each -> MEMBERS.remove(each.scheduler()));
      ended.complete(quiet);
    }
  }

  @Override
  public String toString() {
    return "group '" + name + "' of " + loops.size() + (loops.size() == 1 ? " loop" : " loops");
  }
}
