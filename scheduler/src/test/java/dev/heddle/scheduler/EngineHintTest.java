package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.heddle.fixtures.ForkedJvm;
import org.junit.jupiter.api.Test;

/** What is logged about the slower engine. */
class EngineHintTest {
  private static final String HINT = "handoff engine";

  /** All its tasks are woven. */
  static final class Woven {
    static void main() {
      try (Scheduler scheduler = Scheduler.create()) {
        scheduler.spawn(co -> co.await(Task.yield()));
        scheduler.run();
      }
    }
  }

  /** Two of its tasks need a stack. */
  static final class OnStack {
    static void main() {
      try (Scheduler scheduler = Scheduler.create()) {
        scheduler.spawn(() -> Task.await(Task.yield()));
        scheduler.spawn(() -> Task.await(Task.yield()));
        scheduler.run();
      }
    }
  }

  @Test
  void nothingIsSaidIfAllTasksAreWoven() throws Exception {
    assertThat(ForkedJvm.run(Woven.class).output()).doesNotContain(HINT);
  }

  @Test
  void theFirstTaskThatNeedsAStackSaysItOnceWithTheFlag() throws Exception {
    assumeFalse(ForkedJvm.hasEngineFlags());
    String output = ForkedJvm.run(OnStack.class).output();
    assertThat(output).containsOnlyOnce(HINT);
    assertThat(output).containsOnlyOnce("--add-opens java.base/java.lang=ALL-UNNAMED");
  }
}
