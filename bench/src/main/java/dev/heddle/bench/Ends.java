package dev.heddle.bench;

import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import org.jspecify.annotations.Nullable;

/** A step that ends in its first turn. */
final class Ends extends Step<@Nullable Void> {
  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    return null;
  }
}
