package dev.heddle.net.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls that block are handed to other threads, each is made once, and none is forgotten. */
class BlockingCallsTest {
  private static void await(CountDownLatch latch) {
    try {
      Until.down(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneThreadMakesTheCallsInTheOrderOfTheirSubmission() {
    BlockingCalls calls = BlockingCalls.inTurn("in turn");
    Queue<String> made = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 10_000; i++) {
      String name = "call " + i;
      calls.submit(() -> made.add(name + " by " + Thread.currentThread().getName()));
    }
    CountDownLatch last = new CountDownLatch(1);
    calls.submitLast(last::countDown);
    await(last);
    assertThat(made).hasSize(10_000).first().isEqualTo("call 0 by in turn");
    List<String> order = new ArrayList<>(made);
    for (int i = 0; i < order.size(); i++) {
      assertThat(order.get(i)).startsWith("call " + i + " ");
    }
  }

  @Test
  void afterTheLastCallTheThreadEnds() throws Exception {
    BlockingCalls calls = BlockingCalls.inTurn("ends");
    calls.submit(() -> {});
    AtomicReference<Thread> thread = new AtomicReference<>();
    calls.submitLast(() -> thread.set(Thread.currentThread()));
    Until.true_("the last call is made", () -> thread.get() != null);
    Until.ended(thread.get());
  }

  /** The threads come and go: there is little to do, so they stay for no time at all. */
  @Test
  void noCallIsForgottenWhileThreadsGiveThemselvesUp() throws Exception {
    BlockingCalls calls = new BlockingCalls(Thread.ofPlatform().daemon().factory(), 2, 0);
    AtomicInteger made = new AtomicInteger();
    int each = 2_000;
    List<Thread> submitters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      submitters.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int k = 1; k <= each; k++) {
                      calls.submit(made::incrementAndGet);
                      if (k % 50 == 0) {
                        Thread.yield();
                      }
                    }
                  }));
    }
    for (Thread submitter : submitters) {
      Until.ended(submitter);
    }
    Until.true_("all calls are made", () -> made.get() == 3 * each);
    assertThat(calls.hasWaiting()).isFalse();
  }

  @Test
  void asManyCallsAsAllowedAreMadeAtOnceAndAForgottenOneNeverBegins() {
    BlockingCalls calls = new BlockingCalls(Thread.ofPlatform().daemon().factory(), 2, 10);
    CountDownLatch both = new CountDownLatch(2);
    CountDownLatch open = new CountDownLatch(1);
    Runnable blocked =
        () -> {
          both.countDown();
          await(open);
        };
    calls.submit(blocked);
    calls.submit(blocked);
    await(both);
    AtomicInteger begun = new AtomicInteger();
    Runnable forgotten = begun::incrementAndGet;
    calls.submit(forgotten);
    CountDownLatch third = new CountDownLatch(1);
    calls.submit(third::countDown);
    assertThat(calls.hasWaiting()).isTrue();
    calls.forget(forgotten);
    open.countDown();
    await(third);
    assertThat(begun).hasValue(0);
  }

  @Test
  void aCallThatThrowsIsToldToTheHandlerOfItsThreadAndTheNextOneIsMade() {
    Queue<Throwable> told = new ConcurrentLinkedQueue<>();
    BlockingCalls calls =
        new BlockingCalls(
            Thread.ofPlatform().daemon().uncaughtExceptionHandler((_, t) -> told.add(t)).factory(),
            1,
            10);
    calls.submit(
        () -> {
          throw new IllegalStateException("as meant");
        });
    CountDownLatch next = new CountDownLatch(1);
    calls.submit(next::countDown);
    await(next);
    assertThat(told).hasSize(1).first().hasToString("java.lang.IllegalStateException: as meant");
  }

  @Test
  void whereTheSystemHasNoThreadTheCallerIsToldUnlessAnotherThreadTakesTheCall() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger threads = new AtomicInteger();
    BlockingCalls calls =
        new BlockingCalls(
            work -> {
              if (threads.getAndIncrement() != 1) {
                throw new OutOfMemoryError("no thread");
              }
              return Thread.ofPlatform().daemon().unstarted(work);
            },
            2,
            10);
    assertThat(catchError(() -> calls.submit(made::incrementAndGet))).hasMessage("no thread");
    assertThat(calls.hasWaiting()).isFalse();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    calls.submit(
        () -> {
          begun.countDown();
          await(open);
        });
    await(begun);
    calls.submit(made::incrementAndGet); // no second thread: the first one takes it
    open.countDown();
    Until.true_("the call is made", () -> made.get() == 1);
  }

  private static Throwable catchError(Runnable call) {
    return org.assertj.core.api.Assertions.catchThrowable(call::run);
  }
}
