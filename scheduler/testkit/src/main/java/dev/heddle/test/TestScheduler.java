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
 * at that moment. The calling thread waits; the scheduler has a thread of its own.
 */
public final class TestScheduler {
  /** The property that gives the seed of all tests again. */
  static final String SEED_PROPERTY = "heddle.seed";

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
    Duration virtualLimit = VIRTUAL_LIMIT;
    Duration realLimit = REAL_LIMIT;
    @Nullable Choices choices;

    private Builder() {}

    /**
     * What the choices follow from. Default: 0, or what the JVM was started with, as {@code
     * -Dheddle.seed=42}.
     */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** Who chooses. Default: {@link Choices#seeded}, by the seed. */
    public Builder choices(Choices made) {
      choices = Objects.requireNonNull(made, "choices");
      return this;
    }

    /**
     * How far the clock may go. A test that would go on beyond it fails with an {@code
     * AssertionError}. Default: a day.
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
      new TestRun(this).run(run -> run.scheduler().run(co -> run.guarded(co, body)));
    }

    /** The same for a body in thread style. */
    public void run(ThreadBody body) throws Exception {
      Objects.requireNonNull(body, "body");
      new TestRun(this).run(run -> run.scheduler().run(() -> run.guarded(body)));
    }

    /** The same for a body that looks at its world. */
    public void run(SimulationBody body) throws Exception {
      Objects.requireNonNull(body, "body");
      new TestRun(this).run(run -> run.scheduler().run(co -> run.guarded(co, body)));
    }
  }
}
