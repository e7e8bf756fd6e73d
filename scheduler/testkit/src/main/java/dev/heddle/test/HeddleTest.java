package dev.heddle.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method of JUnit that runs as a task on a {@link TestScheduler}.
 *
 * <pre>{@code
 * class IdleTest {
 *   @HeddleTest
 *   void fiveMinutesTakeNoTime(Awaiter co, VirtualClock clock) {
 *     co.await(Timers.sleep(Duration.ofMinutes(5)));
 *     assert clock.elapsed().toMinutes() == 5;
 *   }
 * }
 * }</pre>
 *
 * <p>Parameters may be an {@link dev.heddle.scheduler.Awaiter}, the {@link
 * dev.heddle.scheduler.Scheduler}, the {@link Simulation}, its {@link Network}, {@link Host},
 * {@link Processes}, {@link VirtualClock} and {@link Choices}, in any order; others are for other
 * extensions. The method may also wait without an awaiter, in thread style. What is before and
 * after each test runs outside of the scheduler.
 *
 * <p>For a parameterised test write {@code @ExtendWith(HeddleExtension.class)} beside its own
 * annotation; it runs with the defaults.
 */
@Test
@ExtendWith(HeddleExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface HeddleTest {
  /** The seed, or the first of several. {@code -Dheddle.seed=42} wins. */
  long seed() default 0;

  /**
   * How many seeds are tried, one after the other, until one fails. {@code -Dheddle.seeds=10000}
   * wins, and {@code -Dheddle.seed=42} runs that one alone.
   */
  int seeds() default 1;

  /** How many seconds the clock may go. Default: a day. */
  long virtualSeconds() default 86_400;

  /** How many seconds of real time one seed may take. */
  long realSeconds() default 20;

  /** Whether the sockets are the system's: see {@link TestScheduler.Builder#realSockets}. */
  boolean realSockets() default false;
}
