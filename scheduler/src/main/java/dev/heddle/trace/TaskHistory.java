package dev.heddle.trace;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.view.TaskWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a scheduler have done since somebody looks: turns, time, and who has woken
 * them. A turn costs about a hundred nanoseconds more meanwhile.
 *
 * <p>The loop writes, without a lock. Another thread reads numbers that may be a moment old, and of
 * two moments.
 */
final class TaskHistory implements TaskWatch {
  /** For how many tasks it counts; what the others do is not counted. */
  static final int MOST_TASKS = 100_000;

  static final int MOST_WAKES = 8;

  /**
   * A wake.
   *
   * @param byId the number of the task that did it; 0 if the loop did
   */
  record Wake(long nanos, long byId, String by) {}

  /** One task. Only the loop writes. */
  static final class Known {
    long turns;
    long busyNanos;
    long longestTurnNanos;

    /** Turns that ended neither by a wait nor by the end of the task. */
    long gaveUp;

    /** How long it was ready and had no turn, without what lasts still. */
    long readyNanos;

    /** Whether it is ready now, since {@link #readySince}. */
    boolean isReady;

    long readySince;
    private final @Nullable Wake[] wakes = new Wake[MOST_WAKES];
    private int wakeCount;

    /** The latest wakes, the latest one first. */
    List<Wake> wakes() {
      List<Wake> latest = new ArrayList<>();
      int count = wakeCount;
      for (int i = count - 1; i >= Math.max(0, count - MOST_WAKES); i--) {
        Wake wake = wakes[i % MOST_WAKES];
        if (wake != null) {
          latest.add(wake);
        }
      }
      return latest;
    }

    /** How long it was ready and had no turn, in all. */
    long readyNanos(long now) {
      return readyNanos + (isReady ? Math.max(0, now - readySince) : 0);
    }

    private void becomesReady(long now) {
      isReady = true;
      readySince = now;
    }
  }

  private final Map<Task<?>, Known> known = new ConcurrentHashMap<>();

  /** How many are known: the map's own count costs more. Only the loop uses it. */
  private int size;

  /** When the turn that is under way began. Only the loop uses it. */
  private long begun;

  /** What is known of a task; null if it has not been seen. Any thread. */
  @Nullable Known of(Task<?> task) {
    return known.get(task);
  }

  /** How many tasks are counted. Any thread. */
  int tasks() {
    return known.size();
  }

  private @Nullable Known seen(Task<?> task) {
    Known one = known.get(task);
    if (one == null && size < MOST_TASKS) {
      one = new Known();
      known.put(task, one);
      size++;
    }
    return one;
  }

  /** Nobody looks any more. To be called inside of the scheduler. */
  void forgetAll() {
    known.clear();
    size = 0;
  }

  private void forget(Task<?> task) {
    if (known.remove(task) != null) {
      size--;
    }
  }

  @Override
  public void noted(Task<?> task, TaskEvent.What what, @Nullable Task<?> by) {
    if (what == TaskEvent.What.ENDED) {
      forget(task);
    } else if (what != TaskEvent.What.CANCELLED) {
      Known one = seen(task);
      if (one != null) {
        long now = System.nanoTime();
        one.becomesReady(now);
        if (what == TaskEvent.What.WOKEN) {
          one.wakes[one.wakeCount % MOST_WAKES] =
              new Wake(now, by == null ? 0 : by.id(), by == null ? "the loop" : by.name());
          one.wakeCount++;
        }
      }
    }
  }

  @Override
  public void turnBegins(Task<?> task) {
    begun = System.nanoTime();
    Known one = seen(task);
    if (one != null && one.isReady) {
      one.readyNanos = one.readyNanos(begun);
      one.isReady = false;
    }
  }

  @Override
  public void turnEnds(Task<?> task) {
    Known one = known.get(task);
    if (one == null) {
      return; // it has ended, or is one too many
    }
    if (task.isDone()) {
      forget(task);
      return;
    }
    long now = System.nanoTime();
    one.turns++;
    one.busyNanos += now - begun;
    one.longestTurnNanos = Math.max(one.longestTurnNanos, now - begun);
    if (task.waitingFor() == null) {
      one.gaveUp++;
      one.becomesReady(now);
    }
  }

  @Override
  public void looked(long asleepNanos) {}
}
