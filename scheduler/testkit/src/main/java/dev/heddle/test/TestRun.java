package dev.heddle.test;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.ThreadBody;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run of a test, from the thread that waits for it to what the failure says.
 *
 * <p>The simulation runs on a thread of its own, so that a body that never gives up its turn costs
 * the test, and not the whole build.
 */
final class TestRun {
  /** How long a run that was stopped has to end. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  interface Start {
    void start(TestRun run) throws Exception;
  }

  private final TestScheduler.Builder options;
  private final Choices choices;
  private final World world;
  private final SimulatedPoller poller;

  /** The first one's; null until its first task runs. */
  private volatile @Nullable Simulation simulation;

  /** What the simulation is to fail with, whatever its body throws; null if nothing. */
  private volatile @Nullable AssertionError verdict;

  /** The tasks when something failed first; null if nothing has. */
  private volatile @Nullable String dump;

  /** What the run has thrown; null if nothing. */
  private volatile @Nullable Throwable thrown;

  TestRun(TestScheduler.Builder options) {
    this.options = options;
    choices = options.choices == null ? Choices.seeded(options.seed) : options.choices;
    world = new World(choices, options.virtualLimit.toNanos());
    poller = new SimulatedPoller(world, this::virtualLimitReached);
  }

  // The thread of the test.

  /** Runs it, and throws what it has thrown. */
  void run(Start start) throws Exception {
    Thread thread = Thread.ofPlatform().daemon().name("heddle-test").unstarted(() -> carry(start));
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
    try {
      if (!thread.join(options.realLimit)) {
        realLimitReached(thread);
      }
    } catch (InterruptedException e) {
      end(thread);
      throw e;
    }
    Throwable failure = verdict == null ? thrown : verdict;
    if (failure != null) {
      throw SneakyThrow.of(reported(failure));
    }
  }

  private void realLimitReached(Thread thread) throws InterruptedException {
    Simulation sim = simulation;
    String holder = sim == null ? null : TaskDump.holder(sim.scheduler());
    noteDump();
    boolean ended = end(thread);
    verdict =
        new AssertionError(
            "the test has not ended within "
                + options.realLimit.toMillis()
                + " ms of real time, at "
                + world.clock
                + (holder == null ? "; no task has the turn" : "; " + holder)
                + (ended ? "" : "\n  it did not end by an interrupt; its thread is left behind"));
  }

  /** Whether the simulation has ended by being closed and interrupted. */
  private boolean end(Thread thread) throws InterruptedException {
    Simulation sim = simulation;
    if (sim != null) {
      sim.scheduler().close();
    }
    thread.interrupt();
    return thread.join(LAST_WAIT);
  }

  private Throwable reported(Throwable failure) {
    String text =
        "seed %d (again by -D%s=%d), at %s, %s"
            .formatted(
                options.seed, TestScheduler.SEED_PROPERTY, options.seed, world.clock, choices);
    SimulationReport report =
        new SimulationReport(options.seed, dump == null ? text : text + "\n" + dump);
    failure.addSuppressed(report);
    return failure;
  }

  // The thread of the simulation.

  private void carry(Start start) {
    world.add(poller);
    try {
      start.start(this);
    } catch (Throwable e) {
      thrown = e;
    } finally {
      world.remove(poller);
    }
  }

  /** The scheduler of the test's own tasks. */
  SchedulerBuilder scheduler() {
    return Scheduler.builder().name("test").clock(world.clock).poller(poller);
  }

  void guarded(Awaiter co, TaskBody body) throws Exception {
    Simulation _ = begin();
    try {
      body.run(co);
    } catch (Throwable e) {
      noteDump();
      throw e;
    }
  }

  void guarded(Awaiter co, SimulationBody body) throws Exception {
    Simulation sim = begin();
    try {
      body.run(co, sim);
    } catch (Throwable e) {
      noteDump();
      throw e;
    }
  }

  void guarded(ThreadBody body) throws Exception {
    Simulation _ = begin();
    try {
      body.run();
    } catch (Throwable e) {
      noteDump();
      throw e;
    }
  }

  private Simulation begin() {
    Scheduler scheduler = Scheduler.current();
    poller.serves(scheduler);
    Simulation sim = new Simulation(options.seed, choices, world.clock, scheduler);
    simulation = sim;
    return sim;
  }

  private void virtualLimitReached() {
    noteDump();
    verdict =
        new AssertionError(
            "the test has not ended within "
                + options.virtualLimit
                + " of virtual time; the tasks wait for what comes later");
    Objects.requireNonNull(simulation).scheduler().close();
  }

  private void noteDump() {
    Simulation sim = simulation;
    if (dump == null && sim != null) {
      dump = TaskDump.of(sim.scheduler()).toString();
    }
  }
}
