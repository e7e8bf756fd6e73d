package dev.heddle.group;

import java.util.List;

/**
 * How a group that shuts down finds out that no task is left on any loop and none is under way: a
 * message goes round from loop to loop, one at a time.
 *
 * <p>A loop that has something to do keeps it until it has nothing to do. A loop that has nothing
 * to do passes it on. That a loop was quiet when it was asked is not enough: a task of another loop
 * may have given it work since. So the round ends only when the message has gone round twice, has
 * met nobody with something to do, and no task was placed meanwhile. A task that is on its way lies
 * in the inbox of its loop, before the message, or counts as that loop's load.
 *
 * <p>The fields belong to whoever has the message; the inboxes pass them on.
 */
final class QuietRound {
  private final SchedulerGroup group;
  private final List<GroupLoop> loops;

  /** How many loops in a row were quiet. */
  private int quiet;

  /** How many tasks had been placed when the first of them was asked. */
  private long placed;

  QuietRound(SchedulerGroup group) {
    this.group = group;
    this.loops = group.loops();
  }

  /** Any thread, once. */
  void begin() {
    passOn(loops.getLast());
  }

  /** On the loop, or at its end. */
  void visit(GroupLoop loop) {
    if (loop.failure() != null) {
      passOn(loop);
    } else if (loop.isQuiet()) {
      count();
      if (quiet > 2 * loops.size()) {
        group.endByItself();
      } else {
        passOn(loop);
      }
    } else {
      quiet = 0;
      loop.visitWhenQuiet(this);
    }
  }

  private void count() {
    long now = group.placedSoFar();
    if (quiet == 0 || placed != now) {
      quiet = 0;
      placed = now;
    }
    quiet++;
    assert quiet <= 2 * loops.size() + 1 : quiet + " loops in a row were quiet";
  }

  /** To the next loop that takes it; if none does, all have ended. */
  void passOn(GroupLoop from) {
    for (int i = 1; i <= loops.size(); i++) {
      GroupLoop next = loops.get((from.index() + i) % loops.size());
      if (next.failure() == null && next.scheduler().runInside(() -> visit(next))) {
        return;
      }
    }
    group.endByItself();
  }
}
