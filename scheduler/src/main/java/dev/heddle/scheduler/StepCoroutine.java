package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import org.jspecify.annotations.Nullable;

/** A {@link Step} as the loop sees it. */
final class StepCoroutine<T extends @Nullable Object>
    extends Coroutine<YieldEvent<?, ?>, Object, T> {
  private final Step<T> step;

  StepCoroutine(Step<T> step) {
    this.step = step;
  }

  /** Names the step, for messages: it has no line. */
  Class<?> stepClass() {
    return step.getClass();
  }

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    YieldEvent<?, ?> event = raised == null ? step.step(sent) : step.failed(raised);
    if (event == null) {
      answer(step.result());
      return false;
    }
    answer(event);
    return true;
  }
}
