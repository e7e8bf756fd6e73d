package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.trace.AttachedJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that the commands cannot look into: one line says why. */
class OtherProcessTest {
  @TempDir Path folder;

  private static void assertOneLine(HeddleProcess asked, String line) throws Exception {
    try (asked) {
      assertThat(asked.process().waitFor(100, TimeUnit.SECONDS)).isTrue();
      String err = new String(asked.process().getErrorStream().readAllBytes(), UTF_8);
      assertThat(err.strip()).isEqualTo(line);
      assertThat(asked.process().exitValue()).isEqualTo(1);
      assertThat(asked.process().getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void aProcessOfAnotherUserIsNotEntered() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can start a process of another user");
    String pid = "" + ProcessHandle.current().pid();
    assertOneLine(
        Unprivileged.start(folder, "ps", pid),
        "heddle ps: process "
            + pid
            + ": cannot attach, is it a JVM of this user, and does it answer?");
  }

  @Test
  void rootMaySeeIntoAProcessOfAnotherUser() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can start a process of another user");
    try (HeddleProcess echo = Unprivileged.start(folder, "echo", "--port=0")) {
      assertThat(echo.process().inputReader().readLine()).startsWith("listening on");
      long pid = innermost(echo.process().toHandle()).pid();
      for (String command : List.of("ps", "dump")) {
        CommandLineRun run = CommandLineRun.of(command, "" + pid);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
            .contains("scheduler 'scheduler-1', 1 task", "a connection to listener on 127.");
      }
      List<Path> before = foldersOfAnswers();
      List<Path> made = new ArrayList<>();
      AttachedJvm.watch(
          pid,
          "ps",
          answer -> {
            made.addAll(foldersOfAnswers());
            made.removeAll(before);
            assertThat(made)
                .as("another user has no folder that he can put another in the place of")
                .isNotEmpty()
                .allMatch(folder -> ownerOf(folder).equals(OWN));
            return false;
          });
      assertThat(made).noneMatch(Files::exists);
    }
  }

  private static final String OWN = System.getProperty("user.name");

  /** Those of another user's process: other tests, in another JVM, ask those of this user. */
  private static List<Path> foldersOfAnswers() {
    try (var folders =
        Files.newDirectoryStream(
            Path.of(System.getProperty("java.io.tmpdir")), "heddle-answers*")) {
      List<Path> found = new ArrayList<>();
      for (Path folder : folders) {
        if (isOfAnotherUser(folder)) {
          found.add(folder);
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfAnotherUser(Path folder) {
    try (Stream<Path> within = Files.list(folder)) {
      return within.anyMatch(each -> !ownerOf(each).equals(OWN));
    } catch (IOException | UncheckedIOException e) {
      return false; // another test has done with it
    }
  }

  private static String ownerOf(Path folder) {
    try {
      return Files.getOwner(folder).getName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Some ways to become another user leave a process between. */
  private static ProcessHandle innermost(ProcessHandle process) {
    return process.descendants().reduce(process, (outer, inner) -> inner);
  }

  @Test
  void aFileThatTheSystemRefusesIsToldWithTheReason() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "a folder in which nobody makes files");
    try (HeddleProcess echo = HeddleProcess.start("echo", "--port=0")) {
      assertThat(echo.port()).isPositive();
      String pid = "" + echo.process().pid();
      CommandLineRun run = CommandLineRun.of("trace", pid, "--seconds=1", "-o", "/proc/x.json");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().strip())
          .isEqualTo("heddle trace: /proc/x.json: there is no such file or folder");
    }
  }

  @Test
  void aDumpIsJsonIfAskedFor() throws Exception {
    try (HeddleProcess echo = HeddleProcess.start("echo", "--port=0")) {
      assertThat(echo.port()).isPositive();
      CommandLineRun run = CommandLineRun.of("dump", "--json", "" + echo.process().pid());
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .startsWith("[{\"scheduler\":\"scheduler-1\",\"caution\":null,\"taskCount\":1,")
          .contains("\"state\":\"WAITING\"")
          .endsWith("]}]\n");
    }
  }

  @Test
  void aJvmInWhichNoHeddleRunsIsNamed() throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("Idle.java"),
            "void main() throws Exception { IO.println(\"idle\"); System.in.read(); }");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process idle =
        new ProcessBuilder(
                List.of(java, "-XX:+EnableDynamicAgentLoading", "-cp", "" + folder, "" + source))
            .start();
    try {
      assertThat(idle.inputReader().readLine()).isEqualTo("idle");
      CommandLineRun run = CommandLineRun.of("tree", "" + idle.pid());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().strip())
          .isEqualTo("heddle tree: process " + idle.pid() + ": no Heddle in it has run");
      assertThat(run.out()).isEmpty();
    } finally {
      idle.destroyForcibly();
    }
  }
}
