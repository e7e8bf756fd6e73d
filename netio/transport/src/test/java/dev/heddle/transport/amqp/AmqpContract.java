package dev.heddle.transport.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.heddle.fixtures.DeadPort;
import dev.heddle.fixtures.Foreign;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The contract kit through a broker, and what is AMQP's own. Each test has names of its own. */
abstract class AmqpContract extends TransportContract {
  private static final Address QUEUE = Address.queue("own.queue");
  private static final Duration LONG = Duration.ofSeconds(50);

  private final String prefix = UUID.randomUUID() + ".";
  private CutProxy proxy;

  /** The broker's port. */
  abstract int port() throws Exception;

  /** Whether it is RabbitMQ, which is stricter: it returns messages, and compares arguments. */
  abstract boolean isRabbit();

  private AmqpOptions options() {
    return AmqpOptions.at("127.0.0.1", proxy.port()).withPrefix(prefix);
  }

  private AmqpTransport connect(Awaiter co, AmqpOptions options) throws Exception {
    return co.await(AmqpTransport.connect(scheduler, "amqp", options, LIMITS));
  }

  @Override
  protected Ends open(Awaiter co) throws Exception {
    proxy = new CutProxy(port());
    AmqpTransport sender = connect(co, options());
    return new Ends(sender, connect(co, options()), proxy::cut);
  }

  @Override
  protected void closed(Awaiter co) throws Exception {
    proxy.close();
  }

  @Override
  protected void settled(Awaiter co, Ends ends) throws Exception {
    try (MessageReceiver other = ends.receiver().receiver(Address.queue("settled"), 1)) {
      co.await(ends.receiver().put(other.address(), new byte[0])); // commands go in their order
      assertThat(next(co, other).acknowledge()).isTrue();
    }
  }

  /** Does something by the plain client library. */
  private void plainly(PlainUse use) throws Exception {
    Foreign.run(
        () -> {
          ConnectionFactory factory = new ConnectionFactory();
          factory.setHost("127.0.0.1");
          factory.setPort(port());
          try (Connection connection = factory.newConnection();
              Channel channel = connection.createChannel()) {
            use.with(channel);
          }
        });
  }

  private interface PlainUse {
    void with(Channel channel) throws Exception;
  }

  @Test
  void theCreditIsThePrefetchAndTwoReceiversShareAQueue() {
    play(
        (co, ends) -> {
          Task<?> putter = putting(ends.sender(), QUEUE, 7);
          try (MessageReceiver first = ends.receiver().receiver(QUEUE, 2)) {
            List<Delivery> held = List.of(next(co, first), next(co, first));
            assertThatThrownBy(() -> co.await(first.receive().within(Duration.ofMillis(100))))
                .isInstanceOf(TimeoutException.class);
            assertThat(((AmqpTransport) ends.receiver()).held()).isEqualTo(2);
            try (MessageReceiver second = ends.receiver().receiver(QUEUE, 3)) {
              List<String> got = new ArrayList<>(take(co, second, 3));
              held.forEach(Delivery::acknowledge);
              got.addAll(take(co, first, 1));
              got.addAll(take(co, second, 1));
              assertThat(got).containsExactly("m2", "m3", "m4", "m5", "m6");
            }
          }
          co.await(putter.join());
        });
  }

  @Test
  void aDeliveryThatIsBeingHandledDuringACutIsAcknowledgedOnceAndNotSeenTwice() {
    play(
        (co, ends) -> {
          AmqpTransport receiving = (AmqpTransport) ends.receiver();
          try (MessageReceiver receiver = receiving.receiver(QUEUE, 2)) {
            co.await(ends.sender().put(QUEUE, bytes("m0")));
            co.await(ends.sender().put(QUEUE, bytes("m1")));
            Delivery early = next(co, receiver);
            Delivery late = next(co, receiver);
            ends.cut().run();
            while (receiving.cuts() == 0) {
              co.await(Task.sleep(Duration.ofMillis(1)));
            }
            assertThat(early.acknowledge()).isTrue(); // while there is no connection
            while (receiving.duplicates() < 2) {
              co.await(Task.sleep(Duration.ofMillis(1)));
            }
            assertThat(late.acknowledge()).isTrue();
            co.await(ends.sender().put(QUEUE, bytes("m2")));
            assertThat(take(co, receiver, 1)).containsExactly("m2");
            settled(co, ends);
          }
          plainly(
              channel ->
                  assertThat(channel.queueDeclarePassive(prefix + "own.queue").getMessageCount())
                      .isZero());
        });
  }

