package dev.heddle.samples.guide;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A mistake that people make with Heddle.
 *
 * @param name what is wrong, for people
 * @param code how it looks in a program, in short
 * @param program makes it, in the task {@code main}
 */
record Mistake(String name, String code, Program program) {

  /** The body of a task. */
  @FunctionalInterface
  interface Program extends Serializable {
    void run(Awaiter co) throws Exception;
  }

  /** What Heddle says: the exception, or what it reports; empty if it says nothing. */
  String answer() {
    List<String> reported = new ArrayList<>();
    var builder =
        Scheduler.builder()
            .findingReporter(finding -> reported.add("reported: " + finding.message()))
            .failureReporter((task, failure) -> {});
    try {
      builder.run(co -> program.run(co));
    } catch (Exception | Error thrown) {
      return readable(thrown.getClass().getSimpleName() + ": " + thrown.getMessage());
    }
    return readable(String.join("\n", reported));
  }

  /** Without what is different each time, and without the names of this test's lambdas. */
  private static String readable(String message) {
    return message
        .replaceAll("[\\w.]*Mistakes\\.[\\w$]+\\(Mistakes\\.java:\\d+\\)", "Main.main(Main.java:7)")
        .replaceAll("Mistakes\\.java:\\d+", "Main.java:7")
        .replaceAll("Main\\.java:7\\)(\\R *(at )?Main.main\\(Main.java:7\\))+", "Main.java:7)")
        .replaceAll("\\R *at [\\w.]*\\.Mistake\\.[^\\n]*", "")
        .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:16000")
        .replaceAll("\\d+(\\.\\d+)? ms\\b", "1 ms")
        .replaceAll("scheduler-\\d+", "scheduler-1");
  }

  /** A row of the guide's table. */
  String row(int number, String answer) {
    String cell = answer.strip().replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>");
    return "| " + number + " | " + name + " | " + code + " | " + cell + " |";
  }
}
