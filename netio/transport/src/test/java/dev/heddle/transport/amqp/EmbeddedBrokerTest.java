package dev.heddle.transport.amqp;

/** The contract, through a broker inside this JVM: Apache Qpid. */
class EmbeddedBrokerTest extends AmqpContract {
  @Override
  int port() throws Exception {
    return EmbeddedBroker.port();
  }

  @Override
  boolean isRabbit() {
    return false;
  }
}
