package dev.heddle.transport.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.amqp.Wire.Arrival;
import dev.heddle.transport.amqp.Wire.Publication;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only class that uses the client library, and the only one that its threads see.
 *
 * <pre>
 *   the loop --commands--> the bridge's thread --> the client library
 *   the loop &lt;--batches--- events &lt;--------------- the client library's threads
 * </pre>
 *
 * <p>Calls of the client library may block, so that one thread of the bridge makes them all, in the
 * order of the commands. What the library's threads tell is collected, and the first event of a
 * batch wakes the loop; those that come before the loop has looked cost no wakeup.
 *
 * <p>Both ways are bounded by what the loop allows: a command belongs to a message that has a place
 * in a window, or to a delivery within a credit; an event to a message that was published, or to a
 * delivery within the prefetch.
 *
 * <p>A connection has a number, its epoch. A command of another epoch than that of the connection
 * is dropped: what it was about is over, and the loop has heard of the cut or will.
 *
 * <p>This file is long because the threads, and what may be done on which, stand side by side.
 *
 * <p>The library's own recovery is off: what is declared, consumed and sent again after a cut the
 * loop decides, for it knows what is not over.
 */
final class AmqpBridge {
  /** Hears what happens, on the loop. */
  interface Owner {
    /** There is a connection. */
    void connected(int epoch);

    /** It is lost; another is tried for. */
    void cut();

    /** There is none, and none is tried for any more. */
    void ended(IOException why);

    /** The address is at the broker. */
    void declared(int epoch, Address address);

    /** The address cannot be used. */
    void refused(int epoch, Address address, IOException why);

    /** A message has come to a channel. */
    void arrived(long channel, Arrival arrival);

    /** An answer has come. */
    void answered(Arrival answer);

    /** The publication of this number, or all up to it, are at the broker, or are refused. */
    void confirmed(int epoch, long number, boolean isMultiple, boolean isRefused);

    /** A publication has found no queue; its confirmation follows. */
    void returned(int epoch, String id, String why);
  }

  /** Something to do with a connection, on the bridge's thread. */
  private record Command(int epoch, Call call) {
    interface Call {
      void run(Link link) throws IOException;
    }
  }

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MOST_PAUSE_MILLIS = 2_000;
  private static final long SHORT_LIFE_NANOS = 2_000_000_000L;
  private static final int HEARTBEAT_SECONDS = 15;
  private static final int CLOSE_MILLIS = 2_000;
  private static final String LEFT = "heddle-left-ms";

  private final Scheduler scheduler;
  private final Owner owner;
  private final AmqpOptions options;
  private final ThreadFactory threads;

  /** On which the library hands over what has come. */
  private final ExecutorService callbacks;

  private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();

  /** What the loop has not heard yet; guarded by itself. */
  private final ArrayDeque<Runnable> events = new ArrayDeque<>();

  /** Counted down when the bridge is to end. */
  private final CountDownLatch closing = new CountDownLatch(1);

  /** How many connections there were. Only the bridge's thread writes it. */
  private int epochs;

  /** When the last connection was opened. Used by the bridge's thread only. */
  private long opened;

  /** How long it waits before it connects again. Used by the bridge's thread only. */
  private long pause = FIRST_PAUSE_MILLIS;

