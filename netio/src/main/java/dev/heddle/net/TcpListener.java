package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.jfr.Flight;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
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
  /** Connections taken in a row before the poller gets a look at the others. */
  private static final int BATCH = 64;

  private static final String FEW_DESCRIPTORS =
      "Too many open files: the last descriptors are not for clients";

  private static final SpareDescriptors SPARES = SpareDescriptors.ofProcess();

  private final ServerSocketChannel channel;
  private final SocketAddress local;
  private final Endpoint endpoint;
  private final AcceptPause pause;

  /**
   * How many more connections may be taken without waiting for readiness; 0 when the system's queue
   * was found empty.
   */
  private int leftInBatch;

  private TcpListener(ServerSocketChannel channel, SocketAddress local) throws IOException {
    this.channel = channel;
    this.local = local;
    this.endpoint = new Endpoint(channel, "listener on", local);
    this.pause = new AcceptPause(endpoint);
    endpoint.beforeClose(SPARES::listenerClosed);
    Reactor maker = Reactor.ofCaller();
    if (maker != null) {
      endpoint.keptBy(maker);
    }
  }

  /**
   * Listens on an address, with {@link ListenOptions#DEFAULT}; port 0 lets the system choose one.
   *
   * @throws java.net.BindException if the port is in use
   * @throws java.net.UnknownHostException if nobody knows the name
   * @throws IOException if the system refuses otherwise; the message names the address
   */
  public static TcpListener bind(InetSocketAddress address) throws IOException {
    return bind(address, ListenOptions.DEFAULT);
  }

  /**
   * Listens on an address; port 0 lets the system choose one. A name that was not looked up yet is
   * looked up, which may block.
   *
   * <p>The wildcard address means all addresses of the machine: those of IPv6 too, unless {@link
   * ListenOptions#withIpv4Only} says otherwise. The JDK cannot listen on IPv6 alone, but on one
   * IPv6 address.
   *
   * @throws java.net.BindException if the port is in use
   * @throws java.net.UnknownHostException if nobody knows the name
   * @throws IOException if the system refuses otherwise; the message names the address
   * @throws IllegalArgumentException if the options are for a path, or for IPv4 only and the
   *     address is of IPv6
   */
  public static TcpListener bind(InetSocketAddress address, ListenOptions options)
      throws IOException {
    return bind(address, options, SocketProvider.ofCaller());
  }

  static TcpListener bind(InetSocketAddress address, ListenOptions options, SocketProvider provider)
      throws IOException {
    Objects.requireNonNull(address, "address");
    InetSocketAddress named = Addresses.resolved(address);
    InetSocketAddress resolved = options.ipv4Only() ? inIpv4(named) : named;
    if (options.fileMode() != null) {
      throw new IllegalArgumentException(
          "cannot listen on " + Addresses.text(address) + " with a file mode: it is not a path");
    }
    SelectorProvider channels = provider.channels();
    ServerSocketChannel channel =
        options.ipv4Only()
            ? channels.openServerSocketChannel(StandardProtocolFamily.INET)
            : channels.openServerSocketChannel();
    return listening(
        channel,
        resolved,
        () -> {
          channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          if (options.reusePort()) {
            Addresses.setOption(
                channel, StandardSocketOptions.SO_REUSEPORT, true, "a listener on this system");
          }
          options.applyReceiveBuffer(channel);
          channel.bind(resolved, options.backlog());
          return new TcpListener(channel, channel.getLocalAddress());
        });
  }

  private static InetSocketAddress inIpv4(InetSocketAddress address) throws IOException {
    if (address.getAddress() instanceof Inet4Address) {
      return address;
    }
    if (address.getAddress().isAnyLocalAddress()) {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[4]), address.getPort());
    }
    throw new IllegalArgumentException(
        "cannot listen on " + Addresses.text(address) + " for IPv4 only: it is of IPv6");
  }

  /**
   * Listens on a path, for processes of this machine, with {@link ListenOptions#DEFAULT}.
   *
   * @throws java.net.BindException if somebody listens there, or another kind of file is there
   * @throws IOException if the system refuses otherwise, for example a path of more than some 100
   *     bytes; the message names the path
   */
  public static TcpListener bind(UnixDomainSocketAddress address) throws IOException {
    return bind(address, ListenOptions.DEFAULT);
  }

  /**
   * Listens on a path, for processes of this machine. If a dead listener of the same user has left
   * its socket there, that file is replaced; no other file is ever deleted. Closing the listener,
   * and the end of its scheduler, delete its own file, unless another has taken its place. Who may
   * connect is decided by {@link ListenOptions#withFileMode}, from the first moment on, and by the
   * rights on the folder.
   *
   * @throws java.net.BindException if somebody listens there, or another kind of file is there, or
   *     the socket is another user's
   * @throws IOException if the system refuses otherwise, for example a path of more than some 100
   *     bytes; the message names the path
   * @throws IllegalArgumentException if the options are for a port
   */
  public static TcpListener bind(UnixDomainSocketAddress address, ListenOptions options)
      throws IOException {
    Objects.requireNonNull(address, "address");
    if (options.reusePort() || options.ipv4Only()) {
      throw new IllegalArgumentException(
          "cannot listen on " + address + " with options of a port: it is a path");
    }
    ServerSocketChannel channel =
        SocketProvider.ofCaller().channels().openServerSocketChannel(StandardProtocolFamily.UNIX);
    return listening(
        channel,
        address,
        () -> {
          options.applyReceiveBuffer(channel);
          UnixSocketFile file = UnixSocketFile.bind(channel, address, options);
          TcpListener listener = new TcpListener(channel, address);
          listener.endpoint.beforeClose(
              () -> {
                SPARES.listenerClosed();
                file.removeIfOurs();
              });
          return listener;
        });
  }

  private interface Binding {
    TcpListener bind() throws IOException;
  }

  /** Whatever goes wrong, the channel does not stay open. */
  private static TcpListener listening(
      ServerSocketChannel channel, SocketAddress address, Binding binding) throws IOException {
    TcpListener bound = null;
    boolean counted = false;
    try {
      FirstUse.prepare();
      SPARES.listenerOpened();
      counted = true;
      bound = binding.bind();
      return bound;
    } catch (IOException e) {
      throw Addresses.explained(e, "cannot listen on " + Addresses.text(address));
    } finally {
      if (bound == null) {
        channel.close();
        if (counted) {
          SPARES.listenerClosed();
        }
      }
    }
  }

  /**
   * Waits for a connection and takes it. One task at a time may wait; a second one gets a {@code
   * SocketException} that names the first. A cancelled caller loses no connection, as a connection
   * is taken only in the turn that returns it.
   *
   * <p>When the system has no descriptor left for a connection, or refuses otherwise, or memory is
   * short, or a class cannot be loaded any more, the wait goes on: the listener tries again after 5
   * ms, after twice as long each time, up to a second. It logs a warning. The last descriptors of
   * the process, 16 at the most, are not for clients: they are left for what the program, its log
   * and the JDK still have to open then.
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

  /**
   * Stops listening, at once: who connects from now on is refused, and another listener can be
   * bound to the address in the same turn. A task that waits in {@link #accept} gets a {@link
   * SocketClosedException}.
   */
  @Override
  public void close() {
    close("closed by its owner");
  }

  private void close(String reason) {
    if (endpoint.isOpen()) {
      endpoint.close(reason);
      endpoint.releaseDescriptor();
    }
  }

  /** The event of {@link #accept}, by its name in Python Cookbook 12.12. */
  private final class AcceptSocket extends SocketEvent<TcpSocket> {
    AcceptSocket() {
      super(endpoint, SelectionKey.OP_ACCEPT);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      TcpSocket accepted = null;
      if (pause.isOn()) {
        endpoint().dropInterest(SelectionKey.OP_ACCEPT);
      } else if (ready || leftInBatch > 0) {
        accepted = acceptOrPause(reactor);
      }
      return accepted == null ? NOT_READY : accepted;
    }

    private @Nullable TcpSocket acceptOrPause(Reactor reactor) throws IOException {
      try {
        TcpSocket accepted = SPARES.areHeld() ? acceptNow(reactor) : null;
        if (accepted != null) {
          pause.accepted();
        }
        if (!SPARES.areHeld() || (accepted != null && !SPARES.isOneLeft())) {
          pause(FEW_DESCRIPTORS);
        }
        return accepted;
      } catch (IOException | Error e) {
        if (!channel.isOpen()) {
          throw e;
        }
        pause(e instanceof IOException failed ? systemsReason(failed) : e);
        return null;
      }
    }

    /** Without the listener, which the line in the log begins with. */
    private static @Nullable String systemsReason(IOException failed) {
      return (failed.getCause() instanceof IOException system ? system : failed).getMessage();
    }

    private void pause(@Nullable Object why) {
      SPARES.giveBack(); // first, as all that follows may load a class
      leftInBatch = 0;
      endpoint().dropInterest(SelectionKey.OP_ACCEPT);
      pause.begin(waiting().task().scheduler(), why);
    }

    @Override
    public String describe() {
      return "a connection to " + endpoint();
    }
  }

  /** Takes a connection if there is one. */
  private @Nullable TcpSocket acceptNow(Reactor reactor) throws IOException {
    for (int tries = 0; tries < BATCH; tries++) {
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
      TcpSocket socket = socketOver(accepted, reactor);
      if (socket != null) {
        Flight.accepted(this, socket);
        return socket;
      }
    }
    return null; // the others get a turn before the next
  }

  /** Null if the peer went away before we had the connection. */
  private static @Nullable TcpSocket socketOver(SocketChannel accepted, Reactor reactor)
      throws IOException {
    TcpSocket made = null;
    try {
      made = TcpSocket.over(accepted, reactor);
    } catch (IOException e) {
      // it is closed below
    } finally {
      if (made == null) {
        accepted.close();
      }
    }
    return made;
  }

  /** How many accepts have failed. Any thread may ask. */
  int acceptFailures() {
    return pause.failures();
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
