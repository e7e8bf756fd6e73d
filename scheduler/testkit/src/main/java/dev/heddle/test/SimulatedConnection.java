package dev.heddle.test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A simulated TCP connection: two sides, and what is on its way to each.
 *
 * <pre>
 *   side.write --> wire of the other side --time, faults, partitions--> arrived --> other.read
 * </pre>
 *
 * <p>What is on the wire arrives in order. When it cannot arrive, because the way is cut or the
 * other host is down, it waits at the head of the wire until it is {@linkplain #sendAgain sent
 * again}, or its sender gives up.
 *
 * <p>Invariants, of each direction: what is on the wire and what has arrived are no more than the
 * window; no packet arrives before one that was sent earlier; the head of the wire is held only
 * while there is one; nothing arrives behind the end.
 */
final class SimulatedConnection {
  /** How many bytes may be on their way, or wait to be read, in one direction. */
  static final int WINDOW = 64 * 1024;

  /** How long a sender tries; Linux takes 15 minutes too. */
  private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(15);

  static final int SMALLEST_PACKET = 40;

  /** A longer wire is not walked by an assertion. */
  private static final int SHORT_WIRE = 8;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private enum Kind {
    /** The answer to a connect. */
    OPEN,
    DATA,
    /** The end of the output. */
    END,
    RESET
  }

  /** What is sent at once. */
  private record Packet(Kind kind, ByteBuffer bytes, long readyAt) {}

  private final Network network;
  private final int number;

  /** Whether it is one of a parent and its child: within a host, and no fault of a way happens. */
  private final boolean isPipe;

  /** Who has connected. */
  final Side client;

  /** Who has been connected to. */
  final Side server;

  SimulatedConnection(
      Network network, Host from, InetSocketAddress local, Host to, InetSocketAddress remote) {
    this(network, from, local, to, remote, false);
    network.connections.add(this);
  }

  private SimulatedConnection(
      Network network,
      Host from,
      InetSocketAddress local,
      Host to,
      InetSocketAddress remote,
      boolean isPipe) {
    this.network = network;
    this.isPipe = isPipe;
    number = ++network.connectionCount;
    client = new Side(from, local);
    server = new Side(to, remote);
  }

  /**
   * A connection within a host, between a process and its child, which is the server. What is
   * written can be read at once; it is never reset, and no script for the network concerns it.
   */
  static SimulatedConnection pipe(
      Network network, Host host, InetSocketAddress parent, InetSocketAddress child) {
    return new SimulatedConnection(network, host, parent, host, child, true);
  }

  private Side other(Side side) {
    return side == client ? server : client;
  }

  boolean isBetween(Host a, Host b) {
    return (client.host == a && server.host == b) || (client.host == b && server.host == a);
  }

  /** Both sides hear at once that it is over. */
  void reset() {
    client.fail(new SocketException("Connection reset"));
    server.fail(new SocketException("Connection reset"));
  }

  /** What waits because it could not arrive is tried again. */
  void sendAgain() {
    client.arrive();
    server.arrive();
  }

  private void forgetIfOver() {
    if (client.isOver() && server.isOver()) {
      network.connections.remove(this);
    }
  }

  @Override
  public String toString() {
    return (isPipe ? "pipe " : "connection ")
        + number
        + " from "
        + client.host
        + " to "
        + server.host;
  }

  /** One end of the connection. */
  final class Side {
    final Host host;
    final InetSocketAddress local;

    /** What is on its way to this side, in order. */
    private final Deque<Packet> wire = new ArrayDeque<>();

    /** What has arrived and was not read, from position 0 to the position. */
    private ByteBuffer arrived = ByteBuffer.allocate(256);

    /** Bytes on the wire. */
    private int onTheWire;

    /** When the last packet on the wire arrives: no later one does before. */
    private long lastAt = Long.MIN_VALUE;

