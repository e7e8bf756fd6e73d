package dev.heddle.test;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a simulated host.
 *
 * <pre>
 *   new --connect--> CONNECTING --finishConnect--> CONNECTED
 *    '--accepted---------------------------------------^
 * </pre>
 *
 * <p>Invariants: a socket has its end of a connection, or a failure, or neither, and never both.
 * Who has an end of a connection has two addresses; who is connected has such an end.
 */
final class SimulatedSocket extends SocketChannel implements SimulatedChannel {
  private static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The first packet is sent seven times, as Linux does: for 127 seconds. */
  private static final int MOST_TRIES = 7;

  private final SimulatedProvider provider;
  private final SocketOptions options =
      new SocketOptions(
          Set.of(
              StandardSocketOptions.SO_SNDBUF,
              StandardSocketOptions.SO_RCVBUF,
              StandardSocketOptions.SO_KEEPALIVE,
              StandardSocketOptions.SO_REUSEADDR,
              StandardSocketOptions.SO_LINGER,
              StandardSocketOptions.TCP_NODELAY));

  private @Nullable InetSocketAddress local;

  /** Whom it is, or will be, connected to; null before. */
  private @Nullable InetSocketAddress remote;

  /** Its end of the connection; null until the other host has answered. */
  private SimulatedConnection.@Nullable Side side;

  /** Why it cannot be connected; null if nothing has failed. */
  private @Nullable IOException failure;

  private boolean connected;

  SimulatedSocket(SimulatedProvider provider) {
    super(provider);
    this.provider = provider;
  }

  private Network network() {
    return provider.host.network();
  }

  /** One end of a connection that is made already, for a scheduler. */
  static SimulatedSocket end(SimulatedProvider provider, SimulatedConnection.Side side) {
    SimulatedSocket socket = new SimulatedSocket(provider);
    socket.isAt(side);
    return socket;
  }

  /** It is the server's side of the connection. */
  void serves(SimulatedConnection connection) {
    isAt(connection.server);
  }

  private void isAt(SimulatedConnection.Side mine) {
    takes(mine);
    remote = mine.peer().local;
    connected = true;
    assert valid() : this;
  }

  private void takes(SimulatedConnection.Side mine) {
    assert side == null : this + " is connected twice";
    side = mine;
    local = mine.local;
    mine.belongsTo(this);
  }

  /** It may be ready. */
  void changed() {
    SimulatedSelector.changed(this);
  }

  // To connect.

  @Override
  public SocketChannel bind(@Nullable SocketAddress address) throws IOException {
    checkOpen();
    if (!(address instanceof InetSocketAddress inet) || !provider.host.owns(inet.getAddress())) {
      throw new BindException("Cannot assign requested address");
    }
    local = inet.getPort() == 0 ? provider.host.address(provider.host.freePort()) : inet;
    return this;
  }

  @Override
  public boolean connect(SocketAddress address) throws IOException {
    checkOpen();
    if (isBlocking()) {
      throw new IllegalBlockingModeException();
    }
    if (!(address instanceof InetSocketAddress to)) {
      throw new UnsupportedAddressTypeException();
    }
    if (to.isUnresolved()) {
      throw new UnresolvedAddressException();
    }
    if (remote != null) {
      throw connected ? new AlreadyConnectedException() : new ConnectionPendingException();
    }
    remote = to;
    Host host = provider.host;
    Host target = network().at(host, to);
    if (local == null) {
      local = new InetSocketAddress(target == host ? to.getAddress() : host.ip(), host.freePort());
    }
    if (target == null) {
      fail(new NoRouteToHostException("No route to host"));
    } else {
      knock(target, 1);
    }
    return false;
  }

  /** Sends the first packet; without an answer it is sent again, after twice the time. */
  private void knock(Host target, int tries) {
    boolean lost = network().happens("lost connect", network().faults().slowConnects(), this);
    if (!lost) {
      long takes =
          network().nanosFor(provider.host, target, SimulatedConnection.SMALLEST_PACKET, this);
      network().world.after(takes, () -> heard(target));
    }
    network().world.after(FIRST_RETRY_NANOS << (tries - 1), () -> knockAgain(target, tries));
  }

