package dev.heddle.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How addresses are written in messages, and errors that name an address. */
final class Addresses {
  /** What systems say when the peer has gone without a word. */
  private static final Pattern RESET =
      Pattern.compile("[Cc]onnection reset|Broken pipe|[Cc]onnection abort");

  private Addresses() {}

  /** The form that a user would type: {@code 127.0.0.1:16000}, {@code [::1]:16000}. */
  static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString().isEmpty() ? "a socket without a path" : address.toString();
    }
    InetAddress host = inet.getAddress();
    return host == null ? text(inet.getHostString(), inet.getPort()) : text(host, inet.getPort());
  }

  static String text(String host, int port) {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private static String text(InetAddress host, int port) {
    return text(host instanceof Inet6Address six ? shortened(six) : host.getHostAddress(), port);
  }

  /** As RFC 5952 wants it: the longest row of zeros is left out. */
  private static String shortened(Inet6Address address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int[] groups = new int[8];
    int from = 0;
    int longest = 1; // a single zero is written
    int zeros = 0;
    for (int i = 0; i < groups.length; i++) {
      groups[i] = bytes.getShort() & 0xffff;
      zeros = groups[i] == 0 ? zeros + 1 : 0;
      if (zeros > longest) {
        longest = zeros;
        from = i + 1 - zeros;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (longest > 1 && i == from) {
        text.append("::");
        i += longest - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    String full = address.getHostAddress();
    int scope = full.indexOf('%');
    return scope < 0 ? text.toString() : text + full.substring(scope);
  }

  /** A channel of the kind that can connect to the address; not connected yet. */
  static SocketChannel channelTo(SocketAddress address) throws IOException {
    SelectorProvider channels = SocketProvider.ofCaller().channels();
    return address instanceof UnixDomainSocketAddress
        ? channels.openSocketChannel(StandardProtocolFamily.UNIX)
        : channels.openSocketChannel();
  }

  /** The address as one with a port; fails if it is the path of a Unix-domain socket. */
  static InetSocketAddress inet(SocketAddress address, Object owner) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new IllegalStateException(owner + " has no host and port: it is a Unix-domain socket");
  }

  /** The address with its name looked up, which may block. */
  static InetSocketAddress resolved(InetSocketAddress address) throws UnknownHostException {
    if (!address.isUnresolved()) {
      return address;
    }
    try {
      String host = address.getHostString();
      List<InetAddress> found = SocketProvider.ofCaller().lookup(host);
      InetAddress first = found == null ? InetAddress.getByName(host) : found.getFirst();
      return new InetSocketAddress(first, address.getPort());
    } catch (UnknownHostException e) {
      throw unknownHost(address.getHostString(), e);
    }
  }

  static UnknownHostException unknownHost(String host, @Nullable Throwable cause) {
    UnknownHostException unknown = new UnknownHostException("unknown host: " + host);
    if (cause != null) {
      unknown.initCause(cause);
    }
    return unknown;
  }

  /** Sets an option, or says what it is that the channel does not know, or does not allow. */
  static <T> void setOption(NetworkChannel channel, SocketOption<T> option, T value, Object owner)
      throws IOException {
    checkSupported(channel, option, owner);
    try {
      NetworkChannel _ = channel.setOption(option, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          option.name() + " " + value + " for " + owner + ": " + e.getMessage(), e);
    }
  }

  static void checkSupported(NetworkChannel channel, SocketOption<?> option, Object owner) {
    if (!channel.supportedOptions().contains(option)) {
      throw new UnsupportedOperationException(owner + " has no option " + option.name());
    }
  }

  /**
   * An exception of the cause's kind, with what was tried, or with what, in front of the system's
   * words. Those words are all that the JDK tells of a connection that the peer has reset, or that
   * has timed out.
   */
  static IOException explained(IOException cause, String tried) {
    String words = String.valueOf(cause.getMessage());
    String message = tried + ": " + words;
    IOException explained =
        switch (cause) {
          case IOException _ when RESET.matcher(words).find() -> new SocketResetException(message);
          case IOException _ when words.contains("timed out") ->
              new SocketTimedOutException(message);
          case ClosedChannelException _ ->
              new SocketClosedException(tried + ": this side has ended its output");
          case BindException _ -> new BindException(message);
          case ConnectException _ -> new ConnectException(message);
          case PortUnreachableException _ -> new PortUnreachableException(message);
          case NoRouteToHostException _ -> new NoRouteToHostException(message);
          case EOFException _ -> cause;
          case SocketException _ -> new SocketException(message);
          default -> new IOException(message);
        };
    if (explained != cause) {
      explained.initCause(cause);
    }
    return explained;
  }

  /**
   * {@link #explained} of a connect. The JDK has a BindException for whatever the system forbids,
   * but nobody has bound anything.
   */
  static IOException unconnected(IOException cause, String tried) {
    if (cause instanceof BindException) {
      ConnectException refused = new ConnectException(tried + ": " + cause.getMessage());
      refused.initCause(cause);
      return refused;
    }
    return explained(cause, tried);
  }
}
