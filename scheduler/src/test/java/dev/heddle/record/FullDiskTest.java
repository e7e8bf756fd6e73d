package dev.heddle.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that records where there is less room than it wants. */
@Timeout(120)
class FullDiskTest {
  private static final int ROUNDS = 1_000_000; // of more than 4 bytes each

  @TempDir Path folder;

  /** Begins a recording twice. */
  static final class Beginning {
    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try (Scheduler _ = Scheduler.builder().name("big").record(path(), 64 << 20).build()) {
          System.out.println("recorded");
        } catch (UncheckedIOException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  /** Records more than there is room for; then shows the end of the recording. */
  static final class Running {
    public static void main(String[] args) throws Exception {
      int[] rounds = {0};
      Scheduler.builder()
          .record(path(), 64 << 20)
          .run(
              co -> {
                for (int i = 0; i < ROUNDS; i++) {
                  co.await(Task.yield());
                  rounds[0]++;
                }
              });
      System.out.println(rounds[0] + " rounds");
      long[] shown = {0};
      String[] last = {""};
      EventLog.list(
          path(),
          line -> {
            shown[0]++;
            last[0] = line;
          });
      System.out.println(shown[0] > 500_000 ? "much is shown" : shown[0] + " lines");
      System.out.println(last[0]);
    }
  }

  private static Path path() {
    return Path.of(System.getProperty("file"));
  }

  /** What a JVM with this main method writes, started by the command that comes before its own. */
  private String run(Class<?> main, Path file, String... before) throws Exception {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(ForkedJvm.command(main, "-Dfile=" + file));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(output);
  }

  /** The system lets no file be so long; what is left of the attempt is no obstacle to the next. */
  @Test
  @Holds("R5")
  void aFileThatMayNotBeSoLongIsRefusedBeforeTheRunAndEachTimeInTheSameWords() throws Exception {
    Path file = folder.resolve("run.heddle");
    String limited = "ulimit -f 4096 && exec \"$0\" \"$@\"";
    List<String> lines = run(Beginning.class, file, "sh", "-c", limited).lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).startsWith("cannot record scheduler 'big': " + file + ": ");
    assertThat(lines.getLast()).isEqualTo(lines.getFirst());
  }

  private static boolean mayMount() throws InterruptedException {
    List<String> command = List.of("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/tmp");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A disk of 3 MiB, which this process alone sees. */
  @Test
  @Holds("R5")
  void aDiskThatIsFullEndsTheRecordingAndNotTheProgram() throws Exception {
    assumeTrue(mayMount(), "no small disk can be mounted here");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path file = disk.resolve("run.heddle");
    String onDisk = "mount -t tmpfs -o size=3m none \"$0\" && exec \"$@\"";
    String output = run(Running.class, file, "unshare", "-rm", "sh", "-c", onDisk, disk.toString());
    assertThat(output)
        .containsOnlyOnce("the recording into " + file + " has ended: No space left on device")
        .endsWith(ROUNDS + " rounds\nmuch is shown\nthe recording ends here\n");
  }
}
