package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP socket; or, by its address, a listening Unix-domain socket.
 *
 * <pre>{@code
 * try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 16000))) {
 *   while (true) {
 *     TcpSocket client = co.await(listener.accept());
 *     scheduler.spawn(conversation -> talk(conversation, client));
 *   }
 * }
 * }</pre>
 *
 * <p>It belongs to the scheduler whose task accepts first. {@link #bind} and {@link #localAddress}
 * may be called from any thread, the rest inside of the scheduler.
 */
public final class TcpListener implements AutoCloseable {
  /** Connections that the system keeps until they are accepted. */
  private static final int BACKLOG = 1024;

  /** Connections taken in a row before the poller gets a look at the others. */
  private static final int BATCH = 64;

  private final ServerSocketChannel channel;
  private final SocketAddress local;
  private final Endpoint endpoint;

  /** How many more may be taken without waiting for readiness; 0 when the queue was found empty. */
  private int leftInBatch;

  private TcpListener(ServerSocketChannel channel) throws IOException {
    this.channel = channel;
    this.local = channel.getLocalAddress();
    this.endpoint = new Endpoint(channel, "listener on", local);
  }

  /**
   * Listens on an address; port 0 lets the system choose one.
   *
   * @throws java.net.BindException if the port is in use
   * @throws java.net.UnknownHostException if the address is unresolved
   * @throws IOException if the system refuses otherwise; the message names the address
   */
  public static TcpListener bind(InetSocketAddress address) throws IOException {
    Addresses.checkResolved(address);
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      return new TcpListener(channel);
    } catch (IOException e) {
      channel.close();
      throw Addresses.explained(e, "cannot listen on " + Addresses.text(address));
    }
  }

  /**
   * Listens on a path, for processes of this machine. The file that a dead listener has left there
   * is replaced; closing takes the file away. Who may connect is decided by the rights on the
   * folder.
   *
   * @throws java.net.BindException if somebody listens there, or another kind of file is there
   * @throws IOException if the system refuses otherwise, as it does paths of more than some 100
   *     bytes; the message names the path
   */
  public static TcpListener bind(UnixDomainSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      UnixSocketFile.removeStale(address);
      channel.bind(address, BACKLOG);
      return new TcpListener(channel);
    } catch (IOException e) {
      channel.close();
      throw Addresses.explained(e, "cannot listen on " + Addresses.text(address));
    }
  }

  /**
   * Waits for a connection and takes it. One task at a time. A cancelled caller loses none: a
   * connection is taken only in the turn that returns it.
   */
  @CheckReturnValue
  public YieldEvent<TcpSocket, IOException> accept() {
    return new AcceptSocket(this);
  }

  /**
   * Where it listens; the port is the one that the system chose.
   *
   * @throws IllegalStateException if it listens on a path
   */
  public InetSocketAddress localAddress() {
    return Addresses.inet(local, this);
  }

  /** Whether it has not been closed. */
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /** Stops listening. A task that waits in {@link #accept} gets an {@code IOException}. */
  @Override
  public void close() {
    if (endpoint.isOpen() && local instanceof UnixDomainSocketAddress path) {
      UnixSocketFile.remove(path);
    }
    endpoint.close("closed by its owner");
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean mayHaveMore() {
    return leftInBatch > 0;
  }

  /** Takes a connection if there is one. */
  @Nullable TcpSocket acceptNow() throws IOException {
    SocketChannel accepted = channel.accept();
    if (accepted == null) {
      leftInBatch = 0;
      return null;
    }
    leftInBatch = leftInBatch == 0 ? BATCH - 1 : leftInBatch - 1;
    try {
      return TcpSocket.over(accepted);
    } catch (IOException e) {
      accepted.close(); // gone before we had it
      return acceptNow();
    }
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
