package dev.heddle.coroutine;

/** Throws what a body threw through calls that do not declare it. */
final class Thrown {
  private Thrown() {}

  /** Use as {@code throw Thrown.unchecked(t)}: the compiler then sees that nothing follows. */
  static RuntimeException unchecked(Throwable thrown) {
    return Thrown.<RuntimeException>cast(thrown);
  }

  @SuppressWarnings("unchecked") // erased: the cast is the whole trick
  private static <X extends Throwable> RuntimeException cast(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
