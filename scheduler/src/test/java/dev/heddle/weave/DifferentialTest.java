package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each body gives the same trace woven as on the engines with a stack (N9), whatever calls it gets.
 * {@code -Dheddle.seed=n} chooses other random calls.
 */
final class DifferentialTest {
  private static final long SEED = Long.getLong("heddle.seed", 20_251_120L);
  private static final int SCRIPTS = 24;

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
    CoroutineBody<Object, Object, Object> body = maker.make(log);
    List<String> trace = new ArrayList<>();
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(engine, body)) {
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
