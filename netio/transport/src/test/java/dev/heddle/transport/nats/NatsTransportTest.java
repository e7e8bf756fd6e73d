package dev.heddle.transport.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.NatsServer;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.TransportContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept through a real server of NATS. */
class NatsTransportTest extends TransportContract {
  private static final Address QUEUE = Address.queue("more.queues");
  private static final int MESSAGES = Integer.getInteger("heddle.nats.messages", 2_000);

  @TempDir static Path folder;
  private static NatsServer server;
  private static int prefixes;

  @BeforeAll
  static void start() throws IOException {
    server = new NatsServer(folder);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** Each test has subjects of its own. */
  private static NatsOptions options() {
    return NatsOptions.DEFAULT.withLimits(LIMITS).withPrefix("test" + prefixes++);
  }

  @Override
  protected Ends open(Awaiter co) throws Exception {
    return open(co, options());
  }

  private Ends open(Awaiter co, NatsOptions options) {
    NatsTransport here = NatsTransport.connect(scheduler, server.address(), options);
    NatsTransport there = NatsTransport.connect(scheduler, server.address(), options);
    while (!here.stats().isReady() || !there.stats().isReady()) {
      co.await(Task.sleep(Duration.ofMillis(1)));
    }
    return new Ends(here, there, here::cut);
  }

  /** What was said before a question is known to the server when the answer is here. */
  @Override
  protected void settled(Awaiter co, Ends ends) throws Exception {
    settled(co, ends, Duration.ofMillis(20));
  }

  private static void settled(Awaiter co, Ends ends, Duration pause) throws Exception {
    for (int i = 0; i < 3; i++) {
      try {
        byte[] _ = co.await(ends.receiver().request(Address.queue("nobody"), bytes("?"), LONG));
      } catch (ReceiverLostException e) {
        co.await(Task.sleep(pause));
      }
    }
  }

  @Test
  void nobodyAtAnAddressFailsAQuestionAtOnce() {
    play(
        (co, ends) ->
            assertThatThrownBy(
                    () -> co.await(ends.sender().request(QUEUE, bytes("?"), Duration.ofMinutes(1))))
                .isInstanceOf(ReceiverLostException.class)
                .hasMessage("nobody answers at queue 'more.queues'"));
  }

  @Test
  void aQueueThatIsFullFailsThePutInTheServersWords() {
    play(
        (co, ends) -> {
          Ends small = open(co, options().withMaxQueued(3));
          for (int i = 0; i < 3; i++) {
            co.await(small.sender().put(QUEUE, bytes("m")));
          }
          assertThatThrownBy(() -> co.await(small.sender().put(QUEUE, bytes("m"))))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("cannot put to queue 'more.queues': maximum messages");
          try (MessageReceiver receiver = small.receiver().receiver(QUEUE, 1)) {
            assertThat(take(co, receiver, 3)).hasSize(3);
          }
          small.sender().close();
          small.receiver().close();
        });
  }

  @Test
  void noMoreIsHeldHereThanTheCreditAllows() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 3)) {
            Task<?> putter = putting(ends.sender(), QUEUE, 60);
            co.await(putter.join());
            for (int i = 0; i < 20; i++) {
              assertThat(((NatsTransport) ends.receiver()).stats().held()).isLessThanOrEqualTo(3);
              assertThat(take(co, receiver, 3)).first().isEqualTo("m" + 3 * i);
            }
          }
        });
  }

  @Test
  void aBurstThatIsLongerThanTheWindowWaitsForReceiversThatGoOn() {
    play(
        kind.builder().clock(new PatientTime()).build(), // it waits for 100 ms
        (co, ends) -> {
          int burst = 5 * LIMITS.window();
          Address topic = Address.topic("burst");
          try (MessageReceiver receiver = ends.receiver().receiver(topic, LIMITS.window())) {
            settled(co, ends, Duration.ofMillis(1));
            Task<?> putter = putting(ends.sender(), topic, burst);
            assertThat(take(co, receiver, burst)).isEqualTo(numbered(burst));
            co.await(putter.join());
          }
          assertThat(((NatsTransport) ends.receiver()).stats().dropped()).isZero();
        });
  }

  @Test
  void aMessageOfWhichTheServerHasForgottenThatItIsOverIsNotGivenTwice() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 10)) {
            co.await(ends.sender().put(QUEUE, "same", bytes("m")));
            assertThat(take(co, receiver, 1)).containsExactly("m");
            settled(co, ends);
            server.kill();
            server.start();
            co.await(ends.sender().put(QUEUE, "same", bytes("m")));
            co.await(ends.sender().put(QUEUE, "other", bytes("n")));
            assertThat(take(co, receiver, 1)).containsExactly("n");
          }
        });
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // for many messages
  void withConfirmsNothingIsLostOverThreeRestartsAndDuplicatesAreRemoved() {
    play(
        (co, ends) -> {
          Task<?> putter = putting(ends.sender(), QUEUE, MESSAGES);
          List<String> got = new ArrayList<>();
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 10)) {
            for (int restarts = 0; restarts < 3; restarts++) {
              got.addAll(take(co, receiver, MESSAGES / 4));
              server.kill();
              server.start();
            }
            while (got.size() < MESSAGES) {
              Delivery delivery = next(co, receiver);
              got.add(text(delivery));
              delivery.acknowledge();
            }
            co.await(putter.join());
          }
          assertThat(got).doesNotHaveDuplicates();
          assertThat(got)
              .containsExactlyInAnyOrderElementsOf(
                  IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList());
          NatsStats putting = ((NatsTransport) ends.sender()).stats();
          assertThat(putting.connections()) // one that has just begun may cut once more
              .as(putting::toString)
              .isGreaterThanOrEqualTo(4);
          long twice =
              putting.duplicates() + ((NatsTransport) ends.receiver()).stats().duplicates();
          System.out.println(MESSAGES + " messages, 3 restarts, " + twice + " duplicates removed");
        });
  }
}
