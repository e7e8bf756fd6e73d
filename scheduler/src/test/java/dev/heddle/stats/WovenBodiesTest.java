package dev.heddle.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bodies that this JVM has used are counted, each once. */
class WovenBodiesTest {
  private static final List<Awaiter> KEPT = new ArrayList<>();

  private static SchedulerStats.Bodies used(int times) throws Exception {
    SchedulerStats.Bodies[] bodies = new SchedulerStats.Bodies[1];
    try (Scheduler scheduler = Scheduler.create()) {
      for (int i = 0; i < times; i++) {
        scheduler.spawn(co -> co.await(Task.yield()));
        scheduler.spawn(
            co -> {
              KEPT.add(co); // so it cannot be woven
            });
      }
      scheduler.run();
      bodies[0] = scheduler.stats().bodies();
    }
    return bodies[0];
  }

  @Test
  void aBodyCountsAtItsFirstUseAsWovenOrNotAndNeverAgain() throws Exception {
    SchedulerStats.Bodies before = used(0);
    SchedulerStats.Bodies once = used(3);
    assertThat(once)
        .isEqualTo(new SchedulerStats.Bodies(before.woven() + 1, before.notWoven() + 1));
    assertThat(used(2)).isEqualTo(once);
    assertThat(KEPT).hasSize(5);
  }
}
