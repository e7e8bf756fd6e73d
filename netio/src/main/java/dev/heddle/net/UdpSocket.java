package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket: sends datagrams to any address and receives them from any, or, connected, to and
 * from one peer only.
 *
 * <pre>{@code
 * try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 16001))) {
 *   while (true) {
 *     Datagram request = co.await(socket.recv());
 *     co.await(socket.send(new Datagram(request.address(), answerTo(request.data()))));
 *   }
 * }
 * }</pre>
 *
 * <p>A datagram arrives whole, twice, late or not at all: UDP promises nothing. A datagram without
 * bytes is one too.
 *
 * <p>A socket belongs to the scheduler whose task uses it first, and is used inside of that
 * scheduler only. One task may wait to receive and one to send; a second one gets a {@code
 * SocketException} that names the first. A deadline set for the socket with {@code
 * scheduler.setDeadline} closes the socket when it has passed; the end of the scheduler closes it
 * too. No event makes a failure the end of the socket: after each the socket works on. Of a flood a
 * task receives so many datagrams in a row, and then others get their turns.
 *
 * <p>An event may be awaited again when its wait is over, and does the operation once more: a send
 * sends the same bytes.
 */
public final class UdpSocket extends Timed implements AutoCloseable {
  /** The most bytes that a datagram carries over IPv4: 65,507. Over IPv6 it is 20 more. */
  public static final int MOST_BYTES = 65_507;

  /** The most datagrams that one wait may ask for: 1,024. */
  public static final int MOST_BATCH = 1_024;

  private final DatagramChannel channel;
  private final Endpoint endpoint;
  private final InetSocketAddress local;

  /** The only peer; null unless the socket is connected. */
  private final @Nullable InetSocketAddress peer;

  /** Whether it sends to IPv4 addresses only. */
  private final boolean ipv4;

  private final DatagramReceiver receiver;
  private final MulticastGroups groups;

  private UdpSocket(DatagramChannel channel, @Nullable InetSocketAddress peer, boolean ipv4)
      throws IOException {
    this.ipv4 = ipv4;
    this.channel = channel;
    this.peer = peer;
    this.local = (InetSocketAddress) channel.getLocalAddress();
    this.endpoint =
        peer == null
            ? new Endpoint(channel, "UDP socket at", local)
            : new Endpoint(channel, "UDP socket to", peer);
    this.receiver = new DatagramReceiver(channel, endpoint, peer != null);
    this.groups = new MulticastGroups(channel, endpoint, ipv4);
  }

  /**
   * Opens a socket at an address; port 0 lets the system choose one. An IPv4 address, {@code
   * 0.0.0.0} too, makes a socket for IPv4; {@code ::} one for both. Any thread may call it.
   *
   * @throws java.net.BindException if the port is in use
   * @throws UnknownHostException if the address is unresolved
   * @throws IOException if the system refuses otherwise; the message names the address
   */
  public static UdpSocket bind(InetSocketAddress address) throws IOException {
    return open(address, null, false, "cannot bind UDP socket to " + Addresses.text(address));
  }

  /**
   * Opens a socket that sends to one peer and receives from that one only. Nothing is sent by this:
   * that nobody listens there is told, if the peer's system tells it, by a {@link
   * java.net.PortUnreachableException} of a later {@link #recv()} or send. After that the socket
   * works on.
   *
   * @throws UnknownHostException if the address is unresolved
   * @throws IOException if the system refuses; the message names the address
   * @throws IllegalArgumentException if the port is 0
   */
  public static UdpSocket connect(InetSocketAddress peer) throws IOException {
    return connect(null, peer);
  }

  /**
   * {@link #connect(InetSocketAddress)} from an address of this machine.
   *
   * @param source where the datagrams come from; null lets the system choose
   * @param peer the only peer
   * @throws java.net.BindException if the source's port is in use
   */
  public static UdpSocket connect(@Nullable InetSocketAddress source, InetSocketAddress peer)
      throws IOException {
    return open(source, peer, false, "cannot connect UDP socket to " + Addresses.text(peer));
  }

