package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What each primitive has: a name, a place in the order in which all were made, and the one
 * scheduler that it belongs to.
 *
 * <p>A primitive is made before there is a task, often in a static field or a constructor, so that
 * nobody could name the scheduler then. It belongs to that of the task which first waits for it, or
 * calls it from another thread than the one that made it. Until then it is the maker's: a queue may
 * be filled before the run.
 *
 * <p>It is the resource that tasks wait for at a primitive which nobody holds: at a queue, an
 * event, a condition, a barrier anybody may end the wait, so that no holder is known.
 */
final class Identity implements Resource {
  private static final AtomicLong MADE = new AtomicLong();
  private static final boolean RECORDS_PLACES = Identity.class.desiredAssertionStatus();
  private static final String PACKAGE = Identity.class.getPackageName();

  /** Counts all primitives of the JVM, in the order in which they were made. */
  final long number = MADE.incrementAndGet();

  private final String kind;
  private final @Nullable String name;

  /** Null until it is known; never changes after that. */
  private @Nullable Scheduler scheduler;

  /** Who made it, while the scheduler is not known. */
  private @Nullable Thread maker = Thread.currentThread();

  Identity(String kind, @Nullable String name) {
    this.kind = kind;
    this.name = name;
  }

  /** {@code "lock 'db'"}, or {@code "lock 17"} if it has no name. */
  String title() {
    return name == null ? kind + " " + number : kind + " '" + name + "'";
  }

  /**
   * The same for those that were made at the same place in the source under the same name. Without
   * assertions the place is not looked up, as it costs a microsecond, and each is alone of its kind
   * unless a name says more.
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

  /** A task of this scheduler begins to wait. */
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
   * Makes sure that the caller may use it.
   *
   * @throws WrongThreadException if it may not
   */
  void check(String call) {
    if (scheduler != null) {
      scheduler.checkInside(call);
    } else if (maker != Thread.currentThread()) {
      enter(currentTask(call).scheduler());
    }
  }

  /**
   * The task that calls.
   *
   * @throws WrongThreadException if it is none, or not one of this scheduler
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
