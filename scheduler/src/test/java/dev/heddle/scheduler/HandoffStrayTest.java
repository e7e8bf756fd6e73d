package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Foreign;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Handoff bodies that block in the JDK go astray; how they come back. */
class HandoffStrayTest {
  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  private static Scheduler scheduler() {
    return Scheduler.builder()
        .engine(Engine.HANDOFF)
        .failureReporter(
            (name, thrown) -> {
              throw new AssertionError(name, thrown);
            })
        .build();
  }

  /** Blocks in the JDK until the loop has noticed and another task has had turns. */
  private interface Stray {
    void blockUntilAstray() throws InterruptedException;
  }

  private static void withAStray(
      Scheduler scheduler, java.util.function.Function<Stray, Body<?>> body) {
    CountDownLatch latch = new CountDownLatch(1);
    var stray = scheduler.start("stray", body.apply(latch::await));
    scheduler.spawn(
        "other",
        () -> {
          while (!(stray.state() == Task.State.WAITING
              && stray.waitingFor() instanceof Body.BlockedInJdk)) {
            Task.await(Task.yield());
          }
          latch.countDown();
          for (int i = 0; i < 1000; i++) {
            Task.await(Task.yield());
          }
        });
  }

  @Test
  void aStrayComesBackByAnAwait() {
    try (Scheduler scheduler = scheduler()) {
      withAStray(
          scheduler,
          stray ->
              Body.thread(
                  () -> {
                    stray.blockUntilAstray();
                    Task.await(Task.yield());
                    trace.add("back: " + scheduler.isInside());
                  }));
      scheduler.run();
    }
    assertThat(trace).containsExactly("back: true");
  }

  @Test
  void aStrayComesBackBySpawning() {
    try (Scheduler scheduler = scheduler()) {
      withAStray(
          scheduler,
          stray ->
              Body.thread(
                  () -> {
                    stray.blockUntilAstray();
                    scheduler.spawn("child", () -> trace.add("child"));
                    trace.add("back: " + scheduler.isInside());
                  }));
      scheduler.run();
    }
    assertThat(trace).containsExactly("back: true", "child");
  }

  @Test
  void aStrayComesBackByEnding() {
    try (Scheduler scheduler = scheduler()) {
      withAStray(
          scheduler,
          stray ->
              Body.callable(
                  () -> {
                    stray.blockUntilAstray();
                    trace.add("ended");
                    return null;
                  }));
      scheduler.run();
    }
    assertThat(trace).containsExactly("ended");
  }

  @Test
  void aStrayMayFailAndItsFailureIsJoined() {
    List<Throwable> joined = new ArrayList<>();
    try (Scheduler scheduler = scheduler()) {
      withAStray(
          scheduler,
          stray ->
              Body.thread(
                  () -> {
                    Task<?> me = Task.current();
                    scheduler.spawn(
                        "joiner",
                        () -> {
                          try {
                            var _ = Task.await(me.join());
                          } catch (IllegalStateException e) {
                            joined.add(e);
                          }
                        });
                    stray.blockUntilAstray();
                    throw new IllegalStateException("while astray");
                  }));
      scheduler.run();
    }
    assertThat(joined).hasSize(1);
    assertThat(joined.getFirst()).hasMessage("while astray");
  }

  @Test
  void aStrayMayBlockAgain() {
    try (Scheduler scheduler = scheduler()) {
      withAStray(
          scheduler,
          stray ->
              Body.thread(
                  () -> {
                    for (int i = 0; i < 4; i++) {
                      stray.blockUntilAstray();
                      new CountDownLatch(1).await(12, TimeUnit.MILLISECONDS);
                      Task.await(Task.yield());
                      new CountDownLatch(1).await(12, TimeUnit.MILLISECONDS);
                    }
                    trace.add("through");
                  }));
      scheduler.run();
    }
    assertThat(trace).containsExactly("through");
  }

  /** Bodies that never block keep strict turns, however busy the machine is. */
  @Test
  void noBodyGoesAstrayThatDoesNotBlock() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      var _ =
          Foreign.start(
              "load " + i,
              () -> {
                while (over.getCount() > 0) {
                  Thread.onSpinWait();
                }
              });
    }
    AtomicInteger inTurn = new AtomicInteger();
    try (Scheduler scheduler = scheduler()) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis());
      for (int i = 0; i < 4; i++) {
        scheduler.spawn(
            "strict " + i,
            () -> {
              while (System.nanoTime() < end) {
                assertThat(inTurn.incrementAndGet()).isEqualTo(1);
                assertThat(inTurn.decrementAndGet()).isZero();
                Task.await(Task.yield());
              }
            });
      }
      scheduler.run();
    } finally {
      over.countDown();
    }
  }

  private static int millis() {
    return Integer.getInteger("heddle.test.millis", 400);
  }

  /**
   * After {@code checkInside} the caller has the turn until it yields: nobody runs beside it. The
   * bodies wake just when the watch takes their turn away.
   */
  @Test
  void whoHasPassedTheCheckHasTheTurnForItself() {
    AtomicInteger inTurn = new AtomicInteger();
    try (Scheduler scheduler = scheduler()) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3L * millis());
      boolean[] over = new boolean[1];
      scheduler.spawn(
          "blocks for about as long as the watch has patience",
          () -> {
            for (int i = 0; System.nanoTime() < end; i++) {
              long nanos = 4_900_000 + (i * 37_003L) % 5_300_000;
              new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
              scheduler.checkInside("test");
              assertThat(inTurn.incrementAndGet()).as("beside another").isEqualTo(1);
              long until = System.nanoTime() + 200_000;
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
              assertThat(inTurn.decrementAndGet()).isZero();
              Task.await(Task.yield());
            }
            over[0] = true;
          });
      scheduler.spawn(
          "other",
          () -> {
            while (!over[0]) {
              assertThat(inTurn.incrementAndGet()).as("beside the blocker").isEqualTo(1);
              assertThat(inTurn.decrementAndGet()).isZero();
              Task.await(Task.yield());
            }
          });
      scheduler.run();
    }
  }
}
