package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.SneakyThrow;
import org.jspecify.annotations.Nullable;

/**
 * An event that one waiter at a time waits for, and that knows its waiter: the base of events whose
 * end comes from one place, as a reply, a timer or a socket does. The subclass says how the wait
 * starts and how it is undone; that a second waiter is refused, and that the waiter is let go of at
 * the end, is decided here.
 *
 * <pre>{@code
 * final class Reply extends SingleWaiterEvent<String, IOException> {
 *   @Override
 *   protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
 *     connection.ask(question, this);
 *   }
 *
 *   void answered(String answer) {
 *     wake(answer);
 *   }
 *
 *   @Override
 *   protected boolean undo(Scheduler scheduler, Waiter waiter) {
 *     connection.forget(this);
 *     return true;
 *   }
 *
 *   @Override
 *   public String describe() {
 *     return "a reply";
 *   }
 * }
 * }</pre>
 *
 * <p>When the wait is over, the event may be awaited again, which does the operation once more.
 * Events that several may await at once extend {@link YieldEvent} and keep a {@link WaitQueue}.
 *
 * @param <T> the result
 * @param <X> the failure that a caller must reckon with; {@code RuntimeException} for none
 */
public abstract class SingleWaiterEvent<T extends @Nullable Object, X extends Exception>
    extends YieldEvent<T, X> {

  /** Who waits: from {@link #handleYield} until it is woken or undone; null otherwise. */
  private @Nullable Waiter waiter;

  /** For subclasses. */
  protected SingleWaiterEvent() {}

  /**
   * Starts the wait, or completes at once by {@link #wake(Object)} or {@link #fail(Exception)}.
   *
   * @throws Exception what ends the wait and is thrown at the await: a checked one must be an
   *     {@code X}
   */
  protected abstract void start(Scheduler scheduler, Waiter waiter) throws Exception;

  /**
   * Undoes the wait of a cancelled waiter; see {@link YieldEvent#handleCancel}. Unless overridden,
   * takes the waiter out of the {@link WaitQueue} in which it stands.
   *
   * @return whether it was undone, so that nothing has happened
   */
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    return waiter.leaveQueue();
  }

  @Override
  protected final void handleYield(Scheduler scheduler, Waiter begins) {
    take(begins);
    try {
      start(scheduler, begins);
    } catch (RuntimeException | Error thrown) {
      throw thrown; // the kernel ends the wait with it, and calls forget
    } catch (Exception failure) {
      if (waiter == null) {
        throw SneakyThrow.unchecked(failure); // it had woken the waiter, and gets the same way out
      }
      takeWaiter().end(this, null, failure, true);
    }
  }

  /** Keeps the waiter. */
  final void take(Waiter begins) {
    if (waiter != null) {
      throw new IllegalStateException(
          "task '"
              + waiter.task().name()
              + "' waits already by this very event, for "
              + described()
              + ": one waiter at a time, so task '"
              + begins.task().name()
              + "' cannot");
    }
    waiter = begins;
  }

  /** The waiter waits no more, and was told. */
  final void letGo() {
    waiter = null;
  }

  @Override
  protected final boolean handleCancel(Scheduler scheduler, Waiter cancelled) {
    boolean undone = undo(scheduler, cancelled);
    if (undone) {
      waiter = null;
    }
    return undone;
  }

  /** Who waits; null if nobody does. */
  protected final @Nullable Waiter waiter() {
    return waiter;
  }

  /** Ends the wait with the result; see {@link YieldEvent#wake(Waiter, Object)}. */
  protected final void wake(T result) {
    takeWaiter().end(this, result, null, false);
  }

  /** Ends the wait with a failure that shows the await; see {@link YieldEvent#fail}. */
  protected final void fail(X failure) {
    takeWaiter().end(this, null, failure, true);
  }

  /** Ends the wait with what failed elsewhere; see {@link YieldEvent#failWith}. */
  protected final void failWith(Throwable failure) {
    takeWaiter().end(this, null, failure, false);
  }

  /** Ends a wait that {@link #undo} could not undo at once; see {@link YieldEvent#wakeUndone}. */
  protected final void wakeUndone() {
    wakeUndone(takeWaiter());
  }

  /** The wait of this waiter, if it waits here, ends by other means: see {@link Waiter}. */
  final void forget(Waiter ended) {
    if (waiter == ended) {
      waiter = null;
    }
  }

  /** Its handleDeadline has thrown: the wait ends with that. False if nobody waits. */
  final boolean deadlineThrew(Exception thrown) {
    if (waiter == null) {
      return false;
    }
    Waiter woken = takeWaiter();
    woken.leaveQueue();
    woken.end(this, null, thrown, false);
    return true;
  }

  /** Lets go of the waiter, to end its wait. From a wrong thread it throws and changes nothing. */
  final Waiter takeWaiter() {
    Waiter woken = waiter;
    if (woken == null) {
      throw new IllegalStateException(described() + " is over and nobody waits for it");
    }
    woken.task().scheduler.checkInside("wake");
    waiter = null;
    return woken;
  }
}
