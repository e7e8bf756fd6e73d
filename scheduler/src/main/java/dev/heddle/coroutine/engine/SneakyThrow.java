package dev.heddle.coroutine.engine;

/** Throws what a body threw through calls that do not declare it. */
public final class SneakyThrow {
  private SneakyThrow() {}

  /** Like {@link #unchecked}, for what has failed in a task: {@link AwaitTrace#showCaller}. */
  public static RuntimeException atCaller(Throwable thrown) {
    AwaitTrace.showCaller(thrown);
    return unchecked(thrown);
  }

  /** Use as {@code throw SneakyThrow.unchecked(t)}: the compiler then sees that nothing follows. */
  public static RuntimeException unchecked(Throwable thrown) {
    return SneakyThrow.<RuntimeException>cast(thrown);
  }

  @SuppressWarnings("unchecked") // erased: the cast is the whole trick
  private static <X extends Throwable> RuntimeException cast(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
