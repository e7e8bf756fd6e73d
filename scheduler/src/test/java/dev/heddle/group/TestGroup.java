package dev.heddle.group;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.Work;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A group for a test. What nobody has joined, and what has ended a loop, is thrown by {@link
 * #close}, unless the test has taken it: else an assertion that fails on a loop would fail no test.
 */
final class TestGroup implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(30);

  final SchedulerGroup group;

  /** Of tasks and of loops. */
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private final Kind kind;

  TestGroup(Kind kind, int loops) {
    this.kind = kind;
    group =
        SchedulerGroup.builder()
            .name("g")
            .loops(loops)
            .daemon(true)
            .eachScheduler(
                each ->
                    each.engine(kind.engine())
                        .watchdog(Duration.ZERO)
                        .findingReporter(_ -> {})
                        .failureReporter((_, failure) -> failures.add(failure)))
            .loopFailureReporter((_, failure) -> failures.add(failure))
            .open();
  }

  GroupLoop loop(int index) {
    return group.loops().get(index);
  }

  /** Starts a task of the test's kind on a loop. */
  <T> GroupTask<T> submit(int loop, String name, Work<T> work) {
    return loop(loop).start(name, kind.function(work));
  }

  /** Starts a task of the test's kind on a loop. */
  @CanIgnoreReturnValue
  GroupTask<?> spawn(int loop, String name, Script script) {
    return loop(loop).start(name, kind.body(script));
  }

  @Override
  public void close() {
    group.close();
    Throwable first = failures.poll();
    if (first != null) {
      failures.forEach(first::addSuppressed);
      throw new AssertionError("not heard: " + first, first);
    }
  }
}
