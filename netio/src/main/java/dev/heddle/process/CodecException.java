package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * A value cannot be sent, or a message is no value that may be received. The message names what and
 * where: {@code "argument.files[3].path: java.io.File cannot be sent; ..."}. Nothing was sent.
 */
public final class CodecException extends ProcessException {
  private final String problem;

  /** From the outermost value to the one that has the problem; grows on the way out. */
  private String path = "";

  /** For codecs: a problem with the value that is being coded, or the message. */
  public CodecException(String problem) {
    this(problem, null);
  }

  /** For codecs: a problem that has a cause. */
  public CodecException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = problem;
  }

  /** The value with the problem is the part of another: {@code ".name"}, {@code "[3]"}. */
  CodecException within(String step) {
    path = step + path;
    return this;
  }

  @Override
  public String getMessage() {
    return path.isEmpty() ? problem : path + ": " + problem;
  }
}
