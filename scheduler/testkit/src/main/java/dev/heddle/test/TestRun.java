package dev.heddle.test;

import dev.heddle.net.SocketProvider;
import dev.heddle.process.ChildProvider;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run of a test, from the thread that waits for it to what the failure says.
 *
 * <p>The simulation runs on a thread of its own, so that a body that never gives up its turn costs
 * the test, and not the whole build.
 */
final class TestRun {
  private static final System.Logger LOG = System.getLogger("dev.heddle.test");

  /** How long a run that was stopped has to end. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(10);

  interface Start {
    void start(TestRun run) throws Exception;
  }

  /** A body that waits without an awaiter. */
  interface InThread {
    void run(Simulation sim) throws Exception;
  }

  private final TestScheduler.Builder options;
  private final long seed;
  private final Choices choices;
  private final World world;
  private final SimulatedPoller poller;
  private final Network network;

  /** The first one's; null until its first task runs. */
  private volatile @Nullable Simulation simulation;

  /** What the simulation is to fail with, whatever its body throws; null if nothing. */
  private volatile @Nullable AssertionError verdict;

  /** The tasks when something failed first; null if nothing has. */
  private volatile @Nullable String dump;

  /** What the body of another host has thrown first; null if nothing. */
  private volatile @Nullable Throwable hostFailure;

  /** What the run has thrown; null if nothing. */
  private volatile @Nullable Throwable thrown;

  TestRun(TestScheduler.Builder options, long seed) {
    this.options = options;
    this.seed = seed;
    choices = options.choices == null ? Choices.seeded(seed) : options.choices;
    world = new World(choices, Timers.saturatedNanos(options.virtualLimit));
    poller = new SimulatedPoller(world, this::virtualLimitReached);
    network = new Network(world, this::hostFailed);
  }

  // The thread of the test.

  /** Runs it, and throws what it has thrown. */
  void run(Start start) throws Exception {
    Thread thread = Thread.ofPlatform().daemon().name("heddle-test").unstarted(() -> carry(start));
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
    try {
      if (!ended(thread, options.realLimit)) {
        realLimitReached(thread);
      }
    } catch (InterruptedException e) {
      end(thread);
      throw e;
    }
    Throwable failure = verdict != null ? verdict : hostFailure != null ? hostFailure : thrown;
    if (failure != null) {
      throw Rethrow.of(reported(failure));
    }
  }

  private void realLimitReached(Thread thread) throws InterruptedException {
    SimulatedPoller running = world.running();
    Scheduler held = running == null ? null : running.scheduler();
    String holder = held == null ? null : held + ": " + TaskDump.holder(held);
    noteDump();
    boolean ended = end(thread);
    verdict =
        new AssertionError(
            "the test has not ended within "
                + options.realLimit.toMillis()
                + " ms of real time, at "
                + world.clock
                + (holder == null ? "; no scheduler has the turn" : "; " + holder)
                + (ended ? "" : "\n  it did not end by an interrupt; its thread is left behind"));
  }

  /** Whether the simulation has ended by being closed and interrupted. */
  private boolean end(Thread thread) throws InterruptedException {
    Simulation sim = simulation;
    if (sim != null) {
      sim.scheduler().close();
    }
    network.end();
    thread.interrupt();
    return ended(thread, LAST_WAIT);
  }

  /** Whether all threads of the simulation have ended by then. */
  private boolean ended(Thread thread, Duration longest) throws InterruptedException {
    long begin = System.nanoTime();
    boolean ended = thread.join(longest);
    for (HostLoop loop : List.copyOf(network.loops())) {
      ended &= loop.join(longest.minusNanos(System.nanoTime() - begin));
    }
    return ended;
  }

  private Throwable reported(Throwable failure) {
    String text =
        "seed %d (again by -D%s=%d), at %s, %s"
            .formatted(seed, TestScheduler.SEED_PROPERTY, seed, world.clock, choices);
    SimulationReport report = new SimulationReport(seed, dump == null ? text : text + "\n" + dump);
    failure.addSuppressed(report);
    if (failure.getSuppressed().length == 0) { // it is of a class that keeps none
      String type = failure.getClass().getName();
      LOG.log(System.Logger.Level.ERROR, "the test fails by " + type, report);
    }
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
    } finally {
      network.end();
    }
  }

  void guarded(Awaiter co, SimulationBody body) throws Exception {
    Simulation sim = begin();
    try {
      body.run(co, sim);
    } catch (Throwable e) {
      noteDump();
      throw e;
    } finally {
      network.end();
    }
  }

  void guardedInThread(InThread body) throws Exception {
    Simulation sim = begin();
    try {
      body.run(sim);
    } catch (Throwable e) {
      noteDump();
      throw e;
    } finally {
      network.end();
    }
  }

  private Simulation begin() {
    Scheduler scheduler = Scheduler.current();
    poller.serves(scheduler);
    Host host = null;
    if (!options.realSockets) {
      host = network.host("test");
      SimulatedProvider provider = new SimulatedProvider(host, poller);
      SocketProvider.use(scheduler, host.sockets(provider));
      ChildProvider.use(scheduler, new SimulatedChildren(() -> provider));
    }
    Simulation sim = new Simulation(seed, choices, world.clock, scheduler, host);
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

  /** What a host's body has thrown ends the test. */
  private void hostFailed(Throwable e) {
    if (hostFailure == null) {
      hostFailure = e;
      noteDump();
      Simulation sim = simulation;
      if (sim != null) {
        sim.scheduler().close();
      }
    }
  }

  /** The tasks of all schedulers. Those of loops that wait for their turn are seen from outside. */
  private void noteDump() {
    Simulation sim = simulation;
    if (dump == null && sim != null) {
      StringBuilder text = new StringBuilder().append(dumpOf(sim.scheduler()));
      for (HostLoop loop : network.loops()) {
        Scheduler of = loop.scheduler();
        text.append(of == null ? "" : "\n" + dumpOf(of));
      }
      dump = text.toString();
    }
  }

  private static TaskDump dumpOf(Scheduler scheduler) {
    return TaskDump.of(scheduler, Duration.ZERO);
  }
}