  @Test
  void aQueueThatWasDeletedIsToldToWhoPutsAndMadeAgainAtTheNextPut() {
    play(
        (co, ends) -> {
          co.await(ends.sender().put(QUEUE, bytes("lost with its queue")));
          plainly(channel -> channel.queueDelete(prefix + "own.queue"));
          assertThatThrownBy(() -> co.await(ends.sender().put(QUEUE, bytes("m0"))))
              .isInstanceOf(isRabbit() ? ReceiverLostException.class : IOException.class)
              .hasMessageContaining("queue 'own.queue'");
          co.await(ends.sender().put(QUEUE, bytes("m1")));
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 2)) {
            assertThat(take(co, receiver, 1)).containsExactly("m1");
          }
        });
  }

  @Test
  void aQueueOfOtherArgumentsIsRefusedInOneLineToWhoPutsAndWhoReceives() {
    assumeTrue(isRabbit(), "this broker takes a queue as it is");
    play(
        (co, ends) -> {
          plainly(
              channel -> channel.queueDeclare(prefix + "own.queue", false, false, false, Map.of()));
          assertThatThrownBy(() -> co.await(ends.sender().put(QUEUE, bytes("m"))))
              .isInstanceOf(IOException.class)
              .hasMessageStartingWith("queue 'own.queue' is at the broker with other arguments: ")
              .hasMessageNotContaining("\n");
          MessageReceiver receiver = ends.receiver().receiver(QUEUE, 2);
          assertThatThrownBy(() -> next(co, receiver))
              .isInstanceOf(IOException.class)
              .hasMessageStartingWith("queue 'own.queue' is at the broker with other arguments: ");
          receiver.close();
          plainly(channel -> channel.queueDelete(prefix + "own.queue"));
          co.await(ends.sender().put(QUEUE, bytes("m0")));
          try (MessageReceiver again = ends.receiver().receiver(QUEUE, 2)) {
            assertThat(take(co, again, 1)).containsExactly("m0");
          }
        });
  }

  @Test
  void whatIsNotDeclaredHereMustBeThere() {
    play(
        (co, ends) -> {
          AmqpTransport strict = connect(co, options().withDeclares(false));
          assertThatThrownBy(() -> co.await(strict.put(QUEUE, bytes("m"))))
              .isInstanceOf(IOException.class)
              .hasMessageStartingWith("queue 'own.queue' is not at the broker: ");
          assertThatThrownBy(() -> co.await(strict.put(Address.topic("t"), bytes("m"))))
              .hasMessageStartingWith("topic 't' is not at the broker: ");
          strict.close();
        });
  }

  @Test
  void aPlainClientReadsAndWritesTheSameQueues() {
    play(
        (co, ends) -> {
          co.await(ends.sender().put(QUEUE, "the-id", bytes("m0")));
          plainly(
              channel -> {
                var got = channel.basicGet(prefix + "own.queue", true);
                assertThat(got.getBody()).isEqualTo(bytes("m0"));
                assertThat(got.getProps().getMessageId()).isEqualTo("the-id");
                assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
                channel.basicPublish(
                    "", prefix + "own.queue", new AMQP.BasicProperties(), bytes("m1"));
              });
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 2)) {
            Delivery delivery = next(co, receiver);
            assertThat(text(delivery)).isEqualTo("m1");
            assertThat(delivery.isQuestion()).isFalse();
            delivery.acknowledge();
          }
        });
  }

  @Test
  void noBrokerAWrongPasswordAndAVirtualHostThatIsNotThereAreSaidInOneLine() {
    play(
        (co, ends) -> {
          try (DeadPort nobody = new DeadPort()) {
            int dead = nobody.port();
            assertThatThrownBy(() -> connect(co, AmqpOptions.at("127.0.0.1", dead)))
                .isInstanceOf(IOException.class)
                .hasMessage("no AMQP broker at 127.0.0.1:" + dead + ": Connection refused");
          }
          String at = "127.0.0.1:" + proxy.port();
          assertThatThrownBy(() -> connect(co, options().withUser("guest", "wrong")))
              .isInstanceOf(IOException.class)
              .hasMessage("the broker at " + at + " refuses user 'guest': wrong name or password");
          assertThatThrownBy(() -> connect(co, options().withVirtualHost("nowhere")))
              .isInstanceOf(IOException.class)
              .hasMessageStartingWith(
                  "the broker at " + at + " does not open virtual host 'nowhere': ")
              .hasMessageNotContaining("\n");
        });
  }

  @Test
  void aBrokerThatStaysAwayEndsTheTransportWithItsReason() {
    play(
        (co, ends) -> {
          AmqpTransport transport = connect(co, options().withReconnectFor(Duration.ZERO));
          MessageReceiver receiver = transport.receiver(QUEUE, 2);
          co.await(transport.put(QUEUE, bytes("m0")));
          assertThat(take(co, receiver, 1)).containsExactly("m0");
          proxy.close();
          assertThatThrownBy(() -> next(co, receiver))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("has given up: no AMQP broker at 127.0.0.1:")
              .hasMessageContaining("tried for PT0S after a cut");
          assertThatThrownBy(() -> co.await(transport.put(QUEUE, bytes("m"))))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("has given up");
        });
  }

  @Test
  void memoryIsBoundedByTheWindowWhileThereIsNoBroker() {
    play(
        (co, ends) -> {
          co.await(ends.sender().put(QUEUE, bytes("m")));
          proxy.close();
          int put = 0;
          while (ends.sender().offer(QUEUE, bytes("m" + put))) {
            assertThat(++put).isLessThan(100);
          }
          assertThat(put).isEqualTo(LIMITS.window());
          assertThat(((AmqpTransport) ends.sender()).held()).isEqualTo(LIMITS.window());
          ends.sender().close();
          assertThatThrownBy(() -> co.await(ends.sender().put(QUEUE, bytes("m")).within(LONG)))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("is closed");
        });
  }

  @Test
  void whatThreeCutsRepeatIsCountedAndDroppedAndNothingIsLost() {
    int messages = Integer.getInteger("heddle.test.amqp.cut.messages", 600);
    play(
        (co, ends) -> {
          AmqpTransport receiving = (AmqpTransport) ends.receiver();
          try (MessageReceiver receiver = receiving.receiver(QUEUE, 16)) {
            Task<?> putter = putting(ends.sender(), QUEUE, messages);
            for (int i = 0; i < messages; i++) {
              Delivery delivery = next(co, receiver);
              assertThat(text(delivery)).isEqualTo("m" + i);
              delivery.acknowledge();
              if (i % (messages / 4) == messages / 8 && i < messages * 3 / 4) {
                ends.cut().run();
              }
            }
            co.await(putter.join());
            assertThat(receiving.cuts()).isEqualTo(3);
          }
        });
  }
}
