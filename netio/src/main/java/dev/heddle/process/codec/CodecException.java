package dev.heddle.process.codec;

import dev.heddle.scheduler.Cancelled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A value cannot be sent, or a message is not a value that may be received. The error names the
 * part of the value that has the problem: {@code ".files[3].path: java.io.File cannot be sent;
 * ..."}. Nothing was sent.
 */
public final class CodecException extends IOException {
  private static final int MOST_CHARS = 2_000;

  private final String problem;

  /** The way from the outermost value to the part that has the problem; grows from the inside. */
  private String path = "";

  /** For codecs: a problem with the value that is being encoded, or with the message. */
  public CodecException(String problem) {
    this(problem, null);
  }

  /** For codecs: a problem that has a cause. */
  public CodecException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = SafeText.printable(problem, MOST_CHARS);
  }

  /**
   * For codecs: code that is not the codec's own, as a constructor or {@code hashCode} of a value,
   * has thrown. Errors are no exception: who sends a value must not be able to end who receives it.
   *
   * @param what what failed, for the message
   * @return what to throw instead; what was thrown itself if it is a {@code CodecException}
   * @throws Cancelled if that is what was thrown: the task that encodes or decodes has to end
   */
  public static CodecException of(String what, Throwable thrown) {
    if (thrown instanceof Cancelled cancelled) {
      throw cancelled;
    }
    return thrown instanceof CodecException refused
        ? refused
        : new CodecException(what + ": " + SafeText.describe(thrown), thrown);
  }

  /** Puts a step in front of the path: {@code ".name"}, {@code "[3]"}. */
  CodecException within(String step) {
    path = step + path;
    return this;
  }

  @Override
  public String getMessage() {
    return path.isEmpty() ? problem : path + ": " + problem;
  }
}
