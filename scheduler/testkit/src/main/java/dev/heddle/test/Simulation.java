package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The world of a test: a scheduler, the time, and what chance decides.
 *
 * <pre>{@code
 * TestScheduler.builder().seed(42).run((co, sim) -> {
 *   boolean first = sim.choices().choose("who is first", 2, "race") == 0;
 *   co.await(Timers.sleep(Duration.ofHours(1)));
 *   System.out.println(sim.clock().elapsed()); // PT1H
 * });
 * }</pre>
 */
public final class Simulation {
  private final long seed;
  private final Choices choices;
  private final VirtualClock clock;
  private final Scheduler scheduler;

  /** The run of an explorer; null in other tests. */
  private @Nullable ExploredRun explored;

  /** Null where there are no simulated sockets. */
  private final @Nullable Host host;

  Simulation(long seed, Choices choices, VirtualClock clock, Scheduler scheduler) {
    this(seed, choices, clock, scheduler, null);
  }

  Simulation(
      long seed, Choices choices, VirtualClock clock, Scheduler scheduler, @Nullable Host host) {
    this.host = host;
    this.seed = seed;
    this.choices = choices;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** The scheduler of the test's own tasks. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** The time, of all schedulers. */
  public VirtualClock clock() {
    return clock;
  }

  /** What the choices follow from. */
  public long seed() {
    return seed;
  }

  /** What was chosen so far, and the door for choices of the test's own. */
  public Choices choices() {
    return choices;
  }

  /** This is a run of an explorer. */
  Simulation exploredBy(ExploredRun run) {
    explored = run;
    return this;
  }

  /**
   * In a test of an {@link Explorer}: runs the scheduler until its tasks have ended, and throws
   * what a task has thrown that nobody joins. May be called again.
   *
   * @throws dev.heddle.scheduler.DeadlockException if tasks wait and nothing can wake them
   * @throws IllegalStateException in a test of a {@link TestScheduler}, which runs already
   */
  public void run() throws Exception {
    if (explored == null) {
      throw new IllegalStateException(
          "the scheduler of this test runs already; run() is for the tests of an Explorer");
    }
    explored.runTasks();
  }

  /**
   * Tells an {@link Explorer} that the test is about what happens here: if the condition is true in
   * none of its runs, the exploration fails, as it has shown nothing. Elsewhere does nothing.
   *
   * <pre>{@code
   * sim.sometimes(lock.isLocked(), "B has found the lock taken");
   * }</pre>
   *
   * @param what the condition in words, the same in each run
   */
  public void sometimes(boolean condition, String what) {
    Objects.requireNonNull(what, "what");
    if (explored != null) {
      explored.sometimes(condition, what);
    }
  }

  /**
   * An {@link Explorer} may cancel the task, before any turn of it or another, or not; a task of
   * another host hears of it before its next turn. Elsewhere does nothing.
   */
  public void mayCancel(Task<?> task) {
    Objects.requireNonNull(task, "task");
    if (explored != null) {
      explored.mayCancel(task);
    }
  }

  /**
   * From now on no fault {@link Choices#happens}, and no host is cut off. In a test of an {@link
   * Explorer} the tasks must then end within {@link Explorer#endsWithin}.
   */
  public void heal() {
    choices.noMoreFaults();
    if (host != null) {
      host.network().heal();
    }
    if (explored != null) {
      explored.heal();
    }
  }

  /**
   * The network in which the sockets of the simulation are.
   *
   * <p>In a test of an {@link Explorer} each fault of it is a choice of the explorer: those that
   * are {@linkplain Network#faults drawn}, a {@linkplain Network#mayPartition partition}, a
   * {@linkplain Network#mayCrash crash}, and which scheduler goes on. Such a test asks for the
   * network before it opens a socket.
   *
   * <pre>{@code
   * Explorer.of(sim -> {
   *   sim.network().faults(Faults.ROUGH);
   *   Host server = sim.network().host("server");
   *   server.start(c -> serve(c));
   *   sim.scheduler().spawn("client", co -> ask(co, server));
   * }).check();
   * }</pre>
   *
   * @throws IllegalStateException if the test asked for {@linkplain
   *     TestScheduler.Builder#realSockets real sockets}
   */
  public Network network() {
    return host().network();
  }

  /**
   * The host on which the test's own tasks are; see {@link #network}.
   *
   * @throws IllegalStateException if the test asked for {@linkplain
   *     TestScheduler.Builder#realSockets real sockets}
   */
  public Host host() {
    if (explored != null) {
      return explored.host();
    }
    if (host == null) {
      throw new IllegalStateException(
          "this simulation has no network; one of TestScheduler without realSockets() has");
    }
    return host;
  }

  /**
   * The child processes of the simulation, which are stubs in memory: which run, and what is to
   * happen to them.
   *
   * @throws IllegalStateException if the test asked for {@linkplain
   *     TestScheduler.Builder#realSockets real sockets}: then child processes are real, too
   */
  public Processes processes() {
    return network().processes();
  }

  @Override
  public String toString() {
    return "simulation with seed " + seed + ", " + clock + ", " + choices;
  }
}
