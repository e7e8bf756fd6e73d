package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.coroutine.engine.BodyKind;
import dev.heddle.coroutine.engine.Debuggee;
import dev.heddle.coroutine.engine.EngineHost;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.UserFrames;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A body in one of the three styles. The loop knows only the coroutine that is made of it.
 *
 * @param <T> the task's result
 */
public abstract sealed class Body<T extends @Nullable Object> {
  /** Whether it has a result, for which somebody joins its task. */
  final boolean hasResult;

  private Body(boolean hasResult) {
    this.hasResult = hasResult;
  }

  /** Coroutine style without a result. */
  public static Body<@Nullable Void> coroutine(TaskBody body) {
    Objects.requireNonNull(body, "body");
    return new ByAwaiter<>(
        body,
        task -> {
          body.run(new StackAwaiter(task));
          return null;
        },
        false);
  }

  /** Coroutine style with a result. */
  public static <T extends @Nullable Object> Body<T> function(TaskFunction<T> body) {
    Objects.requireNonNull(body, "body");
    return new ByAwaiter<>(body, task -> body.run(new StackAwaiter(task)), true);
  }

  /** Thread style without a result. */
  public static Body<@Nullable Void> thread(ThreadBody body) {
    Objects.requireNonNull(body, "body");
    return new OnStack<>(
        task -> {
          body.run();
          return null;
        },
        false);
  }

  /** Thread style with a result. */
  public static <T extends @Nullable Object> Body<T> callable(Callable<T> body) {
    Objects.requireNonNull(body, "body");
    return new OnStack<>(task -> body.call(), true);
  }

  /** Step style, without a result that somebody joins. */
  public static <T extends @Nullable Object> Body<T> step(Step<T> step) {
    return new ByStep<>(Objects.requireNonNull(step, "step"), false);
  }

  /** Step style with a result. */
  public static <T extends @Nullable Object> Body<T> stepFunction(Step<T> step) {
    return new ByStep<>(Objects.requireNonNull(step, "step"), true);
  }

  /**
   * Says whether the body is woven, with the methods that it calls with its {@link Awaiter}; if one
   * of them is not, or the body is not, why, with the line of source that is the reason. For tasks
   * what {@link Engine#explain} is for generators, where the three answers are told.
   *
   * <pre>{@code
   * String all = Body.coroutine(co -> greet(co)).explain(); // woven
   *
   * List<Awaiter> kept = new ArrayList<>();
   * String why = Body.coroutine(co -> kept.add(co)).explain();
   * // not woven: its Awaiter is passed to add() (...)
   * }</pre>
   */
  public abstract String explain();

  /** The same for all bodies with an {@link Awaiter} in a class: see {@link Engine#explainAll}. */
  public static List<String> explainAll(Class<?> home) {
    return ByAwaiter.KIND.explainAll(home);
  }

  /** A body that waits by its awaiter: woven if it can be, else with a stack of its own. */
  static final class ByAwaiter<T extends @Nullable Object> extends Body<T> {
    /** How bodies are woven that suspend by an {@link Awaiter}. */
    static final BodyKind KIND =
        new BodyKind(
            new BodyKind.Methods(
                Awaiter.class, Set.of("await"), Set.of(), Set.of("yieldFrom"), Set.of("task")),
            Set.of(TaskGroup.class),
            ByAwaiter.class,
            new OutsideAwaiter(),
            PartAwaiter::of);

    private final Object body;

    /** The body as one with a stack, for when it cannot be woven. */
    private final StackBody<T> run;

    private ByAwaiter(Object body, StackBody<T> run, boolean hasResult) {
      super(hasResult);
      this.body = body;
      this.run = run;
    }

    /**
     * @param stackful for a body that cannot be woven; null to refuse it
     * @throws IllegalArgumentException if it is refused
     */
    Coroutine<YieldEvent<?, ?>, Object, T> onEngine(
        Task<T> task, @Nullable Engine stackful, BlockedInJdk.Host host) {
      boolean onStack = stackful != null && Debuggee.wantsStacks();
      Coroutine<YieldEvent<?, ?>, Object, T> woven = onStack ? null : KIND.weave(body);
      if (woven != null) {
        return woven;
      }
      if (stackful == null) {
        throw new IllegalArgumentException("task '" + task.name() + "': " + explain());
      }
      return new OnStack<>(run, hasResult).onEngine(task, stackful, host);
    }

    @Override
    public String explain() {
      return KIND.explain(body);
    }

    // What woven code is linked to.

    static @Nullable Object closing(TaskGroup<?> group) {
      return TaskGroup.closing(group);
    }

    static void suppress(Throwable thrown, Throwable byClose) throws Throwable {
      Cancelled.suppress(thrown, byClose);
    }
  }

  /** What runs on a stack of its own, given its task. */
  interface StackBody<T extends @Nullable Object> {
    T run(Task<T> task) throws Exception;
  }

  /** A body with a thread of its own, on whatever engine the scheduler has. */
  static final class OnStack<T extends @Nullable Object> extends Body<T> {
    private final StackBody<T> run;

    OnStack(StackBody<T> run, boolean hasResult) {
      super(hasResult);
      this.run = run;
    }

    Coroutine<YieldEvent<?, ?>, Object, T> onEngine(
        Task<T> task, Engine engine, BlockedInJdk.Host host) {
      if (task.scheduler.engineIsDefault) {
        StackfulCoroutine.hintAtFasterEngine();
      }
      return StackfulCoroutine.task(engine, task.name(), new Life<>(task, run), host);
    }

