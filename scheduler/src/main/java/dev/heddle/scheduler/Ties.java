package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What ties a task to others, for the kernel: the scopes that it is in, the groups that it has
 * left, what it holds, who waits for its end. The rules of which scope reaches whom are {@link
 * Cancellation}'s.
 */
abstract sealed class Ties<T extends @Nullable Object> extends Turns<T> permits Task {

  /** The innermost scope that it is in; its group's, if it has opened none; null if in none. */
  @Nullable CancelScope<?> scope;

  /** Whether an await has to look before it starts: cancelled, or timed, or lingering. */
  boolean watched;

  /** What few tasks have; made by the first need. */
  private @Nullable Bonds bonds;

  Ties(Scheduler scheduler) {
    super(scheduler);
  }

  /** Before its first turn: the scope that it lives in, and the task-locals of who starts it. */
  final void beginIn(@Nullable CancelScope<?> around, TaskLocal.Snapshot inherited) {
    scope = around;
    if (inherited != TaskLocal.Snapshot.EMPTY) {
      setLocals(inherited);
    }
  }

  /** The cancelled scope that reaches it; null if it is not cancelled. {@link Cancellation}'s. */
  final @Nullable CancelScope<?> cancelledBy() {
    return bonds == null ? null : bonds.cancelledBy;
  }

  final boolean isLingering() {
    return bonds != null && bonds.lingering > 0;
  }

  final TaskLocal.Snapshot locals() {
    return bonds == null ? TaskLocal.Snapshot.EMPTY : bonds.locals;
  }

  final void setLocals(TaskLocal.Snapshot replacement) {
    bonds().locals = replacement;
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
    if (isLingering() && runsOnItsStack()) {
      awaitOnStack(Lingering.EVENT);
    }
    if (innermost != left) {
      throw new IllegalStateException(left + " was left before " + innermost + ", which is inside");
    }
  }

  /** Something has changed around it: whether it is cancelled, and by what. */
  final void noteScopes() {
    CancelScope<?> before = cancelledBy();
    CancelScope<?> reaching = Cancellation.reaching(scope);
    if (reaching != before) {
      bonds().cancelledBy = reaching;
    }
    watched = reaching != null || isLingering() || Cancellation.isTimed(self());
    YieldEvent<?, ?> undone = event;
    if (before != null || reaching == null) {
      return;
    }
    scheduler.loop.note(self(), TaskEvent.What.CANCELLED);
    if (phase == Phase.WAITING && undone != null) {
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
    bonds().lingering++;
    watched = true;
  }

  /** The last child has ended of a group that it has left. */
  final void lingered() {
    bonds().lingering--;
    if (isLingering()) {
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
    if (isLingering()) {
      event = new AfterGroup(yielded);
      phase = Phase.WAITING;
      return false;
    }
    Cancellation.expirePast(self());
    if (cancelledBy() != null && !yielded.startsWhenCancelled()) {
      wakeCancelled(null);
      return false;
    }
    return true;
  }

  /** The body is through, and no group of its own is left. */
  final void end() {
    event = null;
    phase = Phase.ENDED;
    scheduler.ended(self());
    if (bonds != null) {
      bonds.abandonHeld(self());
      bonds.endJoins();
    }
    TaskGroup<?> group = self().group();
    if (group != null) {
      group.childEnded(self());
    }
  }

  final void addJoiner(Waiter joiner, EndWait<?> by) {
    Bonds mine = bonds();
    if (mine.joiners == null) {
      mine.joiners = new WaitQueue();
    }
    mine.joiners.add(joiner);
  }

  final boolean removeJoiner(Waiter joiner) {
    return bonds != null && bonds.joiners != null && bonds.joiners.remove(joiner);
  }

  final Bonds bonds() {
    if (bonds == null) {
      bonds = new Bonds();
    }
    return bonds;
  }

  /** The same for those who only look. */
  final @Nullable Bonds bondsOrNull() {
    return bonds;
  }

  /** This, by the name that others know. */
  private Task<T> self() {
    return (Task<T>) this;
  }
}
