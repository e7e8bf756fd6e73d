package dev.heddle.samples;

import dev.heddle.coroutine.Coroutine;
import java.io.PrintWriter;

/** Drives a coroutine by words, and answers as Python's prompt does. */
final class Prompt {
  private final PrintWriter out;

  Prompt(PrintWriter out) {
    this.out = out;
  }

  /** Writes each operation and its answer; then closes the coroutine. */
  void session(String title, Coroutine<?, String, ?> coroutine, String... operations) {
    out.println("# " + title);
    try (coroutine) {
      for (String operation : operations) {
        out.println(">>> " + operation);
        String answer = answer(coroutine, operation);
        if (!answer.isEmpty()) {
          out.println(answer);
        }
      }
    }
  }

  /** Python shows nothing for None, and the value of a StopIteration once. */
  private static String answer(Coroutine<?, String, ?> coroutine, String operation) {
    boolean over = coroutine.state() == Coroutine.State.ENDED;
    if (over && !operation.equals("close")) {
      return "StopIteration"; // however it ended
    }
    try {
      if (operation.equals("close")) {
        coroutine.close();
        return "";
      }
      Object value = resume(coroutine, operation) ? coroutine.yielded() : coroutine.result();
      if (coroutine.state() == Coroutine.State.SUSPENDED) {
        return value == null ? "" : value.toString();
      }
      return value == null ? "StopIteration" : "StopIteration: " + value;
    } catch (IllegalArgumentException e) {
      return "IllegalArgumentException: " + e.getMessage(); // nobody has caught it
    } catch (IllegalStateException e) {
      return "Error: " + e.getMessage();
    }
  }

  private static boolean resume(Coroutine<?, String, ?> coroutine, String operation) {
    String argument = operation.substring(operation.indexOf(' ') + 1);
    if (operation.startsWith("send ")) {
      return coroutine.send(argument);
    }
    return operation.startsWith("throw ")
        ? coroutine.raise(new IllegalArgumentException(argument))
        : coroutine.next();
  }
}
