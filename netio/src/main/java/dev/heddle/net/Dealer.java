package dev.heddle.net;

import dev.heddle.group.GroupLoop;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Scheduler;

/** Which scheduler serves a connection that was accepted. Used by the server's loop alone. */
interface Dealer {
  /** The scheduler for the next connection. */
  Scheduler pick();

  /** The scheduler serves so many connections more, or less. */
  default void count(Scheduler scheduler, int more) {}

  /** The loop of a group that serves the fewest connections; of several such, each has its turn. */
  final class FewestConnections implements Dealer {
    private final SchedulerGroup group;

    /** By the number of the loop. */
    private final int[] open;

    FewestConnections(SchedulerGroup group) {
      this.group = group;
      this.open = new int[group.loops().size()];
    }

    @Override
    public Scheduler pick() {
      return group.least(loop -> open[loop.index()]).scheduler();
    }

    @Override
    public void count(Scheduler scheduler, int more) {
      for (GroupLoop each : group.loops()) {
        if (each.scheduler() == scheduler) {
          open[each.index()] += more;
          assert open[each.index()] >= 0 : each;
        }
      }
    }
  }
}