  private void knockAgain(Host target, int tries) {
    if (side == null && failure == null && isOpen()) {
      if (tries == MOST_TRIES) {
        fail(new ConnectException("Connection timed out"));
      } else {
        knock(target, tries + 1);
      }
    }
  }

  /** The first packet has come to the other host. */
  private void heard(Host target) {
    Host host = provider.host;
    if (side != null || failure != null || !isOpen() || network().isCut(host, target)) {
      return;
    }
    InetSocketAddress to = Objects.requireNonNull(remote, "remote");
    SimulatedListener listener = target.listenerAt(to.getPort());
    boolean refused = network().happens("refusal", network().faults().refusals(), this);
    if (refused || listener == null || !listener.listensOn(to.getAddress())) {
      if (!network().isCut(target, host)) {
        long takes = network().nanosFor(target, host, SimulatedConnection.SMALLEST_PACKET, this);
        network().world.after(takes, () -> fail(new ConnectException("Connection refused")));
      }
    } else if (!listener.isFull()) {
      InetSocketAddress from = Objects.requireNonNull(local, "local");
      SimulatedConnection made = new SimulatedConnection(network(), host, from, target, to);
      takes(made.client);
      assert valid() : this;
      listener.add(made);
      made.server.open();
    }
  }

  private void fail(IOException why) {
    if (side == null && failure == null) {
      failure = why;
      changed();
    }
  }

  @Override
  public boolean finishConnect() throws IOException {
    checkOpen();
    if (remote == null) {
      throw new NoConnectionPendingException();
    }
    IOException why = failure;
    if (why != null) {
      throw why;
    }
    connected = connected || (side != null && side.isEstablished());
    assert valid() : this;
    return connected;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public boolean isConnectionPending() {
    return remote != null && !connected;
  }

  // To move bytes.

  private SimulatedConnection.Side side() throws IOException {
    checkOpen();
    SimulatedConnection.Side mine = side;
    if (mine == null || !connected) {
      throw new NotYetConnectedException();
    }
    return mine;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return side().read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      int count = targets[i].hasRemaining() ? read(targets[i]) : 0;
      if (count < 0) {
        return total == 0 ? count : total;
      }
      total += count;
      if (targets[i].hasRemaining()) {
        break;
      }
    }
    return total;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return side().write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      total += sources[i].hasRemaining() ? write(sources[i]) : 0;
      if (sources[i].hasRemaining()) {
        break;
      }
    }
    return total;
  }

  @Override
  public SocketChannel shutdownInput() throws IOException {
    side().shutdownInput();
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    side().shutdownOutput();
    return this;
  }

  @Override
  public int readyOps() {
    SimulatedConnection.Side mine = side;
    if (!connected) {
      boolean known = failure != null || (mine != null && mine.isConnectable());
      return known ? SelectionKey.OP_CONNECT : 0;
    }
    if (mine == null) {
      return 0;
    }
    int read = mine.isReadable() ? SelectionKey.OP_READ : 0;
    int write = mine.isWritable() ? SelectionKey.OP_WRITE : 0;
    return read | write;
  }

  @Override
  public void vanish() {
    if (side != null) {
      side.vanish();
    }
    fail(new ConnectException("host " + provider.host + " has crashed"));
    provider.host.closed(this);
  }

  private void checkOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public @Nullable SocketAddress getRemoteAddress() throws IOException {
    checkOpen();
    return connected ? remote : null;
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    checkOpen();
    return local;
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
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
  public Socket socket() {
    throw new UnsupportedOperationException("a simulated channel has no java.net.Socket");
  }

  @Override
  protected void implCloseSelectableChannel() {
    if (side != null) {
      side.close(Objects.equals(options.get(StandardSocketOptions.SO_LINGER), 0));
    }
    provider.host.closed(this);
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  /** The invariants. */
  private boolean valid() {
    return side == null ? !connected : failure == null && local != null && remote != null;
  }

  @Override
  public String toString() {
    return "socket " + local + " to " + remote;
  }
}
