package dev.heddle.samples.programs;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.time.Duration;

/** Code of one's own that is to be tested: tries again, after 1 s, 2 s, 4 s and so on. */
record Retry(int mostTries, Duration each) {
  <T> T call(Awaiter co, TaskFunction<T> attempt) throws Exception {
    Duration pause = Duration.ofSeconds(1);
    for (int tries = 1; ; tries++) {
      try {
        return CancelScope.call(co, each, attempt);
      } catch (IOException e) {
        if (tries == mostTries) {
          throw e;
        }
      }
      co.await(Timers.sleep(pause));
      pause = pause.multipliedBy(2);
    }
  }
}
