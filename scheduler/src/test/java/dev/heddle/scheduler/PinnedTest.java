package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A yield where the thread cannot leave its carrier: an error or a turn given up, not a hang. */
class PinnedTest {
  private static final ThreadLocal<Runnable> IN_INITIALIZER = new ThreadLocal<>();

  /** One class for each use: an initializer runs once. */
  static final class First {
    static {
      IN_INITIALIZER.get().run();
    }

    static void touch() {}
  }

  static final class Second {
    static {
      IN_INITIALIZER.get().run();
    }

    static void touch() {}
  }

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  /** Run again in the same JVM, as our loop of the suite does, the initializers are through. */
  private static boolean used;

  @ParameterizedTest
  @MethodSource("engines")
  void anAwaitInAClassInitializerIsAnErrorOrATurnGivenUpAndNotAHang(Engine engine) {
    if (used && engine == Engine.HANDOFF) {
      return;
    }
    List<String> trace = new ArrayList<>();
    List<Throwable> thrown = new ArrayList<>();
    try (Scheduler scheduler = new Kind(Kind.Style.THREAD, engine).scheduler()) {
      scheduler.spawn(
          "pinned",
          () -> {
            IN_INITIALIZER.set(() -> thrown.add(catchThrowable(() -> Task.await(Task.yield()))));
            if (engine == Engine.VIRTUAL_THREAD) {
              First.touch();
            } else {
              Second.touch();
            }
            trace.add("goes on");
            Task.await(Task.yield());
            trace.add("and yields");
          });
      scheduler.spawn("other", () -> Task.await(Task.yield()));
      scheduler.run();
    }
    used |= engine == Engine.HANDOFF;
    assertThat(trace).containsExactly("goes on", "and yields");
    if (engine == Engine.VIRTUAL_THREAD && !thrown.isEmpty()) {
      assertThat(thrown.getFirst())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot yield here")
          .hasMessageContaining("class initializer");
    }
  }
}
