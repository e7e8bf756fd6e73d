package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The items of a {@link PollableQueue}, and those who wait for them, whose protocol the queue's
 * essay tells. Any thread; nobody is rung or woken under the lock.
 *
 * <p>Invariants: a getter was rung only if it stands first and there is something for it, an item
 * or the news of the shutdown; and whenever that is so, it was rung.
 */
final class SharedQueue<T> {

  /** Who waits for an item: a thread, or a task of a scheduler by an event. */
  static final class QueueGetter {
    private final @Nullable Thread thread;
    private final @Nullable Scheduler scheduler;
    private final @Nullable PollableGet<?> event;

    /** Whether it was told to come; guarded by the lock of the line. */
    private boolean rung;

    private QueueGetter(@Nullable Thread thread, @Nullable Scheduler scheduler, @Nullable PollableGet<?> event) {
      this.thread = thread;
      this.scheduler = scheduler;
      this.event = event;
    }

    /** The calling thread. */
    static QueueGetter thread() {
      return new QueueGetter(Thread.currentThread(), null, null);
    }

    /** The task that has yielded the event. */
    static QueueGetter task(Scheduler scheduler, PollableGet<?> event) {
      return new QueueGetter(null, scheduler, event);
    }

    boolean isTaskOf(Scheduler asked) {
      return scheduler == asked;
    }
  }

  final String title;

  /** Guards all below, and {@code rung} of those in line. */
  private final SpinLock lock = new SpinLock();

  private final ArrayDeque<T> items = new ArrayDeque<>();

  /** Longest first. */
  private final LinkedHashSet<QueueGetter> getters = new LinkedHashSet<>();

  private boolean shutdown;

  SharedQueue(String title) {
    this.title = title;
  }

  /**
   * Adds an item. Gives the getter that is to be rung for it.
   *
   * @throws ClosedException if it is shut down
   */
  @Nullable QueueGetter add(T item) {
    return lock.in(
        () -> {
          if (shutdown) {
            throw shutDown("put into");
          }
          items.add(item);
          return due();
        });
  }

  /** Takes an item if nobody waits for one: else it is owed to him. Null if there is none. */
  @Nullable T takeUnowed() {
    return lock.in(
        () -> {
          if (shutdown && items.isEmpty()) {
            throw shutDown("get from");
          }
          return getters.isEmpty() ? items.poll() : null;
        });
  }

  /**
   * A getter comes for the first time: takes an item if there is one for it, else stands in line.
   */
  @Nullable T arrive(QueueGetter getter) {
    return lock.in(
        () -> {
          assert !getter.rung : "a getter stands in line once";
          getters.add(getter);
          return served(getter);
        });
  }

  /**
   * A getter looks whether there is an item for it: takes it and leaves the line, or gets null.
   *
   * @throws ClosedException if there will be none; it has left the line then
   */
  @Nullable T come(QueueGetter getter) {
    return lock.in(() -> served(getter));
  }

  /** A getter waits no longer, if it still did. Gives the one to be rung in its place. */
  @Nullable QueueGetter leave(QueueGetter getter) {
    return lock.in(
        () -> {
          boolean _ = getters.remove(getter);
          return due();
        });
  }

  /** Ends the adding. Gives the getter to be rung. */
  @Nullable QueueGetter shutdown() {
    return lock.in(
        () -> {
          shutdown = true;
          return due();
        });
  }

  /** Throws all items away and tells how many these were. */
  int clear() {
    return lock.in(
        () -> {
          assert shutdown : "a getter that was rung for an item would wait on";
          int cleared = items.size();
          items.clear();
          return cleared;
        });
  }

  boolean isShutdown() {
    return lock.in(() -> shutdown);
  }

  int size() {
    return lock.in(items::size);
  }

  int waiting() {
    return lock.in(getters::size);
  }

  String state() {
    return size() + (isShutdown() ? " items, shut down" : " items");
  }

  // Under the lock.

  private @Nullable T served(QueueGetter getter) {
    if (!isServed() || getters.getFirst() != getter) {
      return null;
    }
    var _ = getters.removeFirst();
    T item = items.poll();
    if (item == null) {
      throw shutDown("get from");
    }
    return item;
  }

  /** Whether the first in line has something to come for. */
  private boolean isServed() {
    return !getters.isEmpty() && (!items.isEmpty() || shutdown);
  }

  private @Nullable QueueGetter due() {
    if (!isServed() || getters.getFirst().rung) {
      return null;
    }
    QueueGetter first = getters.getFirst();
    first.rung = true;
    return first;
  }

  private ClosedException shutDown(String verb) {
    return new ClosedException("cannot " + verb + " " + title + ": it is shut down");
  }

  // Without the lock.

  /** Tells a getter to come. */
  void ring(@Nullable QueueGetter due) {
    if (due == null) {
      return;
    }
    Scheduler scheduler = due.scheduler;
    if (scheduler == null) {
      LockSupport.unpark(due.thread);
    } else {
      // False after its end: then its tasks were cancelled, and this one has left the line.
      boolean _ = scheduler.runInside(() -> serve(scheduler));
    }
  }

  /**
   * On the scheduler's thread: its getters take what is theirs. All that stand together, so that
   * many puts cost one message; one after the other, as one that got its item may make others
   * leave: those of the same {@code Select}.
   */
  void serve(Scheduler scheduler) {
    PollableGet<?> first = firstServed(scheduler);
    while (first != null) {
      first.come();
      first = firstServed(scheduler);
    }
    QueueGetter next = lock.in(this::due);
    ring(next); // a thread, or of another scheduler
  }

  private @Nullable PollableGet<?> firstServed(Scheduler scheduler) {
    return lock.in(
        () -> {
          QueueGetter first = isServed() ? getters.getFirst() : null;
          return first != null && first.isTaskOf(scheduler) ? first.event : null;
        });
  }
}
