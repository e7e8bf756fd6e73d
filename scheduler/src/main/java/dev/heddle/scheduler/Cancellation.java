package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.YieldCheck;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Who is cancelled: the rules by which scopes reach tasks.
 *
 * <pre>
 *   root scope of the task (Task.cancel)  <-  scope  <-  group's scope  <-  scope ...   one task
 *                                                            ^
 *                                       root scope of a child  <-  scope ...            its child
 * </pre>
 *
 * <p>Each task knows its innermost scope, each scope the one around it. The answer is kept in the
 * task, so that an await asks one field; it is found anew when something around the task changes.
 */
final class Cancellation {
  private Cancellation() {}

  /** Lets coroutines see that a generator keeps a scope open while it yields (promise N7). */
  static void watchGenerators() {
    YieldCheck.install(
        new YieldCheck() {
          @Override
          protected @Nullable Object innermost() {
            Task<?> task = Task.currentOrNull();
            return task == null ? null : task.scope;
          }

          @Override
          protected boolean isForConsumer(@Nullable Object yielded) {
            return !(yielded instanceof YieldEvent);
          }
        });
  }

  /** The outermost cancelled scope that reaches the inside of this one; null if none does. */
  static @Nullable CancelScope<?> reaching(@Nullable CancelScope<?> innermost) {
    CancelScope<?> found = null;
    boolean finishing = false;
    for (CancelScope<?> scope = innermost; scope != null; scope = scope.parent) {
      if (scope.reaches(finishing)) {
        found = scope;
      }
      if (scope.isKind(CancelScope.Kind.SHIELDED)) {
        break;
      }
      finishing |= scope.isKind(CancelScope.Kind.FINISHING);
    }
    return found;
  }

  /** A scope of this task has been cancelled: tells the task, and all below it in the tree. */
  static void spread(Task<?> host) {
    Deque<Task<?>> told = new ArrayDeque<>();
    told.add(host);
    for (Task<?> task = told.poll(); task != null; task = told.poll()) {
      task.noteScopes();
      for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
        if (own.group != null) {
          told.addAll(own.group.children());
        }
      }
    }
  }

  /** What {@link Task#cancel} cancels: around all scopes of the task, made when it is needed. */
  static CancelScope<?> rootOf(Task<?> task) {
    CancelScope<?> outermost = null;
    CancelScope<?> around = task.scope;
    while (around != null && around.host == task) {
      outermost = around;
      around = around.parent;
    }
    if (outermost != null && outermost.isKind(CancelScope.Kind.ROOT)) {
      return outermost;
    }
    CancelScope<?> root = new CancelScope<>(task, CancelScope.Kind.ROOT, null);
    root.parent = around;
    if (outermost == null) {
      task.scope = root;
    } else {
      outermost.parent = root;
    }
    return root;
  }

  /** The first scope around the task that is not its own: of the group that it is a child of. */
  static @Nullable CancelScope<?> around(Task<?> task) {
    CancelScope<?> scope = task.scope;
    while (scope != null && scope.host == task) {
      scope = scope.parent;
    }
    return scope;
  }

  /**
   * Whether a deadline of the task's own scopes has passed, is still to fire, and will reach it.
   */
  static boolean isOverdue(Task<?> task, long now) {
    for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
      if (own.isPast(now)) {
        return true;
      }
      if (own.isKind(CancelScope.Kind.SHIELDED)) {
        return false; // one around it would come and undo nothing
      }
    }
    return false;
  }

  /** Before an await of the task: fires the deadlines of its own scopes that have passed. */
  static void expirePast(Task<?> task) {
    long now = task.scheduler.nanoTime();
    for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
      own.expireIfPast(now);
    }
  }

  /** How long until the first deadline of a scope around the task; null if there is none. */
  static @Nullable Duration remaining(Task<?> task) {
    Duration least = null;
    for (CancelScope<?> scope = task.scope; scope != null; scope = scope.parent) {
      Duration left = scope.remaining();
      if (left != null && (least == null || left.compareTo(least) < 0)) {
        least = left;
      }
      if (scope.isKind(CancelScope.Kind.SHIELDED)) {
        break;
      }
    }
    return least;
  }

  /** Whether one of the task's own scopes has a deadline. */
  static boolean isTimed(Task<?> task) {
    for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
      if (own.isTimed()) {
        return true;
      }
    }
    return false;
  }
}
