package dev.heddle.sync;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What is in a {@link Queue}, and which comes out first. */
sealed interface QueueStore<T> {
  void add(T item);

  /** Takes the one whose turn it is; null if there is none. */
  @Nullable T poll();

  int size();

  /** First in, first out. */
  record Fifo<T>(ArrayDeque<T> items) implements QueueStore<T> {
    Fifo() {
      this(new ArrayDeque<>());
    }

    @Override
    public void add(T item) {
      items.addLast(item);
    }

    @Override
    public @Nullable T poll() {
      return items.pollFirst();
    }

    @Override
    public int size() {
      return items.size();
    }
  }

  /** Last in, first out. */
  record Lifo<T>(ArrayDeque<T> items) implements QueueStore<T> {
    Lifo() {
      this(new ArrayDeque<>());
    }

    @Override
    public void add(T item) {
      items.addLast(item);
    }

    @Override
    public @Nullable T poll() {
      return items.pollLast();
    }

    @Override
    public int size() {
      return items.size();
    }
  }

  /** The lowest first, equal ones first in, first out. */
  final class Priority<T> implements QueueStore<T> {
    /** An item and when it came: decides between equal ones. */
    private record Entry<T>(T item, long number) {}

    private final PriorityQueue<Entry<T>> heap;
    private long added;

    Priority(Comparator<? super T> order) {
      heap =
          new PriorityQueue<>(
              Comparator.<Entry<T>, T>comparing(Entry::item, order)
                  .thenComparingLong(Entry::number));
    }

    @Override
    public void add(T item) {
      heap.add(new Entry<>(item, added++));
    }

    @Override
    public @Nullable T poll() {
      Entry<T> first = heap.poll();
      return first == null ? null : first.item;
    }

    @Override
    public int size() {
      return heap.size();
    }
  }
}
