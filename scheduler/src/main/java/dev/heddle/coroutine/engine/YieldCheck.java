package dev.heddle.coroutine.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is open around whoever resumes a coroutine, and must be the same when that yields a value:
 * else the consumer would go on inside of what a generator has opened. Known to the layer above,
 * which {@link #install}s it; looked at in assertion mode only, as a generator's item costs less
 * than the look. For the library itself.
 */
public abstract class YieldCheck {
  private static volatile @Nullable YieldCheck installed;

  /** For the layer above. */
  protected YieldCheck() {}

  /** From now on these count. */
  public static void install(YieldCheck surroundings) {
    installed = surroundings;
  }

  /** The innermost of what is open around the caller; null if nothing is. */
  protected abstract @Nullable Object innermost();

  /** Whether this is a value for a consumer, and not something for the layer above. */
  protected abstract boolean isForConsumer(@Nullable Object yielded);

  /** What is open around the caller; null if nothing is, or nobody checks. */
  public static @Nullable Object now() {
    YieldCheck known = installed;
    return known == null ? null : known.innermost();
  }

  /** Whether one who was resumed inside of {@code before} may yield this. */
  public static boolean allow(@Nullable Object yielded, @Nullable Object before) {
    YieldCheck known = installed;
    return known == null
        || !known.isForConsumer(yielded)
        || Objects.equals(known.innermost(), before);
  }
}
