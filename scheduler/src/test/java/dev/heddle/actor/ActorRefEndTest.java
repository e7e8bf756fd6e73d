package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1, for other threads: how they end an actor, and how they hear of its end. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorRefEndTest {
  @Parameter Kind kind;

  private static void assertClosed(ActorRef<?> ref, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(ReceiverClosedException.class)
        .hasMessage("cannot send to actor '" + ref.name() + "': it is closed")
        .hasNoCause();
  }

  private static void assertCrashed(Runnable call, Throwable crash) {
    assertThatThrownBy(call::run)
        .isInstanceOf(ReceiverClosedException.class)
        .hasMessage("cannot send to actor 'actor': it has crashed")
        .hasCause(crash);
  }

  @Test
  void aCrashIsTheCauseOfWhatOtherThreadsGetAndIsReportedAllTheSame() throws Exception {
    IOException boom = new IOException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> early = new Actor<>(troupe.scheduler, "actor");
      Actor<Object> late = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Object> before = early.ref();
      for (Actor<Object> actor : List.of(early, late)) {
        troupe.start(
            actor,
            me -> {
              me.yields(1);
              throw boom;
            });
      }
      troupe.scheduler.run();
      ActorRef<Object> after = late.ref();
      Foreign.run(
          () -> {
            for (ActorRef<Object> ref : List.of(before, after)) {
              assertCrashed(() -> ref.send(1), boom);
              assertCrashed(
                  () -> {
                    var _ = ref.ask(reply -> reply);
                  },
                  boom);
            }
          });
      assertThat(troupe.failures).containsExactly(boom, boom);
      troupe.failures.clear();
    }
  }

  @Test
  void aCrashIsTheCauseOfAnAnswerThatNeverCame() throws Exception {
    IOException boom = new IOException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Object> ref = actor.ref();
      CompletableFuture<Integer> answer = Foreign.call(() -> ref.ask(reply -> reply));
      troupe.start(
          actor,
          me -> {
            me.await(actor.receive());
            throw boom;
          });
      troupe.run();
      assertThatThrownBy(answer::get)
          .cause()
          .isInstanceOf(ReceiverClosedException.class)
          .hasCause(boom);
    }
  }

  @Test
  void aThreadClosesAndWhatWasSentBeforeIsHandledAndNothingSentAfter() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = troupe.printer("actor");
      ActorRef<Integer> ref = actor.ref();
      Foreign.run(
          () -> {
            List.of(1, 2, 3).forEach(ref::send);
            ref.close();
            assertClosed(ref, () -> ref.send(4));
            assertClosed(
                ref,
                () -> {
                  var _ = ref.ask(_ -> 4);
                });
            ref.close();
            assertClosed(ref, () -> ref.send(4));
          });
      assertThat(troupe.run()).containsExactly("actor: 1", "actor: 2", "actor: 3");
      assertThat(actor.unhandled()).isEmpty();
      assertThat(actor.isClosed()).isTrue();
      ref.close(); // and when it has ended
      assertThatThrownBy(() -> ref.send(5)).hasMessageEndingWith("it has ended");
    }
  }

  @Test
  void aTaskIsRefusedOnceAThreadHasClosedAlsoOneThatWaitsForRoomOfABusyActor() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 1);
      ActorRef<Integer> ref = actor.ref();
      troupe.start(
          actor,
          me -> {
            me.say(me.await(actor.receive()));
            while (!actor.isClosed()) {
              me.yields(1); // busy: it does not receive
            }
            me.say("closed");
            me.say(me.await(actor.receive()));
            me.say(me.await(actor.receive()));
          });
      troupe.task(
          "sender",
          me -> {
            me.await(actor.put(1));
            me.yields(2);
            me.await(actor.put(2));
            assertThatThrownBy(() -> me.await(actor.put(3)))
                .isInstanceOf(ReceiverClosedException.class)
                .hasMessage("cannot send to actor 'actor': it is closed");
            me.say("refused");
          });
      troupe.task(
          "closer",
          me -> {
            me.yields(10);
            Foreign.run(ref::close);
            assertThatThrownBy(() -> me.does(() -> actor.send(4))) // others may run meanwhile
                .isInstanceOf(ReceiverClosedException.class)
                .hasMessageMatching("cannot send to actor 'actor': it (is closed|has ended)");
          });
      assertThat(troupe.run())
          .containsExactlyInAnyOrder(
              "actor: 1", "sender: refused", "actor: closed", "actor: 2", "actor: null");
    }
  }

  /** Only the collector can take it in: nobody sends or receives. */
  @Test
  void aBusyActorIsClosedThoughNobodySendsToIt() throws Exception {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      ActorRef<Integer> ref = actor.ref();
      troupe.start(
          actor,
          me -> {
            Foreign.run(() -> ref.send(1));
            me.yields(1_000); // the bell of that message has rung, and the message lies there
            Foreign.run(ref::close);
            for (int i = 0; i < 100_000 && !actor.isClosed(); i++) {
              me.yields(1);
            }
            me.say(actor.isClosed());
            me.say(me.await(actor.receive()));
            me.say(me.await(actor.receive()));
          });
      assertThat(troupe.run()).containsExactly("actor: true", "actor: 1", "actor: null");
    }
  }

  @Test
  void anActorThatIsClosedByAThreadLetsASleepingRunEnd() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Integer> actor = new Actor<>(scheduler, "actor");
      ActorRef<Integer> ref = actor.ref();
      actor.start(co -> assertThat(co.await(actor.receive())).isNull());
      CountDownLatch runs = new CountDownLatch(1);
      Thread main = Thread.currentThread();
      FutureTask<Void> outside =
          Foreign.start(
              "outside",
              () -> {
                Until.down(runs);
                Until.blocked(main);
                ref.close();
              });
      scheduler.execute(runs::countDown);
      scheduler.run();
      var _ = Foreign.get(outside);
    }
  }

  @Test
  void closingAReferenceOfAnEndedSchedulerDoesNothing() throws Exception {
    ActorRef<Integer> ref;
    try (Troupe troupe = new Troupe(kind)) {
      ref = new Actor<Integer>(troupe.scheduler, "actor").ref();
    }
    Foreign.run(ref::close);
    assertThatThrownBy(() -> ref.send(1)).hasMessageContaining("cannot send to actor 'actor': it ");
  }

  @Test
  void whatIsAcceptedWhileAThreadClosesIsReceivedAndAllElseThrows() throws Exception {
    for (int round = 0; round < 20; round++) {
      int[] received = {0};
      AtomicInteger accepted = new AtomicInteger();
      try (Troupe troupe = new Troupe(kind)) {
        Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 64);
        ActorRef<Integer> ref = actor.ref();
        troupe.start(actor, me -> me.handles(actor, (p, n) -> received[0]++));
        Foreign.Action sending =
            () -> {
              try {
                while (true) {
                  if (ref.offer(1)) {
                    accepted.incrementAndGet();
                  }
                }
              } catch (ReceiverClosedException e) {
                assertThat(e).hasMessageMatching(".* 'actor': it (is closed|has ended)");
              }
            };
        List<FutureTask<Void>> threads =
            List.of(
                Foreign.start("first", sending),
                Foreign.start("second", sending),
                Foreign.start(
                    "closer",
                    () -> {
                      Until.true_("some are accepted", () -> accepted.get() > 100);
                      ref.close();
                    }));
        troupe.run();
        for (FutureTask<Void> thread : threads) {
          var _ = Foreign.get(thread);
        }
      }
      assertThat(received[0]).isEqualTo(accepted.get());
    }
  }
}
