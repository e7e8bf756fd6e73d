package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.TraceGenerators.Generating;
import dev.heddle.scheduler.TraceSituations.Situation;
import dev.heddle.scheduler.TraceSituations.World;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The trace of a failure has the same lines of the user's, in the same order, whether the body is
 * woven or has a stack of its own.
 */
class TraceTableTest {

  private static final Set<String> SITUATIONS =
      Set.of(
          TraceSituations.class.getName(),
          TraceGenerators.class.getName(),
          TraceCalls.class.getName());

  /** A trace as the user reads it: only the lines of the situation. */
  private record Shown(List<String> frames, List<Integer> lines, String text) {
    static Shown of(Throwable thrown) {
      List<StackTraceElement> users =
          Arrays.stream(thrown.getStackTrace())
              .filter(
                  f -> SITUATIONS.contains(f.getClassName().replaceAll("\\$(Broken|Source)$", "")))
              .toList();
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text, true));
      return new Shown(
          users.stream().map(f -> f.getMethodName() + ":" + f.getLineNumber()).toList(),
          users.stream().map(StackTraceElement::getLineNumber).toList(),
          text.toString());
    }
  }

  /** The {@code co} of a body that runs in thread style. */
  private record ThreadAwaiter() implements Awaiter {
    @Override
    public <T, X extends Exception> T await(YieldEvent<T, X> event) throws X {
      return Task.await(event);
    }

    @Override
    public Task<?> task() {
      return Task.current();
    }
  }

  private static Body<?> threadStyle(TaskBody body) {
    return Body.thread(() -> body.run(new ThreadAwaiter()));
  }

  private static Shown failed(
      Engine engine, Situation situation, Function<TaskBody, Body<?>> style) {
    World world = new World(style);
    VirtualTime time = new VirtualTime();
    Task<?> subject;
    try (Scheduler scheduler =
        Scheduler.builder()
            .engine(engine)
            .clock(time)
            .poller(time)
            .failureReporter((task, failure) -> {})
            .findingReporter(finding -> {})
            .build()) {
      subject = world.start(scheduler, "subject", situation.in(world));
      scheduler.run();
      Shown shown = Shown.of(subject.exceptionNow());
      assertThat(shown.lines).as(shown.text).isEqualTo(world.expected());
      return shown;
    }
  }

  static Stream<String> tasks() {
    return TraceSituations.ofTasks().keySet().stream();
  }

  @Holds("K4")
  @ParameterizedTest
  @MethodSource("tasks")
  void aFailureOfATaskShowsTheSameLinesInEachStyle(String name) {
    check(TraceSituations.ofTasks().get(name));
  }

  static Stream<String> calls() {
    return TraceCalls.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aFailureInACalledMethodShowsTheSameLinesInEachStyle(String name) {
    check(TraceCalls.all().get(name));
  }

  private static void check(Situation situation) {
    TaskBody body = situation.in(new World(Body::coroutine));
    assertThat(Body.coroutine(body).explain()).startsWith("woven");
    for (Engine engine : Kind.engines()) {
      Shown woven = failed(engine, situation, Body::coroutine);
      Shown stack = failed(engine, situation, TraceTableTest::threadStyle);
      assertThat(woven.frames).as(woven.text + stack.text).isEqualTo(stack.frames);
      assertThat(woven.text).doesNotContain("$$Woven", ".advance(");
    }
  }

  static Stream<String> generators() {
    return TraceGenerators.ofGenerators().keySet().stream();
  }

  private static Shown failed(Engine engine, Generating generating) {
    World world = new World(Body::coroutine);
    Coroutine<Object, Object, Object> coroutine = Coroutine.of(engine, generating.in(world));
    Throwable thrown =
        catchThrowable(
            () -> {
              while (coroutine.next()) {
                assertThat(coroutine.yielded()).isNotNull();
              }
            });
    Shown shown = Shown.of(thrown);
    assertThat(shown.lines).as(shown.text).endsWith(world.expected().toArray(Integer[]::new));
    return shown;
  }

  @ParameterizedTest
  @MethodSource("generators")
  void aFailureOfAGeneratorShowsTheSameLinesOnEachEngine(String name) {
    Generating generating = TraceGenerators.ofGenerators().get(name);
    List<List<String>> shown = new ArrayList<>();
    for (Engine engine : Engine.values()) {
      if (engine.isAvailable() && engine.runsCoroutines()) {
        shown.add(failed(engine, generating).frames);
      }
    }
    assertThat(shown.stream().distinct()).as(shown.toString()).hasSize(1);
  }

  @Test
  void thereAreEnoughSituations() {
    assertThat(TraceSituations.ofTasks()).hasSizeGreaterThanOrEqualTo(20);
  }
}
