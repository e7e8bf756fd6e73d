package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.coroutine.engine.Delegation;
import org.jspecify.annotations.Nullable;

/**
 * What a woven body yields for {@link Awaiter#yieldFrom}. Woven bodies are linked to {@link #of} by
 * its name.
 */
final class AwaiterDelegation {
  private AwaiterDelegation() {}

  /** The part has the turns of the calling task until the part ends. */
  static Object of(TaskFunction<?> part) {
    Task<?> task = Task.current();
    Coroutine<YieldEvent<?, ?>, Object, Object> woven =
        Body.ByAwaiter.KIND.weave(part, new StackAwaiter(task));
    return new Delegation(woven == null ? onStack(part, task) : woven);
  }

  /** A part that cannot be woven, in a task that is. */
  private static Coroutine<YieldEvent<?, ?>, Object, Object> onStack(
      TaskFunction<?> part, Task<?> task) {
    return Coroutine.of(Engine.HANDOFF, yielder -> part.run(new ByYielder(yielder, task)));
  }

  private record ByYielder(Yielder<YieldEvent<?, ?>, Object> yielder, Task<?> task)
      implements Awaiter {
    @Override
    @SuppressWarnings("unchecked") // the event wakes the task with its own T
    public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event) {
      return (T) yielder.yield(event);
    }
  }
}
