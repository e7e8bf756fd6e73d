package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.weave.Script.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Bodies that call methods with their suspender give the same trace on each engine, as generators
 * and as tasks, whichever compiler has compiled them. In a first run each value is sent back. Each
 * further run differs from the first one at one suspension: an exception is raised there, or null
 * is sent, or the body is closed or cancelled.
 */
final class CallTest {
  /** Suspensions at which a run may differ from the first one. */
  private static final int MOST_SUSPENSIONS = 12;

  /** A bare continuation does not know the monitors that these hold. */
  private static final Set<String> NOT_ON_A_CONTINUATION =
      Set.of(
          "synchronized callee",
          "callee that suspends in a synchronized block",
          "woven and synchronized in turn");

  /** What runs on a stack depends on the object that is called: no explanation can know it. */
  private static final Set<String> KNOWN_AT_THE_CALL =
      Set.of(
          "ten kinds of receivers at one site",
          "the same receivers twice at one site",
          "reference to a constructor that takes the suspender",
          "lambda of an interface that is not serializable",
          "reference behind an interface that is not serializable");

  /** A task delegates to no items, has no generators, and its suspender is no class of ours. */
  private static final Set<String> NOT_FOR_TASKS =
      Set.of(
          "generator in a callee",
          "generator in a callee, left early",
          "generator whose items a callee filters",
          "delegation to a list in a callee",
          "delegation to a generator in a callee",
          "suspender that is nobody's");

  @Test
  void thereAreAtLeastTwoHundredAndFiftyBodies() {
    int bodies = Cases.calls().all().size() + Cases.taskCalls().tasks().size();
    assertTrue(bodies >= 250, bodies + " bodies");
  }

  @TestFactory
  Stream<DynamicContainer> eachBodyGivesTheSameTraceOnEachEngine() {
    return CallCompiler.all()
        .map(compiler -> container(compiler, OtherCases.of(compiler.bodies(), "calls")));
  }

  private static DynamicContainer container(CallCompiler compiler, OtherCases cases) {
    Map<String, OtherCases.Maker<CoroutineBody<Object, Object, Object>>> makers =
        cases.makers("all");
    Map<String, String> onStack = cases.texts("onStack");
    return container(
        compiler,
        makers.keySet(),
        name -> {
          checkExplanation(name, makers.get(name), onStack.get(name));
          compare(name, makers.get(name), compiler);
        });
  }

  private static DynamicContainer container(
      CallCompiler compiler, Set<String> names, Consumer<String> compare) {
    return DynamicContainer.dynamicContainer(
        compiler.toString(),
        names.stream().map(name -> DynamicTest.dynamicTest(name, () -> compare.accept(name))));
  }

  @TestFactory
  Stream<DynamicContainer> eachBodyGivesTheSameTraceAsATask() {
    return CallCompiler.all()
        .map(
            compiler -> {
              ClassLoader tasks = AsTasks.of(compiler.bodies());
              return taskContainer(compiler, OtherCases.of(tasks, "calls"), "all");
            });
  }

  @TestFactory
  Stream<DynamicContainer> eachTaskGivesTheSameTraceWithAStackAndWithout() {
    return CallCompiler.all()
        .map(
            compiler ->
                taskContainer(compiler, OtherCases.of(compiler.bodies(), "taskCalls"), "tasks"));
  }

  private static DynamicContainer taskContainer(
      CallCompiler compiler, OtherCases cases, String method) {
    Map<String, OtherCases.Maker<TaskFunction<Object>>> makers = cases.makers(method);
    makers.keySet().removeAll(NOT_FOR_TASKS);
    Map<String, String> onStack = cases.texts("onStack");
    return container(
        compiler,
        makers.keySet(),
        name -> {
          compareTasks(name, makers.get(name), !onStack.containsKey(name), compiler);
          if (onStack.containsKey(name)) {
            checkRefusal(name, makers.get(name), onStack.get(name));
          }
        });
  }

  /** What is woven all the way says so; else the explanation names the part that is not. */
  private static void checkExplanation(
      String name, OtherCases.Maker<CoroutineBody<Object, Object, Object>> maker, String onStack) {
    String explanation = Engine.explain(maker.make(new Cases.Log()));
    if (onStack == null || KNOWN_AT_THE_CALL.contains(name)) {
      assertEquals("woven", explanation, name);
    } else {
      assertTrue(explanation.contains(onStack), name + ": " + explanation);
    }
  }

