package dev.heddle.group;

import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event of one scheduler, for a task of any other: a lock, a queue, an actor that belongs there.
 *
 * <pre>{@code
 * // in a task of any loop; the queue belongs to the loop `home`
 * co.await(home.event(() -> queue.put(item)));
 * Item next = co.await(home.event(() -> queue.get()));
 * }</pre>
 *
 * <p>The scheduler that owns the thing starts a daemon task, which makes the event, awaits it, and
 * tells the caller's scheduler how it has ended. So each wait costs two messages and a task, some
 * microseconds. Do not acquire by it what the task itself must give back, as a lock: the daemon
 * task would hold it, not the caller.
 *
 * <p>Fairness is that of the event, in the order in which the requests come to its scheduler. If
 * the caller is cancelled, or its time is over, the daemon task is cancelled: the caller waits
 * until that is known, and then either nothing has happened, or all has and its next await throws.
 * If the owning scheduler ends meanwhile, the await throws a {@link CancellationException}.
 *
 * @param <T> the result
 * @param <X> the failure that a caller must reckon with
 */
public final class ForeignEvent<T extends @Nullable Object, X extends Exception>
    extends SingleWaiterEvent<T, X> {
  private final Scheduler home;
  private final Supplier<? extends YieldEvent<T, X>> event;

  /** The wait that is under way; null if none is. Written by the waiter's scheduler. */
  private volatile @Nullable Proxy current;

  /** What the proxy waits for, to the tools that look. */
  private final Resource resource = new Wait();

  private ForeignEvent(Scheduler home, Supplier<? extends YieldEvent<T, X>> event) {
    this.home = Objects.requireNonNull(home, "home");
    this.event = Objects.requireNonNull(event, "event");
  }

  /**
   * The event that {@code event} makes, which is called inside of {@code home}, once for each
   * await. May be made in any thread.
   */
  public static <T extends @Nullable Object, X extends Exception> ForeignEvent<T, X> on(
      Scheduler home, Supplier<? extends YieldEvent<T, X>> event) {
    return new ForeignEvent<>(home, event);
  }

  @Override
  protected void start(Scheduler user, Waiter waiter) {
    Proxy proxy = new Proxy(user, waiter.task().name() + " of " + user.name());
    current = proxy;
    if (!home.runInside(proxy::begin)) {
      current = null;
      if (SchedulerGroup.cancelsAll(user)) {
        return; // it waits until it is cancelled, too
      }
      throw new RejectedExecutionException(home + " has ended");
    }
  }

  /** It is known later whether it could be undone, unless the other scheduler has ended. */
  @Override
  protected boolean undo(Scheduler user, Waiter waiter) {
    Proxy proxy = current;
    if (proxy == null || !home.runInside(proxy::cancel)) {
      current = null;
      return true;
    }
    proxy.isToBeUndone = true;
    return false;
  }

  /** On the waiter's scheduler. */
  private void arrive(Proxy proxy) {
    if (current != proxy || waiter() == null) {
      return; // the wait has ended by other means
    }
    current = null;
    Throwable failure = proxy.failure;
    if (proxy.undone && proxy.isToBeUndone) {
      wakeUndone();
    } else if (proxy.undone && SchedulerGroup.cancelsAll(proxy.user)) {
      return; // the waiter is about to be cancelled, too, for which this is no failure
    } else if (failure != null) {
      failWith(failure);
    } else {
      wake(proxy.value());
    }
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public Resource resource() {
    return resource;
  }

  @Override
  public String describe() {
    Proxy proxy = current;
    YieldEvent<?, ?> inner = proxy == null ? null : proxy.inner;
    return (inner == null ? "an event" : inner.described()) + " on " + home;
  }

  /**
   * The task that waits in the caller's name. All but the constructor runs on its own scheduler.
   */
  private final class Proxy extends Step<@Nullable Void> {
    private final Scheduler user;
    private final String waits;

    /** The event, once it is made. */
    private volatile @Nullable YieldEvent<T, X> inner;

    private volatile @Nullable Task<?> task;

    /** The caller was cancelled, and is to hear whether that came in time; the caller's thread. */
    private boolean isToBeUndone;

    /** How it has ended: handed to the caller's scheduler by its inbox. */
    private @Nullable Object value;

    private @Nullable Throwable failure;
    private boolean undone;

    Proxy(Scheduler user, String waits) {
      this.user = user;
      this.waits = waits;
    }

    void begin() {
      try {
        Body<@Nullable Void> body = Body.step(this);
        Task<@Nullable Void> started = home.daemons().start("the wait of " + waits, body);
        task = started;
      } catch (RuntimeException closed) {
        undone = true;
        failure = new RejectedExecutionException(home + " has ended", closed);
        tell();
      }
    }

    void cancel() {
      Task<?> begun = task;
      if (begun != null) {
        begun.cancel("the task that waits for it was cancelled");
      }
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (inner == null) {
        YieldEvent<T, X> made = event.get();
        inner = made;
        return made;
      }
      value = sent;
      tell();
      return null;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable thrown) throws Throwable {
      boolean cancelled = thrown instanceof Cancelled;
      undone = cancelled;
      failure =
          cancelled
              ? new CancellationException(home + " has cancelled the wait: " + described())
              : thrown;
      tell();
      if (cancelled) {
        throw thrown;
      }
      return null;
    }

    private void tell() {
      boolean _ = user.runInside(() -> arrive(this));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the event has given its own T
    T value() {
      return (T) value;
    }
  }

  /** The wait of the proxy, as something that the proxy holds. */
  private final class Wait implements Resource {
    @Override
    public String describe() {
      return ForeignEvent.this.describe();
    }

    @Override
    public List<Task<?>> holders() {
      Proxy proxy = current;
      Task<?> task = proxy == null ? null : proxy.task;
      return task == null || task.isDone() ? List.of() : List.of(task);
    }

    @Override
    public void holderEnded(Task<?> holder) {
      throw new AssertionError("no task holds a remote wait by Task.hold");
    }

    @Override
    public EndedBy endedBy() {
      return EndedBy.HOLDER_OUTSIDE;
    }
  }
}
