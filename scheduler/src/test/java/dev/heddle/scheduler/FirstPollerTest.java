package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * To make what a scheduler has once may block in the JDK. Then the loop goes on, and another task
 * may make its own: one of the two is used by both.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#stackful")
class FirstPollerTest {
  @Parameter Kind kind;

  private static final class Sleeper implements Poller {
    private volatile Thread polling = Thread.currentThread();
    private boolean closed;

    @Override
    public void poll(long timeoutNanos) {
      polling = Thread.currentThread();
      LockSupport.parkNanos(this, Math.min(timeoutNanos, 1_000_000));
    }

    @Override
    public void wakeup() {
      LockSupport.unpark(polling);
    }

    @Override
    public boolean hasWaiters() {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final List<Sleeper> made = new ArrayList<>();
  private final List<Object> got = new ArrayList<>();
  private final CountDownLatch other = new CountDownLatch(1);

  /** Blocks in the JDK until the other task has come first. */
  private Sleeper blocking() {
    try {
      Until.down(other);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return sleeper();
  }

  private Sleeper sleeper() {
    Sleeper sleeper = new Sleeper();
    made.add(sleeper);
    return sleeper;
  }

  @Test
  void thePollerThatATaskBringsWhileAnotherOneIsMadeServesBoth() {
    assumeTrue(kind.engine() == Engine.VIRTUAL_THREAD, "the loop waits with its task elsewhere");
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn("slow", () -> got.add(scheduler.poller(Sleeper.class, this::blocking)));
      scheduler.spawn(
          "quick",
          () -> {
            got.add(scheduler.poller(Sleeper.class, this::sleeper));
            other.countDown();
          });
      scheduler.run();
      assertThat(made).hasSize(2);
      assertThat(got).containsExactly(made.getFirst(), made.getFirst());
      assertThat(made.getFirst().closed).isFalse();
      assertThat(made.getLast().closed).isTrue();
    }
  }

  @Test
  void theObjectThatATaskAttachesWhileAnotherOneIsMadeServesBoth() {
    assumeTrue(kind.engine() == Engine.VIRTUAL_THREAD, "the loop waits with its task elsewhere");
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn("slow", () -> got.add(scheduler.attachment(Sleeper.class, this::blocking)));
      scheduler.spawn(
          "quick",
          () -> {
            got.add(scheduler.attachment(Sleeper.class, this::sleeper));
            other.countDown();
          });
      scheduler.run();
    }
    assertThat(made).hasSize(2);
    assertThat(got).containsExactly(made.getFirst(), made.getFirst());
  }
}
