package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/** The tasks that want a turn, first in first out, linked through {@link Task#next}. */
final class ReadyQueue {
  private @Nullable Task<?> head;
  private @Nullable Task<?> tail;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Task<?> task) {
    assert task.next == null && task.waitQueue == null : task + " is in another queue";
    Task<?> last = tail;
    if (last == null) {
      head = task;
    } else {
      last.next = task;
    }
    tail = task;
    size++;
  }

  /**
   * Takes a task out from wherever it stands; looks through the whole queue, so only for errors.
   */
  void remove(Task<?> task) {
    for (int left = size; left > 0; left--) {
      Task<?> first = take();
      if (first != task) {
        add(first);
      }
    }
  }

  /** Takes the first one out; there must be one. */
  Task<?> take() {
    Task<?> task = head;
    assert task != null : "no task is ready";
    head = task.next;
    if (head == null) {
      tail = null;
    }
    task.next = null;
    size--;
    return task;
  }
}