  AmqpBridge(Scheduler scheduler, String name, AmqpOptions options, Owner owner) {
    this.scheduler = scheduler;
    this.options = options;
    this.owner = owner;
    this.threads = Thread.ofPlatform().daemon().name("heddle-amqp-" + name + "-", 0).factory();
    this.callbacks =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads,
            new ThreadPoolExecutor.DiscardPolicy()); // what comes after the end nobody hears
  }

  // On the loop.

  /** Connects, and goes on until it is closed or gives up. */
  void start() {
    threads.newThread(this::work).start();
  }

  /** Ends, when the commands that were given are done. Does not wait. */
  void close() {
    closing.countDown();
    give(0, link -> {});
  }

  /** What the queue or the exchange of an address is called. */
  String nameOf(Address address) {
    return options.prefix() + address.name();
  }

  /** Makes sure that the address is at the broker. */
  void declare(int epoch, Address address) {
    give(epoch, link -> link.declare(address));
  }

  /** The publications of an epoch are numbered from 1, in the order of these calls. */
  void publish(int epoch, Publication publication) {
    give(epoch, link -> link.publish(publication));
  }

  /** Begins to receive. The channel's number is the caller's, and is not used twice. */
  void consume(int epoch, long channel, Address address, int credit) {
    give(epoch, link -> link.consume(channel, address, credit));
  }

  /** Changes how many messages may be unacknowledged. */
  void setCredit(int epoch, long channel, int credit) {
    give(epoch, link -> link.setCredit(channel, credit));
  }

  /** Ends receiving: what is not acknowledged goes back to the broker. */
  void stop(int epoch, long channel) {
    give(epoch, link -> link.stop(channel));
  }

  void acknowledge(int epoch, long channel, long tag) {
    give(epoch, link -> link.acknowledge(channel, tag));
  }

  private void give(int epoch, Command.Call call) {
    commands.add(new Command(epoch, call));
  }

  private void hear() {
    List<Runnable> batch;
    synchronized (events) {
      batch = new ArrayList<>(events);
      events.clear();
    }
    for (Runnable event : batch) {
      try {
        event.run();
      } catch (RuntimeException e) { // a defect; the other events are not to be lost by it
        scheduler.reportFailure("what an AMQP broker has told", e);
      }
    }
  }

  // On any thread.

  private void tell(Runnable event) {
    boolean isFirst;
    synchronized (events) {
      isFirst = events.isEmpty();
      events.add(event);
    }
    if (isFirst) {
      boolean _ = scheduler.runInside(this::hear); // false: nobody waits any more
    }
  }

  // On the bridge's thread.

  private void work() {
    try {
      Link link = open();
      while (link != null && serve(link)) {
        tell(owner::cut);
        link = reopen();
      }
    } catch (IOException e) {
      tell(() -> owner.ended(e));
    } catch (NoClassDefFoundError e) {
      tell(() -> owner.ended(AmqpFailures.missing(e)));
    } catch (Throwable e) { // a defect, that who waits must hear of
      tell(() -> owner.ended(new IOException("the AMQP bridge has failed: " + e, e)));
    } finally {
      callbacks.shutdown();
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** Does what is to be done; whether it was ended by a cut. */
  private boolean serve(Link link) {
    try {
      while (link.connection.isOpen()) {
        Command next = isClosing() ? commands.poll() : commands.take();
        if (next == null) {
          link.connection.abort(CLOSE_MILLIS);
          return false;
        }
        if (next.epoch == link.epoch) {
          next.call.run(link);
        }
      }
    } catch (IOException | ShutdownSignalException e) {
      link.connection.abort(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the bridge", e);
    }
    return true;
  }

  /** Connects again, at growing intervals; null if it was closed meanwhile. */
  private @Nullable Link reopen() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    if (begin - opened > SHORT_LIFE_NANOS) {
      pause = FIRST_PAUSE_MILLIS;
    }
    for (; ; pause = Math.min(2 * pause, MOST_PAUSE_MILLIS)) {
      if (closing.await(pause, TimeUnit.MILLISECONDS)) {
        return null;
      }
      try {
        Link link = open();
        pause = Math.min(2 * pause, MOST_PAUSE_MILLIS);
        return link;
      } catch (IOException e) {
        if (System.nanoTime() - begin >= options.reconnectFor().toNanos()) {
          throw new IOException(
              e.getMessage() + "; tried for " + options.reconnectFor() + " after a cut", e);
        }
      }
    }
  }

  private Link open() throws IOException {
    ConnectionFactory factory = factory();
    Connection connection = null;
    try {
      connection = factory.newConnection(callbacks, "heddle");
      Link link = new Link(connection, epochs + 1);
      link.open();
      epochs++;
      opened = System.nanoTime();
      tell(() -> owner.connected(link.epoch));
      connection.addShutdownListener(cause -> give(0, ended -> {})); // wakes the bridge's thread
      return link;
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      if (connection != null) {
        connection.abort(CLOSE_MILLIS);
      }
      throw AmqpFailures.connecting(options, e);
    }
  }

  private ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(options.host());
    factory.setPort(options.port());
    factory.setUsername(options.user());
    factory.setPassword(options.password());
    factory.setVirtualHost(options.virtualHost());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setThreadFactory(threads);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    int millis = Math.toIntExact(options.timeout().toMillis());
    factory.setConnectionTimeout(millis);
    factory.setHandshakeTimeout(millis);
    factory.setChannelRpcTimeout(millis);
    if (options.tls() != null) {
      factory.useSslProtocol(options.tls());
      factory.enableHostnameVerification();
    }
    return factory;
  }

  /** A channel that receives from a queue; the tag is the consumer's. */
  private record Consumed(Channel channel, String queue, String tag) {}

  /** A connection and its channels; used by the bridge's thread only. */
  private final class Link {
    final Connection connection;
    final int epoch;

    /** Each address that is received at has its own: prefetch is a channel's matter. */
    private final Map<Long, Consumed> consumed = new HashMap<>();

    private final Channel published;

    /**
     * Whether an expiration is a time span, as it is for RabbitMQ; for Qpid it is a point in time.
     */
    private final boolean expires;

    /** Where answers to questions of this connection come. */
    private String answers = "";

    /** For declarations: a refused one closes its channel. Null if there is none now. */
    private @Nullable Channel asking;

    Link(Connection connection, int epoch) throws IOException {
      this.connection = connection;
      this.epoch = epoch;
      this.published = channel();
      Object product = connection.getServerProperties().get("product");
      this.expires = "RabbitMQ".equals(String.valueOf(product));
    }

    private Channel channel() throws IOException {
      Channel made = connection.createChannel();
      if (made == null) {
        throw new IOException("the broker allows no more than " + connection.getChannelMax());
      }
      return made;
    }

    void open() throws IOException {
      published.confirmSelect();
      published.addConfirmListener(
          (number, multiple) -> tell(() -> owner.confirmed(epoch, number, multiple, false)),
          (number, multiple) -> tell(() -> owner.confirmed(epoch, number, multiple, true)));
      published.addReturnListener(
          returned -> {
            String why = returned.getReplyText();
            String id = String.valueOf(returned.getProperties().getMessageId());
            tell(() -> owner.returned(epoch, id, why));
          });
      published.addShutdownListener(this::cutIfRefused);
      Channel channel = channel();
      answers = channel.queueDeclare().getQueue();
      channel.basicConsume(answers, true, consumer(channel, owner::answered));
    }

    private DefaultConsumer consumer(Channel channel, Consumer<Arrival> to) {
      return new DefaultConsumer(channel) {
        @Override
        public void handleDelivery(
            String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
          Arrival arrival = arrival(envelope, properties, body);
          tell(() -> to.accept(arrival));
        }

        @Override
        public void handleCancel(String tag) {
          cut(); // the queue was deleted, and is made again
        }
      };
    }

    private static Arrival arrival(
        Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      Map<String, Object> headers = properties.getHeaders();
      Object left = headers == null ? null : headers.get(LEFT);
      return new Arrival(
          properties.getMessageId(),
          body,
          envelope.getDeliveryTag(),
          envelope.isRedeliver(),
          properties.getReplyTo(),
          properties.getCorrelationId(),
          properties.getType(),
          left instanceof Number millis ? millis.longValue() : 0);
    }

    void declare(Address address) throws IOException {
      try {
        if (asking == null || !asking.isOpen()) {
          asking = channel();
        }
        declare(asking, address);
        tell(() -> owner.declared(epoch, address));
      } catch (IOException | ShutdownSignalException e) {
        refuse(address, e);
      }
    }

    private void declare(Channel channel, Address address) throws IOException {
      if (address.isTopic()) {
        if (options.declares()) {
          channel.exchangeDeclare(nameOf(address), "fanout", true);
        } else {
          channel.exchangeDeclarePassive(nameOf(address));
        }
      } else if (options.declares()) {
        channel.queueDeclare(nameOf(address), true, false, false, Map.of());
      } else {
        channel.queueDeclarePassive(nameOf(address));
      }
    }

    /** The broker does not want the address; another failure is a cut. */
    private void refuse(Address address, Exception e) throws IOException {
      IOException why = AmqpFailures.refused(options, address, e);
      tell(() -> owner.refused(epoch, address, why));
    }

    void publish(Publication publication) throws IOException {
      AMQP.BasicProperties.Builder properties =
          new AMQP.BasicProperties.Builder()
              .messageId(publication.id())
              .type(publication.type())
              .correlationId(publication.answerOf())
              .deliveryMode(publication.type() == null ? 2 : 1);
      if (publication.isQuestion()) {
        properties.replyTo(answers).headers(Map.of(LEFT, publication.leftMillis()));
        if (expires) {
          properties.expiration(Long.toString(publication.leftMillis()));
        }
      }
      boolean isMandatory = publication.exchange().isEmpty() && publication.type() == null;
      published.basicPublish(
          publication.exchange(),
          publication.key(),
          isMandatory,
          properties.build(),
          publication.body());
    }

    void consume(long number, Address address, int credit) throws IOException {
      try {
        Channel channel = channel();
        declare(channel, address);
        String queue = nameOf(address);
        if (address.isTopic()) {
          queue = channel.queueDeclare().getQueue();
          channel.queueBind(queue, nameOf(address), "");
        }
        consume(number, channel, queue, credit);
        channel.addShutdownListener(this::cutIfRefused);
        tell(() -> owner.declared(epoch, address));
      } catch (IOException | ShutdownSignalException e) {
        refuse(address, e);
      }
    }

    private void consume(long number, Channel channel, String queue, int credit)
        throws IOException {
      channel.basicQos(credit);
      String tag =
          channel.basicConsume(
              queue, false, consumer(channel, arrival -> owner.arrived(number, arrival)));
      consumed.put(number, new Consumed(channel, queue, tag));
    }

    /** A prefetch counts for consumers that come after it. */
    void setCredit(long number, int credit) throws IOException {
      Consumed changed = consumed.get(number);
      if (changed != null) {
        changed.channel.basicCancel(changed.tag);
        consume(number, changed.channel, changed.queue, credit);
      }
    }

    void stop(long number) throws IOException {
      Consumed stopped = consumed.remove(number);
      if (stopped != null) {
        stopped.channel.abort();
      }
    }

    void acknowledge(long number, long tag) throws IOException {
      Consumed by = consumed.get(number);
      if (by != null) {
        by.channel.basicAck(tag, false);
      }
    }

    /** The broker has closed a channel: all goes again, as after a cut. */
    private void cutIfRefused(ShutdownSignalException cause) {
      if (!cause.isHardError() && !cause.isInitiatedByApplication()) {
        cut();
      }
    }

    private void cut() {
      give(epoch, link -> link.connection.abort(CLOSE_MILLIS));
    }
  }
}
