package dev.heddle.bench;

import dev.heddle.bench.peers.ForeignPeer;
import dev.heddle.bench.peers.HeddlePeer;
import dev.heddle.bench.peers.Look;
import dev.heddle.bench.peers.NettyPeer;
import dev.heddle.bench.peers.Peer;
import dev.heddle.bench.peers.ThreadPerConnection;
import dev.heddle.bench.peers.UserPeer;
import dev.heddle.bench.peers.VertxPeer;
import dev.heddle.net.echo.EchoServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The echo servers that can be measured. */
enum Server {
  HEDDLE_STEP,
  HEDDLE_COROUTINE,
  HEDDLE_THREAD,
  HEDDLE_LINES,
  HEDDLE_SOCKETS,
  VTHREAD,
  PLATFORM,
  POOL_128,
  NETTY_NIO,
  NETTY_EPOLL,
  VERTX,
  C_EPOLL,
  GO,
  ASYNCIO,
  COOKBOOK,
  HEDDLE_TLS,
  NETTY_TLS,
  HEDDLE_BARE,
  HEDDLE_OBSERVED,
  HEDDLE_RECORDED,
  HEDDLE_INSPECTED,
  HEDDLE_REPLAYABLE,
  HEDDLE_LOOPS;

  /** Against which the others are compared. */
  static final Server BASELINE = VTHREAD;

  /** More descriptors than these are beyond select(), on which the Cookbook's server stands. */
  private static final int MOST_BY_SELECT = 1000;

  /** The threads of the Cookbook's pool; a client beyond them is not answered until one leaves. */
  private static final int POOL = 128;

  /** The loops of a server that has more than one. */
  private static final int LOOPS = 2;

  /**
   * The server, for this process.
   *
   * @throws IllegalStateException if it is no Java; see {@link #foreign}
   */
  Peer peer() throws IOException {
    return switch (this) {
      case HEDDLE_STEP -> new HeddlePeer(EchoServer.Style.STEP);
      case HEDDLE_COROUTINE -> new HeddlePeer(EchoServer.Style.COROUTINE);
      case HEDDLE_THREAD -> new HeddlePeer(EchoServer.Style.THREAD);
      case HEDDLE_LINES -> UserPeer.lines();
      case HEDDLE_SOCKETS -> UserPeer.sockets();
      case VTHREAD -> new ThreadPerConnection(Thread.ofVirtual());
      case PLATFORM -> new ThreadPerConnection(Thread.ofPlatform().daemon());
      case POOL_128 -> ThreadPerConnection.pooled(POOL);
      case NETTY_NIO -> NettyPeer.nio();
      case NETTY_EPOLL -> NettyPeer.epoll();
      case VERTX -> new VertxPeer();
      case HEDDLE_TLS -> HeddlePeer.encrypted(EchoServer.Style.COROUTINE);
      case NETTY_TLS -> NettyPeer.encrypted();
      case HEDDLE_BARE -> HeddlePeer.lookedAt(Look.NOTHING);
      case HEDDLE_OBSERVED -> HeddlePeer.lookedAt(Look.OBSERVER);
      case HEDDLE_RECORDED -> HeddlePeer.lookedAt(Look.FLIGHT_RECORDER);
      case HEDDLE_INSPECTED -> HeddlePeer.lookedAt(Look.PAGE);
      case HEDDLE_REPLAYABLE -> HeddlePeer.lookedAt(Look.RECORDING);
      case HEDDLE_LOOPS -> HeddlePeer.onLoops(LOOPS);
      case C_EPOLL, GO, ASYNCIO, COOKBOOK -> throw new IllegalStateException(this + " is no Java");
    };
  }

  /** The server as a program that is no Java; empty if it is Java. */
  Optional<ForeignPeer> foreign() {
    return Optional.ofNullable(
        switch (this) {
          case C_EPOLL -> ForeignPeer.C_EPOLL;
          case GO -> ForeignPeer.GO;
          case ASYNCIO -> ForeignPeer.ASYNCIO;
          case COOKBOOK -> ForeignPeer.GENERATORS;
          default -> null;
        });
  }

  /** Whether it runs on this machine. */
  boolean isAvailable() {
    return missing().isEmpty();
  }

  /** What it needs and this machine does not have; empty if it runs here. */
  String missing() {
    if (this == NETTY_EPOLL) {
      return NettyPeer.hasEpoll() ? "" : "Linux on x86-64";
    }
    if (this == C_EPOLL && !NettyPeer.hasEpoll()) {
      return "Linux";
    }
    return foreign()
        .filter(peer -> !peer.isAvailable())
        .map(peer -> peer.tool() + " on the path")
        .orElse("");
  }

  /** Whether it can serve so many clients. */
  boolean serves(int connections) {
    return switch (this) {
      case COOKBOOK -> connections <= MOST_BY_SELECT;
      case POOL_128 -> connections <= POOL;
      default -> true;
    };
  }

  /** Whether it can serve such lines, with so many of each client's on their way. */
  boolean serves(int line, int pipelining) {
    return this != HEDDLE_SOCKETS || (line <= UserPeer.LONGEST_LINE && pipelining == 1);
  }

  /** Whether its clients must speak TLS. */
  boolean isEncrypted() {
    return this == HEDDLE_TLS || this == NETTY_TLS;
  }

  /** Whether it is measured only if it is named: to see what TLS, a look or a loop more costs. */
  boolean isExtra() {
    return switch (this) {
      case HEDDLE_BARE,
          HEDDLE_OBSERVED,
          HEDDLE_RECORDED,
          HEDDLE_INSPECTED,
          HEDDLE_REPLAYABLE,
          HEDDLE_LOOPS ->
          true;
      default -> isEncrypted();
    };
  }

  /** The server of this name, as {@link #toString} gives it. */
  static Optional<Server> named(String name) {
    return Arrays.stream(values()).filter(server -> server.toString().equals(name)).findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
