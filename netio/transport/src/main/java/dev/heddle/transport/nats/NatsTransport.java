package dev.heddle.transport.nats;

import dev.heddle.net.StreamSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.WorkSignal;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A transport over a NATS server, spoken on our own loop. Queues are stored by JetStream ({@code
 * nats-server -js}); topics and questions are core NATS, and need no JetStream.
 *
 * <pre>{@code
 * NatsTransport nats = NatsTransport.connect(scheduler, address, NatsOptions.DEFAULT);
 * co.await(nats.put(Address.queue("orders"), bytes)); // the server has stored it
 * }</pre>
 *
 * <p>A put to a queue is over when the server has stored the message. If the server is restarted,
 * or the connection is cut, the transport connects again; what was not confirmed is published again
 * under its id, which the server knows for {@link NatsOptions#duplicateWindow}. What a receiver has
 * handled and whose acknowledgement was lost comes again, is acknowledged again and not delivered;
 * but who handles it in another process may see it twice.
 *
 * <p>What it does not promise: {@link Guarantee#BOUNDED}, as the server stores up to {@link
 * NatsOptions#maxQueued} messages for a receiver that stops, and then puts fail with the server's
 * words; and {@link Guarantee#RECEIVER_LOST}: a question to an address where nobody is fails at
 * once, but nobody is told of a crash. A message of a topic is lost in a cut, or if its receivers
 * have had no room for 100 ms ({@link NatsStats#dropped}).
 *
 * <p>Threads: as {@link Transport}.
 */
public final class NatsTransport implements Transport {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration ROOM = Duration.ofMillis(100);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  private final Scheduler scheduler;
  private final SocketAddress to;
  private final NatsOptions options;
  private final NatsMail mail;
  private final WorkSignal consumers = new WorkSignal("a queue that needs a consumer");

  /** Calls of the API that have no answer, by their numbers. */
  private final Map<Long, Promise<String>> calls = new LinkedHashMap<>();

  private long callNumbers;
  private @Nullable StreamSocket socket;
  private long connections;
  private @Nullable String lastFailure;
  private boolean closed;

  private NatsTransport(Scheduler scheduler, SocketAddress to, NatsOptions options) {
    this.scheduler = scheduler;
    this.to = to;
    this.options = options;
    this.mail = new NatsMail(scheduler, options);
    mail.onQueue(consumers::ring);
  }

  /** Connects in the background; messages wait until it has. */
  public static NatsTransport connect(Scheduler scheduler, SocketAddress to, NatsOptions options) {
    NatsTransport made = new NatsTransport(scheduler, to, options);
    scheduler.daemons().spawn(made.name(), made::run);
    return made;
  }

  @Override
  public String name() {
    return "NATS at " + to;
  }

  @Override
  public Set<Guarantee> guarantees() {
    Set<Guarantee> promised =
        new HashSet<>(
            Set.of(
                Guarantee.QUEUES,
                Guarantee.TOPICS,
                Guarantee.REQUESTS,
                Guarantee.CONFIRMED,
                Guarantee.ORDERED,
                Guarantee.REDELIVERED,
                Guarantee.DEDUPLICATED,
                Guarantee.RESUMED));
    if (options.storesInFiles()) {
      promised.add(Guarantee.DURABLE);
    }
    return Set.copyOf(promised);
  }

  @Override
  public TransportLimits limits() {
    return options.limits();
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address address, byte[] body) {
    return mail.sending().put(address, null, body);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address address, String id, byte[] body) {
    return mail.sending().put(address, Objects.requireNonNull(id, "id"), body);
  }

  @Override
  public boolean offer(Address address, byte[] body) throws IOException {
    return mail.sending().offer(address, body);
  }

  @Override
  public YieldEvent<byte[], IOException> request(
      Address address, byte[] question, Duration deadline) {
    return mail.sending().request(address, question, deadline);
  }

  @Override
  public MessageReceiver receiver(Address at, int credit) throws IOException {
    return mail.receiver(at, credit);
  }

  /** How it stands. */
  public NatsStats stats() {
    return mail.stats(connections, lastFailure);
  }

  /** Cuts the connection, if there is one; the transport connects again. */
  public void cut() {
    scheduler.checkInside("cut");
    if (socket != null) {
      socket.abort();
    }
  }

  @Override
  public void close() {
    scheduler.checkInside("close");
    end(name() + " is closed", true);
  }

  private void end(String why, boolean isHere) {
    if (!closed) {
      closed = true;
      mail.close(why, isHere);
      hangUp();
    }
  }

  // The connection.

  private void run(Awaiter co) {
    Duration pause = FIRST_PAUSE;
    long lost = scheduler.nanoTime();
    while (!closed) {
      boolean agreed = false;
      try {
        NatsWire wire = NatsWire.open(co, to, options);
        socket = wire.socket();
        if (closed) {
          return; // while it connected
        }
        connections++;
        talk(co, wire);
      } catch (Exception e) {
        lastFailure = e.getMessage();
      } finally {
        agreed = mail.isReady();
        mail.cut();
        for (Promise<String> call : calls.values()) {
          boolean _ = call.cancel();
        }
        calls.clear();
        hangUp();
      }
      if (agreed) {
        pause = FIRST_PAUSE;
        lost = scheduler.nanoTime();
      } else if (scheduler.nanoTime() - lost > Timers.saturatedNanos(options.resumeWithin())) {
        end("no server at " + to + " for " + options.resumeWithin() + ": " + lastFailure, false);
      }
      if (!closed) {
        co.await(Timers.sleep(pause));
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(options.longestPause()) < 0 ? twice : options.longestPause();
      }
    }
  }

  private void hangUp() {
    StreamSocket open = socket;
    if (open != null) {
      socket = null;
      open.close();
    }
  }

  private void talk(Awaiter co, NatsWire wire) throws Exception {
    mail.greet();
    try (var group = TaskGroup.open()) {
      group.spawn("writer of " + name(), c -> write(c, wire));
      group.spawn("reader of " + name(), c -> read(c, wire));
      group.spawn("consumers of " + name(), this::agree);
      co.await(group.join());
    }
  }

  private void write(Awaiter co, NatsWire wire) throws IOException {
    List<Outgoing> written = new ArrayList<>();
    while (true) {
      for (NatsMail.Item item = mail.next(); item != null; item = mail.next()) {
        int _ = co.await(wire.writer().write(item.bytes()));
        if (item.confirms() != null) {
          written.add(item.confirms());
        }
      }
      int _ = co.await(wire.writer().flush());
      written.forEach(mail::sent);
      written.clear();
      if (!mail.hasNext()) {
        try {
          co.await(mail.work().within(SIGN_OF_LIFE));
        } catch (TimeoutException e) {
          int _ = co.await(wire.writer().write(NatsText.utf8("PING\r\n")));
        }
      }
    }
  }

  private void read(Awaiter co, NatsWire wire) throws IOException {
    wire.socket().setIdleTimeout(SIGN_OF_LIFE.multipliedBy(3));
    while (true) {
      switch (wire.next(co)) {
        case NatsLine.Msg line -> arrived(co, wire.message(co, line));
        case NatsLine.Ping _ -> mail.pong();
        case NatsLine.Err err -> throw new IOException("the NATS server says: " + err.text());
        case NatsLine.Info _, NatsLine.Pong _, NatsLine.Ok _ -> {}
      }
    }
  }

  private void arrived(Awaiter co, NatsWire.Message message) throws IOException {
    if (message.subject().startsWith(mail.inbox() + "c.")) {
      Promise<String> call = calls.remove(mail.numberOf(message.subject()));
      if (call != null) {
        boolean _ =
            call.complete(
                NatsText.status(message.headers()) == 0
                    ? new String(message.body(), StandardCharsets.UTF_8)
                    : "{\"error\":{\"description\":\"the server has no JetStream\"}}");
      }
      return;
    }
    if (!mail.arrived(message)) {
      return;
    }
    long until = scheduler.nanoTime() + Timers.saturatedNanos(ROOM); // its receivers have a moment
    do {
      try {
        co.await(mail.room().within(Duration.ofNanos(Math.max(0, until - scheduler.nanoTime()))));
      } catch (TimeoutException e) {
        mail.drop();
        return;
      }
    } while (mail.arrived(message)); // the ring may be an old one
  }

  /** Makes the stream, then the consumers, each when it is needed. */
  private void agree(Awaiter co) throws Exception {
    String stream = options.prefix();
    @Nullable String refused = call(co, "STREAM.CREATE." + stream, streamJson());
    if (refused != null && !refused.contains("already in use")) {
      lastFailure = "no queues: " + refused;
    }
    Set<Address> known = new HashSet<>();
    for (Address at : mail.queues()) {
      String why = consume(co, at);
      if (why == null) {
        known.add(at);
      }
    }
    mail.begin();
    while (true) {
      co.await(consumers);
      for (Address at : mail.queues()) {
        if (known.contains(at) || consume(co, at) == null) {
          known.add(at);
          mail.consumes(at);
        }
      }
    }
  }

  private @Nullable String consume(Awaiter co, Address at) throws Exception {
    String name = NatsMail.consumer(at);
    String json =
        "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\",\"deliver_policy\":\"all\",\"filter_subject\":\"%s.q.%s\",\"ack_wait\":%d,\"max_ack_pending\":%d}}"
            .formatted(
                options.prefix(),
                name,
                options.prefix(),
                at.name(),
                options.acknowledgeWithin().toNanos(),
                4 * options.limits().window());
    String refused = call(co, "CONSUMER.DURABLE.CREATE." + options.prefix() + "." + name, json);
    if (refused != null) {
      lastFailure = "no consumer of " + at + ": " + refused;
    }
    return refused;
  }

  private String streamJson() {
    return "{\"name\":\"%1$s\",\"subjects\":[\"%1$s.q.>\"],\"retention\":\"workqueue\",\"storage\":\"%2$s\",\"discard\":\"new\",\"discard_new_per_subject\":true,\"max_msgs_per_subject\":%3$d,\"duplicate_window\":%4$d,\"max_consumers\":-1,\"max_msgs\":-1,\"max_bytes\":-1,\"num_replicas\":1}"
        .formatted(
            options.prefix(),
            options.storesInFiles() ? "file" : "memory",
            options.maxQueued(),
            options.duplicateWindow().toNanos());
  }

  /** Calls the API; what it complains about, or null. */
  private @Nullable String call(Awaiter co, String call, String json) throws Exception {
    Promise<String> answer = new Promise<>();
    long number = callNumbers++;
    calls.put(number, answer);
    mail.api(call, json, number);
    return NatsText.error(co.await(answer.within(options.connectTimeout())));
  }

  @Override
  public String toString() {
    return name();
  }
}
