package dev.heddle.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.LogPrinter;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first of several events: exactly one of them happens, and the others have no
 * effect.
 *
 * <pre>{@code
 * co.await(
 *     Select.on(queue.get(), item -> handle(item))
 *         .on(socket.recv(buffer), n -> received(n))
 *         .on(Timers.sleep(d), late -> giveUp()));
 * }</pre>
 *
 * <p>{@link #on} has something done with the result of the event that was first, {@link #map} gives
 * something for it: see {@link SelectCases}. Where the events are many and alike, {@link #any}
 * gives the number of the first, with its result:
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
 * <p>An event may be a select itself, in any depth. The outermost then waits for the events of all
 * of them, so that no depth costs stack; the inner ones serve nobody else meanwhile.
 *
 * <p>This file is long because an arm and its select decide together.
 *
 * @param <T> what all the events' results are
 */
@CheckReturnValue
public final class Select<T extends @Nullable Object>
    extends SingleWaiterEvent<Select.Winner<T>, Exception> {

  /** Which event happened, counted from 0 as they were listed, and its result. */
  public record Winner<T extends @Nullable Object>(int index, T value) {}

  private static final System.Logger LOG = System.getLogger("dev.heddle");

  /**
   * One of the events, and the waiter that it wakes.
   *
   * <pre>
   *   not waiting --started--> waiting --has lost, or the whole is cancelled--> undone: not waiting
   *        ^                      |                                                      |
   *        '----- is over --------'          not undone at once: waiting, undoing -------'
   * </pre>
   */
  static final class Arm extends Waiter {
    /** The select in which the event is listed, at this index. */
    private final Select<?> owner;

    private final int index;
    private final YieldEvent<?, ?> event;

    /** The select that waits for the event: the outermost around the owner while that waits. */
    private Select<?> select;

    /** Whether the event was started and is not over; the arm may stand in a queue. */
    private boolean waiting;

    /** Whether the waiting event was asked to undo its wait, and could not do so at once. */
    private boolean undoing;

    /** Whether the event wants its handleResume. */
    private boolean ready;

    /**
     * Whether a hook starts or resumes the event just now: then it is not undone before the end.
     */
    private boolean inHook;

    private Arm(Select<?> select, int index, YieldEvent<?, ?> event) {
      this.owner = select;
      this.select = select;
      this.index = index;
      this.event = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(event) : event;
    }

    private Waiter outer() {
      Waiter around = select.waiter();
      assert around != null : select + " stands in a queue and nobody waits for it";
      return around;
    }

    @Override
    public Task<?> task() {
      return outer().task();
    }

    @Override
    public @Nullable YieldEvent<?, ?> event() {
      return waiting ? event : null;
    }

    /** The first that is over wins; what comes from losers that could not be undone is dropped. */
    @Override
    void end(
        YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
      checkIsMine(by);
      task().scheduler.checkInside("wake");
      over();
      if (select.winner == null) {
        select.winner = this;
        select.decide(value, failure, here);
        outer().claim();
        select.undoAll();
        outer().undoLosers();
      } else if (select.winner == this && !select.decided) {
        select.decide(value, failure, here); // its claim has made it the winner before
      }
      select.settle();
    }

    /** The event is over, or undone. */
    private void over() {
      assert waiting : this + " is over and was not started";
      select.undoing -= undoing ? 1 : 0;
      undoing = false;
      waiting = false;
    }

    private void checkIsMine(YieldEvent<?, ?> by) {
      if (by != event || !waiting || waitQueue != null) {
        throw new IllegalStateException(
            by.described()
                + " wakes "
                + this
                + ", which does not wait for it, or is still in a WaitQueue for it");
      }
    }

    @Override
    void wakeToResume(YieldEvent<?, ?> by) {
      if (waiting && !undoing) {
        outer().wakeToResume(select); // first: it throws if a wrong thread calls
        ready = true;
      }
    }

    @Override
    void wakeUndone(YieldEvent<?, ?> by) {
      checkIsMine(by);
      if (undoing) {
        over();
        select.settle();
      } else if (task().isReached()) {
        over(); // the event has seen the cancellation before the select is told of it
      } else {
        throw new IllegalStateException(by.described() + " was not to be undone for " + task());
      }
    }

    @Override
    void claim() {
      if (select.winner == null) {
        select.winner = this;
        outer().claim();
      }
    }

    @Override
    void undoLosers() {
      if (select.winner == this) {
        select.undoAll();
        outer().undoLosers();
      }
    }

    @Override
    boolean mayWin() {
      return (select.winner == null || select.winner == this) && outer().mayWin();
    }

    /** One that was told may have to wait for a lock before it is gone. */
    @Override
    boolean isWanted() {
      return undoing || mayWin();
    }

    @Override
    boolean isOverdue(long now) {
      return outer().isOverdue(now);
    }

    @Override
    public String toString() {
      return String.valueOf(select.waiter());
    }
  }

  /** How many events {@link #describe} names. */
  private static final int MOST_NAMED = 8;

  private final Arm[] arms;

  /** The arms for whose events it waits: those of the selects in it, instead of these. */
  private Arm[] waited;

  /** The arm of another select that this one is the event of, while that waits; else null. */
  private @Nullable Arm place;

  private final int nesting;

  /** Whether an event is a select. */
  private final boolean holdsSelects;

  /** The arm that wins, from its claim on; null before that. */
  private @Nullable Arm winner;

  /** Whether it is known how the winner ended: with {@code value}, or with {@code failure}. */
  private boolean decided;

  private @Nullable Object value;
  private @Nullable Throwable failure;

  /** Whether the failure gets the stack of the await. */
  private boolean here;

  /** How many arms are undoing or in a hook, and one more while arms are told that they lost. */
  private int undoing;

  private Select(YieldEvent<?, ?>[] events) {
    if (events.length == 0) {
      throw new IllegalArgumentException("a select of 0 events would wait for ever: at least 1");
    }
    arms = new Arm[events.length];
    int deepest = 1;
    boolean selects = false;
    for (int i = 0; i < events.length; i++) {
      Arm arm = new Arm(this, i, events[i]);
      arms[i] = arm;
      int within = arm.event.nesting();
      if (within > 0) {
        boolean isSelect = arm.event instanceof Select;
        selects |= isSelect;
        deepest = Math.max(deepest, isSelect ? within : around(arm.event));
      }
    }
    nesting = deepest;
    holdsSelects = selects;
    waited = arms;
  }

  /**
   * The first of these events.
   *
   * @throws IllegalArgumentException if there is none; or if more than 200 time limits, and selects
   *     in them, stand one inside the other
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static <T extends @Nullable Object> Select<T> any(YieldEvent<? extends T, ?>... events) {
    return new Select<>(events);
  }

  /**
   * The first of some events, with what is done if it is this one: see {@link SelectCases}. More of
   * them come by {@link SelectCases#on}.
   */
  public static <T extends @Nullable Object> SelectCases<@Nullable Object> on(
      YieldEvent<T, ?> event, SelectCases.Action<? super T> action) {
    return new SelectCases<>(null, event, SelectCases.asMapping(action));
  }

  /**
   * The first of some events, with what the await gives if it is this one: see {@link SelectCases}.
   * More of them come by {@link SelectCases#map}.
   */
  public static <T extends @Nullable Object, R extends @Nullable Object> SelectCases<R> map(
      YieldEvent<T, ?> event, SelectCases.Mapping<? super T, ? extends R> mapping) {
    return new SelectCases<>(null, event, mapping);
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    if (holdsSelects) {
      waited = inner(waiter);
    }
    for (Arm arm : waited) {
      if (!isOpen()) {
        break; // the arms after it never begin
      }
      arm.waiting = true;
      run(scheduler, arm, false);
    }
  }

  /** The arms of all selects in this one, which are taken for this wait. */
  private Arm[] inner(Waiter waiter) {
    List<Arm> found = new ArrayList<>();
    Deque<Arm> left = new ArrayDeque<>();
    push(left);
    while (!left.isEmpty()) {
      Arm arm = left.pop();
      if (!(arm.event instanceof Select<?> in)) {
        arm.select = this;
        found.add(arm);
      } else {
        try {
          in.take(waiter);
        } catch (IllegalStateException busy) {
          left.push(arm);
          left.forEach(this::release);
          found.forEach(this::release);
          throw busy;
        }
        in.place = arm;
        in.push(left);
      }
    }
    return found.toArray(Arm[]::new);
  }

  private void push(Deque<Arm> left) {
    for (int i = arms.length - 1; i >= 0; i--) {
      left.push(arms[i]);
    }
  }

  /** Lets go of the selects around an arm, up to this one. */
  private void release(Arm arm) {
    arm.select = arm.owner;
    Select<?> in = arm.owner;
    while (in != this && in.place != null) {
      Select<?> next = in.place.owner;
      in.place = null;
      in.letGo();
      in = next;
    }
  }

  /** Whether an arm may still win: nothing is decided here, nor in a select around this one. */
  private boolean isOpen() {
    Waiter around = waiter();
    return winner == null && around != null && around.mayWin();
  }

  /** Calls a hook. If the arm ends in it, or loses by it, the rest is done after the hook. */
  private void run(Scheduler scheduler, Arm arm, boolean resumes) {
    Throwable failed = null;
    arm.inHook = true;
    undoing++;
    try {
      if (resumes) {
        arm.event.handleResume(scheduler, arm);
      } else {
        arm.event.handleYield(scheduler, arm);
      }
    } catch (Throwable thrown) {
      failed = thrown;
    }
    undoing--;
    arm.inHook = false;
    if (failed != null) {
      failed(arm, failed);
    } else if (winner != null) {
      undoAll(); // this arm, if its hook has ended another
      settle();
    }
  }

  /** What a hook has thrown is how its arm ends, also if the arm has ended before in the hook. */
  private void failed(Arm arm, Throwable thrown) {
    arm.forgetWait(arm.event);
    if (arm.waiting) {
      arm.end(arm.event, null, thrown, false);
      return;
    }
    if (winner == arm) {
      value = null;
      failure = thrown;
      here = false;
    }
    settle();
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    for (Arm arm : waited) {
      boolean claimed = arm == winner && !decided; // a select in the arm has won, and acts now
      if (arm.ready && arm.waiting && (claimed || isOpen())) {
        arm.ready = false;
        run(scheduler, arm, true);
      }
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    undoAll();
    if (undoing == 0 && winner == null) {
      reset();
      return true;
    }
    settle();
    return false;
  }

  /**
   * All that wait, but the winner and one that is in a hook; from the last: an arm that leaves a
   * queue may let through who stands behind it, and that must not be another arm, whose result
   * would be lost.
   */
  private void undoAll() {
    undoing++; // one that ends by being undone must not settle it before all have been asked
    for (int i = waited.length - 1; i >= 0; i--) {
      Arm arm = waited[i];
      if (arm.waiting && !arm.undoing && !arm.inHook && arm != winner) {
        undo(arm);
      }
    }
    undoing--;
  }

  private void undo(Arm arm) {
    arm.undoing = true;
    undoing++;
    try {
      boolean undone = arm.undo(arm.event);
      if (undone && arm.undoing) {
        arm.over();
      }
    } catch (Throwable thrown) {
      failedToUndo(arm, thrown);
    }
  }

  /**
   * The select is decided all the same. If nothing has won it fails with this; a failure that has
   * won keeps it; a result is not lost for it, so that there it can only be logged.
   */
  private void failedToUndo(Arm arm, Throwable thrown) {
    arm.forgetWait(arm.event);
    if (arm.undoing) {
      arm.over();
    }
    if (winner == null) {
      winner = arm;
      decide(null, thrown, false);
    } else if (failure != null && failure != thrown) {
      failure.addSuppressed(thrown);
    } else {
      String loser = arm.event.described() + ", which lost in a select of " + waiter();
      String what = loser + ", failed to be undone";
      LogPrinter.print(() -> LOG.log(Level.ERROR, what, thrown));
    }
  }

  private void decide(@Nullable Object result, @Nullable Throwable thrown, boolean atAwait) {
    assert winner != null && !decided : this + " is decided twice";
    decided = true;
    value = result;
    failure = thrown;
    here = atAwait;
  }

  /** When no arm is left to be undone, the waiter learns how it ended. */
  private void settle() {
    if (waiter() == null || undoing > 0 || (winner != null && !decided)) {
      return;
    }
    Arm first = winner;
    Throwable thrown = failure;
    Winner<?> result = first == null || thrown != null ? null : result(first);
    boolean atAwait = here;
    reset();
    if (first == null) {
      wakeUndone();
    } else {
      takeWaiter().end(this, result, thrown, atAwait);
    }
  }

  /** The result; of a select in this one it is the value of the arm that this is. */
  private Winner<?> result(Arm first) {
    Winner<@Nullable Object> result = new Winner<@Nullable Object>(first.index, value);
    for (Arm arm = first.owner.place; arm != null; arm = arm.owner.place) {
      result = new Winner<@Nullable Object>(arm.index, result);
    }
    return result;
  }

  private void reset() {
    assert undoing == 0 : this + " ends while " + undoing + " arms are undone";
    winner = null;
    decided = false;
    value = null;
    failure = null;
    for (Arm arm : waited) {
      arm.waiting = false;
      arm.ready = false;
      release(arm);
    }
    waited = arms;
  }

  @Override
  protected boolean isWokenFromOutside() {
    for (Arm arm : waited) {
      if (arm.event.isWokenFromOutside()) {
        return true;
      }
    }
    return false;
  }

  @Override
  protected boolean isWorkedOutside() {
    for (Arm arm : waited) {
      if (arm.event.isWorkedOutside()) {
        return true;
      }
    }
    return false;
  }

  @Override
  int nesting() {
    return nesting;
  }

  @Override
  public String describe() {
    return described(MOST_LEVELS);
  }

  @Override
  String described(int levels) {
    return described(levels, arms.length, i -> arms[i].event);
  }

  /** Describes a select of so many events. */
  static String described(int levels, int size, IntFunction<YieldEvent<?, ?>> events) {
    if (levels == 0) {
      return "the first of " + size + " events";
    }
    StringBuilder text = new StringBuilder("the first of ");
    int named = Math.min(size, MOST_NAMED);
    for (int i = 0; i < named; i++) {
      text.append(i == 0 ? "(" : ", or ").append(events.apply(i).described(levels - 1));
    }
    int more = size - named;
    return text.append(more == 0 ? ")" : ", or " + more + " more)").toString();
  }
}
