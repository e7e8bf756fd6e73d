package dev.heddle.transport.zmtp;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.parts.Lanes;
import dev.heddle.transport.parts.Mailroom;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.Parcel;
import dev.heddle.transport.parts.PutWindow;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A transport to peers that speak ZeroMQ: ZMTP 3.0 without encryption. Which peer an address stands
 * for is said by {@link #connect} and {@link #bind}.
 *
 * <pre>{@code
 * ZmtpTransport zmtp = ZmtpTransport.open(scheduler, TransportLimits.DEFAULT);
 * zmtp.connect(Address.queue("jobs"), ZmtpRole.PUSH, address);
 * co.await(zmtp.put(Address.queue("jobs"), bytes)); // waits for a connection, too
 * }</pre>
 *
 * <p>A put to a queue is over when the system has the bytes, and waits as long as no peer takes
 * them. What the peer has not read when the connection is cut is lost: ZeroMQ has no
 * acknowledgements. So the transport promises queues, topics, requests and order, and nothing else
 * of {@link Guarantee}. A message of a topic is dropped for a peer that has {@link
 * TransportLimits#window} of them to take ({@link #dropped}).
 *
 * <p>A question whose time is over costs its connection, which is made anew: an answer that comes
 * late would be taken for that of the next question.
 *
 * <p>Threads: as {@link Transport}.
 *
 * <p>Invariant: each message that has a place in a window is open, until the close; then none is.
 */
public final class ZmtpTransport implements Transport {
  private static final Set<Guarantee> GUARANTEES =
      Set.of(Guarantee.QUEUES, Guarantee.TOPICS, Guarantee.REQUESTS, Guarantee.ORDERED);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIME = Duration.ofSeconds(10);
  private static final int MOST_PEERS = 1_000;

  private final Scheduler scheduler;
  private final TransportLimits limits;
  private final Mailroom mailroom;
  private final String ids = UUID.randomUUID() + "-";
  private final Lanes<PutWindow> windows;

  /** What was put and is not over. */
  private final Set<Outgoing> open = new LinkedHashSet<>();

  private final List<ZmtpSocket> sockets = new ArrayList<>();
  private final List<TcpListener> listeners = new ArrayList<>();
  private long numbers;
  private long dropped;
  private @Nullable String lastFailure;
  private boolean closed;

  private ZmtpTransport(Scheduler scheduler, TransportLimits limits) {
    this.scheduler = scheduler;
    this.limits = limits;
    this.mailroom = new Mailroom(scheduler, "ZMTP", limits, this::handled);
    Sending sending = new Sending();
    this.windows =
        Lanes.ofWindows(
            scheduler,
            "ZMTP",
            limits,
            to -> new PutWindow(to, limits, () -> ids + numbers++, sending));
  }

  /** One without peers. */
  public static ZmtpTransport open(Scheduler scheduler, TransportLimits limits) {
    return new ZmtpTransport(scheduler, limits);
  }

  /**
   * Connects an address to a peer, in the background, and again after each cut.
   *
   * @throws IllegalArgumentException if the role is not for this kind of address
   */
  public void connect(Address address, ZmtpRole role, SocketAddress peer) {
    ZmtpSocket socket = socket(address, role);
    scheduler.daemons().spawn(role + " to " + peer, co -> dial(co, socket, peer));
  }

  /**
   * Lets peers connect to an address. The listener is closed with the transport.
   *
   * @throws IllegalArgumentException if the role is not for this kind of address
   */
  public void bind(Address address, ZmtpRole role, TcpListener listener) {
    ZmtpSocket socket = socket(address, role);
    listeners.add(listener);
    scheduler.daemons().spawn(role + " at " + address, co -> accept(co, socket, listener));
  }

  private ZmtpSocket socket(Address address, ZmtpRole role) {
    scheduler.checkInside("connect");
    role.check(address);
    for (ZmtpSocket known : sockets) {
      if (known.address().equals(address) && known.role() == role) {
        return known;
      }
    }
    if (sockets.size() >= limits.maxAddresses()) {
      throw new IllegalStateException(
          role + " at " + address + " is one too many: at most " + limits.maxAddresses());
    }
    ZmtpSocket made = new ZmtpSocket(this, address, role);
    sockets.add(made);
    return made;
  }

  private void dial(Awaiter co, ZmtpSocket socket, SocketAddress peer) {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      long since = scheduler.nanoTime();
      try {
        TcpSocket tcp = co.await(TcpSocket.connect(peer).within(CONNECT_TIME));
        serve(co, socket, tcp);
      } catch (Exception e) {
        lastFailure = e.getMessage();
      }
      if (scheduler.nanoTime() - since > Timers.saturatedNanos(LONGEST_PAUSE)) {
        pause = FIRST_PAUSE;
      }
      co.await(Timers.sleep(pause));
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
  }

  private void accept(Awaiter co, ZmtpSocket socket, TcpListener listener) {
    int[] open = {0};
    while (listener.isOpen()) {
      try {
        TcpSocket tcp = co.await(listener.accept());
        if (open[0] >= MOST_PEERS) {
          lastFailure = "a peer of " + socket + " is one too many: at most " + MOST_PEERS;
          tcp.close();
          continue;
        }
        open[0]++;
        scheduler
            .daemons()
            .spawn(
                "peer of " + socket,
                c -> {
                  try {
                    serve(c, socket, tcp);
                  } catch (Exception e) {
                    lastFailure = e.getMessage();
                  } finally {
                    open[0]--;
                  }
                });
      } catch (IOException e) {
        if (listener.isOpen()) {
          co.await(Timers.sleep(FIRST_PAUSE)); // no descriptor is left
        }
      }
    }
  }

  private void serve(Awaiter co, ZmtpSocket socket, TcpSocket tcp) throws Exception {
    if (closed) {
      tcp.close();
    } else {
      new ZmtpPeer(socket, tcp).run(co);
    }
  }

  @Override
  public String name() {
    return "ZMTP";
  }

  @Override
  public Set<Guarantee> guarantees() {
    return GUARANTEES;
  }

  @Override
  public TransportLimits limits() {
    return limits;
  }

  /** How many peers are connected, in all roles. */
  public int peers() {
    return sockets.stream().mapToInt(ZmtpSocket::peers).sum();
  }

  /** How many names the subscribers of all topics want. */
  int subscriptions() {
    return sockets.stream().mapToInt(ZmtpSocket::subscriptions).sum();
  }

  /** How many messages of topics had no room at a peer. */
  public long dropped() {
    return dropped;
  }

  /** Why the last connection has ended, or could not be made; null if none has. */
  public @Nullable String lastFailure() {
    return lastFailure;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, byte[] body) {
    return windows.put(to, null, body);
  }

  /** Puts a message; the id is not sent, as ZeroMQ has none. */
  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, String id, byte[] body) {
    return windows.put(to, Objects.requireNonNull(id, "id"), body);
  }

  @Override
  public boolean offer(Address to, byte[] body) throws IOException {
    return windows.offer(to, body);
  }

  @Override
  public YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline) {
    return windows.request(to, question, deadline);
  }

  @Override
  public MessageReceiver receiver(Address at, int credit) throws IOException {
    return mailroom.receiver(at, credit);
  }

  private TransportClosedException closedException() {
    return new TransportClosedException(name() + " is closed");
  }

  private @Nullable ZmtpSocket sending(Outgoing message) {
    ZmtpRole role =
        message.isQuestion() ? ZmtpRole.REQ : message.to().isTopic() ? ZmtpRole.PUB : ZmtpRole.PUSH;
    for (ZmtpSocket socket : sockets) {
      if (socket.address().equals(message.to()) && socket.role() == role) {
        return socket;
      }
    }
    return null;
  }

  private final class Sending implements PutWindow.Transmission {
    @Override
    public void transmit(Outgoing message) {
      open.add(message);
      assert valid() : ZmtpTransport.this + ": " + open;
      ZmtpSocket socket = sending(message);
      if (socket == null) {
        message.failed(new IOException("no socket of ZMTP sends to " + message.to()));
        sent(message);
      } else {
        socket.send(message);
      }
    }

    @Override
    public void abandoned(Outgoing question) {
      ZmtpSocket socket = sending(question);
      if (socket != null) {
        socket.abandoned(question);
      }
      sent(question);
    }
  }

  /** It is over: it was sent or answered, or has failed. */
  void sent(Outgoing message) {
    if (open.remove(message)) {
      message.confirmed();
      windows.at(message.to()).giveRoom();
      assert valid() : this + ": " + open;
    }
  }

  /** The invariant. */
  private boolean valid() {
    return closed ? open.isEmpty() : windows.underWay() == open.size();
  }

  void drop() {
    dropped++;
  }

  int held(Address address) {
    return mailroom.held(address);
  }

  void add(Address address, byte[] body, Parcel.@Nullable Answer answer) throws IOException {
    mailroom
        .at(address)
        .add(new Parcel(address, ids + numbers++, body, false, null, answer, Long.MAX_VALUE));
  }

  private void handled(Parcel parcel) {
    for (ZmtpSocket socket : sockets) {
      if (socket.address().equals(parcel.address())) {
        socket.room();
      }
    }
  }

  @Override
  public void close() {
    scheduler.checkInside("close");
    if (closed) {
      return;
    }
    closed = true;
    listeners.forEach(TcpListener::close);
    windows.end(this::closedException);
    List<Outgoing> unfinished = List.copyOf(open);
    open.clear();
    unfinished.forEach(message -> message.failed(closedException()));
    sockets.forEach(ZmtpSocket::close);
    mailroom.close();
    assert valid() : this + ": " + open;
  }

  @Override
  public String toString() {
    return name() + " with " + peers() + " peers";
  }
}
