package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Storms of senders, askers and receivers. A step for each pair of them would be billions of steps,
 * and a call inside of a call for each of them more than any stack holds.
 */
@ParameterizedClass
@MethodSource("engines")
@Holds("S12")
class ActorStormTest {
  private static final int MANY = 100_000;

  @Parameter Kind kind;

  /** One style is enough: the storm is the same. */
  static Stream<Kind> engines() {
    return Kind.all().filter(kind -> kind.style() == Kind.Style.COROUTINE);
  }

  private final List<Integer> order = new ArrayList<>();

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @Test
  void aHundredThousandSendersOfAFullMailboxAreRefusedInTheirOrder() {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Integer> actor = new Actor<>(scheduler, "full", 1);
      actor.send(-1);
      for (int i = 0; i < MANY; i++) {
        int mine = i;
        scheduler.spawn(
            "sender",
            co -> {
              try {
                co.await(actor.put(mine));
              } catch (ReceiverClosedException e) {
                order.add(mine);
              }
            });
      }
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            actor.close();
          });
      scheduler.run();
    }
    assertThat(order).isEqualTo(upTo(MANY));
  }

  @Test
  void aHundredThousandQuestionsAreWithdrawnTheLastFirstAndTheActorGetsTheRest() {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Object> actor = new Actor<>(scheduler, "slow");
      actor.send("before");
      List<Task<?>> askers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        askers.add(
            scheduler.spawn("asker", co -> co.await(actor.<Object>ask(reply -> List.of(reply)))));
      }
      List<Object> received = new ArrayList<>();
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            actor.send("after");
            askers.reversed().forEach(asker -> asker.cancel("enough"));
            assertThat(actor.size()).isEqualTo(2);
            {
              var _ =
                  actor.start(
                      a -> {
                        while (a.await(actor.receive()) instanceof Object message) {
                          received.add(message);
                        }
                      });
              actor.close();
            }
          });
      scheduler.run();
      assertThat(received).containsExactly("before", "after");
    }
  }

  @Test
  void aQuestionThatIsWithdrawnAmongOthersIsNeverReceived() {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<Object> actor = new Actor<>(scheduler, "slow", 4);
      List<Object> received = new ArrayList<>();
      List<Task<?>> askers = new ArrayList<>();
      for (int i = 0; i < 6; i++) { // two of them wait for room
        int mine = i;
        askers.add(
            scheduler.spawn("asker", co -> co.await(actor.<Object>ask(reply -> List.of(mine)))));
      }
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            askers.get(1).cancel("enough"); // lets the fifth in
            askers.get(2).cancel("enough"); // lets the sixth in
            askers.get(4).cancel("enough");
            assertThat(actor.size()).isEqualTo(3);
            {
              var _ =
                  actor.start(
                      a -> {
                        while (a.await(actor.receive()) instanceof Object message) {
                          received.add(message);
                        }
                      });
            }
            co.await(Task.yield());
            askers.forEach(asker -> asker.cancel("enough"));
            actor.close();
          });
      scheduler.run();
      assertThat(received).containsExactly(List.of(0), List.of(3), List.of(5));
      assertThat(actor.unhandled()).isEmpty();
    }
  }

  @Test
  void aHundredThousandTasksThatJoinAnActorGoOnAtItsEnd() {
    try (Scheduler scheduler = kind.scheduler()) {
      Actor<String> actor = new Actor<>(scheduler, "joined");
      var _ = actor.start(a -> assertThat(a.await(actor.receive())).isNull());
      for (int i = 0; i < MANY; i++) {
        int mine = i;
        scheduler.spawn(
            "joiner",
            co -> {
              co.await(actor.join());
              order.add(mine);
            });
      }
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            actor.close();
          });
      scheduler.run();
    }
    assertThat(order).isEqualTo(upTo(MANY));
  }

  /** Looking each of them up among all, for each message, would be six billion looks. */
  @Test
  void anExchangeOfTwentyThousandReceiversGivesEachMessageToAll() {
    try (Scheduler scheduler = kind.scheduler()) {
      Exchange<Integer> exchange = new Exchange<>(scheduler, "wide");
      List<Integer> seen = new ArrayList<>();
      kind.spawn(
          scheduler,
          "sender",
          co -> {
            for (int i = 0; i < 20_000; i++) {
              exchange.attach(message -> seen.add(message));
            }
            for (int message = 0; message < 30; message++) {
              exchange.send(message);
            }
          });
      scheduler.run();
      assertThat(seen).hasSize(600_000);
    }
  }
}