  /**
   * The runs that differ from the first one at one of its suspensions, each with a new exception.
   */
  private static List<Supplier<Script>> scripts(
      String firstTrace, CallCompiler compiler, boolean ofTasks) {
    List<Supplier<Script>> scripts = new ArrayList<>();
    long suspensions = firstTrace.lines().filter(line -> line.contains(": yielded ")).count();
    for (int i = 1; i <= Math.min(suspensions, MOST_SUSPENSIONS); i++) {
      int at = i;
      scripts.add(() -> Script.injecting(Call.RAISE, new IllegalStateException("raised"), at));
      if (compiler.isTriedFully()) {
        scripts.add(() -> Script.injecting(Call.RAISE, new IOException("raised"), at));
        scripts.add(() -> Script.injecting(Call.SEND, null, at));
        scripts.add(() -> Script.injecting(Call.CLOSE, null, at));
        if (ofTasks) {
          scripts.add(() -> Script.injecting(Call.CANCEL, null, at));
        }
      }
    }
    return scripts;
  }

  private static void compare(
      String name,
      OtherCases.Maker<CoroutineBody<Object, Object, Object>> maker,
      CallCompiler compiler) {
    String first = compare(name, maker, Script::echoing);
    for (Supplier<Script> script : scripts(first, compiler, false)) {
      compare(name, maker, script);
    }
  }

  @CanIgnoreReturnValue
  private static String compare(
      String name,
      OtherCases.Maker<CoroutineBody<Object, Object, Object>> maker,
      Supplier<Script> script) {
    String expected = trace(Engine.HANDOFF, maker, script.get());
    assertEquals(expected, trace(null, maker, script.get()), () -> name + ", " + script.get());
    if (Engine.CONTINUATION.isAvailable() && !NOT_ON_A_CONTINUATION.contains(name)) {
      String what = name + ", " + script.get() + ", on a continuation";
      assertEquals(expected, trace(Engine.CONTINUATION, maker, script.get()), what);
    }
    return expected;
  }

  /** Without an engine, the body is woven as far as it can be. */
  private static String trace(
      Engine engine, OtherCases.Maker<CoroutineBody<Object, Object, Object>> maker, Script script) {
    Cases.Log log = new Cases.Log();
    CoroutineBody<Object, Object, Object> body = maker.make(log);
    return script.trace(engine == null ? Coroutine.of(body) : Coroutine.of(engine, body), log);
  }

  private static void compareTasks(
      String name,
      OtherCases.Maker<TaskFunction<Object>> maker,
      boolean woven,
      CallCompiler compiler) {
    String first = taskTrace(onEngine(Engine.HANDOFF), onStack(maker), Script.echoing());
    for (Engine engine : Kind.engines()) {
      String trace = taskTrace(onEngine(engine), onStack(maker), Script.echoing());
      assertEquals(first, trace, () -> name + " on " + engine);
    }
    assertEquals(first, taskTrace(unnamed(woven), maker, Script.echoing()), name);
    for (Supplier<Script> script : scripts(first, compiler, true)) {
      assertEquals(
          taskTrace(onEngine(Engine.HANDOFF), onStack(maker), script.get()),
          taskTrace(unnamed(woven), maker, script.get()),
          () -> name + ", " + script.get());
    }
  }

  private static SchedulerBuilder onEngine(Engine engine) {
    return Scheduler.builder().engine(engine);
  }

  /** Whose task is woven as far as it can be; what is to be woven all the way must be. */
  private static SchedulerBuilder unnamed(boolean woven) {
    return woven ? Scheduler.builder().requireWoven() : Scheduler.builder();
  }

  /** Where all must be woven, the part that cannot be is refused when it is met, by name. */
  private static void checkRefusal(
      String name, OtherCases.Maker<TaskFunction<Object>> maker, String part) {
    String trace = taskTrace(unnamed(true), maker, Script.echoing());
    assertTrue(trace.contains("not woven") && trace.contains(part), name + ": " + trace);
  }

  private static String taskTrace(
      SchedulerBuilder builder, OtherCases.Maker<TaskFunction<Object>> maker, Script script) {
    Cases.Log log = new Cases.Log();
    try (Scheduler scheduler =
        builder.failureReporter((_, _) -> {}).findingReporter(_ -> {}).build()) {
      return script.trace(new TaskRun(scheduler, maker.make(log)), log);
    }
  }

  /** An awaiter that is captured needs a stack. */
  private static OtherCases.Maker<TaskFunction<Object>> onStack(
      OtherCases.Maker<TaskFunction<Object>> maker) {
    return log -> {
      TaskFunction<Object> body = maker.make(log);
      return co -> {
        Callable<Object> whole = () -> body.run(co);
        return whole.call();
      };
    };
  }
}
