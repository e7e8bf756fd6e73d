package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.analysis.ILine;
import org.jacoco.core.analysis.ISourceNode;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.OfflineInstrumentationAccessGenerator;
import org.jacoco.core.tools.ExecFileLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JaCoCo's agent counts the lines that woven bodies run, and the methods that they call. */
final class CoverageTest {
  private static final Map<Integer, String> NAMES =
      Map.of(
          ICounter.EMPTY, "empty",
          ICounter.FULLY_COVERED, "fully",
          ICounter.PARTLY_COVERED, "partly",
          ICounter.NOT_COVERED, "not");

  static final class Counted {
    static Generator<Integer> upTo(int n) {
      return Generator.of(
          y -> {
            for (int i = 0; i < n; i++) {
              if (i % 2 == 0) {
                y.yield(i);
              } else if (i < 0) {
                y.yield(-1); // never
              } else {
                y.yield(-i);
              }
            }
          });
    }

    static Generator<Integer> byMethod() {
      return Generator.of(
          y -> {
            twice(y, 7);
            y.yield(8);
          });
    }

    static void twice(Yielder<Integer, Void> y, int i) {
      y.yield(i);
      if (i > 100) {
        return; // never
      }
      y.yield(i);
    }

    static String digits(Awaiter co) {
      StringBuilder digits = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        co.await(Task.yield());
        digits.append(i);
      }
      return digits.toString();
    }

    static String task() {
      try (Scheduler scheduler = Scheduler.create()) {
        Task<String> task =
            scheduler.submit(
                "task",
                co -> {
                  try {
                    co.await(Task.yield());
                    throw new IllegalStateException();
                  } catch (IllegalStateException e) {
                    co.await(Task.yield());
                  } finally {
                    co.await(Task.yield());
                  }
                  return digits(co);
                });
        scheduler.spawn(
            co -> {
              for (int i = 0; i < 2; i++) {
                co.await(Task.yield());
                if (i > 5) {
                  System.out.println("never");
                }
              }
            });
        scheduler.run();
        return task.resultNow();
      }
    }

    static void print(Generator<Integer> items) {
      for (int item : items) {
        System.out.print(item + " ");
      }
    }

    public static void main(String[] args) {
      print(upTo(4));
      print(byMethod());
      System.out.println(task());
      System.out.println(Engine.explainAll(Counted.class).getFirst());
      System.out.println(Body.explainAll(Counted.class).getLast());
    }
  }

  /** What the agent has counted on each line of the class. */
  private static Map<Integer, String> lines(Path counts, String... options) throws Exception {
    String agent =
        "-javaagent:" + agent() + "=destfile=" + counts + ",includes=" + Counted.class.getName();
    String[] all = Stream.concat(Stream.of(agent), Stream.of(options)).toArray(String[]::new);
    return counted(counts, ForkedJvm.run(Counted.class, all).output(), options.length == 0);
  }

  private static Map<Integer, String> counted(Path counts, String output, boolean woven)
      throws IOException {
    assertThat(output).contains("0 -1 2 -3 7 7 8 ", "012\n"); // the hint of a flag may be between
    if (woven) {
      assertThat(output).containsPattern("upTo .*: woven").containsPattern("task .*: woven");
    }
    ExecFileLoader loader = new ExecFileLoader();
    loader.load(counts.toFile());
    CoverageBuilder builder = new CoverageBuilder();
    analyze(new Analyzer(loader.getExecutionDataStore(), builder));
    assertThat(builder.getNoMatchClasses()).isEmpty();
    ISourceNode counted = builder.getClasses().iterator().next();
    Map<Integer, String> lines = new TreeMap<>();
    for (int number = counted.getFirstLine(); number <= counted.getLastLine(); number++) {
      ILine line = counted.getLine(number);
      lines.put(
          number - counted.getFirstLine(),
          NAMES.get(line.getStatus())
              + text(line.getInstructionCounter())
              + text(line.getBranchCounter()));
    }
    return lines;
  }

  private static String text(ICounter counter) {
    return ", " + counter.getCoveredCount() + " of " + counter.getTotalCount();
  }

  private static void analyze(Analyzer analyzer) throws IOException {
    String name = Counted.class.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = Counted.class.getResourceAsStream(file)) {
      assertThat(analyzer.analyzeAll(in, name)).isEqualTo(1);
    }
  }

  private static String agent() {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(classPath.split(File.pathSeparator))
        .filter(entry -> entry.matches(".*org\\.jacoco\\.agent-.*runtime\\.jar"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theLinesOfAWovenBodyCountAsTheyDoOnAStack(@TempDir Path folder) throws Exception {
    Map<Integer, String> woven = lines(folder.resolve("woven.exec"));
    Map<Integer, String> onStack = lines(folder.resolve("stack.exec"), "-Dheddle.weave=false");
    assertThat(woven).isEqualTo(onStack);
    assertThat(woven.values().toString()).contains("fully", "partly", "not");
  }

  /** JaCoCo calls it offline instrumentation. */
  @Test
  void aClassFileThatHasTheProbesAlreadyIsWovenAndCounted(@TempDir Path folder) throws Exception {
    String name = Counted.class.getName();
    Path file = folder.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (InputStream in = Counted.class.getResourceAsStream(file.getFileName().toString())) {
      Instrumenter instrumenter = new Instrumenter(new OfflineInstrumentationAccessGenerator());
      Files.write(file, instrumenter.instrument(in, name));
    }
    Path counts = folder.resolve("offline.exec");
    String output =
        ForkedJvm.runWith(folder, Counted.class, "-Djacoco-agent.destfile=" + counts).output();
    Map<Integer, String> woven = counted(counts, output, true);
    assertThat(woven).isEqualTo(lines(folder.resolve("agent.exec")));
  }
}
