package dev.heddle.bench;

import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Held;
import org.jspecify.annotations.Nullable;

/**
 * A step that acquires and gives back so many times. The first time it keeps what it has over a
 * yield, so that others queue up; from then on it hands it to them.
 */
final class HandsOn extends Step<@Nullable Void> {
  private final YieldEvent<Held, RuntimeException> acquire;
  private final int times;
  private int acquired;
  private @Nullable Held kept;

  HandsOn(int times, YieldEvent<Held, RuntimeException> acquire) {
    this.times = times;
    this.acquire = acquire;
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    if (sent instanceof Held held) {
      if (++acquired == 1) {
        kept = held;
        return Task.yield();
      }
      held.close();
    } else if (kept != null) {
      kept.close();
      kept = null;
    }
    if (acquired < times) {
      return acquire;
    }
    Work.finished();
    return null;
  }
}
