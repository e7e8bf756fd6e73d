package dev.heddle.net;

import dev.heddle.group.GroupLoop;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Scheduler;
import java.util.List;

/** Which scheduler serves a connection that was accepted. Used by the server's loop alone. */
interface Dealer {
  /** The scheduler for the next connection. */
  Scheduler pick();

  /** The scheduler serves so many connections more, or less. */
  default void count(Scheduler scheduler, int more) {}

  /** The loop of a group that serves the fewest connections; of several such, each has its turn. */
  final class FewestConnections implements Dealer {
    private final SchedulerGroup group;
    private final List<GroupLoop> loops;

    /** By the number of the loop. */
    private final int[] open;

    private int turn;

    FewestConnections(SchedulerGroup group) {
      this.group = group;
      this.loops = group.loops();
      this.open = new int[loops.size()];
    }

    @Override
    public Scheduler pick() {
      GroupLoop best = null;
      int begin = turn++;
      for (int i = 0; i < open.length; i++) {
        GroupLoop each = loops.get(Math.floorMod(begin + i, open.length));
        if (each.failure() == null && (best == null || open[each.index()] < open[best.index()])) {
          best = each;
        }
      }
      return best == null ? group.leastLoaded().scheduler() : best.scheduler(); // throws if none is
    }

    @Override
    public void count(Scheduler scheduler, int more) {
      for (GroupLoop each : loops) {
        if (each.scheduler() == scheduler) {
          open[each.index()] += more;
          assert open[each.index()] >= 0 : each;
        }
      }
    }
  }
}
