package dev.heddle.scheduler;

import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The children that the suites of groups start. */
record Children(Kind kind, List<Object> trace) {

  /** Sleeps, and says how that ended. */
  Task<?> sleeper(TaskGroup<?> group, String name, Duration duration) {
    return kind.spawn(
        group,
        name,
        co -> {
          try {
            co.await(Timers.sleep(duration));
            trace.add(name + " is through");
          } catch (Cancelled e) {
            trace.add(name + " is cancelled");
            throw e;
          }
        });
  }

  /** Fails after this time. */
  Task<?> failing(TaskGroup<?> group, String name, Duration after) {
    return kind.spawn(
        group,
        name,
        co -> {
          co.await(Timers.sleep(after));
          throw new IOException(name + " failed");
        });
  }
}
