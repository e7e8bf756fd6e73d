package dev.heddle.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.regex.Pattern;

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
    String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
  }

  /** A channel of the kind that can connect to the address; not connected yet. */
  static SocketChannel channelTo(SocketAddress address) throws IOException {
    return address instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  /** The address as one with a port; fails if it is the path of a Unix-domain socket. */
  static InetSocketAddress inet(SocketAddress address, Object owner) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new IllegalStateException(owner + " has no host and port: it is a Unix-domain socket");
  }

  /** Fails with a clear message where the channel would throw an exception without one. */
  static void checkResolved(SocketAddress address) throws UnknownHostException {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new UnknownHostException("unknown host: " + inet.getHostString());
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
          case SocketException _ -> new SocketException(message);
          default -> new IOException(message);
        };
    explained.initCause(cause);
    return explained;
  }
}
