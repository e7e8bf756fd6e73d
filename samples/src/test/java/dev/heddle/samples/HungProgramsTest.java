package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.samples.programs.Hung;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Programs that hang and were never prepared for a look: one command, from another process, shows
 * what is wrong. All of them run as their users start them.
 */
class HungProgramsTest {

  /** Starts the program, and asks it by one command; gives what the command prints. */
  private static String found(String way, String command) throws Exception {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:+EnableDynamicAgentLoading", "-XX:TieredStopAtLevel=1", "-cp"));
    java.addAll(List.of(System.getProperty("java.class.path"), Hung.class.getName(), way));
    Process hung = new ProcessBuilder(java).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      assertThat(hung.inputReader().readLine()).isEqualTo("hangs");
      try (HeddleProcess asked = HeddleProcess.start(command, "" + hung.pid())) {
        String output = asked.output();
        assertThat(asked.exitCode()).as(() -> output).isZero();
        return output;
      }
    } finally {
      hung.getOutputStream().close();
      assertThat(hung.waitFor(100, TimeUnit.SECONDS)).as("it ends as it does unseen").isTrue();
      assertThat(hung.exitValue()).isZero();
    }
  }

  @Test
  void aDumpShowsACycleOfLocksWithHoldersAndLines() throws Exception {
    assertThat(found("cycle", "dump"))
        .containsPattern("'seller' waits .* for lock 'till' held by task 'buyer'")
        .containsPattern("'buyer' waits .* for lock 'stock' held by task 'seller'")
        .contains("Hung.lockBoth(Hung.java:");
  }

  @Test
  void theListOfTasksShowsWhoHoldsTheLoopAtWhichLineAndWhoStarves() throws Exception {
    assertThat(found("hog", "ps"))
        .contains("the loop did not answer within")
        .containsPattern("running +\\S+ +report +- +Hung\\.addUp:\\d+")
        .containsPattern("ready +\\S+ +customer ");
  }

  @Test
  void theTreeShowsAWaitThatNobodyWillEnd() throws Exception {
    assertThat(found("lost", "tree"))
        .containsPattern("'waiter' waits .* for a promise at Hung\\.serve:\\d+")
        .doesNotContain("kitchen");
  }
}
