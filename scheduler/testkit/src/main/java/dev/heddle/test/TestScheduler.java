package dev.heddle.test;

import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.ThreadBody;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a test on a scheduler whose time is its own: a sleep of an hour takes no time, and happens
 * in the right order with all others.
 *
 * <pre>{@code
 * TestScheduler.run(co -> {
 *   Queue<String> queue = Queue.fifo();
 *   Scheduler.current().spawn(c -> {
 *     c.await(Timers.sleep(Duration.ofMinutes(5)));
 *     c.await(queue.put("late"));
 *   });
 *   System.out.println(co.await(queue.get())); // at once
 * });
 * }</pre>
 *
 * <p>The run ends when the body has ended; tasks that are left are cancelled then, as {@link
 * dev.heddle.scheduler.Scheduler#run(TaskBody)} does. What the body throws is thrown, as it is,
 * with a {@link SimulationReport} among what it has suppressed: the seed, and a dump of all tasks
 * at that moment; where it suppresses nothing, the logger {@code dev.heddle.test} has the report.
 * The calling thread waits; the scheduler has a thread of its own.
 */
public final class TestScheduler {
  /** The property that gives the seed of all tests again. */
  static final String SEED_PROPERTY = "heddle.seed";

  /** The property that says how many seeds are tried by tests that try several. */
  static final String SEEDS_PROPERTY = "heddle.seeds";

  private TestScheduler() {}

  /** Runs the body with the defaults of {@link #builder}. */
  public static void run(TaskBody body) throws Exception {
    builder().run(body);
  }

  /** The same for a body in thread style. */
  public static void run(ThreadBody body) throws Exception {
    builder().run(body);
  }

  /** The same for a body that looks at its world. */
  public static void run(SimulationBody body) throws Exception {
    builder().run(body);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** What differs from the defaults. */
  public static final class Builder {
    private static final Duration VIRTUAL_LIMIT = Duration.ofDays(1);
    private static final Duration REAL_LIMIT = Duration.ofSeconds(20);

    long seed = Long.getLong(SEED_PROPERTY, 0);
    int seeds = 1;
    Duration virtualLimit = VIRTUAL_LIMIT;
    Duration realLimit = REAL_LIMIT;
    boolean realSockets;
    @Nullable Choices choices;

    private Builder() {}

    /**
     * What the choices follow from. Default: 0. What the JVM was started with, as {@code
     * -Dheddle.seed=42}, takes the place of both.
     */
    public Builder seed(long number) {
      seed = Long.getLong(SEED_PROPERTY, number);
      return this;
    }

    /**
     * Runs the body again and again, with this many seeds, one after the other, until it fails.
     * Default: 1. The JVM's {@code -Dheddle.seeds=10000} takes the place of a number above 1, and
     * {@code -Dheddle.seed=42} runs that seed alone.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder seeds(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("seeds " + number + ": must be 1 or more");
      }
      boolean one = number == 1 || Long.getLong(SEED_PROPERTY) != null;
      seeds = one ? 1 : Math.max(1, Integer.getInteger(SEEDS_PROPERTY, number));
      return this;
    }

    /** Who chooses. Default: {@link Choices#seeded}, by the seed. */
    public Builder choices(Choices made) {
      choices = Objects.requireNonNull(made, "choices");
      return this;
    }

    /**
     * How far the clock may go. A test that would go on beyond it fails with an {@code
     * AssertionError}. More than 146 years count as 146. Default: a day.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder virtualLimit(Duration limit) {
      virtualLimit = positive("virtual time", limit);
      return this;
    }

    /**
     * How long the test may take. One that takes longer fails with an {@code AssertionError} that
     * says which task has the turn, and at which lines; its thread is interrupted. Default: 20
     * seconds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder realLimit(Duration limit) {
      realLimit = positive("real time", limit);
      return this;
    }

    /**
     * The test's sockets are the system's. The clock then jumps when no task can go on, and the
     * sockets were quiet for 10 ms of real time: a peer that is slower than that comes late, and so
     * the test depends on the machine. Default: sockets are simulated, and the clock is exact.
     */
    public Builder realSockets() {
      realSockets = true;
      return this;
    }

    private static Duration positive(String what, Duration limit) {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException(
            "limit " + limit + " of " + what + ": must be more than 0");
      }
      return limit;
    }

    /** Runs the body; see {@link TestScheduler}. */
    public void run(TaskBody body) throws Exception {
      Objects.requireNonNull(body, "body");
      runAll(run -> run.scheduler().run(co -> run.guarded(co, body)));
    }

    /** The same for a body in thread style. */
    public void run(ThreadBody body) throws Exception {
      Objects.requireNonNull(body, "body");
      runInThread(sim -> body.run());
    }

    /** The same for a body that looks at its world. */
    public void run(SimulationBody body) throws Exception {
      Objects.requireNonNull(body, "body");
      runAll(run -> run.scheduler().run(co -> run.guarded(co, body)));
    }

    /** The same in thread style. */
    void runInThread(TestRun.InThread body) throws Exception {
      runAll(run -> run.scheduler().run(() -> run.guardedInThread(body)));
    }

    private void runAll(TestRun.Start start) throws Exception {
      for (int i = 0; i < seeds; i++) {
        new TestRun(this, seed + i).run(start);
      }
    }
  }
}
