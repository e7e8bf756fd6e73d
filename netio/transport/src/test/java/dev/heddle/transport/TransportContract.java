package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.actor.Actor;
import dev.heddle.actor.Exchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.Reply;
import dev.heddle.fixtures.Holds;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * The contract kit: what {@link Transport} says, as tests. The suite of a transport extends it, and
 * says how two ends are opened. A test of a promise that the transport does not make is skipped
 * with the promise's name.
 *
 * <p>This file is long because the contract is read as a whole.
 */
public abstract class TransportContract extends TransportKit {
  @Holds("W1")
  @Test
  void theMessagesOfOneSenderComeInTheirOrder() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 10)) {
            Task<?> putter = putting(ends.sender(), KIT_QUEUE, 200);
            assertThat(take(co, receiver, 200)).isEqualTo(numbered(200));
            co.await(putter.join());
          }
        },
        Guarantee.QUEUES,
        Guarantee.ORDERED);
  }

  @Holds("W2")
  @Test
  void allByteValuesAnEmptyBodyAndTheLongestOneArriveAsTheyAre() {
    play(
        (co, ends) -> {
          byte[] all = new byte[256];
          for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
          }
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 3)) {
            for (byte[] body : List.of(all, new byte[0], new byte[LIMITS.maxMessageBytes()])) {
              co.await(ends.sender().put(KIT_QUEUE, body));
              Delivery delivery = next(co, receiver);
              assertThat(delivery.body()).isEqualTo(body);
              assertThat(delivery.address()).isEqualTo(KIT_QUEUE);
              delivery.acknowledge();
            }
          }
        },
        Guarantee.QUEUES);
  }

  @Holds("W2")
  @Test
  void whatIsOutOfRangeIsRefusedWithTheValueAndTheRange() {
    play(
        (co, ends) -> {
          assertThatThrownBy(() -> ends.sender().put(KIT_QUEUE, new byte[10_001]))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("a message of 10001 bytes: must be 0 to 10000");
          assertThatThrownBy(() -> ends.receiver().receiver(KIT_QUEUE, 17))
              .hasMessage("credit is 17: must be 1 to 16");
          assertThatThrownBy(() -> ends.receiver().receiver(KIT_QUEUE, 0))
              .hasMessage("credit is 0: must be 1 to 16");
          assertThatThrownBy(() -> ends.sender().put(KIT_QUEUE, "a b", new byte[0]))
              .hasMessage("id 'a b': must be 1 to 100 visible characters");
        },
        Guarantee.QUEUES);
  }

  @Test
  void aKindOfAddressThatIsNotCarriedIsRefusedByName() {
    play(
        (co, ends) -> {
          for (Address address : List.of(KIT_QUEUE, KIT_TOPIC)) {
            Guarantee promise = address.isTopic() ? Guarantee.TOPICS : Guarantee.QUEUES;
            if (!ends.sender().guarantees().contains(promise)) {
              assertThatThrownBy(() -> co.await(ends.sender().put(address, new byte[0])))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining(promise.name());
            }
          }
        });
  }

  @Holds("W3")
  @Test
  void aReceiverHasNoMoreDeliveriesThanItsCredit() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 2)) {
            Task<?> putter = putting(ends.sender(), KIT_QUEUE, 5);
            Delivery first = next(co, receiver);
            Delivery second = next(co, receiver);
            assertThat(receiver.unacknowledged()).isEqualTo(2);
            assertThatThrownBy(() -> co.await(receiver.receive().within(SHORT)))
                .isInstanceOf(TimeoutException.class);
            assertThat(first.acknowledge()).isTrue();
            assertThat(first.acknowledge()).isFalse();
            assertThat(text(next(co, receiver))).isEqualTo("m2");
            assertThat(text(second)).isEqualTo("m1");
            putter.cancel("enough");
          }
        },
        Guarantee.QUEUES,
        Guarantee.BOUNDED,
        Guarantee.REDELIVERED);
  }

  @Holds("W3")
  @Test
  void aReceiverThatStopsHoldsTheSenderBack() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 4)) {
            int put = 0;
            while (putsSoon(co, ends.sender(), KIT_QUEUE)
                || ends.sender().offer(KIT_QUEUE, bytes("more"))) { // it was only held up
              assertThat(++put).isLessThan(100);
            }
            assertThat(put).isGreaterThanOrEqualTo(4);
            List<String> _ = take(co, receiver, 2);
            co.await(ends.sender().put(KIT_QUEUE, bytes("goes on")).within(LONG));
          }
        },
        Guarantee.QUEUES,
        Guarantee.BOUNDED);
  }

  @Holds("W3")
  @Test
  void aPutThatIsCancelledWhileItWaitsForRoomHasPutNothing() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 1)) {
            int put = 0;
            while (ends.sender().offer(KIT_QUEUE, bytes("m" + put))) {
              assertThat(++put).isLessThan(100);
            }
            Select.Winner<?> winner =
                co.await(
                    Select.any(
                        ends.sender().put(KIT_QUEUE, bytes("cancelled")),
                        Timers.sleep(Duration.ZERO)));
            assertThat(winner.index()).isEqualTo(1);
            Task<?> last =
                kind.submit(
                    scheduler,
                    "last",
                    c -> {
                      c.await(ends.sender().put(KIT_QUEUE, bytes("last")));
                      return null;
                    });
            assertThat(take(co, receiver, put)).isEqualTo(numbered(put));
            assertThat(take(co, receiver, 1)).containsExactly("last");
            co.await(last.join());
          }
        },
        Guarantee.QUEUES,
        Guarantee.BOUNDED,
        Guarantee.ORDERED);
  }

  @Holds("W4")
  @Test
  void whatWasNotAcknowledgedComesAgainToTheNextReceiver() {
    play(
        (co, ends) -> {
          Task<?> putter = putting(ends.sender(), KIT_QUEUE, 5);
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 5)) {
            List<String> _ = take(co, receiver, 1);
            Delivery lost = next(co, receiver);
            assertThat(lost.isRedelivered()).isFalse();
            assertThat(text(next(co, receiver))).isEqualTo("m2");
            co.await(putter.join());
            receiver.close();
            assertThat(lost.acknowledge()).isFalse();
          }
          List<String> got = new ArrayList<>();
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 5)) {
            for (int i = 0; i < 4; i++) {
              Delivery delivery = next(co, receiver);
              got.add(text(delivery));
              if (List.of("m1", "m2").contains(text(delivery))) {
                assertThat(delivery.isRedelivered()).as(text(delivery)).isTrue();
              }
              delivery.acknowledge();
            }
          }
          assertThat(got).containsExactlyInAnyOrder("m1", "m2", "m3", "m4");
        },
        Guarantee.QUEUES,
        Guarantee.REDELIVERED);
  }

  @Holds("W4")
  @Test
  void aDeliveryThatIsReleasedComesAgain() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 1)) {
            co.await(ends.sender().put(KIT_QUEUE, bytes("m0")));
            Delivery first = next(co, receiver);
            assertThat(first.release()).isTrue();
            assertThat(first.acknowledge()).isFalse();
            Delivery again = next(co, receiver);
            assertThat(text(again)).isEqualTo("m0");
            assertThat(again.isRedelivered()).isTrue();
            assertThat(again.id()).isEqualTo(first.id());
            again.acknowledge();
          }
        },
        Guarantee.QUEUES,
        Guarantee.REDELIVERED);
  }

  @Holds("W5")
  @Test
  void aSecondPutUnderOneIdIsConfirmedAndNotDelivered() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 4);
              MessageReceiver other = ends.receiver().receiver(Address.queue("other"), 4)) {
            co.await(ends.sender().put(KIT_QUEUE, "one", bytes("m0")));
            co.await(ends.sender().put(KIT_QUEUE, "one", bytes("m0")));
            assertThat(take(co, receiver, 1)).containsExactly("m0");
            co.await(ends.sender().put(KIT_QUEUE, "one", bytes("m0")));
            co.await(ends.sender().put(KIT_QUEUE, "two", bytes("m1")));
            assertThat(take(co, receiver, 1)).containsExactly("m1");
            co.await(ends.sender().put(other.address(), "one", bytes("m2"))); // another message
            assertThat(take(co, other, 1)).containsExactly("m2");
          }
        },
        Guarantee.QUEUES,
        Guarantee.DEDUPLICATED);
  }

  @Holds("W2")
  @Test
  void anAddressThatIsNotInUseAnyMoreMakesRoomForAnother() {
    play(
        (co, ends) -> {
          for (int i = 0; i < LIMITS.maxAddresses() + 10; i++) {
            Address at = Address.queue("kit.of-" + i);
            try (MessageReceiver receiver = ends.receiver().receiver(at, 1)) {
              co.await(ends.sender().put(at, bytes("m" + i)));
              assertThat(take(co, receiver, 1)).containsExactly("m" + i);
            }
          }
        },
        Guarantee.QUEUES,
        Guarantee.CONFIRMED);
  }

  @Holds("W6")
  @Test
  void twoReceiversShareAQueue() {
    play(
        (co, ends) -> {
          try (MessageReceiver a = ends.receiver().receiver(KIT_QUEUE, 1);
              MessageReceiver b = ends.receiver().receiver(KIT_QUEUE, 1)) {
            Task<?> putter = putting(ends.sender(), KIT_QUEUE, 2);
            List<String> both = List.of(text(next(co, a)), text(next(co, b)));
            assertThat(both).containsExactlyInAnyOrder("m0", "m1");
            co.await(putter.join());
          }
        },
        Guarantee.QUEUES,
        Guarantee.BOUNDED,
        Guarantee.REDELIVERED);
  }

  @Holds("W6")
  @Test
  void eachReceiverOfATopicGetsEveryMessage() {
    play(
        (co, ends) -> {
          try (MessageReceiver a = ends.receiver().receiver(KIT_TOPIC, 10);
              MessageReceiver b = ends.receiver().receiver(KIT_TOPIC, 10)) {
            settled(co, ends);
            for (String message : numbered(5)) {
              co.await(ends.sender().put(KIT_TOPIC, bytes(message)));
            }
            assertThat(take(co, a, 5)).isEqualTo(numbered(5));
            assertThat(take(co, b, 5)).isEqualTo(numbered(5));
          }
        },
        Guarantee.TOPICS);
  }

  @Holds("W6")
  @Test
  void aQuestionGetsItsAnswerAndAFailureIsTold() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 4)) {
            settled(co, ends);
            kind.spawn(
                scheduler,
                "answers",
                c -> {
                  Delivery question = next(c, receiver);
                  assertThat(question.isQuestion()).isTrue();
                  question.reply(bytes("to " + text(question)));
                  next(c, receiver).fail("no idea");
                });
            byte[] answer = co.await(ends.sender().request(KIT_QUEUE, bytes("a"), LONG));
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("to a");
            assertThatThrownBy(() -> co.await(ends.sender().request(KIT_QUEUE, bytes("b"), LONG)))
                .isInstanceOf(RequestFailedException.class)
                .hasMessageContaining("no idea");
          }
        },
        Guarantee.REQUESTS);
  }

  @Holds("W6")
  @Test
  void aQuestionWithoutAnAnswerFailsAtItsDeadlineAndTheNextIsAnswered() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 4)) {
            settled(co, ends);
            assertThatThrownBy(() -> co.await(ends.sender().request(KIT_QUEUE, bytes("a"), SHORT)))
                .isInstanceOf(DeadlinePassedException.class)
                .hasMessageContaining("PT0.05S");
            kind.spawn(
                scheduler,
                "answers",
                c -> {
                  while (c.await(receiver.receive()) instanceof Delivery question) {
                    question.reply(question.body());
                  }
                });
            byte[] answer = co.await(ends.sender().request(KIT_QUEUE, bytes("b"), LONG));
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("b");
          }
        },
        Guarantee.REQUESTS);
  }

  @Holds("W7")
  @Test
  void thatTheReceiverWasLostFailsWhoPutsAndWhoAsksUntilAnotherComes() {
    play(
        (co, ends) -> {
          MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 4);
          Task<?> asker =
              kind.submit(
                  scheduler,
                  "asker",
                  c -> {
                    assertThatThrownBy(
                            () -> c.await(ends.sender().request(KIT_QUEUE, bytes("a"), LONG)))
                        .isInstanceOf(ReceiverLostException.class)
                        .hasMessageContaining("it burns");
                    return null;
                  });
          assertThat(next(co, receiver).isQuestion()).isTrue();
          receiver.close("it burns");
          co.await(asker.join());
          assertThatThrownBy(() -> co.await(ends.sender().put(KIT_QUEUE, bytes("m"))))
              .isInstanceOf(ReceiverLostException.class)
              .hasMessageContaining("it burns");
          try (MessageReceiver another = ends.receiver().receiver(KIT_QUEUE, 4)) {
            settled(co, ends);
            co.await(ends.sender().put(KIT_QUEUE, bytes("m1")));
            assertThat(take(co, another, 1)).containsExactly("m1");
          }
        },
        Guarantee.QUEUES,
        Guarantee.REQUESTS,
        Guarantee.RECEIVER_LOST);
  }

  @Holds("W4")
  @Test
  void whatWasPutBeforeDuringAndAfterACutArrivesOnceAndInOrder() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 10)) {
            Task<?> putter = putting(ends.sender(), KIT_QUEUE, 60);
            List<String> got = take(co, receiver, 10);
            ends.cut().run();
            got.addAll(take(co, receiver, 20));
            ends.cut().run();
            got.addAll(take(co, receiver, 30));
            assertThat(got).isEqualTo(numbered(60));
            co.await(putter.join());
          }
        },
        Guarantee.QUEUES,
        Guarantee.ORDERED,
        Guarantee.RESUMED);
  }

  @Holds("W7")
  @Test
  void aClosedTransportFailsWhoWaitsAndItsReceiversGiveNull() {
    play(
        (co, ends) -> {
          MessageReceiver receiver = ends.receiver().receiver(KIT_QUEUE, 1);
          Task<?> putter =
              kind.submit(
                  scheduler,
                  "putter",
                  c -> {
                    assertThatThrownBy(
                            () -> {
                              while (true) {
                                c.await(ends.sender().put(KIT_QUEUE, bytes("m")));
                              }
                            })
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("closed");
                    return null;
                  });
          Delivery delivery = next(co, receiver);
          ends.sender().close();
          co.await(putter.join());
          ends.receiver().close();
          assertThat(co.await(receiver.receive())).isNull();
          delivery.acknowledge();
          assertThatThrownBy(() -> ends.receiver().receiver(KIT_QUEUE, 1))
              .isInstanceOf(TransportClosedException.class);
          assertThatThrownBy(() -> ends.sender().offer(KIT_QUEUE, bytes("m")))
              .isInstanceOf(TransportClosedException.class);
          ends.receiver().close();
        },
        Guarantee.QUEUES);
  }

  // What stands on it.

  /** Messages and questions of the actor below. */
  sealed interface Command {
    record Add(int number) implements Command {}

    record Crash(String why) implements Command {}
  }

  record Sum(boolean isFinal) {}

  private record Asked(Reply<Integer> reply) {}

  private static final DataCodec CODEC = new DataCodec(10, 100, Command.class, Sum.class);

  private Actor<Object> adder() {
    Actor<Object> actor = new Actor<>(scheduler, "adder", 4);
    actor.start(
        scheduler.daemons(),
        co -> {
          int sum = 0;
          while (co.await(actor.receive()) instanceof Object message) {
            switch (message) {
              case Command.Add add -> sum += add.number();
              case Command.Crash crash -> throw new IllegalStateException(crash.why());
              case Asked asked -> asked.reply().complete(sum);
              default -> throw new AssertionError(message);
            }
          }
        },
        dev.heddle.actor.Supervision.stop());
    return actor;
  }

  @Holds("W8")
  @Test
  void anActorIsSentToAndAskedPastTheTransport() {
    play(
        (co, ends) -> {
          ActorEndpoint<Object> endpoint =
              new ActorEndpoint<Object>(ends.receiver(), KIT_QUEUE, adder(), Object.class, CODEC, 4)
                  .answers(Sum.class, (Sum _, Reply<Integer> reply) -> new Asked(reply));
          scheduler.daemons().spawn("endpoint", endpoint::run);
          co.await(Task.yield());
          co.await(Task.yield());
          settled(co, ends);
          RemoteActorRef<Command> ref = new RemoteActorRef<>(ends.sender(), KIT_QUEUE, CODEC);
          for (int i = 0; i < 10; i++) {
            co.await(ref.put(new Command.Add(i)));
          }
          ref.send(new Command.Add(1));
          int sum = co.await(ref.ask(new Sum(false), Integer.class, LONG));
          while (sum < 46) { // questions have a queue of their own, perhaps
            co.await(Task.sleep(Duration.ofMillis(1)));
            sum = co.await(ref.ask(new Sum(false), Integer.class, LONG));
          }
          assertThat(sum).isEqualTo(46);
          assertThatThrownBy(() -> co.await(ref.ask(new Command.Add(1), Integer.class, LONG)))
              .isInstanceOf(RequestFailedException.class)
              .hasMessageContaining("has no answer for a")
              .hasMessageContaining("Add");
        },
        Guarantee.QUEUES,
        Guarantee.REQUESTS);
  }

  @Holds("W8")
  @Test
  void theCrashOfAnActorIsVisiblePastTheTransport() {
    play(
        (co, ends) -> {
          Actor<Object> actor = crashing();
          scheduler
              .daemons()
              .spawn(
                  "endpoint",
                  new ActorEndpoint<Object>(
                          ends.receiver(), KIT_QUEUE, actor, Object.class, CODEC, 4)
                      ::run);
          RemoteActorRef<Command> ref = new RemoteActorRef<>(ends.sender(), KIT_QUEUE, CODEC);
          co.await(ref.put(new Command.Crash("as asked")));
          assertThatThrownBy(
                  () -> {
                    while (true) {
                      co.await(ref.put(new Command.Add(1)));
                      co.await(Task.yield());
                    }
                  })
              .isInstanceOf(ReceiverLostException.class)
              .hasMessageContaining("actor 'crashing'")
              .hasMessageContaining("as asked");
        },
        Guarantee.QUEUES,
        Guarantee.RECEIVER_LOST);
  }

  /** One whose crash is the business of who joins it, as the endpoint does. */
  private Actor<Object> crashing() {
    Actor<Object> actor = new Actor<>(scheduler, "crashing", 4);
    var _ =
        actor.start(
            scheduler.daemons(),
            dev.heddle.scheduler.Body.function(
                co -> {
                  Object message = co.await(actor.receive());
                  throw new IllegalStateException(((Command.Crash) message).why());
                }));
    return actor;
  }

  @Holds("W8")
  @Test
  void anExchangeReachesTheReceiversOfAnotherThroughATopic() {
    play(
        (co, ends) -> {
          Exchange<String> here = new Exchange<>(scheduler, "here");
          Exchange<String> there = new Exchange<>(scheduler, "there");
          List<String> seen = new ArrayList<>();
          there.attach(seen::add);
          scheduler
              .daemons()
              .spawn(
                  "in",
                  RemoteExchange.subscribe(
                      ends.receiver(), KIT_TOPIC, 4, CODEC, String.class, there));
          settled(co, ends);
          Task<?> out =
              scheduler
                  .daemons()
                  .spawn(
                      "out",
                      RemoteExchange.publish(
                          here, 4, OverflowPolicy.WAIT, ends.sender(), KIT_TOPIC, CODEC));
          boolean bounded = ends.sender().guarantees().contains(Guarantee.BOUNDED);
          int count = bounded ? 20 : LIMITS.window(); // else a longer burst may lose some
          for (String message : numbered(count)) {
            co.await(here.put(message));
          }
          while (seen.size() < count) {
            co.await(Task.sleep(Duration.ofMillis(1)));
          }
          assertThat(seen).isEqualTo(numbered(count));
          here.close();
          co.await(out.join()); // else its last put may not be over when the transport is closed
        },
        Guarantee.TOPICS);
  }
}
