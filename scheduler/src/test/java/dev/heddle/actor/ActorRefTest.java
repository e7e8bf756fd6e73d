package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1: send from any thread. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorRefTest {
  private static final int THREADS = 4;
  private static final int EACH = 2_000;

  @Parameter Kind kind;

  /** Thread {@code from} has sent its {@code n}th message. */
  private record Numbered(int from, int n) {}

  @Test
  void messagesOfManyThreadsAllArriveThoseOfEachInItsOrder() throws Exception {
    Map<Integer, Integer> last = new HashMap<>();
    int[] received = {0};
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Numbered> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Numbered> ref = actor.ref();
      troupe.start(
          actor,
          me -> {
            while (received[0] < THREADS * EACH) {
              Numbered message = me.await(actor.receive());
              assertThat(message.n).isEqualTo(last.merge(message.from, 1, Integer::sum));
              received[0]++;
            }
          });
      List<FutureTask<Void>> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int from = t;
        threads.add(
            Foreign.start(
                "sender " + t,
                () -> {
                  for (int n = 1; n <= EACH; n++) {
                    ref.send(new Numbered(from, n));
                  }
                }));
      }
      troupe.run();
      for (FutureTask<Void> thread : threads) {
        var _ = Foreign.get(thread);
      }
    }
    assertThat(received[0]).isEqualTo(THREADS * EACH);
  }

  @Test
  void aLimitHoldsForThreadsAndTasksTogether() throws Exception {
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int limit = 3;
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", limit);
      ActorRef<Integer> ref = actor.ref();
      troupe.start(
          actor,
          me -> {
            for (int i = 0; i < 2 * EACH; i++) {
              // Counted before the room is given back, so never more than were accepted.
              me.await(actor.receive());
              under.decrementAndGet();
            }
          });
      FutureTask<Void> thread =
          Foreign.start(
              "sender",
              () -> {
                for (int sent = 0; sent < EACH; ) {
                  if (ref.offer(sent)) {
                    most.accumulateAndGet(under.incrementAndGet(), Math::max);
                    sent++;
                  } else {
                    Thread.onSpinWait();
                  }
                }
              });
      troupe.task(
          "sender",
          me -> {
            for (int i = 0; i < EACH; i++) {
              me.await(actor.put(i));
              most.accumulateAndGet(under.incrementAndGet(), Math::max);
              assertThat(actor.size()).isLessThanOrEqualTo(limit);
            }
          });
      troupe.run();
      var _ = Foreign.get(thread);
    }
    assertThat(under).hasValue(0);
    assertThat(most.get()).isLessThanOrEqualTo(limit + 1); // one is received and not yet counted
  }

  @Test
  void aFullMailboxIsToldToTheThread() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 2);
      ActorRef<Integer> ref = actor.ref();
      Foreign.run(
          () -> {
            ref.send(1);
            assertThat(ref.offer(2)).isTrue();
            assertThat(ref.offer(3)).isFalse();
            assertThatThrownBy(() -> ref.send(3)).isInstanceOf(ReceiverFullException.class);
          });
      assertThat(actor.offer(3)).isFalse();
      actor.close();
      troupe.start(actor, me -> me.handles(actor, Troupe.Player::say));
      assertThat(troupe.run()).containsExactly("actor: 1", "actor: 2");
    }
  }

  @Test
  void whatAThreadSentBeforeATaskDidComesFirst() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Integer> ref = actor.ref();
      troupe.start(actor, me -> me.handles(actor, Troupe.Player::say));
      troupe.task(
          "sender",
          me -> {
            Foreign.run(() -> ref.send(1));
            me.does(() -> actor.send(2));
            Foreign.run(() -> ref.send(3));
            me.await(actor.put(4));
            Foreign.run(() -> ref.send(5));
            me.does(actor::close);
          });
      assertThat(troupe.run())
          .containsExactly("actor: 1", "actor: 2", "actor: 3", "actor: 4", "actor: 5");
    }
  }

  @Test
  void aBurstOfMessagesWakesTheSchedulerOnce() throws Exception {
    VirtualTime time = new VirtualTime();
    Wakeups poller = new Wakeups(time, new AtomicInteger());
    try (Scheduler scheduler = kind.builder().clock(time).poller(poller).build()) {
      Actor<Integer> actor = new Actor<>(scheduler, "actor");
      ActorRef<Integer> ref = actor.ref();
      Promise<Integer> sent = new Promise<>();
      int[] received = {0};
      actor.start(
          co -> {
            received[0] += co.await(sent); // until then it is not waiting for messages
            while (co.await(actor.receive()) != null) {
              received[0]++;
            }
          });
      FutureTask<Void> burst =
          Foreign.start(
              "burst",
              () -> {
                IntStream.range(0, 10_000).forEach(ref::send);
                sent.complete(0);
                scheduler.execute(actor::close);
              });
      scheduler.run();
      var _ = Foreign.get(burst);
      assertThat(received[0]).isEqualTo(10_000);
      assertThat(poller.count.get()).as("burst, promise, command").isLessThanOrEqualTo(3);
    }
  }

  /** Counts how often another thread has woken the loop. */
  private record Wakeups(VirtualTime time, AtomicInteger count) implements Poller {
    @Override
    public void poll(long timeoutNanos) {
      time.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      count.incrementAndGet();
      time.wakeup();
    }

    @Override
    public boolean hasWaiters() {
      return false;
    }

    @Override
    public void close() {}
  }

  @Test
  void aRunWithAnOpenReferenceWaitsForOtherThreadsInsteadOfFailing() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Integer> actor = new Actor<>(scheduler, "actor");
      ActorRef<Integer> ref = actor.ref();
      List<Integer> received = new ArrayList<>();
      actor.start(
          co -> {
            while (co.await(actor.receive()) instanceof Integer n) {
              received.add(n);
            }
          });
      CountDownLatch waits = new CountDownLatch(1);
      Thread main = Thread.currentThread();
      FutureTask<Void> outside =
          Foreign.start(
              "outside",
              () -> {
                Until.down(waits);
                Until.blocked(main);
                ref.send(1);
                ref.send(2);
                scheduler.execute(actor::close);
              });
      scheduler.execute(waits::countDown);
      scheduler.run();
      var _ = Foreign.get(outside);
      assertThat(received).containsExactly(1, 2);
    }
  }

  @Test
  void whatIsAcceptedWhileTheActorClosesIsReceivedAndAllElseThrows() throws Exception {
    for (int round = 0; round < 20; round++) {
      int[] received = {0};
      AtomicInteger accepted = new AtomicInteger();
      try (Troupe troupe = new Troupe(kind)) {
        Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 64);
        ActorRef<Integer> ref = actor.ref();
        troupe.start(actor, me -> me.handles(actor, (p, n) -> received[0]++));
        FutureTask<Void> sender =
            Foreign.start(
                "sender",
                () -> {
                  try {
                    while (true) {
                      if (ref.offer(1)) {
                        accepted.incrementAndGet();
                      }
                    }
                  } catch (ReceiverClosedException e) {
                    assertThat(e).hasMessageStartingWith("cannot send to actor 'actor': it ");
                  }
                });
        troupe.task(
            "closer",
            me -> {
              me.yields(20);
              me.does(actor::close);
            });
        troupe.run();
        var _ = Foreign.get(sender);
      }
      assertThat(received[0]).isEqualTo(accepted.get());
    }
  }

  @Test
  void whatIsAcceptedWhileTheActorCrashesIsReceivedOrKept() throws Exception {
    for (int round = 0; round < 20; round++) {
      int[] received = {0};
      AtomicInteger accepted = new AtomicInteger();
      try (Troupe troupe = new Troupe(kind)) {
        Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 64);
        ActorRef<Integer> ref = actor.ref();
        troupe.task("joiner", me -> assertThatThrownBy(() -> me.await(actor.join())));
        troupe.start(
            actor,
            me -> {
              for (int i = 0; i < 50; i++) {
                me.await(actor.receive());
                received[0]++;
              }
              throw new IOException("boom");
            });
        FutureTask<Void> sender =
            Foreign.start(
                "sender",
                () -> {
                  try {
                    while (true) {
                      if (ref.offer(1)) {
                        accepted.incrementAndGet();
                      }
                    }
                  } catch (ReceiverClosedException e) {
                    assertThat(e).hasMessage("cannot send to actor 'actor': it has crashed");
                  }
                });
        troupe.run();
        var _ = Foreign.get(sender);
        assertThat(received[0] + actor.unhandled().size()).isEqualTo(accepted.get());
      }
    }
  }

  @Test
  void aThreadAsksAndHasAFuture() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Reply<Integer>> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Reply<Integer>> ref = actor.ref();
      IOException boom = new IOException("boom");
      troupe.start(
          actor,
          me -> {
            Reply<Integer> first = me.await(actor.receive());
            me.does(() -> first.complete(42));
            Reply<Integer> second = me.await(actor.receive());
            me.does(() -> second.fail(boom));
            me.await(actor.receive()); // and ends without an answer
          });
      FutureTask<Void> asker =
          Foreign.start(
              "asker",
              () -> {
                assertThat(ref.<Integer>ask(reply -> reply).get(30, TimeUnit.SECONDS))
                    .isEqualTo(42);
                assertThatThrownBy(() -> ref.<Integer>ask(reply -> reply).get(30, TimeUnit.SECONDS))
                    .hasCause(boom);
                CompletableFuture<Integer> third = ref.ask(reply -> reply);
                assertThatThrownBy(() -> third.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ReceiverClosedException.class);
                assertThatThrownBy(() -> ref.<Integer>ask(reply -> reply))
                    .isInstanceOf(ReceiverClosedException.class);
              });
      troupe.run();
      var _ = Foreign.get(asker);
    }
  }

  @Test
  void aQuestionThatAThreadLeftWhenTheActorEndedIsFailed() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Reply<Integer>> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Reply<Integer>> ref = actor.ref();
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      troupe.start(actor, me -> Foreign.run(() -> answers.add(ref.ask(reply -> reply))));
      troupe.run();
      assertThat(answers.getFirst())
          .failsWithin(java.time.Duration.ofSeconds(30))
          .withThrowableThat()
          .withCauseInstanceOf(ReceiverClosedException.class);
      assertThat(actor.unhandled()).hasSize(1);
    }
  }

  @Test
  void aReferenceToAClosedActorThrows() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      actor.close();
      ActorRef<Integer> ref = actor.ref();
      Foreign.run(
          () ->
              assertThatThrownBy(() -> ref.send(1))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasMessage("cannot send to actor 'actor': it is closed"));
    }
  }

  @Test
  void theEndOfTheSchedulerIsToldToThreads() throws Exception {
    ActorRef<Integer> notStarted;
    ActorRef<Integer> started;
    Actor<Integer> actor;
    try (Troupe troupe = new Troupe(kind)) {
      notStarted = new Actor<Integer>(troupe.scheduler, "not started").ref();
      actor = new Actor<>(troupe.scheduler, "started");
      started = actor.ref();
      troupe.start(actor, troupe.scheduler.daemons(), me -> me.handles(actor, Troupe.Player::say));
      troupe.task("other", me -> me.yields(3));
      troupe.run();
      started.send(7); // the next run never comes
    }
    for (ActorRef<Integer> ref : List.of(notStarted, started)) {
      Foreign.run(
          () -> assertThatThrownBy(() -> ref.send(1)).isInstanceOf(ReceiverClosedException.class));
    }
    assertThat(actor.unhandled()).containsExactly(7);
  }

  @Test
  void aFutureMayHaveATimeLimit() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Reply<Integer>> actor = new Actor<>(scheduler, "actor");
      ActorRef<Reply<Integer>> ref = actor.ref();
      actor.start(
          co -> {
            var _ = co.await(actor.receive());
            var _ = co.await(actor.receive()); // null: closed
          });
      FutureTask<Void> asker =
          Foreign.start(
              "asker",
              () -> {
                CompletableFuture<Integer> answer =
                    ref.<Integer>ask(reply -> reply).orTimeout(1, TimeUnit.MILLISECONDS);
                assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TimeoutException.class);
                scheduler.execute(actor::close);
              });
      scheduler.run();
      var _ = Foreign.get(asker);
    }
  }
}
