package dev.heddle.transport.link;

import dev.heddle.net.SocketWriter;
import dev.heddle.net.StreamSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkFrame.Hello;
import dev.heddle.transport.link.LinkFrame.Numbered;
import dev.heddle.transport.link.LinkFrame.Received;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A link between two Heddle processes. One side listens with a {@link LinkListener}, the other
 * connects; after that both put, ask and receive alike.
 *
 * <pre>{@code
 * LinkTransport link = LinkTransport.connect(scheduler, address, LinkOptions.DEFAULT);
 * co.await(link.put(Address.queue("orders"), bytes)); // waits for the connection too
 * }</pre>
 *
 * <p>A put is over when the other process has the message. The message is kept here until a
 * receiver there has acknowledged it. After a cut the link connects again and goes on: nothing is
 * lost or doubled, the order stays. If the other process itself was lost, what it had not
 * acknowledged is sent to its successor, as redelivered; what it had handled and not acknowledged
 * comes twice then.
 *
 * <p>A link that had no connection for {@link LinkOptions#resumeWithin} is closed: who waits gets a
 * {@link TransportClosedException} with the last failure, receivers give what has come and then
 * null. The same happens when the other side closes it.
 *
 * <p>Threads: as {@link Transport}.
 */
public final class LinkTransport implements Transport {
  private static final Set<Guarantee> GUARANTEES =
      Set.of(
          Guarantee.QUEUES,
          Guarantee.TOPICS,
          Guarantee.REQUESTS,
          Guarantee.CONFIRMED,
          Guarantee.ORDERED,
          Guarantee.REDELIVERED,
          Guarantee.BOUNDED,
          Guarantee.DEDUPLICATED,
          Guarantee.RESUMED,
          Guarantee.RECEIVER_LOST);

  /** A connection is cut after so many heartbeats without a byte. */
  private static final int HEARTBEATS = 3;

  private static final UUID NOBODY = new UUID(0, 0);

  /** How a link comes to its next connection. */
  interface Way {
    /**
     * Waits for one, and for the peer's hello.
     *
     * @throws TransportClosedException if it has taken too long
     */
    Connected connect(Awaiter co, LinkTransport link) throws IOException;

    /** What the link is connected to, for messages. */
    String target();

    /** The link was closed. */
    void closed(LinkTransport link);
  }

  /** A connection, and what the peer has said. */
  record Connected(LinkLine line, Hello hello, boolean isAccepted) {}

  private final Scheduler scheduler;
  private final LinkOptions options;
  private final Way way;
  private final UUID session;
  private final UUID instance = UUID.randomUUID();
  private final LinkMail mail;

  /** The other side's instance, once it has said hello. */
  private UUID peer = NOBODY;

  /** The connection; null between two. */
  private @Nullable StreamSocket socket;

  private long connections;
  private long repeated;
  private @Nullable String lastFailure;

  /** Whether frames have come over the last connection. */
  private boolean progressed;

  private boolean closed;

  LinkTransport(Scheduler scheduler, LinkOptions options, UUID session, Way way) {
    this.scheduler = scheduler;
    this.options = options;
    this.session = session;
    this.way = way;
    this.mail = new LinkMail(scheduler, this, options.limits(), instance);
  }

  /**
   * A link to a process that listens. It connects in the background; messages wait until it has.
   *
   * @param to the address of a {@link LinkListener}
   */
  public static LinkTransport connect(Scheduler scheduler, SocketAddress to, LinkOptions options) {
    LinkTransport link =
        new LinkTransport(scheduler, options, UUID.randomUUID(), new LinkDial(to, options));
    link.start();
    return link;
  }

  void start() {
    scheduler.daemons().spawn(name(), this::run);
  }

  @Override
  public String name() {
    return "link to " + way.target();
  }

  @Override
  public Set<Guarantee> guarantees() {
    return GUARANTEES;
  }

  @Override
  public TransportLimits limits() {
    return options.limits();
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, byte[] body) {
    return mail.sending().put(to, null, body);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, String id, byte[] body) {
    return mail.sending().put(to, Objects.requireNonNull(id, "id"), body);
  }

  @Override
  public boolean offer(Address to, byte[] body) throws IOException {
    return mail.sending().offer(to, body);
  }

  @Override
  public YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline) {
    return mail.sending().request(to, question, deadline);
  }

  @Override
  public MessageReceiver receiver(Address at, int credit) throws IOException {
    return mail.receiver(at, credit);
  }

  /** How it stands. */
  public LinkStats stats() {
    return new LinkStats(
        connections,
        socket != null,
        mail.log().kept(),
        mail.underWay(),
        mail.held(),
        repeated,
        mail.duplicates(),
        lastFailure);
  }

  /** Cuts the connection, if there is one; the link connects again. For tests, and to move it. */
  public void cut() {
    scheduler.checkInside("cut");
    if (socket != null) {
      socket.abort();
    }
  }

  /** Ends it here, and tells the other side if that is connected and takes it at once. */
  @Override
  public void close() {
    scheduler.checkInside("close");
    if (closed) {
      return;
    }
    closed = true;
    StreamSocket open = socket;
    if (open != null) {
      try {
        int _ = open.trySend(ByteBuffer.wrap(LinkFrame.encode(new LinkFrame.Bye())));
      } catch (IOException | IllegalStateException e) {
        // the other side sees the end
      }
      open.close();
    }
    mail.close(name() + " is closed");
    way.closed(this);
    mail.work().ring();
  }

  /** Ends it for a reason that lies elsewhere: receivers give what has come. */
  private void end(String why) {
    if (!closed) {
      closed = true;
      mail.finish(why);
      way.closed(this);
    }
  }

  // The connection.

  private void run(Awaiter co) {
    while (!closed) {
      try {
        Connected next = way.connect(co, this);
        assert socket == null : this + " has two connections";
        progressed = false;
        socket = next.line().socket();
        if (closed) {
          return; // while it connected
        }
        connections++;
        resume(co, next);
        talk(co, next.line());
      } catch (TransportClosedException e) {
        end(String.valueOf(e.getMessage()));
      } catch (Exception e) {
        lastFailure = e.getMessage();
      } finally {
        hangUp();
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

  Hello hello() {
    TransportLimits limits = options.limits();
    return new Hello(
        session, instance, peer, mail.log().received(), limits.window(), limits.maxMessageBytes());
  }

  /** Both sides say what they have received; what was lost in a cut is sent again. */
  private void resume(Awaiter co, Connected next) throws IOException {
    Hello hello = next.hello();
    LinkLine.checkLimits(hello, options.limits());
    if (next.isAccepted()) {
      peer = hello.instance();
      next.line().send(co, hello(), options.connectTimeout());
    } else if (!hello.instance().equals(peer)) {
      if (!peer.equals(NOBODY)) {
        mail.restart(); // the other side has lost its memory
      }
      peer = hello.instance();
    }
    assert peer.equals(hello.instance()) : "the link goes on with another than " + peer;
    mail.received(hello.peer().equals(instance) ? hello.received() : 0);
  }

  private void talk(Awaiter co, LinkLine line) throws Exception {
    try (var group = TaskGroup.open()) {
      group.spawn("writer of " + name(), c -> write(c, line));
      group.spawn("reader of " + name(), c -> read(c, line));
      co.await(group.join());
    }
  }

  private void write(Awaiter co, LinkLine line) throws IOException {
    SocketWriter out = new SocketWriter(line.socket());
    for (Numbered frame : mail.log().toRepeat()) {
      repeated++;
      int _ = co.await(out.write(LinkFrame.encode(frame)));
    }
    long told = -1;
    while (true) {
      for (Numbered frame = mail.log().next(); frame != null; frame = mail.log().next()) {
        int _ = co.await(out.write(LinkFrame.encode(frame)));
      }
      assert closed || told <= mail.log().received() : told + " were told to have come";
      if (told != mail.log().received()) {
        told = mail.log().received();
        int _ = co.await(out.write(LinkFrame.encode(new Received(told))));
      }
      int _ = co.await(out.flush());
      if (!mail.log().hasNext() && told == mail.log().received()) {
        try {
          co.await(mail.work().within(options.heartbeat()));
        } catch (TimeoutException e) {
          told = -1; // a sign of life
        }
      }
    }
  }

  private void read(Awaiter co, LinkLine line) throws IOException {
    Duration silence = options.heartbeat().multipliedBy(HEARTBEATS);
    while (true) {
      LinkFrame frame = line.read(co, silence);
      progressed = true;
      switch (frame) {
        case Received received -> mail.received(received.count());
        case Numbered numbered -> {
          mail.arrived(numbered);
          while (mail.isOverfull(numbered)) {
            co.await(mail.room());
          }
        }
        case LinkFrame.Bye _ -> throw new TransportClosedException(name() + " was closed there");
        case LinkFrame.Refused refused -> throw new IOException(refused.why());
        case Hello _ -> throw new ProtocolException(line.socket() + " said hello twice");
      }
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the last connection was good for something. */
  boolean hasProgressed() {
    return progressed;
  }

  void failed(Exception why) {
    lastFailure = why.getMessage();
  }

  Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public String toString() {
    return name();
  }
}
