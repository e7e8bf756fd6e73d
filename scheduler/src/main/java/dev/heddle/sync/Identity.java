package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What every primitive has: a name, a number in the order in which all primitives were made, and
 * the one scheduler that owns it.
 *
 * <p>A primitive is made before there is a task, often in a static field or a constructor, where no
 * scheduler is known. The owner is the scheduler of the first task that waits for the primitive, or
 * that calls it on another thread than the one that made it. Until then the thread that made the
 * primitive may use it: for example, it may fill a queue before the run.
 *
 * <p>An identity is also the resource that tasks wait for at a primitive which no task holds. At a
 * queue, an event, a condition or a barrier any task may end the wait, so no holder is known.
 */
final class Identity implements Resource {
  private static final AtomicLong MADE = new AtomicLong();
  private static final boolean RECORDS_PLACES = Identity.class.desiredAssertionStatus();
  private static final String PACKAGE = Identity.class.getPackageName();

  /** The place in the order in which all primitives of this JVM were made, counted from 1. */
  final long number = MADE.incrementAndGet();

  private final String kind;
  private final @Nullable String name;

  /** The owner; null until it is known, and never changed after that. */
  private @Nullable Scheduler scheduler;

  /** The thread that made the primitive; null once the owner is known. */
  private @Nullable Thread maker = Thread.currentThread();

  Identity(String kind, @Nullable String name) {
    this.kind = kind;
    this.name = name;
  }

  /** {@code "lock 'db'"}, or {@code "lock 17"} without a name. */
  String title() {
    return name == null ? kind + " " + number : kind + " '" + name + "'";
  }

  /**
   * A key that is equal for primitives of one name that were made at one place in the source. To
   * look the place up costs a microsecond, so it is done with assertions on only; without them the
   * key is the name, or, if there is none, the number.
   */
  Object kindByPlace() {
    if (!RECORDS_PLACES) {
      return name == null ? number : title();
    }
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(Identity::isUsers).findFirst())
        .map(frame -> kind + " '" + name + "' made at " + frame.toStackTraceElement())
        .orElse(title());
  }

  private static boolean isUsers(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return !name.substring(0, Math.max(0, name.lastIndexOf('.'))).equals(PACKAGE);
  }

  @Override
  public String describe() {
    return title();
  }

  @Override
  public List<Task<?>> holders() {
    return List.of();
  }

  @Override
  public void holderEnded(Task<?> holder) {
    throw new AssertionError(title() + " is held by nobody");
  }

  /** The calling task gives up its turn at its next await. */
  void endTurnAtNextAwait() {
    if (scheduler != null) {
      scheduler.endTurnAtNextAwait();
    }
  }

  /** A task of this scheduler uses the primitive; the first such scheduler becomes the owner. */
  void enter(Scheduler entered) {
    if (scheduler == null) {
      scheduler = entered;
      maker = null;
    } else if (scheduler != entered) {
      throw new IllegalStateException(
          title() + " belongs to " + scheduler + " and cannot be used by a task of " + entered);
    }
  }

  /**
   * Checks that the caller may use the primitive.
   *
   * @param call the caller's call, for the message
   * @throws WrongThreadException if the caller is outside of the owner
   */
  void check(String call) {
    if (scheduler != null) {
      scheduler.checkInside(call);
    } else if (maker != Thread.currentThread()) {
      enter(currentScheduler(call));
    }
  }

  /** The scheduler of the task that calls, or of the loop that calls a hook or a callback. */
  private Scheduler currentScheduler(String call) {
    try {
      return Scheduler.current();
    } catch (WrongThreadException outside) {
      return currentTask(call).scheduler(); // throws, and says more
    }
  }

  /**
   * The task that calls.
   *
   * @throws WrongThreadException if the caller is not a task of the owner
   */
  Task<?> caller(String call) {
    check(call);
    return currentTask(call);
  }

  private Task<?> currentTask(String call) {
    try {
      return Task.current();
    } catch (WrongThreadException e) {
      throw new WrongThreadException(
          call
              + " of "
              + title()
              + " from "
              + Thread.currentThread().getName()
              + ", outside of a task; spawn one, or from another thread use scheduler.execute"
              + (maker == null ? "" : " (before a task has used it " + maker.getName() + " may)"),
          e);
    }
  }
}
