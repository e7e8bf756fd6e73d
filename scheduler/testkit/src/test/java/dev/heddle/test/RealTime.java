package dev.heddle.test;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Until;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How tests do with limits of real time on a machine that may stop for seconds at any point. */
final class RealTime {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration LONGEST_TRIED = Duration.ofSeconds(10);

  private RealTime() {}

  /** An explorer that makes all its runs. */
  static Explorer explorer(ExplorerBody test, Path traces) {
    return Explorer.of(test).within(LONG).runWithin(LONG).traces(traces).printer(line -> {});
  }

  /** The limit that was over, and how that was told. */
  record Over(Duration limit, Throwable failure) {}

  /**
   * How it is told that the limit is over, when the test was where it is to be then, which these
   * texts show. If the limit was over before, a longer one is tried.
   */
  static Over over(Duration limit, Function<Duration, ThrowingCallable> test, String... texts) {
    Throwable failure = catchThrowable(test.apply(limit));
    boolean shown = Stream.of(texts).allMatch(String.valueOf(failure)::contains);
    return shown || limit.compareTo(LONGEST_TRIED) > 0
        ? new Over(limit, failure)
        : over(limit.multipliedBy(2), test, texts);
  }

  /** Waits until no thread of a simulation is left. */
  static void awaitEndOfSimulations() {
    Until.true_(
        "each thread of a simulation ends",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("heddle-test")));
  }
}
