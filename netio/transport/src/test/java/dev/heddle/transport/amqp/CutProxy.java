package dev.heddle.transport.amqp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between client and broker, and cuts what is connected when it is told to. */
final class CutProxy implements Closeable {
  private final ServerSocket listener;
  private final int broker;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  CutProxy(int broker) throws IOException {
    this.broker = broker;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("proxy").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        try {
          Socket server = new Socket(InetAddress.getLoopbackAddress(), broker);
          open.add(client);
          open.add(server);
          copy(client, server);
          copy(server, client);
        } catch (IOException e) {
          client.close(); // the broker is not there
        }
      }
    } catch (IOException e) {
      cut(); // closed
    }
  }

  private static void copy(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (from;
                  to;
                  InputStream in = from.getInputStream();
                  OutputStream out = to.getOutputStream()) {
                in.transferTo(out);
              } catch (IOException e) {
                // cut
              }
            });
  }

  /** Ends all connections; others may come. */
  void cut() {
    List<Socket> cut = List.copyOf(open);
    open.removeAll(cut); // and none that has come since
    for (Socket socket : cut) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is closed all the same
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
