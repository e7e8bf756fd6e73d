package dev.heddle.bench.report;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A main class of this jar in a process of its own, which prints what it found.
 *
 * @param arguments of a round
 */
record CommandSource(
    String suite,
    String label,
    Duration cost,
    List<String> jvmFlags,
    String main,
    IntFunction<List<String>> arguments,
    Reader reader)
    implements Source {

  /** Finds the samples in the lines. */
  @FunctionalInterface
  interface Reader {
    void read(List<String> lines, Samples samples) throws IOException;
  }

  @Override
  public void measure(int round, Samples samples) throws IOException {
    Duration longest = cost.multipliedBy(20).plusMinutes(1);
    String[] args = arguments.apply(round).toArray(String[]::new);
    reader.read(Fork.run(longest, jvmFlags, main, args), samples);
  }
}
