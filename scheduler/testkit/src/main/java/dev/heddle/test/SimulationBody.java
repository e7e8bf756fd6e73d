package dev.heddle.test;

import dev.heddle.scheduler.Awaiter;

/** The body of a test that looks at, or acts on, its world. */
@FunctionalInterface
public interface SimulationBody {
  /** Runs as a task of the simulation's scheduler. */
  void run(Awaiter co, Simulation sim) throws Exception;
}
