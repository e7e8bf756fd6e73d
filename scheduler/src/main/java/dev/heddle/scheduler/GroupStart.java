package dev.heddle.scheduler;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link TaskGroup#start(String, Function)}: waits until the child is ready, or has ended before.
 * Stands in the child's queue of joiners, who hear of its end before the group does.
 */
final class GroupStart<V extends @Nullable Object> extends YieldEvent<V, Exception>
    implements TaskExtras.EndWait, TaskGroup.Readiness<V> {
  private final TaskGroup<?> group;
  private final String name;
  private final Function<TaskGroup.Readiness<V>, Body<?>> body;

  /** Who waits; null before and after. */
  private @Nullable Waiter starter;

  private @Nullable Task<?> child;

  GroupStart(TaskGroup<?> group, String name, Function<TaskGroup.Readiness<V>, Body<?>> body) {
    this.group = group;
    this.name = name;
    this.body = body;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (child != null) {
      throw new IllegalStateException(this + " was started before; call group.start for each");
    }
    Task<?> started = group.start(name, body.apply(this));
    child = started;
    starter = waiter;
    started.extras().addJoiner(waiter);
  }

  private Task<?> child() {
    Task<?> started = child;
    assert started != null : this + " has not been started";
    return started;
  }

  @Override
  public void ready(V value) {
    Waiter waiting = starter;
    if (waiting != null) {
      starter = null;
      boolean _ = child().extras().removeJoiner(waiting);
      wake(waiting, value);
    }
  }

  @Override
  public void ended(Waiter joiner) {
    starter = null;
    group.startFailed(child());
    Failure failure = child().failure();
    if (failure == null || failure.isCancellation()) {
      String how = failure == null ? "" : ": " + failure.thrown().getMessage();
      fail(joiner, new IllegalStateException(child() + " ended before it was ready" + how));
    } else {
      failWith(joiner, failure.deliver());
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    starter = null;
    boolean _ = child().extras().removeJoiner(waiter);
    boolean _ = child().cancel("nobody waits any more until it is ready");
    return true;
  }

  @Override
  public String describe() {
    return "task '" + name + "' to be ready";
  }
}
