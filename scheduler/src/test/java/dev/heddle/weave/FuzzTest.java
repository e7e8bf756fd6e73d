package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs give the same trace on each engine. A program is its seed: {@code
 * -Dheddle.fuzz.programs=20000} runs that many, {@code -Dheddle.fuzz.seed=n} begins with that one,
 * so that a long run can be made in chunks; a failure prints seed and source.
 */
@Timeout(value = 6, unit = java.util.concurrent.TimeUnit.HOURS)
final class FuzzTest {
  private static final int PROGRAMS = Integer.getInteger("heddle.fuzz.programs", 60);
  private static final long SEED = Long.getLong("heddle.fuzz.seed", 1);
  private static final int SCRIPTS = 6;

  /** How many programs are compiled at once: javac is the slowest part. */
  private static final int BATCH = 20;

  /** Programs between two lines of progress. */
  private static final int REPORTED = 200;

  private static final List<Engine> OTHERS =
      Arrays.stream(Engine.values())
          .filter(e -> e != Engine.WOVEN && e.runsCoroutines() && e.isAvailable())
          .toList();

  /** Of one program compiled twice: bodies too large to weave. */
  private int tooLarge;

  @Test
  void randomProgramsGiveTheSameTraceOnEachEngine() throws Exception {
    long started = System.nanoTime();
    for (int done = 0; done < PROGRAMS; ) {
      int batch = Math.min(BATCH, PROGRAMS - done);
      runBatch(SEED + done, SEED + done + batch);
      done += batch;
      if (done % REPORTED == 0 || done == PROGRAMS) {
        System.out.printf(
            "fuzz: %d of %d programs from seed %d are alike, %d bodies too large to weave, %d s%n",
            done, PROGRAMS, SEED, tooLarge, (System.nanoTime() - started) / 1_000_000_000);
      }
    }
  }

  private void runBatch(long from, long to) throws Exception {
    StringBuilder source = new StringBuilder(FuzzProgram.header());
    for (long seed = from; seed < to; seed++) {
      source.append(FuzzProgram.source("P" + seed, seed));
    }
    for (String debug : List.of("-g", "-g:none")) {
      Compiled compiled = Compiled.of("fuzz.Batch", source.toString(), debug, "-Xlint:none");
      for (long seed = from; seed < to; seed++) {
        compare(compiled, seed, debug);
      }
    }
  }

  private void compare(Compiled compiled, long seed, String debug) throws Exception {
    String name = "fuzz.P" + seed;
    String what = "program " + seed + " " + debug;
    CoroutineBody<Object, Object, Object> any = body(compiled, name, new Cases.Log());
    String explanation = Engine.explain(any);
    if (explanation.contains("too large")) {
      tooLarge++;
      return; // finally blocks are copied to each exit, and exits in them multiply
    }
    if (!explanation.equals("woven")) {
      throw new AssertionError(what + ": " + explanation + "\n" + FuzzProgram.source(name, seed));
    }
    for (int script = 0; script < SCRIPTS; script++) {
      List<String> woven = trace(Engine.WOVEN, compiled, name, script);
      for (Engine other : OTHERS) {
        List<String> expected = trace(other, compiled, name, script);
        if (!expected.equals(woven)) {
          assertEquals(
              String.join("\n", expected),
              String.join("\n", woven),
              what + ", script " + script + "\n" + FuzzProgram.source(name, seed));
        }
      }
    }
  }

  private static List<String> trace(Engine engine, Compiled compiled, String name, long script)
      throws Exception {
    Cases.Log log = new Cases.Log();
    List<String> trace = new ArrayList<>();
    try (Coroutine<Object, Object, Object> c = Coroutine.of(engine, body(compiled, name, log))) {
      trace.addAll(new Script(script).run(c, log));
    } catch (Throwable closing) {
      trace.add("closing threw " + closing.getClass());
    }
    trace.addAll(log.lines);
    return trace;
  }

  @SuppressWarnings("unchecked")
  private static CoroutineBody<Object, Object, Object> body(
      Compiled compiled, String name, Cases.Log log) throws Exception {
    var maker = (Function<Consumer<Object>, Object>) compiled.newInstance(name);
    return (CoroutineBody<Object, Object, Object>) maker.apply(log::add);
  }
}
