package dev.heddle.scheduler.view;

import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;

/** Explains why a run cannot go on. Implemented in {@code dev.heddle.trace}; see the package. */
public interface Explainer {

  /**
   * The exception that ends the run of a scheduler whose tasks all wait, none for anything that can
   * still happen. Called once, by the loop.
   */
  DeadlockException explain(Scheduler scheduler);

  /** A new explainer. */
  static Explainer create() {
    return Seam.make(Explainer.class, "dev.heddle.trace.Standstill");
  }
}
