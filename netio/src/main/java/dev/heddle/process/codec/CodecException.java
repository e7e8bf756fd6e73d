package dev.heddle.process.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A value cannot be sent, or a message is not a value that may be received. The error names the
 * part of the value that has the problem: {@code ".files[3].path: java.io.File cannot be sent;
 * ..."}. Nothing was sent.
 */
public final class CodecException extends IOException {
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
    this.problem = problem;
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