  /** Whatever goes wrong, the channel does not stay open. */
  private static UdpSocket open(
      @Nullable InetSocketAddress source,
      @Nullable InetSocketAddress peer,
      boolean shared,
      String tried)
      throws IOException {
    checkResolved(source);
    checkResolved(peer);
    boolean ipv4 = Datagrams.isIpv4(source == null ? peer : source);
    if (peer != null) {
      Datagrams.checkTarget(peer, ipv4);
    }
    DatagramChannel channel = Datagrams.open(ipv4);
    UdpSocket opened = null;
    try {
      if (shared) {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      if (source != null) {
        channel.bind(source);
      }
      if (peer != null) {
        channel.connect(peer);
      }
      opened = new UdpSocket(channel, peer, ipv4);
      return opened;
    } catch (IOException e) {
      throw Addresses.explained(e, tried);
    } finally {
      if (opened == null) {
        channel.close();
      }
    }
  }

  private static void checkResolved(@Nullable InetSocketAddress address)
      throws UnknownHostException {
    if (address != null && address.isUnresolved()) {
      throw new UnknownHostException("unknown host: " + address.getHostString());
    }
  }

  /**
   * Waits for a datagram and gives it whole, with its sender. A cancelled caller has lost none.
   *
   * <p>Fails with a {@link SocketClosedException} if this side has closed the socket, also while
   * the caller waits, with a {@link SocketTimedOutException} if the socket's deadline has passed,
   * and, only if the socket is connected, with a {@link java.net.PortUnreachableException} if
   * nobody listens at the peer's port.
   */
  @CheckReturnValue
  public YieldEvent<Datagram, IOException> recv() {
    return new RecvDatagrams<>(receiver, 1, List::getFirst);
  }

  /**
   * Waits for a datagram and gives all that have arrived by then, in their order: at least one.
   * Costs one wait for all. A cancelled caller has lost none. Fails as {@link #recv()} does.
   *
   * <pre>{@code
   * for (Datagram datagram : co.await(udp.recvBatch(64))) {
   *   count += datagram.data().remaining();
   * }
   * }</pre>
   *
   * @param most how many at the most, 1 to {@value #MOST_BATCH}; fewer come of large ones, as one
   *     turn moves some 1 MiB
   * @throws IllegalArgumentException if the number is out of its range
   */
  @CheckReturnValue
  public YieldEvent<List<Datagram>, IOException> recvBatch(int most) {
    if (most < 1 || most > MOST_BATCH) {
      throw new IllegalArgumentException("batch of " + most + ": must be 1 to " + MOST_BATCH);
    }
    return new RecvDatagrams<>(receiver, most, batch -> batch);
  }

  /**
   * Waits for a datagram and puts its bytes into a buffer, as many as have room: without an array
   * for each. Tells who has sent it and how long it was. A cancelled caller has lost none. Fails as
   * {@link #recv()} does.
   *
   * <pre>{@code
   * UdpSocket.Received received = co.await(udp.recv(buffer.clear()));
   * if (!received.isTruncated()) {
   *   count += buffer.flip().remaining();
   * }
   * }</pre>
   *
   * @throws IllegalArgumentException if the buffer is read-only
   */
  @CheckReturnValue
  public YieldEvent<Received, IOException> recv(ByteBuffer buffer) {
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("cannot receive into " + buffer + ": it is read-only");
    }
    return new RecvInto(receiver, buffer);
  }

  /**
   * What {@link #recv(ByteBuffer)} tells of a datagram.
   *
   * @param sender who has sent it
   * @param bytes how many bytes were put into the buffer
   * @param size how many bytes the datagram had
   */
  public record Received(InetSocketAddress sender, int bytes, int size) {
    /** Whether the buffer had no room for all of it, so that its end is lost. */
    public boolean isTruncated() {
      return bytes < size;
    }
  }

  /**
   * Gives the next datagram if one has arrived, without waiting; else null.
   *
   * @throws IOException as {@link #recv()} fails; also if another task waits to receive
   */
  public @Nullable Datagram tryRecv() throws IOException {
    return receiver.tryReceive();
  }

