package dev.heddle.samples;

import java.io.IOException;

/** A request that cannot be answered as it is: the status, and what is wrong, for people. */
final class HttpError extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String what;

  HttpError(int status, String what) {
    super(what);
    this.status = status;
    this.what = what;
  }

  String what() {
    return what;
  }

  int status() {
    return status;
  }

  /** Stack traces cost much, and here they tell nothing. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
