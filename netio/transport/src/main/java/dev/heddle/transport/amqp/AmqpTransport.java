package dev.heddle.transport.amqp;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.RequestFailedException;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.amqp.Wire.Arrival;
import dev.heddle.transport.amqp.Wire.Publication;
import dev.heddle.transport.parts.AddressQueue;
import dev.heddle.transport.parts.Lanes;
import dev.heddle.transport.parts.Mailroom;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.Parcel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages through a broker that speaks AMQP 0-9-1, as RabbitMQ does. Needs the optional dependency
 * {@code com.rabbitmq:amqp-client}.
 *
 * <pre>{@code
 * Transport transport =
 *     co.await(
 *         AmqpTransport.connect(
 *             scheduler, "shop", AmqpOptions.at("localhost", 5672), TransportLimits.DEFAULT));
 * co.await(transport.put(Address.queue("orders"), bytes)); // the broker has it on its disk
 * }</pre>
 *
 * <table>
 * <caption>What is what</caption>
 * <tr><th>here</th><th>at the broker</th></tr>
 * <tr><td>a queue</td><td>a durable queue of that name, persistent messages</td></tr>
 * <tr><td>a topic</td><td>a durable fanout exchange of that name, a queue of its own for each
 *     transport that receives</td></tr>
 * <tr><td>put</td><td>a publication and its confirm; {@code mandatory} for a queue</td></tr>
 * <tr><td>a receiver's credit</td><td>the prefetch</td></tr>
 * <tr><td>acknowledge</td><td>{@code basic.ack}, after the handler</td></tr>
 * <tr><td>a question</td><td>{@code reply_to}, {@code correlation_id} and {@code expiration}</td></tr>
 * </table>
 *
 * <p>After a cut it connects again, for as long as {@link AmqpOptions#reconnectFor} says; makes
 * queues, exchanges and receivers again; and publishes in their order what was not confirmed. What
 * so comes twice is known by its id and dropped, within {@link TransportLimits#duplicateWindow} ids
 * of each receiving transport. A delivery that is being handled when the connection is cut stays
 * with its handler: the broker delivers it once more, and the acknowledgement is meant for that.
 * What goes to a topic while a receiver has no connection is lost for that receiver.
 *
 * <p>What it does not promise: that senders are held back by a receiver that stops ({@link
 * Guarantee#BOUNDED}), for the broker keeps what nobody receives; both sides' memory is bounded by
 * the windows. And that senders hear of a lost receiver ({@link Guarantee#RECEIVER_LOST}); who asks
 * does, if the receiver is closed with a reason. A queue that was deleted fails with a {@link
 * ReceiverLostException} who puts, and is made again at the next put.
 *
 * <p>Used by the tasks of one scheduler. It ends with the scheduler.
 *
 * <p>Invariant: each message that has a place in a window is a question without an answer, or is
 * published and not confirmed, or waits to be published, until the end.
 *
 * <p>This file is long because what a cut undoes and what a connection begins stand side by side.
 */
public final class AmqpTransport implements Transport {
  private static final Set<Guarantee> GUARANTEES =
      Set.of(
          Guarantee.QUEUES,
          Guarantee.TOPICS,
          Guarantee.REQUESTS,
          Guarantee.CONFIRMED,
          Guarantee.ORDERED,
          Guarantee.REDELIVERED,
          Guarantee.DEDUPLICATED,
          Guarantee.RESUMED,
          Guarantee.DURABLE);

  private final Scheduler scheduler;
  private final String name;
  private final TransportLimits limits;
  private final Mailroom mailroom;
  private final AmqpBridge bridge;
  private final FirstConnection connecting;
  private final Serving serving = new Serving();
  private final Lanes<Lane> lanes;

  /** By the address; what was handled at it is remembered while nobody receives there. */
  private final Map<Address, Consumption> consumptions = new LinkedHashMap<>();

  /** Those that have a channel, by its number. */
  private final Map<Long, Consumption> channels = new HashMap<>();

  /** What was published and not confirmed, by its number, of the present epoch. */
  final TreeMap<Long, Outgoing> published = new TreeMap<>();

  /** Questions without an answer, published or not, by their ids. */
  final Map<String, Outgoing> asked = new LinkedHashMap<>();

  /** The first part of the ids that are made here: no two transports share it. */
  private final String idPrefix = UUID.randomUUID() + "-";

  private long ids;

  /** The number of the last channel that receives. */
  private long lastChannel;

  /** The number of the last publication of the present epoch. */
  private long publications;

  /** The number of the connection; 0 while there is none. */
  private int epoch;

  private int cuts;
  private long duplicates;

  /** Why nothing goes any more; null while it does. */
  private @Nullable Supplier<TransportClosedException> end;

  AmqpTransport(
      Scheduler scheduler,
      String name,
      AmqpOptions options,
      TransportLimits limits,
      FirstConnection connecting) {
    this.scheduler = scheduler;
    this.name = name;
    this.limits = limits;
    this.connecting = connecting;
    this.mailroom = new Mailroom(scheduler, name, limits, new Receiving());
    this.lanes =
        new Lanes<>(scheduler, this, limits, to -> new Lane(this, to), lane -> lane.window);
    this.bridge = new AmqpBridge(scheduler, name, options, new Hearing());
  }

  /**
   * Connects to a broker. Fails in one line if there is none, it refuses the user or the virtual
   * host, or the client library is missing. A cancelled caller has no connection.
   *
   * @param name for messages, dumps and the names of threads
   */
  @CheckReturnValue
  public static YieldEvent<AmqpTransport, IOException> connect(
      Scheduler scheduler, String name, AmqpOptions options, TransportLimits limits) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(limits, "limits");
    return new FirstConnection(scheduler, name, Objects.requireNonNull(options, "options"), limits);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Guarantee> guarantees() {
    return GUARANTEES;
  }

  @Override
  public TransportLimits limits() {
    return limits;
  }

  /** How often the connection was lost. */
  public int cuts() {
    return cuts;
  }

  /** How many messages have come once more, and were dropped. */
  public long duplicates() {
    return duplicates;
  }

  /** How many messages are held here: not confirmed, waiting for a receiver, being handled. */
  public int held() {
    int unsent = lanes.all().stream().mapToInt(lane -> lane.unsent.size()).sum();
    return published.size() + unsent + mailroom.held();
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, byte[] body) {
    return lanes.put(to, null, body);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, String id, byte[] body) {
    return lanes.put(to, Objects.requireNonNull(id, "id"), body);
  }

  @Override
  public boolean offer(Address to, byte[] body) throws IOException {
    return lanes.offer(to, body);
  }

  @Override
  public YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline) {
    return lanes.request(to, question, deadline);
  }

  @Override
  public MessageReceiver receiver(Address at, int credit) throws IOException {
    if (end != null) {
      throw end.get();
    }
    return mailroom.receiver(at, credit);
  }

  @Override
  public void close() {
    scheduler.checkInside("close");
    end(() -> new TransportClosedException(this + " is closed"));
  }

  private void end(Supplier<TransportClosedException> why) {
    if (end != null) {
      return;
    }
    end = why;
    mailroom.close();
    lanes.end(why);
    lanes.all().forEach(lane -> lane.fail(why));
    List.copyOf(asked.values()).forEach(question -> question.failed(why.get()));
    published.values().forEach(message -> message.failed(why.get()));
    asked.clear();
    published.clear();
    bridge.close();
    serving.end();
  }

  /** The invariant. Walks all messages: asked at a cut and at a new connection. */
  private boolean valid() {
    long puts =
        Stream.concat(
                published.values().stream(), lanes.all().stream().flatMap(l -> l.unsent.stream()))
            .filter(message -> !message.isQuestion())
            .count();
    return end != null || lanes.underWay() == asked.size() + puts;
  }

  /** Publishes; gives the publication's number. */
  long publish(Publication publication) {
    bridge.publish(epoch, publication);
    return ++publications;
  }

  String nextId() {
    return idPrefix + ids++;
  }

  @Override
  public String toString() {
    return "AMQP transport '" + name + "'";
  }

  /** Receivers come and go, and handle messages. */
  private final class Receiving implements Mailroom.Owner {
    @Override
    public void handled(Parcel parcel) {
      if (parcel.token() instanceof Consumption.Tag tag) {
        tag.handled();
      }
    }

    @Override
    public void attended(AddressQueue queue) {
      if (consumptions.size() >= limits.maxAddresses()) {
        consumptions.values().removeIf(Consumption::isOver);
      }
      Consumption consumption =
          consumptions.computeIfAbsent(
              queue.address(), at -> new Consumption(AmqpTransport.this, at, limits));
      consumption.begin(queue);
    }

    @Override
    public void creditChanged(AddressQueue queue) {
      Consumption consumption = consumptions.get(queue.address());
      if (consumption != null) {
        consumption.creditChanged(queue);
      }
    }

    @Override
    public void unattended(AddressQueue queue, @Nullable String reason) {
      Consumption consumption = consumptions.get(queue.address());
      if (consumption != null) {
        consumption.end();
      }
    }
  }

  // For Consumption.

  AmqpBridge bridge() {
    return bridge;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  int epoch() {
    return epoch;
  }

  void countDuplicate() {
    duplicates++;
  }

  /** Gives a number that no channel has had. */
  long openChannel(Consumption consumption) {
    channels.put(++lastChannel, consumption);
    return lastChannel;
  }

  void leaveChannel(long number) {
    channels.remove(number);
  }

  /** Answers a question. While there is no connection, the asker's deadline is the answer. */
  void answer(String replyTo, String question, String type, byte[] body) {
    if (epoch != 0) {
      long _ = publish(new Publication("", replyTo, nextId(), body, type, question, 0));
    }
  }

  /** What the bridge tells. */
  private final class Hearing implements AmqpBridge.Owner {
    @Override
    public void connected(int by) {
      if (end != null) {
        return;
      }
      epoch = by;
      publications = 0;
      connecting.connected(AmqpTransport.this);
      lanes.all().forEach(Lane::declare);
      consumptions.values().forEach(Consumption::resume);
      assert valid() : AmqpTransport.this;
    }

    @Override
    public void cut() {
      if (end != null) {
        return;
      }
      cuts++;
      epoch = 0;
      List<Outgoing> again = new ArrayList<>();
      for (Outgoing question : asked.values()) { // confirmed, and perhaps not answered
        if (published.get(question.number()) != question
            && !lanes.at(question.to()).unsent.contains(question)) {
          again.add(question);
        }
      }
      again.addAll(published.values());
      published.clear();
      again.reversed().forEach(message -> lanes.at(message.to()).takeBack(message));
      consumptions.values().forEach(Consumption::cut);
      assert valid() : AmqpTransport.this;
    }

    @Override
    public void ended(IOException why) {
      connecting.failed(AmqpTransport.this, why);
      Supplier<TransportClosedException> reason =
          () -> new TransportClosedException(this + " has given up: " + why.getMessage());
      if (end == null) {
        mailroom.queues().forEach(queue -> queue.fail(reason));
      }
      end(reason);
    }

    @Override
    public void declared(int by, Address address) {
      Lane lane = lanes.known(address);
      if (lane != null && by == epoch) {
        lane.declared();
      }
    }

    @Override
    public void refused(int by, Address address, IOException why) {
      if (by != epoch) {
        return;
      }
      Lane lane = lanes.known(address);
      if (lane != null) {
        lane.refused(why);
      }
      Consumption consumption = consumptions.get(address);
      if (consumption != null) {
        consumption.refused(why);
      }
    }

    @Override
    public void arrived(long channel, Arrival arrival) {
      Consumption consumption = channels.get(channel);
      if (consumption != null) {
        consumption.arrived(arrival);
      }
    }

    @Override
    public void answered(Arrival answer) {
      Outgoing question = asked.get(String.valueOf(answer.answerOf()));
      if (question == null) {
        return; // its deadline has passed
      }
      String text = new String(answer.body(), StandardCharsets.UTF_8);
      switch (answer.type()) {
        case Wire.LOST ->
            question.failed(
                new ReceiverLostException("nobody receives at " + question.to() + ": " + text));
        case Wire.FAILURE -> question.failed(new RequestFailedException(text));
        case null, default -> question.answered(answer.body());
      }
      lanes.at(question.to()).over(question);
    }

    @Override
    public void confirmed(int by, long number, boolean isMultiple, boolean isRefused) {
      if (by != epoch) {
        return;
      }
      if (isMultiple) {
        Map<Long, Outgoing> these = published.headMap(number, true);
        List<Outgoing> all = List.copyOf(these.values());
        these.clear();
        all.forEach(message -> confirmed(message, isRefused));
      } else if (published.remove(number) instanceof Outgoing message) {
        confirmed(message, isRefused);
      }
    }

    private void confirmed(Outgoing message, boolean isRefused) {
      Lane lane = lanes.at(message.to());
      if (isRefused) {
        lane.forget(); // perhaps the queue was deleted
        message.failed(new IOException("the broker refuses " + message));
        lane.over(message);
      } else {
        message.confirmed();
      }
      lane.left(message);
    }

    @Override
    public void returned(int by, String id, String why) {
      if (by != epoch) {
        return;
      }
      for (Outgoing message : List.copyOf(published.values())) {
        if (message.id().equals(id)) {
          Lane lane = lanes.at(message.to());
          lane.forget();
          message.failed(
              new ReceiverLostException(message.to() + " is not at the broker any more: " + why));
          lane.over(message);
        }
      }
    }

    @Override
    public String toString() {
      return AmqpTransport.this.toString();
    }
  }

  /** Keeps the scheduler from taking a wait for the broker for a deadlock. */
  private final class Serving extends SingleWaiterEvent<@Nullable Void, IOException> {
    @Override
    protected void start(Scheduler user, Waiter waiter) {
      if (end != null) {
        wake(null);
      }
    }

    void end() {
      if (waiter() != null) {
        wake(null);
      }
    }

    @Override
    protected boolean undo(Scheduler user, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    /** Made with the transport, and awaited once that has a connection. */
    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "what comes from the broker of " + AmqpTransport.this;
    }
  }

  void serve() {
    var _ =
        scheduler
            .daemons()
            .spawn(
                "AMQP " + name,
                co -> {
                  try {
                    co.await(serving);
                  } finally {
                    close();
                  }
                });
  }
}
