package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * As generator and as task, each body gives the same trace woven as on the engines with a stack
 * (N9), whatever calls it gets. {@code -Dheddle.seed=n} chooses other random calls.
 */
final class DifferentialTest {
  private static final long SEED = Long.getLong("heddle.seed", 20_251_120L);
  private static final int SCRIPTS = 24;

  /** A task delegates to bodies of its own kind, which begin as a part of it. */
  private static final Set<String> NOT_FOR_TASKS =
      Set.of(
          "delegation to a coroutine that has begun",
          "delegation to a list",
          "delegation without a result at the end of a branch",
          "delegation to an iterator",
          "delegation to a generator");

  private static List<Engine> others() {
    return Arrays.stream(Engine.values())
        .filter(e -> e != Engine.WOVEN && e.runsCoroutines() && e.isAvailable())
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> eachBodyGivesTheSameTraceOnEachEngine() {
    return Cases.everything().all().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> compare(e.getKey(), e.getValue())));
  }

  @Test
  void thereAreAtLeastAHundredAndFiftyBodies() {
    int bodies = Cases.everything().all().size();
    assertTrue(bodies >= 150, bodies + " bodies");
  }

  /**
   * The same bodies as bodies of tasks, awaiting what their driver answers: {@code submit(co ->
   * ...)} woven, and with a stack on each engine, gives the traces of the generators.
   */
  @TestFactory
  Stream<DynamicTest> eachBodyGivesTheSameTraceAsATask() {
    Map<String, Cases.Maker> generators = Cases.everything().all();
    return AsTasks.bodies().entrySet().stream()
        .filter(e -> !NOT_FOR_TASKS.contains(e.getKey()))
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(),
                    () -> compareTasks(e.getKey(), generators.get(e.getKey()), e.getValue())));
  }

  @Test
  void allButAFewOfThemAreRunAsTasks() {
    assertTrue(AsTasks.bodies().keySet().containsAll(NOT_FOR_TASKS));
    int bodies = AsTasks.bodies().size() - NOT_FOR_TASKS.size();
    assertTrue(bodies >= 190, bodies + " bodies");
  }

  private static void compareTasks(String name, Cases.Maker generator, AsTasks.Maker task) {
    for (int i = 0; i < SCRIPTS; i++) {
      long seed = i == 0 ? 0 : SEED + i;
      String expected = String.join("\n", trace(Engine.WOVEN, generator, seed));
      String what = name + ", seed " + seed + ", as a task ";
      assertEquals(
          expected, taskTrace(Scheduler.builder().requireWoven(), false, task, seed), what);
      for (Engine engine : Kind.engines()) {
        SchedulerBuilder builder = Scheduler.builder().engine(engine);
        assertEquals(expected, taskTrace(builder, true, task, seed), what + "on " + engine);
      }
    }
  }

  private static String taskTrace(
      SchedulerBuilder builder, boolean onStack, AsTasks.Maker maker, long seed) {
    Cases.Log log = new Cases.Log();
    TaskFunction<Object> body = maker.make(log);
    try (Scheduler scheduler = builder.failureReporter((_, _) -> {}).build()) {
      // An awaiter that is captured needs a stack.
      TaskFunction<Object> run =
          onStack ? co -> ((Callable<Object>) () -> body.run(co)).call() : body;
      return String.join("\n", trace(new TaskRun(scheduler, run), log, seed));
    }
  }

  private static void compare(String name, Cases.Maker maker) {
    assertEquals("woven", Engine.explain(maker.make(new Cases.Log())), name);
    for (int i = 0; i < SCRIPTS; i++) {
      long seed = i == 0 ? 0 : SEED + i;
      List<String> woven = trace(Engine.WOVEN, maker, seed);
      for (Engine other : others()) {
        assertEquals(
            String.join("\n", trace(other, maker, seed)),
            String.join("\n", woven),
            name + ", seed " + seed + ", " + other);
      }
    }
  }

  private static List<String> trace(Engine engine, Cases.Maker maker, long seed) {
    Cases.Log log = new Cases.Log();
    return trace(Coroutine.of(engine, maker.make(log)), log, seed);
  }

  private static List<String> trace(
      Coroutine<Object, Object, Object> made, Cases.Log log, long seed) {
    List<String> trace = new ArrayList<>();
    try (Coroutine<Object, Object, Object> coroutine = made) {
      trace.addAll(new Script(seed).run(coroutine, log));
    } catch (IllegalStateException ignoredExit) {
      trace.add(ignoredExit.getMessage());
    } catch (Throwable thrown) {
      trace.add("closing threw " + thrown);
    }
    trace.addAll(log.lines);
    return trace;
  }
}
