package dev.heddle.process;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job has thrown, as data. The parent need not have the class, and creates no object of it.
 */
record RemoteFailure(
    String type, @Nullable String message, List<Line> stack, @Nullable RemoteFailure cause) {
  private static final int MOST_CAUSES = 8;
  private static final int MOST_LINES = 100;
  private static final int MOST_CHARS = 4096;

  /** One line of the stack trace. */
  record Line(String type, String method, @Nullable String file, int number) {}

  /** Long texts, stacks and chains of causes are cut, so that the failure fits into a message. */
  static RemoteFailure of(Throwable thrown) {
    return of(thrown, MOST_CAUSES);
  }

  private static RemoteFailure of(Throwable thrown, int causes) {
    Throwable cause = thrown.getCause();
    return new RemoteFailure(
        thrown.getClass().getName(),
        cut(thrown.getMessage()),
        Arrays.stream(thrown.getStackTrace()).limit(MOST_LINES).map(RemoteFailure::line).toList(),
        cause == null || causes == 0 ? null : of(cause, causes - 1));
  }

  /** What the failure says, cut; its class if it says nothing. */
  static String textOf(Throwable thrown) {
    try {
      String text = cut(thrown.getMessage());
      return text == null ? thrown.getClass().getName() : text;
    } catch (Throwable e) {
      return thrown.getClass().getName(); // its getMessage throws
    }
  }

  private static Line line(StackTraceElement e) {
    return new Line(e.getClassName(), e.getMethodName(), e.getFileName(), e.getLineNumber());
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS);
  }

  /** The text that {@code Throwable.toString} gave in the child. */
  String describe() {
    return message == null ? type : type + ": " + message;
  }

  /** An exception that shows the failure with the child's stack trace. */
  Throwable toThrowable() {
    return new Thrown(this);
  }

  @SuppressWarnings("OverrideThrowableToString") // shows the class that was thrown in the child
  private static final class Thrown extends Exception {
    private final String description;

    Thrown(RemoteFailure failure) {
      super(failure.message, failure.cause == null ? null : failure.cause.toThrowable());
      description = failure.describe();
      setStackTrace(
          failure.stack.stream()
              .map(line -> new StackTraceElement(line.type, line.method, line.file, line.number))
              .toArray(StackTraceElement[]::new));
    }

    @Override
    public String toString() {
      return description;
    }
  }
}
