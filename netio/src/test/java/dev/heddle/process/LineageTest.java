package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Children end with their parents through all generations, and start wherever the parent runs. */
class LineageTest {
  /** Opens a pool in a child, stops one of its children, and never ends. */
  static String openPool(String pids) throws Exception {
    Scheduler scheduler = Task.current().scheduler();
    ProcessQueue<Long> told = Parent.queue(pids, Long.class);
    ProcessPool pool = ProcessPool.open(scheduler, 2);
    while (pool.stats().pids().size() < 2) { // both have connected
      var _ = await(pool.map(PoolJobs::square, List.of(1, 2, 3, 4)));
    }
    List<Long> children = pool.stats().pids();
    signal("STOP", children.getFirst());
    await(told.put(ProcessHandle.current().pid()));
    for (long child : children) {
      await(told.put(child));
    }
    while (true) {
      Thread.onSpinWait();
    }
  }

  private static void signal(String signal, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
  }

  private static boolean noneLives(List<Long> pids) {
    return pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "killed", "closed"})
  void grandchildrenEndWithTheChildEvenTheStoppedOne(String how) throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    ProcessQueue<Long> told = ProcessQueue.open("pids", Long.class, 0);
    List<Long> pids = new ArrayList<>();
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          "test",
          () -> {
            ProcessOptions options = ProcessOptions.DEFAULT.sharing(told);
            try (ProcessPool pool = ProcessPool.open(scheduler, 1, options)) {
              Task<?> call =
                  scheduler
                      .daemons()
                      .spawn(
                          "call",
                          () -> {
                            try {
                              String _ = await(pool.apply(LineageTest::openPool, "pids"));
                            } catch (IOException e) {
                              // killed
                            }
                          });
              for (int i = 0; i < 3; i++) {
                pids.add(await(told.get()));
              }
              if (how.equals("cancelled")) {
                call.cancel("enough");
              } else if (how.equals("killed")) {
                signal("KILL", pids.getFirst());
              }
            }
          });
      scheduler.run();
    }
    Until.true_(pids + " are gone", () -> noneLives(pids));
  }

  /** Leaves a thread that would keep the process alive for ever. */
  static long leaveThread(int anything) {
    Thread.ofPlatform()
        .daemon(false)
        .start(
            () -> {
              while (true) {
                Thread.onSpinWait();
              }
            });
    return ProcessHandle.current().pid();
  }

  /** A parent that ends at once when its only job is done. */
  static final class Hasty {
    static void main() {
      try (Scheduler scheduler = Scheduler.create()) {
        scheduler.spawn(
            () -> {
              var child =
                  JobProcess.start(scheduler, ProcessOptions.DEFAULT, LineageTest::leaveThread, 0);
              System.out.println(await(child.join()));
            });
        scheduler.run();
      }
    }
  }

  @Test
  void aClosedChildEndsThoughItsParentIsGoneAndAThreadOfItsIsLeft() throws Exception {
    Process parent =
        new ProcessBuilder(ChildJvm.command(Hasty.class))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Long> pids = parent.inputReader().lines().map(Long::parseLong).toList();
    assertThat(parent.waitFor()).isZero();
    assertThat(pids).hasSize(1);
    Until.true_(pids + " is gone", () -> noneLives(pids));
  }

  /** A parent that has a child do something. */
  static final class Simple {
    static void main() {
      try (Scheduler scheduler = Scheduler.create();
          ProcessPool pool = ProcessPool.open(scheduler, 1)) {
        scheduler.spawn(() -> System.out.println(await(pool.apply(PoolJobs::square, 7))));
        scheduler.run();
      }
    }
  }

  @Test
  void aLongTemporaryFolderIsPassedOverForTheSocket(@TempDir Path tmp) throws Exception {
    Path folder = Files.createDirectories(tmp.resolve("x".repeat(120)));
    List<String> command = ChildJvm.command(Simple.class);
    command.add(1, "-Djava.io.tmpdir=" + folder);
    Process parent =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(parent.inputReader().lines()).containsExactly("49");
    assertThat(parent.waitFor()).isZero();
  }

  @Test
  void aProgramThatIsRunFromItsSourceHasChildrenAndLeavesNothing(@TempDir Path tmp)
      throws Exception {
    Path temporary = Files.createDirectory(tmp.resolve("tmp"));
    Path other = tmp.resolve("Squares.java");
    Files.writeString(other, "class Squares { static int square(int n) { return n * n; } }");
    Path source = tmp.resolve("Program.java");
    Files.writeString(
        source,
        """
        import static dev.heddle.scheduler.Task.await;
        import dev.heddle.process.ProcessPool;
        import dev.heddle.scheduler.Scheduler;
        import java.util.List;

        public class Program {
          record Pair(int a, int b) {}

          static int product(Pair pair) {
            return pair.a() * pair.b() + Squares.square(10);
          }

          public static void main(String[] args) {
            try (Scheduler scheduler = Scheduler.create();
                ProcessPool pool = ProcessPool.open(scheduler, 1)) {
              scheduler.spawn(() ->
                  System.out.println(await(pool.map(Program::product, List.of(new Pair(6, 7))))));
              scheduler.run();
            }
          }
        }
        """);
    List<String> command = ChildJvm.command(Simple.class);
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    command.set(command.size() - 1, source.toString());
    Process parent =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(parent.inputReader().lines()).containsExactly("[142]");
    assertThat(parent.waitFor()).isZero();
    try (var left = Files.list(temporary)) {
      assertThat(left.filter(file -> !file.getFileName().toString().startsWith("hsperf")))
          .isEmpty();
    }
  }
}
