package dev.heddle.scheduler;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which cancelled scope reaches the inside of which: what a cancellation has to tell the scopes and
 * tasks below it in the tree, and what an await asks.
 *
 * <p>A task may stand in thousands of scopes, and thousands of scopes may be cancelled one by one.
 * So nothing here walks from a scope to the root, and nothing calls itself. Each scope has two
 * fields, written here alone: {@code hardBy}, a scope cancelled for good that reaches it, and
 * {@code softBy}, a cancelled scope that reaches it and has no finishing scope in between. Both are
 * null until there is one; so a cancellation tells each scope at most twice, and stops at scopes
 * that know.
 *
 * <p>The outermost scope is the one that is reported, and that may be another one later. When a
 * scope is cancelled around scopes that know of an inner one, only that inner one is made to point
 * outwards: {@link #outermost} follows the fields, each to the next one, and shortens the way. That
 * is a disjoint-set forest, so all of it takes time in proportion to the scopes.
 *
 * <p>Invariant: if {@code hardBy} of a scope is not null, then no {@code hardBy} of an open scope
 * inside is null, up to a shielded one; and the outermost is the same for both. {@code softBy}
 * likewise, up to a finishing one.
 *
 * <p>What undoes a wait is an event's code, and may cancel again. It is called when all scopes
 * know, in the order in which they learned it; a cancellation that comes meanwhile lines up.
 */
final class Reach {
  /** Tasks that a cancellation has reached and whose wait is to be undone, in order. */
  private final ArrayDeque<Task<?>> reached = new ArrayDeque<>(4);

  /** Whether the waits of those are being undone. */
  private boolean stopping;

  /** The children of a group; {@code before}: whether its scope was reached before. */
  private record Below(Collection<Task<?>> children, boolean before) {}

  /** The task enters a scope, whose parent is set. */
  static void enter(CancelScope<?> entered) {
    CancelScope<?> parent = entered.parent;
    if (entered.kind == CancelScope.Kind.FINISHING) {
      entered.finishing = entered;
    } else if (parent != null && entered.kind != CancelScope.Kind.SHIELDED) {
      entered.finishing = parent.finishing;
    }
    boolean _ = inherit(entered);
  }

  /** Whether what is inside of the scope is cancelled; null is outside of all scopes. */
  static boolean isReached(@Nullable CancelScope<?> scope) {
    return scope != null && (scope.softBy != null || scope.hardBy != null);
  }

  /** The outermost cancelled scope that reaches the inside of this one; null if none does. */
  static @Nullable CancelScope<?> outermost(@Nullable CancelScope<?> scope) {
    if (scope == null) {
      return null;
    }
    CancelScope<?> beyond = scope.finishing == null ? null : scope.finishing.parent;
    CancelScope<?> hard = beyond == null ? null : outermostHard(beyond);
    return hard == null ? outermostSoft(scope) : hard;
  }

  /** Whether what cancels the task is this scope of its own, or one around that. */
  static boolean isCancelledAround(Task<?> task, CancelScope<?> own) {
    CancelScope<?> cancelling = task.cancelledBy();
    if (cancelling == null || cancelling.host != task) {
      return cancelling != null; // a scope of another task is around all of this one's
    }
    CancelScope<?> inside = task.scope;
    while (inside != null && inside != own && inside != cancelling) {
      inside = inside.parent;
    }
    return inside == own;
  }

  private static @Nullable CancelScope<?> outermostHard(CancelScope<?> from) {
    CancelScope<?> scope = from;
    CancelScope<?> by = scope.hardBy;
    while (by != null && by != scope) {
      scope.hardBy = by.hardBy; // half of the steps need not be made again
      scope = by;
      by = scope.hardBy;
    }
    return by;
  }

  private static @Nullable CancelScope<?> outermostSoft(CancelScope<?> from) {
    CancelScope<?> scope = from;
    CancelScope<?> by = scope.softBy;
    while (by != null && by != scope) {
      scope.softBy = by.softBy;
      scope = by;
      by = scope.softBy;
    }
    return by;
  }

  /** Learns from the scope around it; returns whether something reaches it that did not before. */
  private static boolean inherit(CancelScope<?> scope) {
    CancelScope<?> parent = scope.parent;
    if (parent == null || scope.kind == CancelScope.Kind.SHIELDED) {
      return false;
    }
    boolean isNews = false;
    if (parent.hardBy != null && (scope.hardBy == null || scope.hardBy == scope)) {
      isNews = scope.hardBy == null;
      scope.hardBy = parent.hardBy;
    }
    if (parent.softBy != null
        && scope.kind != CancelScope.Kind.FINISHING
        && (scope.softBy == null || scope.softBy == scope)) {
      isNews |= scope.softBy == null;
      scope.softBy = parent.softBy;
    }
    return isNews;
  }

  /** The scope has been cancelled, or for good now: all below it learn it that do not know yet. */
  void spread(CancelScope<?> from) {
    boolean before = isReached(from);
    boolean isNews = from.softBy == null;
    if (isNews) {
      from.softBy = from;
    }
    if (from.hardBy == null && from.reaches(true)) {
      from.hardBy = from;
      isNews = true;
    }
    if (!isNews) {
      return;
    }
    ArrayDeque<Below> below = new ArrayDeque<>(0);
    tell(from, before, below);
    for (Below next = below.poll(); next != null; next = below.poll()) {
      for (Task<?> child : next.children) {
        tellChild(child, next.before, below);
      }
    }
    stopReached();
  }

  private void tellChild(Task<?> child, boolean before, ArrayDeque<Below> below) {
    CancelScope<?> own = TaskScopes.outermostOf(child);
    if (own == null) {
      add(child, before);
      return;
    }
    boolean ownBefore = isReached(own);
    if (inherit(own)) {
      tell(own, ownBefore, below);
    }
  }

  /**
   * A scope knows: tells those of its task inside of it, and notes the children of their groups.
   *
   * @param before whether the scope was reached before
   */
  private void tell(CancelScope<?> knows, boolean before, ArrayDeque<Below> below) {
    CancelScope<?> last = knows;
    boolean lastBefore = before;
    ArrayDeque<Below> groups = new ArrayDeque<>(0);
    addGroup(knows, before, groups);
    CancelScope<?> next = knows.inner;
    while (next != null) {
      lastBefore = isReached(next);
      if (!inherit(next)) {
        break;
      }
      addGroup(next, lastBefore, groups);
      last = next;
      next = last.inner;
    }
    if (next == null) {
      add(last.host, lastBefore);
    }
    below.addAll(groups);
  }

  /** Those of the innermost group are told first. */
  private static void addGroup(CancelScope<?> scope, boolean before, ArrayDeque<Below> groups) {
    if (scope.group != null && !scope.group.isEmpty()) {
      groups.addFirst(new Below(scope.group.children(), before));
    }
  }

  private void add(Task<?> task, boolean before) {
    if (!before) {
      task.watched = true;
      reached.add(task);
    }
  }

  /** Undoes the waits of the tasks that were reached, in order; one call at a time does so. */
  private void stopReached() {
    if (stopping) {
      return;
    }
    stopping = true;
    try {
      for (Task<?> task = reached.poll(); task != null; task = reached.poll()) {
        stop(task);
      }
    } finally {
      stopping = false;
    }
  }

  /** The task is cancelled from now on: its wait is undone, if it waits. */
  static void stop(Task<?> task) {
    task.scheduler.loop.note(task, TaskEvent.What.CANCELLED);
    YieldEvent<?, ?> undone = task.event;
    if (task.state == TaskState.WAITING && undone != null) {
      TaskState.cancelWait(task, undone);
    }
  }
}
