package dev.heddle.record;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes what a call threw when it was recorded. */
final class ReplayedFailure {
  private ReplayedFailure() {}

  /** An exception of the class, if it is one of the JDK's for I/O; else one that names it. */
  static IOException of(String className, String message) throws IOException {
    Throwable made = make(className, message.isEmpty() ? null : message);
    if (made instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    return made instanceof IOException io ? io : new IOException(className + ": " + message);
  }

  private static @Nullable Throwable make(String className, @Nullable String message) {
    if (!className.matches("java\\.(io|net|nio\\.channels|lang)\\.\\w+")) {
      return null; // a damaged file must not make whatever it names
    }
    try {
      Class<?> type = Class.forName(className, false, null);
      if (!Exception.class.isAssignableFrom(type)) {
        return null;
      }
      return (Throwable)
          (message == null
              ? type.getConstructor().newInstance()
              : type.getConstructor(String.class).newInstance(message));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
