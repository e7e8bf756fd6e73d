package dev.heddle.test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listens at a port of a host.
 *
 * <p>Invariant: connections wait only at a listener that has a port, and no more than its backlog.
 */
final class SimulatedListener extends ServerSocketChannel implements SimulatedChannel {
  private static final int BACKLOG = 50;

  private final SimulatedProvider provider;
  private final SocketOptions options =
      new SocketOptions(
          Set.of(
              StandardSocketOptions.SO_RCVBUF,
              StandardSocketOptions.SO_REUSEADDR,
              StandardSocketOptions.SO_REUSEPORT));

  /** Connections that nobody has accepted. */
  private final Deque<SimulatedConnection> waiting = new ArrayDeque<>();

  private int most = BACKLOG;

  /** Null until it is bound. */
  private @Nullable InetSocketAddress local;

  SimulatedListener(SimulatedProvider provider) {
    super(provider);
    this.provider = provider;
  }

  private Host host() {
    return provider.host;
  }

  @Override
  public ServerSocketChannel bind(@Nullable SocketAddress address, int backlog) throws IOException {
    checkOpen();
    if (local != null) {
      throw new AlreadyBoundException();
    }
    SocketAddress wanted = address == null ? new InetSocketAddress(0) : address;
    if (!(wanted instanceof InetSocketAddress inet)) {
      throw new UnsupportedAddressTypeException();
    }
    InetAddress ip = inet.getAddress();
    if (!host().owns(ip)) {
      throw new BindException("Cannot assign requested address");
    }
    int port = host().bind(inet.getPort(), this);
    if (port < 0) {
      throw new BindException("Address already in use");
    }
    local = new InetSocketAddress(ip, port);
    most = backlog <= 0 ? BACKLOG : backlog;
    assert valid() : this;
    return this;
  }

  private void checkOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  /** Whether it takes connections that come to this address of its host. */
  boolean listensOn(InetAddress ip) {
    InetSocketAddress bound = local;
    return bound != null
        && (bound.getAddress().isAnyLocalAddress() || bound.getAddress().equals(ip));
  }

  boolean isFull() {
    return waiting.size() >= most;
  }

  void add(SimulatedConnection connection) {
    waiting.add(connection);
    assert valid() : this;
    SimulatedSelector.changed(this);
  }

  @Override
  public @Nullable SocketChannel accept() throws IOException {
    checkOpen();
    if (local == null) {
      throw new NotYetBoundException();
    }
    if (waiting.isEmpty()) {
      return null;
    }
    SimulatedSocket socket = new SimulatedSocket(provider);
    provider.opened(socket, "accept"); // else it waits on
    socket.serves(waiting.remove());
    assert valid() : this;
    return socket;
  }

  @Override
  public int readyOps() {
    return waiting.isEmpty() ? 0 : SelectionKey.OP_ACCEPT;
  }

  @Override
  public void vanish() {
    waiting.forEach(connection -> connection.server.vanish());
    waiting.clear();
    host().closed(this);
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    checkOpen();
    return local;
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    checkOpen();
    options.set(name, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> name) throws IOException {
    checkOpen();
    return options.get(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return options.supported();
  }

  @Override
  public ServerSocket socket() {
    throw new UnsupportedOperationException("a simulated channel has no java.net.ServerSocket");
  }

  @Override
  protected void implCloseSelectableChannel() {
    InetSocketAddress bound = local;
    if (bound != null) {
      host().unbind(bound.getPort(), this);
    }
    waiting.forEach(connection -> connection.server.close(true));
    waiting.clear();
    host().closed(this);
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  /** The invariant. */
  private boolean valid() {
    return waiting.isEmpty() || (local != null && waiting.size() <= most);
  }

  @Override
  public String toString() {
    return "listener on " + local + " with " + waiting.size() + " of " + most + " waiting";
  }
}
