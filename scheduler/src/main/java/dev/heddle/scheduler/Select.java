package dev.heddle.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import java.lang.System.Logger.Level;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first of several events: exactly one of them happens, and the others have no
 * effect.
 *
 * <pre>{@code
 * Select.Winner<?> first = co.await(Select.any(queue.get(), socket.recv(buffer), Timers.sleep(d)));
 * switch (first.index()) {
 *   case 0 -> handle((Item) first.value());
 *   case 1 -> received((Integer) first.value());
 *   default -> late();
 * }
 * }</pre>
 *
 * <p>The events are started in the order in which they are listed, up to the first that completes
 * at once; so the order decides when several could. Of those that wait, the first that is over
 * wins, and the waits of the others are undone before anything else happens. If it fails, so does
 * the select.
 *
 * <p>The losers' undoing is what a cancelled caller of theirs would see: an item stays in its
 * queue, a lock is not taken. A lone wait whose cancellation has an effect has it here too: of what
 * a {@code socket.send} sends, a part may have been sent. A loser that cannot be undone at once is
 * waited for; what it still gives then is dropped.
 *
 * <p>A cancelled caller loses nothing, for none of the events has happened then. The object serves
 * one wait at a time. Any thread may make one, as it does nothing until it is yielded.
 *
 * @param <T> what all the events' results are
 */
