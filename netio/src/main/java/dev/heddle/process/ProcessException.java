package dev.heddle.process;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something between two processes went wrong; the subclasses say what. */
public sealed class ProcessException extends IOException
    permits CodecException, JobFailedException, ProcessDiedException {

  ProcessException(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
