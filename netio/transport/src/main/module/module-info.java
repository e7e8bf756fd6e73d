/**
 * Messages between schedulers, processes and machines: one contract, and the transports that keep
 * it as far as they say.
 */
@SuppressWarnings("requires-automatic") // RabbitMQ's client has no descriptor
module dev.heddle.transport {
  requires transitive dev.heddle.netio;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
  requires static com.rabbitmq.client; // for dev.heddle.transport.amqp only

  exports dev.heddle.transport;
  exports dev.heddle.transport.amqp;
  exports dev.heddle.transport.link;
  exports dev.heddle.transport.local;
  exports dev.heddle.transport.nats;
  exports dev.heddle.transport.zmtp;

  opens dev.heddle.transport to
      dev.heddle.scheduler; // which weaves the bodies of the endpoints
  opens dev.heddle.transport.amqp to
      dev.heddle.scheduler;
  opens dev.heddle.transport.link to
      dev.heddle.scheduler;
  opens dev.heddle.transport.nats to
      dev.heddle.scheduler;
  opens dev.heddle.transport.zmtp to
      dev.heddle.scheduler;
}
