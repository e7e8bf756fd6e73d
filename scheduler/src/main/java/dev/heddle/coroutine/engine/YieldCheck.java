package dev.heddle.coroutine.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a generator does not yield a value inside a scope that it has opened itself: the
 * consumer would go on inside that scope. The scheduler knows the scopes and {@link #install}s the
 * check. It is made only where assertions are on, because it costs more than a generator's item.
 */
public abstract class YieldCheck {
  private static volatile @Nullable YieldCheck installed;

  /** For the scheduler that extends it. */
  protected YieldCheck() {}

  /** Makes {@code check} the check of this JVM. */
  public static void install(YieldCheck check) {
    installed = check;
  }

  /** The innermost scope that is open around the caller; null if none is. */
  protected abstract @Nullable Object innermost();

  /** Whether {@code yielded} is a value for a consumer, and not a request to the scheduler. */
  protected abstract boolean isForConsumer(@Nullable Object yielded);

  /** The innermost scope around the caller; null if none is open, or no check is installed. */
  public static @Nullable Object now() {
    YieldCheck known = installed;
    return known == null ? null : known.innermost();
  }

  /** Whether a body that was resumed inside the scope {@code before} may yield this now. */
  public static boolean allow(@Nullable Object yielded, @Nullable Object before) {
    YieldCheck known = installed;
    return known == null
        || !known.isForConsumer(yielded)
        || Objects.equals(known.innermost(), before);
  }
}