  /**
   * Sends a datagram to its address, and waits until the system has room for it. Gives the number
   * of bytes. Of a cancelled caller nothing was sent. The buffer's position has moved to its limit
   * when it was sent.
   *
   * <p>Fails with a {@link java.net.SocketException} if the datagram is larger than the system
   * sends, {@value #MOST_BYTES} bytes or fewer, or if the address cannot be reached from here; as
   * {@link #recv()} if the socket was closed; and, only if the socket is connected, with a {@link
   * java.net.PortUnreachableException} if the peer has refused an earlier one: then this one was
   * not sent.
   *
   * @throws IllegalArgumentException if the socket is connected, and to another address; or if it
   *     is an IPv6 address and the socket is one for IPv4
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(Datagram datagram) {
    return new SendDatagrams(channel, endpoint, checked(List.of(datagram)));
  }

  /** {@link #send(Datagram)} of the bytes that remain in a buffer. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer data, InetSocketAddress address) {
    return send(new Datagram(address, data));
  }

  /**
   * {@link #send(Datagram)} to the peer of a connected socket.
   *
   * @throws IllegalStateException if the socket is not connected
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer data) {
    if (peer == null) {
      throw new IllegalStateException(this + " is not connected: send to an address");
    }
    return send(new Datagram(peer, data));
  }

  /**
   * Sends several datagrams in their order, as {@link #send(Datagram)} does. Gives the number of
   * bytes of all. At a failure, or for a cancelled caller, those whose buffers are empty were sent.
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> sendBatch(List<Datagram> datagrams) {
    return new SendDatagrams(channel, endpoint, checked(List.copyOf(datagrams)));
  }

  private List<Datagram> checked(List<Datagram> datagrams) {
    for (Datagram datagram : datagrams) {
      InetSocketAddress address = datagram.address();
      if (peer != null && !peer.equals(address)) {
        throw new IllegalArgumentException(
            this + " is connected: cannot send to " + Addresses.text(address));
      }
      Datagrams.checkTarget(address, ipv4);
    }
    return datagrams;
  }

  /**
   * Receives what is sent to a multicast group as well, until {@link #leave}. The socket is to be
   * bound to the group's port, at {@code 0.0.0.0} for IPv4 groups, with {@code SO_REUSEADDR} if
   * others on this machine receive too: see {@link #bindMulticast}.
   *
   * @param group the group's address
   * @param by where the datagrams come in, for example {@code NetworkInterface.getByName("eth0")}
   * @throws IllegalArgumentException if it is no multicast address, or of another kind than the
   *     socket
   * @throws IOException if the system refuses
   */
  public void join(InetAddress group, NetworkInterface by) throws IOException {
    groups.join(group, by, null);
  }

  /**
   * {@link #join(InetAddress, NetworkInterface)}, but only of what one source sends.
   *
   * @param source the only sender whose datagrams are received
   */
  public void join(InetAddress group, NetworkInterface by, InetAddress source) throws IOException {
    groups.join(group, by, source);
  }

  /**
   * Receives no more of what is sent to the group, from whichever source.
   *
   * @throws IllegalArgumentException if the socket has not joined the group by this interface
   */
  public void leave(InetAddress group, NetworkInterface by) {
    groups.leave(group, by);
  }

  /**
   * Opens a socket that is to join multicast groups, at a port that others on this machine may have
   * as well.
   *
   * <pre>{@code
   * UdpSocket socket = UdpSocket.bindMulticast(new InetSocketAddress("0.0.0.0", 5000));
   * socket.join(InetAddress.getByName("239.1.2.3"), NetworkInterface.getByName("lo"));
   * }</pre>
   *
   * @throws IOException as {@link #bind}
   */
  public static UdpSocket bindMulticast(InetSocketAddress address) throws IOException {
    return open(address, null, true, "cannot bind UDP socket to " + Addresses.text(address));
  }

  /**
   * Sets an option of the socket, one of {@code java.net.StandardSocketOptions}: {@code SO_RCVBUF},
   * {@code SO_SNDBUF}, {@code SO_BROADCAST}, {@code IP_TOS}, {@code IP_MULTICAST_IF}, {@code
   * IP_MULTICAST_TTL}, {@code IP_MULTICAST_LOOP}.
   *
   * @throws UnsupportedOperationException if a UDP socket has no such option
   * @throws IllegalArgumentException if the value is out of the option's range
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    Datagrams.checkOpen(channel, endpoint);
    try {
      channel.setOption(option, value);
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
  }

  /**
   * The value of an option.
   *
   * @throws UnsupportedOperationException if a UDP socket has no such option
   */
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    Datagrams.checkOpen(channel, endpoint);
    try {
      return channel.getOption(option);
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
  }

  /** The options that {@link #setOption} knows. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  /** The address of this side, with the port that the system chose if it was asked to. */
  public InetSocketAddress localAddress() {
    return local;
  }

  /** The peer of a connected socket; else null. */
  public @Nullable InetSocketAddress remoteAddress() {
    return peer;
  }

  /** Whether the socket has not been closed. */
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /** Closes the socket. Tasks that wait on it get a {@link SocketClosedException}. */
  @Override
  public void close() {
    close("closed by its owner");
  }

  /**
   * Closes the socket. Tasks that wait on it get a {@link SocketClosedException} that gives the
   * reason.
   *
   * @param reason what the message says behind {@code "is closed: "}
   */
  public void close(String reason) {
    endpoint.close(reason);
    endpoint.clearDeadline(this);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    endpoint.timeOut();
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
