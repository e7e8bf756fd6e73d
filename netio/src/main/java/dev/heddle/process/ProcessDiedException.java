package dev.heddle.process;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child process ended before it was told to, or did not start. The message names the exit code
 * and the last lines of the child's standard error.
 */
public final class ProcessDiedException extends IOException {
  private final int exitCode;

  ProcessDiedException(String who, String when, Exit exit, @Nullable Throwable cause) {
    super(who + " " + when + ": " + exit, cause);
    this.exitCode = exit.code();
  }

  /** The exit code. If a signal ended the child, it is 128 plus the number of the signal. */
  public int exitCode() {
    return exitCode;
  }

  /** How a process ended. */
  record Exit(int code, List<String> lastErrors) {
    private static final int SIGNALLED = 128;

    @Override
    public String toString() {
      String signal =
          code > SIGNALLED && code < SIGNALLED + 65 ? " (signal " + (code - SIGNALLED) + ")" : "";
      String errors =
          lastErrors.isEmpty()
              ? "nothing on its standard error"
              : "its standard error ended with: " + String.join(" | ", lastErrors);
      return "exit code " + code + signal + "; " + errors;
    }
  }
}
