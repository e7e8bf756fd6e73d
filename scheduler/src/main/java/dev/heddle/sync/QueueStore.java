package dev.heddle.sync;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The items that a {@link Queue} stores, and the order in which they leave it. */
sealed interface QueueStore<T> {
  void add(T item);

  /** Takes out the next item; null if there is none. */
  @Nullable T poll();

  int size();

  /** The items in the order in which they came. */
  record Ordered<T>(ArrayDeque<T> items, boolean lastInFirstOut) implements QueueStore<T> {
    Ordered(boolean lastInFirstOut) {
      this(new ArrayDeque<>(), lastInFirstOut);
    }

    @Override
    public void add(T item) {
      if (lastInFirstOut) {
        items.addFirst(item);
      } else {
        items.addLast(item);
      }
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

  /**
   * The lowest item first; equal items leave in the order in which they came.
   *
   * <p>The store is a tree and not a heap because the user's comparator may throw. A tree compares
   * only when an item is added, and before it changes anything: so the failure reaches the task
   * that puts the item, and no item is lost. A heap compares in {@link #poll} too, in the middle of
   * moving items.
   */
  final class Priority<T> implements QueueStore<T> {
    /** An item and the number of items that were added before it, which decides between equals. */
    private record Entry<T>(T item, long number) {}

    private final TreeSet<Entry<T>> tree;
    private long added;

    Priority(Comparator<? super T> order) {
      tree =
          new TreeSet<>(
              Comparator.<Entry<T>, T>comparing(Entry::item, order)
                  .thenComparingLong(Entry::number));
    }

    @Override
    public void add(T item) {
      boolean _ = tree.add(new Entry<>(item, added++));
    }

    @Override
    public @Nullable T poll() {
      Entry<T> first = tree.pollFirst();
      return first == null ? null : first.item;
    }

    @Override
    public int size() {
      return tree.size();
    }
  }
}
