package dev.heddle.process;

import java.io.IOException;

/**
 * A job has thrown an exception. The cause shows that exception with the child's stack trace; its
 * {@code toString} begins with the name of the class that was thrown. The child lives on.
 */
public final class JobFailedException extends IOException {
  private final String failure;

  JobFailedException(String message, RemoteFailure failure) {
    super(message, failure.toThrowable());
    this.failure = failure.type();
  }

  /** The name of the class that the job has thrown. */
  public String failure() {
    return failure;
  }
}
