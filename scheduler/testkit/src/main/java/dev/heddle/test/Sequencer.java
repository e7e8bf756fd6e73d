package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * An exact order of some parts of several tasks: part 1 begins when part 0 has ended, however the
 * scheduler would order them.
 *
 * <pre>{@code
 * Sequencer order = new Sequencer();
 * Task<Void> other = Scheduler.current().spawn(c -> {
 *   try (var part = c.await(order.part(0))) {
 *     System.out.println("first");
 *   }
 *   try (var part = c.await(order.part(2))) {
 *     System.out.println("third");
 *   }
 * });
 * try (var part = co.await(order.part(1))) {
 *   System.out.println("second");
 * }
 * }</pre>
 *
 * <p>Each number is for one part. If nobody comes to a number, those behind it wait for ever, and
 * the deadlock tells which number they wait for. For the tasks of one scheduler.
 *
 * <p>Invariants: each part before the next one has begun, and none behind it; whoever waits, waits
 * for a part behind the next one.
 */
public final class Sequencer {
  private final Map<Integer, Place> waiting = new HashMap<>();
  private final Set<Integer> begun = new HashSet<>();

  /** The part that may begin, or has begun. */
  private int next;

  /** An order that begins with part 0. */
  public Sequencer() {}

  /** A part that has begun. Its {@link #close} lets the next one begin. */
  public final class Part implements AutoCloseable {
    private final int number;

    private Part(int number) {
      this.number = number;
    }

    /** The part has ended. */
    @Override
    public void close() {
      if (next == number) {
        next++;
        Place place = waiting.remove(next);
        if (place != null) {
          place.begin();
        }
        assert valid() : waiting.keySet();
      }
    }
  }

  /**
   * Waits until all parts with smaller numbers have ended. A cancelled caller has not begun it.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public YieldEvent<Part, RuntimeException> part(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("part " + number + ": must be 0 or more");
    }
    return new Place(number);
  }

  /** The invariants. */
  private boolean valid() {
    return (begun.size() == next || begun.size() == next + 1)
        && waiting.keySet().stream().allMatch(number -> number > next);
  }

  private final class Place extends SingleWaiterEvent<Part, RuntimeException> {
    private final int number;

    Place(int number) {
      this.number = number;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (begun.contains(number) || waiting.containsKey(number)) {
        throw new IllegalStateException(
            "part " + number + " is taken: each number is for one part");
      }
      waiting.put(number, this);
      if (number == next) {
        Place _ = waiting.remove(number);
        begin();
      }
      assert valid() : waiting.keySet();
    }

    void begin() {
      assert number == next : this + " begins out of order";
      begun.add(number);
      wake(new Part(number));
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return waiting.remove(number, this);
    }

    @Override
    public String describe() {
      return "part " + number + " of a sequence, which is at " + next;
    }
  }
}
