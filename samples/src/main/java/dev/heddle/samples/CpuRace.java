package dev.heddle.samples;

import dev.heddle.process.JobMethod;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The race of a 2009 tutorial, which threads lost to the interpreter lock: here there is none.
 *
 * <p>You will see how long each way takes and how many times faster it is: processes win where a
 * call is worth its message. At last they digest a tree of files; all find the same.
 */
@Command(name = "cpu-race", description = "Work and SHA-512 in turn, by threads, by processes.")
@Recipe("R23")
final class CpuRace implements Callable<Integer> {
  private static final String STEPS = "1 to 1000000000; default ${DEFAULT-VALUE}";
  private static final String FILES = "1 to 10000, to digest; default ${DEFAULT-VALUE}";
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--steps", converter = WholeNumber.Steps.class, description = STEPS)
  private int steps = 20_000_000;

  @Option(names = "--files", converter = WholeNumber.Files.class, description = FILES)
  private int files = 200;

  /** A nanosecond or so a step, and nothing that a compiler could leave out. */
  static long spin(int steps) {
    return LongStream.range(0, steps).reduce(2009, (x, i) -> x * 31 + i);
  }

  @Override
  public Integer call() throws IOException {
    try (FileTree tree = FileTree.write(files, 2009);
        Scheduler scheduler = Scheduler.create();
        Lanes lanes = Lanes.open(scheduler)) {
      scheduler.spawn(() -> raceAll(lanes, tree.paths()));
      scheduler.run();
    }
    return 0;
  }

  private void raceAll(Lanes lanes, List<String> paths) throws Exception {
    terminal.say("   calls   of               in turn    two threads       two processes   same");
    for (int each = 1_000; each <= 10_000_000; each *= 100) {
      List<Integer> calls = Collections.nCopies(Math.max(1, steps / each), each);
      var _ = race(each + " steps", lanes, CpuRace::spin, calls);
    }
    var digests = race("SHA-512", lanes, FileTree::digest, paths);
    terminal.say("of all digests: " + FileTree.digestOf(digests).substring(0, 40));
  }

  private <A, R> List<R> race(String what, Lanes lanes, JobMethod<A, R> job, List<A> inputs)
      throws Exception {
    Set<List<R>> found = new HashSet<>();
    double alone = millis(found, () -> lanes.inTurn(job, inputs));
    double threads = millis(found, () -> lanes.byThreads(job, inputs));
    double processes = millis(found, () -> lanes.byProcesses(job, inputs));
    terminal.format("%8d x %-14s %7.1f ms ", inputs.size(), what, alone);
    terminal.format("%7.1f ms %5.2fx ", threads, alone / threads);
    terminal.format("%7.1f ms %5.2fx %6b%n", processes, alone / processes, found.size() == 1);
    return found.iterator().next();
  }

  /** Of the second time: the first one warms up. */
  private static <R> double millis(Set<List<R>> found, Callable<List<R>> way) throws Exception {
    found.add(way.call());
    long start = System.nanoTime();
    found.add(way.call());
    return (System.nanoTime() - start) / 1e6;
  }
}
