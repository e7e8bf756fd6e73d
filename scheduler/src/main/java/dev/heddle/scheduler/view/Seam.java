package dev.heddle.scheduler.view;

import java.lang.reflect.Constructor;

/** Makes what the kernel asks of {@code dev.heddle.trace}, whose classes are found by name. */
final class Seam {
  private Seam() {}

  /** A new object of the package-private class, by its constructor without parameters. */
  static <T> T make(Class<T> face, String className) {
    try {
      Constructor<?> constructor = Class.forName(className).getDeclaredConstructor();
      constructor.setAccessible(true); // package-private, in this module
      return face.cast(constructor.newInstance());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this build lacks " + className, e);
    }
  }
}