@CheckReturnValue
public final class Select<T extends @Nullable Object>
    extends Compound<Select.Winner<T>, Exception> {

  /** Which event happened, counted from 0 as they were listed, and its result. */
  public record Winner<T extends @Nullable Object>(int index, T value) {}

  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private enum State {
    /** Not started, or over. */
    IDLE,
    /** Started; the task may stand in a queue for it. */
    WAITING,
    /** Lost, or the whole is cancelled, and it could not be undone at once. */
    UNDOING
  }

  /** One of the events. It stands in the queue of what it waits for in the task's place. */
  static final class Arm extends Waiter {
    private final Select<?> select;
    private final YieldEvent<?, ?> event;
    private State state = State.IDLE;
    private boolean ready;

    private Arm(Select<?> select, YieldEvent<?, ?> event) {
      this.select = select;
      this.event = event;
    }

    @Override
    Task<?> task() {
      Task<?> task = select.waiting;
      assert task != null : select + " stands in a queue and waits for nothing";
      return task;
    }
  }

  private final Arm[] arms;
  private @Nullable Task<?> waiting;

  /** The arm one of whose hooks is running. */
  private @Nullable Arm current;

  /** The arm that wins, from when its first part has, and how it ended; null before that. */
  private @Nullable Arm winner;

  private @Nullable Outcome outcome;

  /** How many arms are UNDOING, and one more while they are told. */
  private int undoing;

  private Select(int count) {
    if (count == 0) {
      throw new IllegalArgumentException("a select of 0 events would wait for ever: at least 1");
    }
    arms = new Arm[count];
  }

  /**
   * The first of these events.
   *
   * @throws IllegalArgumentException if there is none
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Select<T> any(YieldEvent<? extends T, ?>... events) {
    Select<T> select = new Select<>(events.length);
    for (int i = 0; i < events.length; i++) {
      select.arms[i] = new Arm(select, events[i]);
    }
    return select;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    if (waiting != null) {
      throw new IllegalStateException(this + " is in use by " + waiting + "; make one for each");
    }
    waiting = task;
    for (Arm arm : arms) {
      if (winner != null || waiting == null) {
        break; // the arms after it never begin
      }
      start(arm, scheduler, task);
    }
  }

  private void start(Arm arm, Scheduler scheduler, Task<?> task) {
    Arm outer = current;
    current = arm;
    arm.state = State.WAITING;
    try {
      arm.event.handleYield(scheduler, task);
    } catch (Throwable thrown) {
      arm.leaveQueue();
      partDone(task, arm.event, new Outcome(null, thrown, false));
    } finally {
      current = outer;
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Task<?> task) {
    for (Arm arm : arms) {
      if (arm.ready && arm.state == State.WAITING && winner == null) {
        arm.ready = false;
        resume(arm, scheduler, task);
      }
    }
  }

  private void resume(Arm arm, Scheduler scheduler, Task<?> task) {
    Arm outer = current;
    current = arm;
    try {
      arm.event.handleResume(scheduler, task);
    } catch (Throwable thrown) {
      arm.leaveQueue();
      partDone(task, arm.event, new Outcome(null, thrown, false));
    } finally {
      current = outer;
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    undoAll(task);
    if (undoing == 0 && winner == null) {
      reset();
      return true;
    }
    settle(task);
    return false;
  }

  /**
   * From the last: an arm that leaves a queue may let through who stands behind it, and that must
   * not be another arm, whose result would be lost.
   */
  private void undoAll(Task<?> task) {
    undoing++; // one that ends by being undone must not settle it before all have been asked
    for (int i = arms.length - 1; i >= 0; i--) {
      if (arms[i].state == State.WAITING) {
        undo(arms[i], task);
      }
    }
    undoing--;
  }

  @Override
  void undoAllBut(Arm winning, Task<?> task) {
    undoing++;
    for (int i = arms.length - 1; i >= 0; i--) {
      Arm arm = arms[i];
      if (arm.state != State.IDLE && isIn(arm.event, winning.select)) {
        winner = winner == null ? arm : winner;
        Arm outer = current;
        current = arm;
        undoAllBut(arm.event, winning, task);
        current = outer;
      } else if (arm.state == State.WAITING) {
        undo(arm, task);
      }
    }
    undoing--;
  }

  @Override
  boolean contains(Select<?> select) {
    if (select == this) {
      return true;
    }
    for (Arm arm : arms) {
      if (arm.state != State.IDLE && isIn(arm.event, select)) {
        return true;
      }
    }
    return false;
  }

  private void undo(Arm arm, Task<?> task) {
    Arm outer = current;
    current = arm;
    arm.state = State.UNDOING;
    undoing++;
    try {
      if (arm.event.handleCancel(task.scheduler, task) && arm.state == State.UNDOING) {
        arm.state = State.IDLE;
        undoing--;
      }
    } catch (Throwable thrown) {
      failedToUndo(arm, task, thrown);
    } finally {
      current = outer;
    }
  }

  /**
   * The select is decided all the same. If nothing has won it fails with this; a failure that has
   * won keeps it; a result is not lost for it, so that there it can only be logged.
   */
  private void failedToUndo(Arm arm, Task<?> task, Throwable thrown) {
    arm.leaveQueue();
    if (arm.state == State.UNDOING) {
      arm.state = State.IDLE;
      undoing--;
    }
    if (winner == null) {
      winner = arm;
      outcome = new Outcome(null, thrown, false);
    } else if (outcome != null && outcome.failure() != null && outcome.failure() != thrown) {
      outcome.failure().addSuppressed(thrown);
    } else {
      String loser = arm.event.describe() + ", which lost in a select of " + task;
      LOG.log(Level.ERROR, loser + ", failed to be undone", thrown);
    }
  }

  @Override
  @Nullable Compound<?, ?> holderOf(YieldEvent<?, ?> part) {
    for (Arm arm : arms) {
      if (arm.state != State.IDLE) {
        Compound<?, ?> holder = part == arm.event ? this : holderIn(arm.event, part);
        if (holder != null) {
          return holder;
        }
      }
    }
    return null;
  }

  private Arm arm(YieldEvent<?, ?> part) {
    for (Arm arm : arms) {
      if (arm.event == part && arm.state != State.IDLE && arm.waitQueue == null) {
        return arm;
      }
    }
    throw new IllegalStateException(
        part.describe() + " wakes " + waiting + ", which is still in a WaitQueue for it");
  }

  /** The first that is over wins; what comes from losers that could not be undone is dropped. */
  @Override
  void partDone(Task<?> task, YieldEvent<?, ?> part, Outcome ended) {
    Arm arm = arm(part);
    if (arm.state == State.UNDOING) {
      undoing--;
    }
    arm.state = State.IDLE;
    if (winner == null) {
      winner = arm;
      outcome = ended;
      undoAllBut(task.waited(), arm, task);
    } else if (winner == arm && outcome == null) {
      outcome = ended; // it was known to win when a part of it had won
    }
    settle(task);
  }

  @Override
  void partUndone(Task<?> task, YieldEvent<?, ?> part) {
    Arm arm = arm(part);
    assert arm.state == State.UNDOING : part + " is undone and was not asked to";
    arm.state = State.IDLE;
    undoing--;
    settle(task);
  }

  @Override
  void partReady(Task<?> task, YieldEvent<?, ?> part) {
    for (Arm arm : arms) {
      arm.ready |= arm.event == part && arm.state == State.WAITING;
    }
    wakeToResume(task);
  }

  /** When none is left to be undone, the task learns how it ended. */
  private void settle(Task<?> task) {
    if (undoing > 0 || (winner != null && outcome == null)) {
      return;
    }
    Arm first = winner;
    Outcome ended = outcome;
    reset();
    if (first == null || ended == null) {
      wakeUndone(task);
    } else if (ended.failure() != null) {
      pass(task, ended);
    } else {
      wake(task, won(first, ended));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the arm's event gives a T, which may be a null one
  private Winner<T> won(Arm arm, Outcome ended) {
    return new Winner<>(indexOf(arm), (T) ended.value());
  }

  private int indexOf(Arm arm) {
    int index = 0;
    while (arms[index] != arm) {
      index++;
    }
    return index;
  }

  private void reset() {
    waiting = null;
    winner = null;
    outcome = null;
    for (Arm arm : arms) {
      arm.state = State.IDLE;
      arm.ready = false;
    }
  }

  boolean anyPart(Predicate<YieldEvent<?, ?>> test) {
    for (Arm arm : arms) {
      if (test.test(arm.event)) {
        return true;
      }
    }
    return false;
  }

  @Override
  boolean undoIn(Within<?> part, Task<?> task) {
    for (Arm arm : arms) {
      if (leadsTo(arm, part)) {
        Arm outer = current;
        current = arm;
        try {
          return undoIn(arm.event, part, task);
        } finally {
          current = outer;
        }
      }
    }
    return false;
  }

  private static boolean leadsTo(Arm arm, YieldEvent<?, ?> part) {
    return arm.state != State.IDLE && (arm.event == part || holderIn(arm.event, part) != null);
  }

  @Override
  Waiter waiter(Waiter whole, @Nullable YieldEvent<?, ?> part) {
    Arm arm = armFor(part);
    return arm == null ? whole : waiterIn(arm.event, arm, part);
  }

  /** One whose hook is running goes before others with the same event. */
  private @Nullable Arm armFor(@Nullable YieldEvent<?, ?> part) {
    if (part == null || (current != null && leadsTo(current, part))) {
      return current;
    }
    for (Arm arm : arms) {
      if (leadsTo(arm, part)) {
        return arm; // it goes on to the next thing that it waits for
      }
    }
    return current;
  }

  /** Of several arms in the same queue, the one whose hook is running. */
  @Override
  @Nullable Waiter standingIn(WaitQueue queue) {
    if (current != null) {
      return standingIn(queue, current);
    }
    for (Arm arm : arms) {
      Waiter waiter = standingIn(queue, arm);
      if (waiter != null) {
        return waiter;
      }
    }
    return null;
  }

  private static @Nullable Waiter standingIn(WaitQueue queue, Arm arm) {
    return arm.waitQueue == queue ? arm : standingIn(queue, arm.event);
  }

  @Override
  protected boolean isWokenFromOutside() {
    return anyPart(YieldEvent::isWokenFromOutside);
  }

  @Override
  public String describe() {
    StringBuilder text = new StringBuilder("the first of ");
    for (int i = 0; i < arms.length; i++) {
      text.append(i == 0 ? "(" : ", or ").append(arms[i].event.describe());
    }
    return text.append(')').toString();
  }
}
