package dev.heddle.scheduler;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What ties a task to others, for the kernel: the scopes that it is in, the groups that it has
 * left, what it holds, who waits for its end. The rules of which scope reaches whom are {@link
 * Cancellation}'s.
 */
abstract sealed class Ties<T extends @Nullable Object> extends Turns<T> permits Task {

  /** The innermost scope that it is in; its group's, if it has opened none; null if in none. */
  @Nullable CancelScope<?> scope;

  /** The cancelled scope that reaches it; null if it is not cancelled. {@link Cancellation}'s. */
  @Nullable CancelScope<?> cancelledBy;

  /** How many groups it has left whose children have not ended. */
  private int lingering;

  /** Whether an await has to look before it starts: cancelled, or timed, or lingering. */
  boolean watched;

  /** Its task-locals. */
  TaskLocal.Snapshot locals = TaskLocal.Snapshot.EMPTY;

  /** Who waits for its end; made by the first. */
  private @Nullable WaitQueue joiners;

  /** What it holds, longest held first; made by the first. */
  @Nullable List<Resource> held;

  /** Where it acquired each of those, if that is recorded; as long as {@link #held}. */
  @Nullable List<List<StackTraceElement>> heldAt;

  Ties(Scheduler scheduler) {
    super(scheduler);
  }

  /** Before its first turn: the scope that it lives in, and the task-locals of who starts it. */
  final void beginIn(@Nullable CancelScope<?> around, TaskLocal.Snapshot inherited) {
    scope = around;
    locals = inherited;
  }

  final void enterScope(CancelScope<?> entered) {
    entered.parent = scope;
    scope = entered;
    noteScopes();
  }

  /** Leaves its own scopes, innermost first, up to this one, or all. */
  final void leaveScopesUpTo(@Nullable CancelScope<?> last) {
    CancelScope<?> left = scope;
    while (left != null && left.host == this) {
      left.left(); // a group's children must be found from here, to be cancelled
      scope = left.parent;
      if (left == last) {
        break;
      }
      left = left.parent;
    }
    if (last != null) {
      noteScopes();
    }
  }

  final void leaveScope(CancelScope<?> left) {
    if (Task.current() != this) {
      throw new IllegalStateException(
          left + " is to be left by its own task, not " + Task.current());
    }
    CancelScope<?> innermost = scope;
    leaveScopesUpTo(left);
    if (lingering > 0 && stack != null && Thread.currentThread() == stack.thread()) {
      awaitOnStack(Lingering.EVENT);
    }
    if (innermost != left) {
      throw new IllegalStateException(left + " was left before " + innermost + ", which is inside");
    }
  }

  /** Something has changed around it: whether it is cancelled, and by what. */
  final void noteScopes() {
    boolean before = cancelledBy != null;
    cancelledBy = Cancellation.reaching(scope);
    watched = cancelledBy != null || lingering > 0 || Cancellation.isTimed(self());
    YieldEvent<?, ?> undone = event;
    if (before || cancelledBy == null) {
      return;
    }
    scheduler.loop.note(self(), TaskMoment.What.CANCELLED);
    if (phase == WAITING && undone != null) {
      undo(undone);
    }
  }

  /** It is cancelled while it waits. What the hook throws is thrown at the await, as by others. */
  final void undo(YieldEvent<?, ?> waitedFor) {
    try {
      if (waitedFor.handleCancel(scheduler, self())) {
        wakeCancelled(waitedFor);
      }
    } catch (Throwable thrown) {
      wakeThrown(thrown);
    }
  }

  /** It has left a group with children: it waits for them before it waits for anything else. */
  final void linger() {
    lingering++;
    watched = true;
  }

  final boolean isLingering() {
    return lingering > 0;
  }

  /** The last child has ended of a group that it has left. */
  final void lingered() {
    lingering--;
    if (lingering > 0) {
      return;
    }
    noteScopes();
    if (coroutine == null) {
      end();
    } else if (event instanceof AfterGroup after) {
      after.go(self());
    }
  }

  /** Whether nothing stands before the event: children of groups it has left, a cancellation. */
  final boolean mayStart(YieldEvent<?, ?> yielded) {
    if (lingering > 0) {
      event = new AfterGroup(yielded);
      phase = WAITING;
      return false;
    }
    Cancellation.expirePast(self());
    if (cancelledBy != null && !yielded.startsWhenCancelled()) {
      wakeCancelled(null);
      return false;
    }
    return true;
  }

  /** The body is through, and no group of its own is left. */
  final void end() {
    event = null;
    phase = ENDED;
    scheduler.ended(self());
    abandonHeld();
    WaitQueue waiting = joiners;
    joiners = null;
    while (waiting != null && !waiting.isEmpty()) {
      EndWait<?> wait = (EndWait<?>) Objects.requireNonNull(waiting.peekEvent());
      wait.ended(Objects.requireNonNull(waiting.poll()));
    }
    TaskGroup<?> group = self().group();
    if (group != null) {
      group.childEnded(self());
    }
  }

  private void abandonHeld() {
    List<Resource> abandoned = held;
    held = null;
    if (abandoned != null) {
      for (Resource resource : abandoned) {
        resource.holderEnded(self());
      }
    }
  }

  void addJoiner(Task<?> joiner, EndWait<?> by) {
    if (joiners == null) {
      joiners = new WaitQueue();
    }
    joiners.add(joiner, by);
  }

  boolean removeJoiner(Task<?> joiner) {
    return joiners != null && joiners.remove(joiner);
  }

  /** This, by the name that others know. */
  private Task<T> self() {
    return (Task<T>) this;
  }
}
