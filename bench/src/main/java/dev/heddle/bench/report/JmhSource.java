package dev.heddle.bench.report;

import dev.heddle.coroutine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * One benchmark of JMH with one value for each of its parameters, in a JVM of its own for each
 * round. Every iteration is a sample.
 *
 * @param benchmark class and method
 * @param second another result of the benchmark that is to be read, or empty for its time
 * @param log where JMH writes, of the last run
 */
record JmhSource(
    String suite,
    String figure,
    String contender,
    String benchmark,
    Map<String, String> params,
    String second,
    Effort effort,
    Path log)
    implements Source {
  private static final String PACKAGE = "dev.heddle.bench.";
  private static final String ALLOCATION = "gc.alloc.rate.norm";
  private static final Duration JVM = Duration.ofMillis(900);

  /** Reads what it allocates, of all threads of its JVM, for each operation. */
  JmhSource allocations(String allocated) {
    return new JmhSource(suite, allocated, contender, benchmark, params, ALLOCATION, effort, log);
  }

  /** Reads this result of the benchmark, of which each iteration gives a share. */
  JmhSource second(String name) {
    return new JmhSource(suite, figure, contender, benchmark, params, name, effort, log);
  }

  @Override
  public String label() {
    return suite + ", " + contender;
  }

  @Override
  public Duration cost() {
    String sleep = params.get("sleepMillis");
    long warmup = sleep == null ? effort.warmupMillis() : Long.parseLong(sleep) * 3 / 2;
    long iteration = sleep == null ? effort.iterationMillis() : Long.parseLong(sleep) * 3 / 2;
    return JVM.plusMillis(effort.warmups() * warmup + effort.iterations() * iteration);
  }

  /** A fork has the flags that it needs; this JVM may not have them. */
  @Override
  public String unavailable() {
    if (effort.forks() > 0) {
      return "";
    }
    String engine = params.getOrDefault("engine", params.getOrDefault("kind", ""));
    for (Engine each : Engine.values()) {
      if (engine.endsWith(each.name()) && !each.isAvailable()) {
        return "the engine " + each + " is not available in this JVM";
      }
    }
    return "";
  }

  @Override
  public void measure(int round, Samples samples) throws IOException {
    Collection<RunResult> results = run();
    if (results.size() != 1) {
      throw new IllegalStateException(
          benchmark + " " + params + " names " + results.size() + " runs of JMH, not one");
    }
    double[] found =
        results.iterator().next().getBenchmarkResults().stream()
            .map(BenchmarkResult::getIterationResults)
            .flatMap(Collection::stream)
            .mapToDouble(this::score)
            .toArray();
    samples.add(figure, contender, found);
  }

  private double score(IterationResult iteration) {
    if (second.isEmpty()) {
      return iteration.getPrimaryResult().getScore();
    }
    Result<?> result = iteration.getSecondaryResults().get(second);
    if (result == null) {
      throw new IllegalStateException(benchmark + " has no result " + second);
    }
    // JMH adds up such counts over all iterations, so each is a share of their average.
    boolean isShare = !second.equals(ALLOCATION);
    return isShare ? result.getScore() * effort.iterations() : result.getScore();
  }

  private Collection<RunResult> run() throws IOException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(PACKAGE + benchmark) + "$")
            .forks(effort.forks())
            .warmupIterations(effort.warmups())
            .warmupTime(TimeValue.milliseconds(effort.warmupMillis()))
            .measurementIterations(effort.iterations())
            .measurementTime(TimeValue.milliseconds(effort.iterationMillis()))
            .shouldFailOnError(true)
            .output(log.toString());
    params.forEach(options::param);
    if (second.equals(ALLOCATION)) {
      options.addProfiler(GCProfiler.class);
    }
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IOException(
          "%s %s failed: %s; see %s".formatted(benchmark, params, e.getMessage(), log), e);
    }
  }
}
