package dev.heddle.sync;

import dev.heddle.scheduler.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many permits each task has taken and not given back, the longest holder first. A permit that
 * goes round among tasks has one holder at a time: a table is made for the second one only.
 *
 * <p>Invariant: {@code only} is null while the table has entries.
 */
final class Takers {
  /** The one task that has taken permits; null if there is none, or if there were several. */
  private @Nullable Task<?> only;

  /** How many permits {@code only} has taken. */
  private int onlyTaken;

  /** All of them, since a second task has taken permits beside the first. */
  private final Map<Task<?>, Integer> several = new LinkedHashMap<>();

  /** Notes that a task takes more permits; returns whether it had none. */
  boolean add(Task<?> task, int permits) {
    if (only == task) {
      onlyTaken += permits;
      return false;
    }
    if (only == null && several.isEmpty()) {
      only = task;
      onlyTaken = permits;
      return true;
    }
    if (only != null) {
      several.put(only, onlyTaken);
      only = null;
    }
    boolean first = several.merge(task, permits, Integer::sum) == permits;
    assert valid() : this;
    return first;
  }

  /** Notes that a task has given back so many, which it has taken; returns whether it has none. */
  boolean subtract(Task<?> task, int permits) {
    int left = taken(task) - permits;
    assert left >= 0 : task + " gives back " + permits + " of " + this;
    if (left == 0) {
      remove(task);
    } else if (only == task) {
      onlyTaken = left;
    } else {
      several.put(task, left);
    }
    assert valid() : this;
    return left == 0;
  }

  void remove(Task<?> task) {
    if (only == task) {
      only = null;
    } else {
      several.remove(task);
    }
  }

  /** How many the task has taken; 0 if none. */
  int taken(Task<?> task) {
    if (only == task) {
      return onlyTaken;
    }
    return only != null ? 0 : several.getOrDefault(task, 0);
  }

  /** The task that has held permits for the longest time; null if none has any. */
  @Nullable Task<?> longest() {
    return only != null || several.isEmpty() ? only : several.keySet().iterator().next();
  }

  /** A copy, the longest holder first. */
  Map<Task<?>, Integer> toMap() {
    Map<Task<?>, Integer> all = new LinkedHashMap<>(several);
    if (only != null) {
      all.put(only, onlyTaken);
    }
    return all;
  }

  private boolean valid() {
    return only == null || several.isEmpty();
  }

  @Override
  public String toString() {
    return toMap().toString();
  }
}