    /** Whether the head of the wire waits for the way, and its sender's patience runs. */
    private boolean held;

    /** The process whose side it is, if that is a child of a pipe; else null. */
    private @Nullable SimulatedChild child;

    /** The channel; null on the server's side until it is accepted. */
    private @Nullable SimulatedSocket channel;

    private boolean established;
    private boolean inputEnded;
    private boolean inputShut;
    private boolean outputShut;
    private boolean closed;

    /** Whether the host has crashed: it does not answer, and has forgotten. */
    private boolean vanished;

    /** Why the connection is over, for this side; null if it is not. */
    private @Nullable IOException failure;

    Side(Host host, InetSocketAddress local) {
      this.host = host;
      this.local = local;
    }

    Side peer() {
      return other(this);
    }

    void belongsTo(SimulatedSocket socket) {
      channel = socket;
    }

    void isOfChild(SimulatedChild process) {
      child = process;
    }

    private void childMayDie() throws IOException {
      if (child != null) {
        child.mayDie();
        throwFailure();
      }
    }

    /**
     * The process of this side is killed: it reads and writes no more, and its peer sees an end.
     */
    void cut() {
      if (failure == null) {
        if (!closed && !outputShut) {
          send(Kind.END, NOTHING);
        }
        fail(new SocketException("the process was killed"));
      }
    }

    // What the channel does.

    /** The server's side exists: its answer is on its way to the client. */
    void open() {
      established = true;
      send(Kind.OPEN, NOTHING);
    }

    boolean isEstablished() throws IOException {
      throwFailure();
      return established;
    }

    int read(ByteBuffer target) throws IOException {
      throwFailure();
      if (arrived.position() == 0) {
        return inputEnded || inputShut ? -1 : 0;
      }
      childMayDie();
      int count = Math.min(arrived.position(), target.remaining());
      if (count > 1 && network.happens("short read", network.faults().shortReads(), this)) {
        count = network.some("how much is read", count, this);
      }
      arrived.flip();
      target.put(target.position(), arrived, 0, count).position(target.position() + count);
      arrived.position(count);
      arrived.compact();
      assert valid() : this;
      peer().changed(); // there is room
      return count;
    }

    int write(ByteBuffer source) throws IOException {
      throwFailure();
      if (outputShut) {
        throw new ClosedChannelException();
      }
      childMayDie();
      int count = Math.min(room(), source.remaining());
      if (count > 0 && network.happens("short write", network.faults().shortWrites(), this)) {
        count = network.some("how much is written", count, this) - 1;
      }
      if (count > 0) {
        ByteBuffer copy = ByteBuffer.allocate(count).put(0, source, source.position(), count);
        source.position(source.position() + count);
        send(Kind.DATA, copy);
      }
      return count;
    }

    private int room() {
      int room = WINDOW - peer().onTheWire - peer().arrived.position();
      assert room >= 0 : this + " has sent " + -room + " bytes more than the window";
      return room;
    }

    void shutdownInput() {
      inputShut = true;
      changed();
    }

    void shutdownOutput() throws IOException {
      throwFailure();
      if (!outputShut) {
        outputShut = true;
        send(Kind.END, NOTHING);
      }
    }

    /** The channel is closed; unread input turns that into a reset, as with the system's TCP. */
    void close(boolean abort) {
      closed = true;
      if (failure == null && !vanished) {
        if (!isPipe && (abort || arrived.position() > 0)) {
          send(Kind.RESET, NOTHING);
        } else if (!outputShut) {
          send(Kind.END, NOTHING);
        }
      }
      forgetIfOver();
    }

    void vanish() {
      vanished = true;
      failure = new SocketException("host " + host + " has crashed");
      changed();
      forgetIfOver();
    }

    boolean isReadable() {
      return failure != null || inputEnded || inputShut || arrived.position() > 0;
    }

    boolean isWritable() {
      return failure != null || outputShut || room() > 0;
    }

