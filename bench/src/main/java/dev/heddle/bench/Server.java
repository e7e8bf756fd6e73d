package dev.heddle.bench;

import dev.heddle.bench.peers.HeddlePeer;
import dev.heddle.bench.peers.NettyPeer;
import dev.heddle.bench.peers.Peer;
import dev.heddle.bench.peers.ThreadPerConnection;
import dev.heddle.bench.peers.UserPeer;
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
  NETTY_NIO,
  NETTY_EPOLL,
  HEDDLE_TLS,
  NETTY_TLS;

  /** Against which the others are compared. */
  static final Server BASELINE = VTHREAD;

  Peer peer() throws IOException {
    return switch (this) {
      case HEDDLE_STEP -> new HeddlePeer(EchoServer.Style.STEP);
      case HEDDLE_COROUTINE -> new HeddlePeer(EchoServer.Style.COROUTINE);
      case HEDDLE_THREAD -> new HeddlePeer(EchoServer.Style.THREAD);
      case HEDDLE_LINES -> UserPeer.lines();
      case HEDDLE_SOCKETS -> UserPeer.sockets();
      case VTHREAD -> new ThreadPerConnection(Thread.ofVirtual());
      case PLATFORM -> new ThreadPerConnection(Thread.ofPlatform().daemon());
      case NETTY_NIO -> NettyPeer.nio();
      case NETTY_EPOLL -> NettyPeer.epoll();
      case HEDDLE_TLS -> HeddlePeer.encrypted(EchoServer.Style.COROUTINE);
      case NETTY_TLS -> NettyPeer.encrypted();
    };
  }

  /** Whether it runs on this machine. */
  boolean isAvailable() {
    return this != NETTY_EPOLL || NettyPeer.hasEpoll();
  }

  /** Whether its clients must speak TLS. */
  boolean isEncrypted() {
    return this == HEDDLE_TLS || this == NETTY_TLS;
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
