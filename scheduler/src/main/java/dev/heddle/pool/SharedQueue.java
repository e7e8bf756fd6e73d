package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.sync.QueueShutdownException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The items of a {@link PollableQueue} and the getters that wait for them; the queue's Javadoc has
 * the protocol. Any thread; getters are called without the lock.
 *
 * <p>Invariant: the longest-waiting getter, and no other, has been called if there is something for
 * it, an item or the news of the shutdown.
 */
final class SharedQueue<T> {

  /** A thread or a task that waits for an item; a new one for each wait. */
  static final class QueueGetter {
    /** The thread that waits; null for a task. */
    private final @Nullable Thread thread;

    /** The scheduler of the task that waits; null for a thread. */
    private final @Nullable Scheduler scheduler;

    /** For a task, on its scheduler's thread: takes an item by {@link #tryTake}, if it can. */
    private final Runnable come;

    private QueueGetter(@Nullable Thread thread, @Nullable Scheduler scheduler, Runnable come) {
      this.thread = thread;
      this.scheduler = scheduler;
      this.come = come;
    }

    static QueueGetter ofThread() {
      return new QueueGetter(Thread.currentThread(), null, () -> {});
    }

    static QueueGetter ofTask(Scheduler scheduler, Runnable come) {
      return new QueueGetter(null, scheduler, come);
    }

    boolean isTaskOf(Scheduler asked) {
      return scheduler == asked;
    }
  }

  final String title;

  /** Guards all below. */
  private final SpinLock lock = new SpinLock();

  private final ArrayDeque<T> items = new ArrayDeque<>();

  /** The getters that wait, longest first. */
  private final LinkedHashSet<QueueGetter> getters = new LinkedHashSet<>();

  /** The getter that was called last; null before the first. It may have left since. */
  private @Nullable QueueGetter called;

  private boolean shutdown;

  SharedQueue(String title) {
    this.title = title;
  }

  /**
   * Adds an item. Gives the getter to {@link #call} for it.
   *
   * @throws QueueShutdownException if the queue is shut down
   */
  @Nullable QueueGetter add(T item) {
    return lock.in(
        () -> {
          if (shutdown) {
            throw isShutDown("put into");
          }
          items.add(item);
          return due();
        });
  }

  /** Takes an item, unless there is none or a getter waits, to which the item belongs. */
  @Nullable T takeUnowed() {
    return lock.in(
        () -> {
          if (shutdown && items.isEmpty()) {
            throw isShutDown("get from");
          }
          return getters.isEmpty() ? items.poll() : null;
        });
  }

  /** A getter begins to wait, unless there is an item for it at once. */
  @Nullable T arrive(QueueGetter getter) {
    return lock.in(
        () -> {
          boolean isNew = getters.add(getter);
          assert isNew && getter != called : "a getter waits once";
          return take(getter);
        });
  }

  /**
   * Takes an item for a getter, which then waits no more; null if it waits on.
   *
   * @throws QueueShutdownException if the queue is shut down and empty; the getter waits no more
   */
  @Nullable T tryTake(QueueGetter getter) {
    return lock.in(() -> take(getter));
  }

  /** A getter waits no more, if it still did. Gives the getter to call in its place. */
  @Nullable QueueGetter leave(QueueGetter getter) {
    return lock.in(
        () -> {
          boolean _ = getters.remove(getter);
          return due();
        });
  }

  /** Takes no more items. Gives the getter to call. */
  @Nullable QueueGetter shutdown() {
    return lock.in(
        () -> {
          shutdown = true;
          return due();
        });
  }

  /** Removes all items and tells how many there were. */
  int clear() {
    return lock.in(
        () -> {
          assert shutdown : "a getter that was called for an item would wait on";
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

  private @Nullable T take(QueueGetter getter) {
    if (!isServed() || getters.getFirst() != getter) {
      return null;
    }
    var _ = getters.removeFirst();
    T item = items.poll();
    if (item == null) {
      throw isShutDown("get from");
    }
    return item;
  }

  /** Whether there is something for the longest-waiting getter. */
  private boolean isServed() {
    return !getters.isEmpty() && (!items.isEmpty() || shutdown);
  }

  /** The getter that must be called now, once; null if there is none, or it was called before. */
  private @Nullable QueueGetter due() {
    assert called == null || !getters.contains(called) || getters.getFirst() == called : title;
    if (!isServed() || getters.getFirst() == called) {
      return null;
    }
    called = getters.getFirst();
    return called;
  }

  private QueueShutdownException isShutDown(String verb) {
    return new QueueShutdownException("cannot " + verb + " " + title + ": it is shut down");
  }

  // Without the lock.

  /** Tells a getter to take what there is for it. */
  void call(@Nullable QueueGetter due) {
    if (due == null) {
      return;
    }
    Scheduler scheduler = due.scheduler;
    if (scheduler == null) {
      LockSupport.unpark(due.thread);
    } else {
      // False if the scheduler has ended: its tasks were cancelled, and this getter has left.
      boolean _ = scheduler.runInside(() -> serve(scheduler));
    }
  }

  /**
   * On the scheduler's thread: lets its getters take items, as long as the longest-waiting one is
   * of this scheduler. So many puts cost one message to the scheduler. They take one after the
   * other, since one that has got an item may make others leave: the arms of the same {@code
   * Select}.
   */
  void serve(Scheduler scheduler) {
    for (var first = servedOf(scheduler); first != null; first = servedOf(scheduler)) {
      first.come.run();
    }
    call(lock.in(this::due)); // a thread, or a task of another scheduler
  }

  private @Nullable QueueGetter servedOf(Scheduler scheduler) {
    return lock.in(
        () -> {
          QueueGetter first = isServed() ? getters.getFirst() : null;
          return first != null && first.isTaskOf(scheduler) ? first : null;
        });
  }
}
