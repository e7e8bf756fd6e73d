package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * A task that a script drives as it drives a coroutine: what the body awaits is a {@link Hand} that
 * holds a value, and the script answers the hand. Each step runs the scheduler until the task waits
 * for its next hand, or has ended.
 */
public final class TaskRun extends Coroutine<Object, Object, Object> {
  private final Scheduler scheduler;
  private final TaskFunction<Object> body;
  private Task<Object> task;

  /** Whether the next answer to the hand is a cancellation. */
  private boolean cancelling;

  TaskRun(Scheduler scheduler, TaskFunction<Object> body) {
    this.scheduler = scheduler;
    this.body = body;
  }

  /** What stands in a body for the value of its yield. */
  public static YieldEvent<Object, RuntimeException> hand(Object value) {
    return new Hand(value);
  }

  private static final class Hand extends YieldEvent<Object, RuntimeException> {
    private final Object value;

    Hand(Object value) {
      this.value = value;
    }

    void answer(Task<?> task, Object sent, Throwable raised) {
      if (raised == null) {
        wake(task, sent);
      } else {
        failWith(task, raised);
      }
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {}

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return true;
    }

    /** A body that the script drives itself yields it to the script, which begins no event. */
    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "an answer to " + value;
    }
  }

  @Override
  protected List<StackTraceElement> lines() {
    List<StackTraceElement> lines = new ArrayList<>();
    scheduler.spawn(co -> lines.addAll(task.where()));
    scheduler.run();
    return lines;
  }

  /** Cancels the task where it waits, and runs it until it waits for a hand again or has ended. */
  boolean cancel() {
    cancelling = true;
    return send(null);
  }

  @Override
  protected boolean advance(Object sent, Throwable raised) throws Throwable {
    if (task == null) {
      task = scheduler.daemons().submit(body);
    } else if (cancelling) {
      cancelling = false;
      task.cancel("by the script");
    } else {
      ((Hand) task.waitingFor()).answer(task, sent, raised);
    }
    Task<?> watch =
        scheduler.spawn(
            co -> {
              while (!task.isDone() && !(task.waitingFor() instanceof Hand)) {
                co.await(Task.yield());
              }
            });
    scheduler.run();
    if (watch.state() != Task.State.SUCCEEDED) {
      throw new AssertionError(watch + " was ended while " + task, watch.exceptionNow());
    }
    if (task.waitingFor() instanceof Hand hand) {
      answer(hand.value);
      return true;
    }
    if (task.state() != Task.State.SUCCEEDED) {
      throw task.exceptionNow();
    }
    answer(task.resultNow());
    return false;
  }

  /** What stands in a body for a coroutine that it makes, on any engine with a stack. */
  public static Coroutine<Object, Object, Object> inner(Engine engine, TaskFunction<Object> inner) {
    return inner(inner);
  }

  /** The same for the other method. */
  public static Coroutine<Object, Object, Object> inner(TaskFunction<Object> inner) {
    return new Inner(inner);
  }

  /** What stands in a body for a coroutine that it delegates to. */
  public static TaskFunction<Object> part(Coroutine<Object, Object, Object> inner) {
    if (inner.state() != State.CREATED) {
      throw new AssertionError("a task has no parts that have begun");
    }
    return ((Inner) inner).body;
  }

  /** A coroutine that a body makes: it drives it itself, or delegates to it as a part. */
  private static final class Inner extends Coroutine<Object, Object, Object> {
    private final TaskFunction<Object> body;
    private final Coroutine<Object, Object, Object> driven;

    Inner(TaskFunction<Object> body) {
      this.body = body;
      this.driven = Coroutine.of(Engine.HANDOFF, y -> body.run(new HandedOn(y)));
    }

    @Override
    protected boolean advance(Object sent, Throwable raised) {
      boolean yielded = raised == null ? driven.send(sent) : driven.raise(raised);
      answer(yielded ? driven.yielded() : driven.result());
      return yielded;
    }
  }

  private record HandedOn(Yielder<Object, Object> y) implements Awaiter {
    @Override
    @SuppressWarnings("unchecked")
    public <T, X extends Exception> T await(YieldEvent<T, X> event) {
      return (T) y.yield(((Hand) (YieldEvent<?, ?>) event).value);
    }

    @Override
    public Task<?> task() {
      throw new AssertionError("not called by the bodies");
    }
  }
}
