package dev.heddle.transport.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.RabbitServer;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract, through RabbitMQ, where Debian's package {@code rabbitmq-server} is installed. */
class RabbitTest extends AmqpContract {
  private static final Address QUEUE = Address.queue("restarts");
  private static RabbitServer server;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(RabbitServer.isInstalled(), "rabbitmq-server is not installed: skipped");
    server = Foreign.call(RabbitServer::new);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  int port() {
    return server.port();
  }

  @Override
  boolean isRabbit() {
    return true;
  }

  /** 100,000 messages by {@code -Dheddle.test.amqp.messages=100000}; by default none. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // for many messages
  void nothingIsLostByABrokerThatIsKilledThreeTimesAndWhatComesTwiceIsDropped() {
    int messages = Integer.getInteger("heddle.test.amqp.messages", 0);
    assumeTrue(messages > 0, "takes a minute: by -Dheddle.test.amqp.messages=100000");
    play(
        (co, ends) -> {
          AmqpTransport receiving = (AmqpTransport) ends.receiver();
          Task<?> putter = putting(ends.sender(), QUEUE, messages);
          BitSet seen = new BitSet(messages);
          try (MessageReceiver receiver = receiving.receiver(QUEUE, 16)) {
            for (int i = 0; i < messages; i++) {
              Delivery delivery = co.await(receiver.receive().within(Duration.ofMinutes(2)));
              int number = Integer.parseInt(text(delivery).substring(1));
              assertThat(seen.get(number)).as("m%d twice", number).isFalse();
              seen.set(number);
              delivery.acknowledge();
              if (i % (messages / 4) == messages / 8 && i < messages * 3 / 4) {
                Foreign.run(server::restart);
              }
            }
          }
          co.await(putter.join());
          assertThat(seen.cardinality()).isEqualTo(messages);
          assertThat(receiving.cuts()).isGreaterThanOrEqualTo(3);
          System.out.println(
              messages
                  + " messages, "
                  + receiving.cuts()
                  + " cuts, "
                  + receiving.duplicates()
                  + " duplicates dropped");
        },
        Guarantee.DURABLE);
  }
}
