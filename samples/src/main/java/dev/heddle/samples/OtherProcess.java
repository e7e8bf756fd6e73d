package dev.heddle.samples;

import dev.heddle.trace.AttachedJvm;
import java.io.IOException;
import java.util.function.Predicate;
import picocli.CommandLine.Parameters;

/** Which process a command asks. */
final class OtherProcess {
  @Parameters(
      paramLabel = "PID",
      converter = WholeNumber.Pid.class,
      description = "The number of the process, as jps tells it")
  private int pid;

  void watch(String question, Predicate<String> goesOn) throws IOException, InterruptedException {
    AttachedJvm.watch(pid, question, goesOn);
  }

  String ask(String question) throws IOException {
    return AttachedJvm.ask(pid, question);
  }
}
