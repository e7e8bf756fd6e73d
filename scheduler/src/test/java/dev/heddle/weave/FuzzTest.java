package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs give the same trace on each engine. A program is its seed: {@code
 * -Dheddle.fuzz.programs=20000} runs that many, {@code -Dheddle.fuzz.seed=n} begins with that one,
 * so that a long run can be made in chunks. Of a program with calls, all frames of an exception are
 * compared; with {@code -Dheddle.fuzz.frames=false} the innermost alone. A failure prints the seed,
 * what differs, and the smallest program found that fails too.
 */
@Timeout(value = 6, unit = java.util.concurrent.TimeUnit.HOURS)
final class FuzzTest {
  private static final int PROGRAMS = Integer.getInteger("heddle.fuzz.programs", 60);
  private static final long SEED = Long.getLong("heddle.fuzz.seed", 1);

  /** How many programs are compiled at once: javac is the slowest part. */
  private static final int BATCH = 20;

  /** Programs between two lines of progress. */
  private static final int REPORTED = 200;

  /** Of one program compiled twice: bodies too large to weave. */
  private int tooLarge;

  @Test
  void randomProgramsGiveTheSameTraceOnEachEngine() {
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

  @Test
  void theSameSeedGivesTheSameProgram() {
    FuzzProgram program = new FuzzProgram("P", FuzzChoices.ofSeed(SEED));
    assertEquals(program.source(), new FuzzProgram("P", FuzzChoices.ofSeed(SEED)).source());
    FuzzChoices taken = FuzzChoices.of(program.choices().taken());
    assertEquals(program.source(), new FuzzProgram("P", taken).source());
  }

  private void runBatch(long from, long to) {
    List<FuzzProgram> programs = new ArrayList<>();
    StringBuilder source = new StringBuilder(FuzzProgram.header());
    for (long seed = from; seed < to; seed++) {
      FuzzProgram program = new FuzzProgram("P" + seed, FuzzChoices.ofSeed(seed));
      programs.add(program);
      source.append(program.source());
    }
    for (String debug : List.of("-g", "-g:none")) {
      Compiled compiled = Compiled.of("fuzz.Batch", source.toString(), debug, "-Xlint:none");
      for (long seed = from; seed < to; seed++) {
        FuzzProgram program = programs.get((int) (seed - from));
        FuzzComparison comparison = new FuzzComparison(compiled, program, "fuzz.P" + seed);
        String difference = comparison.difference(debug.equals("-g"));
        tooLarge += comparison.tooLarge ? 1 : 0;
        if (difference != null) {
          throw failure("program " + seed + " " + debug + ": " + difference, program, debug);
        }
      }
    }
  }

  private static AssertionError failure(String what, FuzzProgram program, String debug) {
    FuzzProgram smallest =
        FuzzShrinker.shrink(
            choices -> new FuzzProgram("P", choices),
            candidate -> isAlike(what, alone(candidate, debug)),
            program.choices().taken());
    return new AssertionError(
        what
            + "\nThe smallest program found that fails: "
            + alone(smallest, debug)
            + "\n"
            + FuzzProgram.header()
            + smallest.source());
  }

  /** Whether both are refusals, or errors of the weaver, or traces that differ. */
  private static boolean isAlike(String what, String smaller) {
    return smaller != null
        && Stream.of("not woven", "the weaver threw")
            .allMatch(kind -> what.contains(kind) == smaller.contains(kind));
  }

  /** What differs if the program is compiled alone; null if nothing does. */
  private static String alone(FuzzProgram program, String debug) {
    String source = FuzzProgram.header() + program.source();
    Compiled compiled;
    try {
      compiled = Compiled.of("fuzz.Alone", source, debug, "-Xlint:none");
    } catch (IllegalArgumentException e) {
      return null; // made smaller, it does not compile
    }
    return new FuzzComparison(compiled, program, "fuzz.P").difference(true);
  }
}
