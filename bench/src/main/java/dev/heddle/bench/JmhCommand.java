package dev.heddle.bench;

import picocli.CommandLine.Command;

/** Stands in the help only: {@link Bench#main} hands the call to JMH before picocli sees it. */
@Command(
    name = "jmh",
    description = "Runs the JMH benchmarks; options are JMH's: jmh -l, jmh -h, jmh TurnBench.")
final class JmhCommand implements Runnable {
  @Override
  public void run() {}
}