    /**
     * What the thread of a task does. No lambda, as the frame of one would be on the stack of each
     * task that waits.
     */
    private record Life<T extends @Nullable Object>(Task<T> task, StackBody<T> run)
        implements CoroutineBody<YieldEvent<?, ?>, Object, T> {
      @Override
      public T run(Yielder<YieldEvent<?, ?>, Object> yielder) throws Exception {
        Task.ON_THIS_THREAD.set(task);
        TaskLocal.Turn.enterThread(task);
        return run.run(task);
      }
    }

    @Override
    public String explain() {
      return "not woven: it is in thread style";
    }
  }

  /** A state machine. */
  static final class ByStep<T extends @Nullable Object> extends Body<T> {
    private final Step<T> step;

    private ByStep(Step<T> step, boolean hasResult) {
      super(hasResult);
      this.step = step;
    }

    Coroutine<YieldEvent<?, ?>, Object, T> onEngine() {
      return new StepCoroutine<>(step);
    }

    @Override
    public String explain() {
      return "not woven: it is a Step, which needs no stack";
    }
  }

  /** The {@code co} of a body that has a thread of its own. */
  static final class StackAwaiter implements Awaiter {
    private final Task<?> task;

    StackAwaiter(Task<?> task) {
      this.task = task;
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event)
        throws X {
      return TaskState.awaitOnStack(task, Objects.requireNonNull(event, "event"));
    }

    @Override
    public Task<?> task() {
      return task;
    }
  }

  /** A {@link Step} as the loop sees it. */
  static final class StepCoroutine<T extends @Nullable Object>
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

  /** The {@code co} of a method on a stack of its own, in a task that is woven. */
  private record PartAwaiter(Yielder<Object, Object> yielder, Task<?> task) implements Awaiter {
    /**
     * @param why why the method is not woven, and who calls it
     * @throws IllegalStateException if the scheduler refuses what is not woven
     */
    static Function<Yielder<Object, Object>, Object> of(Supplier<String> why) {
      Task<?> task = Task.current();
      if (task.scheduler.wovenRequired) {
        throw new IllegalStateException("task '" + task.name() + "': " + why.get());
      }
      TaskLocal.Turn.enterPart(task);
      return yielder -> {
        Task.ON_THIS_THREAD.set(task); // here is the part's thread
        TaskLocal.Turn.enterThread(task);
        return new PartAwaiter(yielder, task);
      };
    }

    @Override
    @SuppressWarnings("unchecked") // the event wakes the task with its own T
    public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event) {
      if (yielder instanceof StackfulCoroutine<?, ?, ?> part
          && Thread.currentThread() != part.thread()) {
        if (Task.currentOrNull() != task) {
          throw ThreadGuard.refusedAwait(task, event);
        }
        throw new WrongThreadException(
            "await("
                + event.described()
                + ") of "
                + task
                + " by the Awaiter of a method that cannot be woven; it is valid in that method"
                + " only, so hand on your own");
      }
      TaskLocal.Turn.leavePart(task);
      return (T) yielder.yield(event);
    }
  }

  /**
   * The {@code co} that the code of a woven body sees where it does not wait by it, as in a
   * comparison. A woven body waits without one.
   */
  private static final class OutsideAwaiter implements Awaiter {
    @Override
    public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event)
        throws X {
      return new StackAwaiter(Task.current()).await(event);
    }

    @Override
    public Task<?> task() {
      return Task.current();
    }
  }

  /**
   * What a task waits for whose body has blocked in the JDK: {@code Thread.sleep}, a monitor, a
   * socket of its own. The engine yields it in the body's place; the JDK ends it, by the engine,
   * from any thread. In a hook the body keeps its turn, so a hook never waits by one.
   */
  static final class BlockedInJdk extends YieldEvent<@Nullable Void, RuntimeException> {
    private final Thread thread;

    /** Who waits; null until the loop has seen that the body blocked. */
    private @Nullable Task<?> task;

    BlockedInJdk(Thread thread) {
      this.thread = thread;
    }

    /** The loop has seen that the task's body has blocked. */
    void begin(Task<?> blocked) {
      task = blocked; // an unblock that came earlier is queued in the inbox, so it runs after this
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      throw new AssertionError("yielded by engines only");
    }

    /** 0 if no task waits yet. */
    long taskNumber() {
      Task<?> waiting = task;
      return waiting == null ? 0 : waiting.id();
    }

    boolean isWaitedFor() {
      return task != null;
    }

    /** The run is over: asks the body to stop waiting in the one way the JDK has. */
    void interrupt() {
      thread.interrupt();
    }

    /** The loop: the body can go on. */
    void unblocked() {
      Task<?> waiting = task;
      assert waiting != null : "unblocked before the loop saw it blocked";
      wake(waiting, null);
    }

    /** The JDK's wait is not ours to undo; the cancellation meets the task at its next await. */
    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return false;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      List<StackTraceElement> lines = UserFrames.users(thread.getStackTrace());
      return "a call of the JDK that blocks" + (lines.isEmpty() ? "" : ": " + lines.getFirst());
    }

    /** The scheduler as its engines see it. */
    static final class Host extends EngineHost<YieldEvent<?, ?>> {
      private final Scheduler scheduler;

      Host(Scheduler scheduler) {
        this.scheduler = scheduler;
      }

      @Override
      protected YieldEvent<?, ?> blocked(Thread thread) {
        return new BlockedInJdk(thread);
      }

      /** From the loop, from a task that lets another go on, or from any other thread. */
      @Override
      protected void unblocked(YieldEvent<?, ?> token) {
        BlockedInJdk wait = (BlockedInJdk) token;
        if (scheduler.inside.isCallerInRun() && wait.isWaitedFor()) {
          wait.unblocked(); // as quick as a wake among tasks: the inbox would cost twice as much
        } else {
          scheduler.post(wait::unblocked);
        }
      }
    }
  }
}
