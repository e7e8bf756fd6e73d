package dev.heddle.bench.peers;

import dev.heddle.net.Connection;
import dev.heddle.net.Server;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What users write by themselves, in plain methods that take the awaiter. */
public final class UserPeer implements Peer {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
  private static final byte[] PREFIX = "GOT:".getBytes(StandardCharsets.US_ASCII);
  private static final int ROOM = 4096;

  /** What {@link #sockets} can answer, line end included. */
  public static final int LONGEST_LINE = ROOM - PREFIX.length;

  private final boolean onServer;

  private UserPeer(boolean onServer) {
    this.onServer = onServer;
  }

  /** Lines by {@link Server}, its reader, and {@code send}. */
  public static UserPeer lines() {
    return new UserPeer(true);
  }

  /**
   * An accept loop of its own, {@code recv} and {@code send}; takes what comes as one whole line.
   */
  public static UserPeer sockets() {
    return new UserPeer(false);
  }

  @Override
  public int start() {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("heddle").start(() -> serve(port));
    return port.join();
  }

  private void serve(CompletableFuture<Integer> port) {
    try (Scheduler scheduler = Scheduler.create()) {
      if (onServer) {
        scheduler.spawn(
            co -> {
              Server server = Server.serve(ANY_PORT, UserPeer::talk, ServerLimits.DEFAULT);
              port.complete(server.localAddress().getPort());
            });
      } else {
        TcpListener listener = TcpListener.bind(ANY_PORT);
        port.complete(listener.localAddress().getPort());
        scheduler.spawn(co -> acceptAll(co, listener));
      }
      scheduler.run();
    } catch (IOException e) {
      port.completeExceptionally(e);
    }
  }

  private static void talk(Awaiter co, Connection connection) throws IOException {
    byte[] line = hear(co, connection);
    while (line != null) {
      answer(co, connection, line);
      line = hear(co, connection);
    }
  }

  private static byte @Nullable [] hear(Awaiter co, Connection connection) throws IOException {
    return co.await(connection.reader().readLine());
  }

  private static void answer(Awaiter co, Connection connection, byte[] line) throws IOException {
    co.await(
        connection.socket().send(PREFIX.length + line.length, out -> out.put(PREFIX).put(line)));
  }

  private static void acceptAll(Awaiter co, TcpListener listener) throws IOException {
    while (true) {
      TcpSocket client = co.await(listener.accept());
      co.task().scheduler().spawn("client", mine -> echo(mine, client));
    }
  }

  private static void echo(Awaiter co, TcpSocket client) throws IOException {
    try (client) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
      while (receive(co, client, buffer)) {
        co.await(client.send(buffer.flip()));
      }
    }
  }

  /** Receives behind the prefix; false at the end. */
  private static boolean receive(Awaiter co, TcpSocket client, ByteBuffer buffer)
      throws IOException {
    return co.await(client.recv(buffer.clear().put(PREFIX))) >= 0;
  }
}
