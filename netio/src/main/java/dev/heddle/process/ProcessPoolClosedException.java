package dev.heddle.process;

import java.io.IOException;

/** A call was not done, because its {@link ProcessPool} is closed or its scheduler has ended. */
public final class ProcessPoolClosedException extends IOException {
  ProcessPoolClosedException() {
    super("the process pool is closed");
  }
}
