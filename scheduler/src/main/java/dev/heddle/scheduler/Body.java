package dev.heddle.scheduler;

import dev.heddle.coroutine.BodyKind;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A body in one of the three styles. The loop knows only the coroutine that is made of it.
 *
 * @param <T> the task's result
 */
public sealed interface Body<T extends @Nullable Object> {

  /** Coroutine style without a result. */
  static Body<@Nullable Void> coroutine(TaskBody body) {
    Objects.requireNonNull(body, "body");
    return new ByAwaiter<>(
        body,
        task -> {
          body.run(new StackAwaiter(task));
          return null;
        });
  }

  /** Coroutine style with a result. */
  static <T extends @Nullable Object> Body<T> function(TaskFunction<T> body) {
    Objects.requireNonNull(body, "body");
    return new ByAwaiter<>(body, task -> body.run(new StackAwaiter(task)));
  }

  /** Thread style without a result. */
  static Body<@Nullable Void> thread(ThreadBody body) {
    Objects.requireNonNull(body, "body");
    return new OnStack<>(
        task -> {
          body.run();
          return null;
        });
  }

  /** Thread style with a result. */
  static <T extends @Nullable Object> Body<T> callable(Callable<T> body) {
    Objects.requireNonNull(body, "body");
    return new OnStack<>(task -> body.call());
  }

  /** Step style. */
  static <T extends @Nullable Object> Body<T> step(Step<T> step) {
    return new ByStep<>(Objects.requireNonNull(step, "step"));
  }

  /** A body that waits by its awaiter: woven if it can be, else with a stack of its own. */
  record ByAwaiter<T extends @Nullable Object>(Object body, OnStack.Run<T> run) implements Body<T> {
    /** How bodies are woven that suspend by an {@link Awaiter}. */
    static final BodyKind KIND =
        new BodyKind(Awaiter.class, Set.of("await"), Set.of(), Set.of("task"));

    Coroutine<YieldEvent<?, ?>, Object, T> onEngine(Task<T> task, Engine engine, LoopHost host) {
      Coroutine<YieldEvent<?, ?>, Object, T> woven = KIND.weave(body, new StackAwaiter(task));
      return woven != null ? woven : new OnStack<>(run).onEngine(task, engine, host);
    }
  }

  /** A body with a thread of its own, on whatever engine the scheduler has. */
  record OnStack<T extends @Nullable Object>(Run<T> run) implements Body<T> {
    /** The body, given its task. */
    interface Run<T extends @Nullable Object> {
      T run(Task<T> task) throws Exception;
    }

    Coroutine<YieldEvent<?, ?>, Object, T> onEngine(Task<T> task, Engine engine, LoopHost host) {
      CoroutineBody<YieldEvent<?, ?>, Object, T> body =
          yielder -> {
            Task.ON_THIS_THREAD.set(task);
            return run.run(task);
          };
      return engine.task(task.name(), body, host);
    }
  }

  /** A state machine. */
  record ByStep<T extends @Nullable Object>(Step<T> step) implements Body<T> {}
}
