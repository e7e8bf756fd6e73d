package dev.heddle.transport.nats;

import dev.heddle.transport.parts.AddressQueue;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, of which queues, and has not come.
 *
 * <p>Invariant: a pull is here as long as something of it has not come, and once in each table.
 */
final class NatsPulls {
  private static final Queue<Pull> NONE = new ArrayDeque<>(0); // nobody adds to it

  /** Pulls under way, by their numbers. */
  private final Map<Long, Pull> pulls = new LinkedHashMap<>();

  /** The same by what they are of, the oldest first: the server serves it first. */
  private final Map<AddressQueue, Queue<Pull>> pullsOf = new HashMap<>();

  private static final class Pull {
    private final long number;
    private final AddressQueue queue;
    private int left;

    Pull(long number, AddressQueue queue, int left) {
      this.number = number;
      this.queue = queue;
      this.left = left;
    }
  }

  private Queue<Pull> of(AddressQueue queue) {
    return pullsOf.getOrDefault(queue, NONE);
  }

  void add(long number, AddressQueue queue, int wanted) {
    Pull pull = new Pull(number, queue, wanted);
    pulls.put(number, pull);
    pullsOf.computeIfAbsent(queue, _ -> new ArrayDeque<>()).add(pull);
    assert valid() : this;
  }

  /** How many messages were asked for and have not come. */
  int asked(AddressQueue queue) {
    int asked = 0;
    for (Pull pull : of(queue)) {
      asked += pull.left;
    }
    return asked;
  }

  /** A message of the oldest pull has come. */
  void served(AddressQueue queue) {
    Pull oldest = of(queue).peek();
    if (oldest != null && --oldest.left == 0) {
      forget(oldest);
    }
  }

  /** Nothing more comes of this pull; gives what it was of, or null if it was over. */
  @Nullable AddressQueue end(long number) {
    Pull pull = pulls.get(number);
    if (pull == null) {
      return null;
    }
    forget(pull);
    return pull.queue;
  }

  /** Nothing of the queue is wanted any more. */
  void endAll(AddressQueue queue) {
    List.copyOf(of(queue)).forEach(this::forget);
    assert asked(queue) == 0 : this + " still asks for messages at " + queue;
  }

  private void forget(Pull pull) {
    pulls.remove(pull.number);
    Queue<Pull> others = of(pull.queue);
    if (others.remove(pull) && others.isEmpty()) {
      pullsOf.remove(pull.queue);
    }
    assert valid() : this;
  }

  void clear() {
    pulls.clear();
    pullsOf.clear();
  }

  boolean isEmpty() {
    return pulls.isEmpty();
  }

  private boolean valid() {
    return pulls.values().stream().allMatch(pull -> pull.left > 0)
        && pullsOf.values().stream().mapToInt(Queue::size).sum() == pulls.size();
  }

  @Override
  public String toString() {
    return pulls.size() + " pulls of " + pullsOf.size() + " queues";
  }
}
