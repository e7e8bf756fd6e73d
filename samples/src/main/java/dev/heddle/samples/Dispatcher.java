package dev.heddle.samples;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Spawner;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Calls a handler back when something happens on its sockets. It is a layer over tasks: one waits
 * for each thing that may happen, and calls.
 */
final class Dispatcher {
  /** What happens to a server and its connections; called in the loop, and so must not wait. */
  interface Handler {
    void handleAccept(Connection connection);

    /** The connection that was asked for by {@link #connect} is there. */
    void handleConnect(Connection connection);

    void handleRead(Connection connection, String text);

    /** All that was sent has gone, and there is room for more: who has much sends it bit by bit. */
    void handleWrite(Connection connection);

    void handleClose(Connection connection);
  }

  /** What a handler answers by: {@link #send} does not wait, the rest is sent as there is room. */
  record Connection(TcpSocket socket, Queue<ByteBuffer> unsent) {
    void send(String text) {
      boolean _ = unsent.tryPut(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Ends the connection when all is sent; then {@link Handler#handleClose} is called. */
    void hangUp() {
      unsent.shutdown();
    }
  }

  private final Spawner spawner;

  Dispatcher(Spawner spawner) {
    this.spawner = spawner;
  }

  /** From now on, what happens to the listener and its connections is the handler's. */
  void register(TcpListener listener, Handler handler) {
    spawner.spawn(
        "accept",
        co -> {
          while (true) {
            Connection connection = new Connection(co.await(listener.accept()), Queue.fifo());
            handler.handleAccept(connection);
            begin(connection, handler);
          }
        });
  }

  /** Connects; what happens to the connection is the handler's. */
  void connect(SocketAddress address, Handler handler) {
    spawner.spawn(
        "connect",
        co -> {
          Connection connection =
              new Connection(co.await(TcpSocket.connect(address)), Queue.fifo());
          handler.handleConnect(connection);
          begin(connection, handler);
        });
  }

  private void begin(Connection connection, Handler handler) {
    spawner.spawn("write", writer -> write(writer, connection, handler));
    spawner.spawn("read", reader -> read(reader, connection, handler));
  }

  private static void read(Awaiter co, Connection connection, Handler handler) {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      while (co.await(connection.socket.recv(buffer)) >= 0) {
        handler.handleRead(connection, StandardCharsets.UTF_8.decode(buffer.flip()).toString());
        buffer.clear();
      }
    } catch (IOException e) {
      // the client has vanished: closed as well
    }
    handler.handleClose(connection);
    connection.unsent.shutdown();
  }

  private static void write(Awaiter co, Connection connection, Handler handler) {
    try (var socket = connection.socket) {
      while (true) {
        co.await(socket.send(co.await(connection.unsent.get())));
        if (connection.unsent.size() == 0 && !connection.unsent.isShutdown()) {
          handler.handleWrite(connection);
        }
      }
    } catch (QueueShutdownException | IOException e) {
      // all is sent, or the client has vanished
    }
  }
}
