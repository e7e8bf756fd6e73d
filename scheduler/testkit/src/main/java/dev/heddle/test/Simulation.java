package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;

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

  Simulation(long seed, Choices choices, VirtualClock clock, Scheduler scheduler) {
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

  @Override
  public String toString() {
    return "simulation with seed " + seed + ", " + clock + ", " + choices;
  }
}
