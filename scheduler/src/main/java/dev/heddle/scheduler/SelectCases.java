package dev.heddle.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.coroutine.engine.SneakyThrow;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A select that says at each event what follows if it is the first. No index, no cast:
 *
 * <pre>{@code
 * String news =
 *     co.await(
 *         Select.map(queue.get(), item -> "item " + item)
 *             .map(button.pressed(), click -> "click at " + click.x())
 *             .on(Timers.sleep(d), late -> log("nothing new")));
 * }</pre>
 *
 * <p>The action of the winner runs once, in the turn of the task that waits, before its await
 * returns; never in the turn of who has woken it. What the action throws is thrown at the await, as
 * is the failure of an event. By then the event has happened: an item that was taken stays taken. A
 * task that is cancelled meanwhile runs the action, and is cancelled at its next await. An action
 * must not wait: let it give what to do, and wait after the select.
 *
 * <p>{@link #on} and {@link #map} give a new object each and leave this one as it is. The object
 * may be awaited again and again, by one task at a time, and does each event once more then. In all
 * else it is as {@link Select}: the order decides ties, and it may stand in another select.
 *
 * @param <R> what {@link #map} gives; null where {@link #on} has won
 */
@CheckReturnValue
public final class SelectCases<R extends @Nullable Object> extends SingleWaiterEvent<R, Exception> {

  /** What is done if an event is the first. */
  @FunctionalInterface
  public interface Action<T extends @Nullable Object> {
    /**
     * Does it, in the turn of the task that waits.
     *
     * @throws Exception anything: it is thrown at the await
     */
    void run(T value) throws Exception;
  }

  /** What the await gives if an event is the first. */
  @FunctionalInterface
  public interface Mapping<T extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Makes it, in the turn of the task that waits.
     *
     * @throws Exception anything: it is thrown at the await
     */
    R apply(T value) throws Exception;
  }

  /** The cases before this one; null if it is the first. */
  private final @Nullable SelectCases<R> before;

  private final int nesting;
  private final YieldEvent<?, ?> event;
  private final Mapping<?, ? extends R> mapping;

  /** The select of all the events; made by the first wait. */
  private @Nullable Select<?> select;

  private final Chooser chooser = new Chooser(this);

  /** Which event was first and has still to be acted for; null before and after that. */
  private Select.@Nullable Winner<?> first;

  /** Whether a hook is under way, which acts at its end. */
  private boolean inHook;

  SelectCases(
      @Nullable SelectCases<R> before, YieldEvent<?, ?> event, Mapping<?, ? extends R> mapping) {
    Objects.requireNonNull(event, "event");
    this.before = before != null && ForgottenAwaits.FOUND ? ForgottenAwaits.begun(before) : before;
    this.event = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(event) : event;
    this.nesting = Math.max(before == null ? 0 : before.nesting, around(this.event));
    this.mapping = Objects.requireNonNull(mapping, "mapping");
  }

  /** These, and another event, with what is done if it is the first. */
  public <T extends @Nullable Object> SelectCases<R> on(
      YieldEvent<T, ?> event, Action<? super T> action) {
    return new SelectCases<>(this, event, SelectCases.<T, R>asMapping(action));
  }

  /** These, and another event, with what the await gives if it is the first. */
  public <T extends @Nullable Object> SelectCases<R> map(
      YieldEvent<T, ?> event, Mapping<? super T, ? extends R> mapping) {
    return new SelectCases<>(this, event, mapping);
  }

  @SuppressWarnings("NullAway") // an action has no result, which the await gives as null
  static <T extends @Nullable Object, R extends @Nullable Object> Mapping<T, R> asMapping(
      Action<? super T> action) {
    Objects.requireNonNull(action, "action");
    return value -> {
      action.run(value);
      return null;
    };
  }

  private Deque<SelectCases<R>> inOrder() {
    Deque<SelectCases<R>> all = new ArrayDeque<>();
    for (SelectCases<R> each = this; each != null; each = each.before) {
      all.addFirst(each);
    }
    return all;
  }

  private Select<?> select() {
    Select<?> made = select;
    if (made == null) {
      made =
          Select.any(inOrder().stream().map(each -> each.event).toArray(YieldEvent<?, ?>[]::new));
      select = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(made) : made;
    }
    return made;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws Exception {
    hook(() -> select().handleYield(scheduler, chooser));
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    try {
      hook(
          () -> {
            if (first == null) {
              select().handleResume(scheduler, chooser);
            }
          });
    } catch (Exception thrown) {
      throw SneakyThrow.unchecked(thrown); // as a hook's, so that its trace shows the await
    }
  }

  private void hook(Runnable hook) throws Exception {
    inHook = true;
    try {
      hook.run();
    } finally {
      inHook = false;
    }
    Select.Winner<?> winner = first;
    if (winner != null) {
      first = null;
      wake(result(winner));
    }
  }

  private R result(Select.Winner<?> winner) throws Exception {
    int index = winner.index();
    for (SelectCases<R> each : inOrder()) {
      if (index-- == 0) {
        return applied(each.mapping, winner.value());
      }
    }
    throw new AssertionError("no case " + winner.index() + " in " + this);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // an event and its mapping have one type, see map()
  private static <T extends @Nullable Object, R extends @Nullable Object> R applied(
      Mapping<T, R> mapping, @Nullable Object value) throws Exception {
    return mapping.apply((T) value);
  }

  /** What has happened counts: it is acted for, also if the task is cancelled. */
  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    return first == null && chooser.undo(select());
  }

  @Override
  protected boolean isWokenFromOutside() {
    return select().isWokenFromOutside();
  }

  @Override
  protected boolean isWorkedOutside() {
    return select().isWorkedOutside();
  }

  @Override
  int nesting() {
    return nesting;
  }

  @Override
  public String describe() {
    return described(MOST_LEVELS);
  }

  /** Makes no select, which would be an event that nobody awaits. */
  @Override
  String described(int levels) {
    List<SelectCases<R>> all = List.copyOf(inOrder());
    return Select.described(levels, all.size(), i -> all.get(i).event);
  }

  /** The waiter that the select wakes. */
  static final class Chooser extends Waiter.Inner {
    private final SelectCases<?> cases;

    private Chooser(SelectCases<?> cases) {
      this.cases = cases;
    }

    @Override
    SingleWaiterEvent<?, ?> outer() {
      return cases;
    }

    @Override
    public @Nullable YieldEvent<?, ?> event() {
      return cases.waiter() == null || cases.first != null ? null : cases.select;
    }

    /** The winner's action is for the task's own turn. */
    @Override
    void end(
        YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
      assert event() == by : by + " wakes " + this + ", which does not wait for it";
      if (failure != null) {
        cases.takeWaiter().end(cases, null, failure, here);
        return;
      }
      cases.first = (Select.Winner<?>) Objects.requireNonNull(value);
      if (!cases.inHook) {
        around().wakeToResume(cases);
      }
    }

    @Override
    void wakeUndone(YieldEvent<?, ?> by) {
      cases.wakeUndone();
    }
  }
}
