package dev.heddle.process;

/**
 * A job has thrown. The cause shows, with the lines of the child's code, what; its {@code toString}
 * names the class that was thrown there. The child lives on.
 */
public final class JobFailedException extends ProcessException {
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
