package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.engine.BodyKind;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import java.util.List;
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

  /**
   * Says whether the body is woven and, if it is not, why, with the line of source that is the
   * reason. For tasks what {@link Engine#explain} is for generators.
   *
   * <pre>{@code
   * Body.coroutine(co -> greet(co)).explain() // not woven: its Awaiter is passed to greet() (...)
   * }</pre>
   */
  String explain();

  /** The same for all bodies with an {@link Awaiter} in a class: see {@link Engine#explainAll}. */
  static List<String> explainAll(Class<?> home) {
    return ByAwaiter.KIND.explainAll(home);
  }

  /** A body that waits by its awaiter: woven if it can be, else with a stack of its own. */
  record ByAwaiter<T extends @Nullable Object>(Object body, OnStack.Run<T> run) implements Body<T> {
    /** How bodies are woven that suspend by an {@link Awaiter}. */
    static final BodyKind KIND =
        new BodyKind(
            Awaiter.class,
            Set.of("await"),
            Set.of("yieldFrom"),
            Set.of("task"),
            AwaiterDelegation.class);

    /**
     * @param stackful for a body that cannot be woven; null to refuse it
     * @throws IllegalArgumentException if it is refused
     */
    Coroutine<YieldEvent<?, ?>, Object, T> onEngine(
        Task<T> task, @Nullable Engine stackful, LoopHost host) {
      Coroutine<YieldEvent<?, ?>, Object, T> woven = KIND.weave(body, new StackAwaiter(task));
      if (woven != null) {
        return woven;
      }
      if (stackful == null) {
        throw new IllegalArgumentException("task '" + task.name() + "': " + explain());
      }
      return new OnStack<>(run).onEngine(task, stackful, host);
    }

    @Override
    public String explain() {
      return KIND.explain(body);
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
      return StackfulCoroutine.task(engine, task.name(), body, host);
    }

    @Override
    public String explain() {
      return "not woven: it is in thread style";
    }
  }

  /** A state machine. */
  record ByStep<T extends @Nullable Object>(Step<T> step) implements Body<T> {
    @Override
    public String explain() {
      return "not woven: it is a Step, which needs no stack";
    }
  }
}