    boolean isConnectable() {
      return failure != null || established;
    }

    private boolean isOver() {
      return closed || failure != null;
    }

    private void throwFailure() throws IOException {
      IOException why = failure;
      if (why != null) {
        throw why instanceof ConnectException
            ? new ConnectException(why.getMessage())
            : new SocketException(why.getMessage());
      }
    }

    void fail(IOException why) {
      if (failure == null) {
        failure = why;
        arrived.clear();
        assert valid() : this;
        changed();
        forgetIfOver();
      }
    }

    private void changed() {
      if (channel != null) {
        channel.changed();
      }
    }

    // What the way does.

    private void send(Kind kind, ByteBuffer bytes) {
      Side to = peer();
      if (isPipe) {
        to.take(new Packet(kind, bytes, network.world.now()));
        return;
      }
      long takes =
          network.nanosFor(host, to.host, Math.max(SMALLEST_PACKET, bytes.remaining()), this);
      to.lastAt = Math.max(to.lastAt, network.world.later(takes));
      to.wire.add(new Packet(kind, bytes, to.lastAt));
      to.onTheWire += bytes.remaining();
      assert to.valid() : to;
      network.world.after(to.lastAt - network.world.now(), to::arrive);
    }

    /** What is due on the wire arrives, if the way is free. */
    void arrive() {
      while (!wire.isEmpty() && wire.element().readyAt <= network.world.now()) {
        if (network.isCut(peer().host, host)) {
          hold();
          return;
        }
        held = false;
        Packet packet = wire.remove();
        onTheWire -= packet.bytes.remaining();
        assert packet.readyAt <= lastAt : this + " has got a packet before it was sent";
        take(packet);
      }
      assert valid() : this;
    }

    private void hold() {
      if (!held) {
        held = true;
        Packet head = wire.element();
        network.world.after(GIVE_UP_NANOS, () -> giveUp(head));
      }
    }

    /** The sender of what is held does not try any longer. */
    private void giveUp(Packet head) {
      if (held && wire.peek() == head) {
        wire.clear();
        onTheWire = 0;
        held = false;
        assert valid() : this;
        peer().fail(new SocketException("Connection timed out"));
      }
    }

    private void take(Packet packet) {
      if (!isPipe && (vanished || (closed && packet.kind == Kind.DATA))) {
        peer().fail(new SocketException("Connection reset")); // by the host's answer
        return;
      }
      if (isOver()) {
        return;
      }
      boolean breaks = !isPipe && (packet.kind == Kind.DATA || packet.kind == Kind.END);
      if (breaks && network.happens("reset", network.faults().resets(), this)) {
        reset();
        return;
      }
      switch (packet.kind) {
        case OPEN -> established = true;
        case DATA -> append(packet.bytes);
        case END -> inputEnded = true;
        case RESET -> fail(new SocketException("Connection reset"));
      }
      changed();
    }

    private void append(ByteBuffer bytes) {
      assert !inputEnded && !isOver() : this + " gets bytes behind its end";
      if (arrived.remaining() < bytes.remaining()) {
        int needed = arrived.position() + bytes.remaining();
        arrived = ByteBuffer.allocate(Math.max(needed, 2 * arrived.capacity())).put(arrived.flip());
      }
      arrived.put(bytes);
    }

    /** The invariants. */
    private boolean valid() {
      Packet last = wire.peekLast();
      return onTheWire >= 0
          && onTheWire <= WINDOW - arrived.position()
          && (last == null ? onTheWire == 0 && !held : last.readyAt == lastAt)
          && (wire.size() > SHORT_WIRE || onTheWire == bytesOnTheWire());
    }

    private int bytesOnTheWire() {
      return wire.stream().mapToInt(packet -> packet.bytes.remaining()).sum();
    }

    @Override
    public String toString() {
      return (this == client ? "client" : "server") + " of " + SimulatedConnection.this;
    }
  }
}
