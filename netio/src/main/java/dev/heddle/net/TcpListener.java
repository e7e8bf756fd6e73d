package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
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
 * <p>A listener belongs to the scheduler whose task accepts first. Any thread may call {@link
 * #bind} and {@link #localAddress}; the rest is to be called inside of the scheduler.
 */
public final class TcpListener implements AutoCloseable {
  /** Connections that the system keeps until they are accepted. */
  private static final int BACKLOG = 1024;

  /** Connections taken in a row before the poller gets a look at the others. */
  private static final int BATCH = 64;

  private final ServerSocketChannel channel;
  private final SocketAddress local;
  private final Endpoint endpoint;

  /**
   * How many more connections may be taken without waiting for readiness; 0 when the system's queue
   * was found empty.
   */
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
    return listening(ServerSocketChannel.open(), address);
  }

  /**
   * Listens on a path, for processes of this machine. If a dead listener has left its file there,
   * the file is replaced. Closing the listener deletes the file. The rights on the folder decide
   * who may connect.
   *
   * @throws java.net.BindException if somebody listens there, or another kind of file is there
   * @throws IOException if the system refuses otherwise, for example a path of more than some 100
   *     bytes; the message names the path
   */
  public static TcpListener bind(UnixDomainSocketAddress address) throws IOException {
    return listening(ServerSocketChannel.open(StandardProtocolFamily.UNIX), address);
  }

  private static TcpListener listening(ServerSocketChannel channel, SocketAddress address)
      throws IOException {
    try {
      if (address instanceof UnixDomainSocketAddress path) {
        UnixSocketFile.removeStale(path);
      } else {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      channel.bind(address, BACKLOG);
      return new TcpListener(channel);
    } catch (IOException e) {
      channel.close();
      throw Addresses.explained(e, "cannot listen on " + Addresses.text(address));
    }
  }

  /**
   * Waits for a connection and takes it. One task at a time may wait; a second one gets a {@code
   * SocketException} that names the first. A cancelled caller loses no connection, as a connection
   * is taken only in the turn that returns it.
   */
  @CheckReturnValue
  public YieldEvent<TcpSocket, IOException> accept() {
    return new AcceptSocket();
  }

  /**
   * Where the listener listens, with the port that the system chose if it was asked to.
   *
   * @throws IllegalStateException if the listener listens on a path
   */
  public InetSocketAddress localAddress() {
    return Addresses.inet(local, this);
  }

  /** Whether the listener has not been closed. */
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /** Stops listening. A task that waits in {@link #accept} gets a {@link SocketClosedException}. */
  @Override
  public void close() {
    if (endpoint.isOpen() && local instanceof UnixDomainSocketAddress path) {
      UnixSocketFile.remove(path);
    }
    endpoint.close("closed by its owner");
  }

  /** The event of {@link #accept}, by its name in Python Cookbook 12.12. */
  private final class AcceptSocket extends SocketEvent<TcpSocket> {
    AcceptSocket() {
      super(endpoint, SelectionKey.OP_ACCEPT);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      TcpSocket accepted = ready || leftInBatch > 0 ? acceptNow() : null;
      return accepted == null ? NOT_READY : accepted;
    }

    @Override
    public String describe() {
      return "a connection to " + endpoint();
    }
  }

  /** Takes a connection if there is one. */
  private @Nullable TcpSocket acceptNow() throws IOException {
    SocketChannel accepted;
    try {
      accepted = channel.accept();
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
    if (accepted == null) {
      leftInBatch = 0;
      return null;
    }
    leftInBatch = leftInBatch == 0 ? BATCH - 1 : leftInBatch - 1;
    try {
      return TcpSocket.over(accepted);
    } catch (IOException e) {
      accepted.close(); // the peer went away before we had the connection
      return acceptNow();
    }
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
