package dev.heddle.process;

import dev.heddle.process.codec.SafeText;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a job has thrown, as data. The parent need not have the class, and creates no object of it.
 */
record RemoteFailure(
    String type, @Nullable String message, List<Line> stack, @Nullable RemoteFailure cause) {
  private static final int MOST_CAUSES = 8;
  private static final int MOST_LINES = 100;
  private static final int MOST_CHARS = 4096;
  private static final int MOST_NAME = 300;

  /** How many characters of the message stand in the message of another exception. */
  private static final int MOST_SHOWN = 1_000;

  /** What a child says is printed by its parent: texts are cut and escaped, lists are cut. */
  RemoteFailure {
    type = SafeText.printable(type, MOST_NAME);
    message = message == null ? null : SafeText.printable(message, MOST_CHARS);
    stack = stack.size() <= MOST_LINES ? stack : List.copyOf(stack.subList(0, MOST_LINES));
  }

  /** One line of the stack trace. */
  record Line(String type, String method, @Nullable String file, int number) {
    Line {
      type = SafeText.printable(type, MOST_NAME);
      method = SafeText.printable(method, MOST_NAME);
      file = file == null ? null : SafeText.printable(file, MOST_NAME);
    }
  }

  /**
   * Long texts, stacks and chains of causes are cut, so that the failure fits into a message. What
   * the exception is asked for, it may refuse by an exception in turn: that part is left out then.
   */
  static RemoteFailure of(Throwable thrown) {
    return of(thrown, MOST_CAUSES);
  }

  private static RemoteFailure of(Throwable thrown, int causes) {
    Throwable cause = asked(thrown::getCause, null);
    return new RemoteFailure(
        thrown.getClass().getName(),
        asked(thrown::getMessage, "(its getMessage() threw an exception)"),
        asked(() -> lines(thrown), List.of()),
        cause == null || cause == thrown || causes == 0 ? null : of(cause, causes - 1));
  }

  private static <T extends @Nullable Object> T asked(Supplier<? extends T> question, T otherwise) {
    try {
      return question.get();
    } catch (Throwable refused) {
      return otherwise;
    }
  }

  private static List<Line> lines(Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    return Arrays.stream(stack).limit(MOST_LINES).map(RemoteFailure::line).toList();
  }

  /** What the failure says, cut; its class if it says nothing. */
  static String textOf(Throwable thrown) {
    String text = asked(thrown::getMessage, null);
    return text == null ? SafeText.describe(thrown) : SafeText.printable(text, MOST_CHARS);
  }

  private static Line line(StackTraceElement e) {
    return new Line(e.getClassName(), e.getMethodName(), e.getFileName(), e.getLineNumber());
  }

  /** Class and message, for the message of another exception. */
  String describe() {
    return message == null ? type : type + ": " + SafeText.printable(message, MOST_SHOWN);
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
