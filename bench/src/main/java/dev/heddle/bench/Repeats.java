package dev.heddle.bench;

import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A step that waits for so many events, one after the other. */
final class Repeats extends Step<@Nullable Void> {
  private final Supplier<YieldEvent<?, ?>> events;
  private int left;

  Repeats(int times, Supplier<YieldEvent<?, ?>> events) {
    this.events = events;
    this.left = times;
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    if (left-- > 0) {
      return events.get();
    }
    Work.finished();
    return null;
  }
}
