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
import java.nio.channels.SocketChannel;

/** Addresses in messages, and messages about addresses. */
final class Addresses {
  private Addresses() {}

  /** {@code 127.0.0.1:16000}, {@code [::1]:16000}: the form that a user would type. */
  static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString().isEmpty() ? "a socket without a path" : address.toString();
    }
    String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
  }

  /** A channel of the kind that leads there, not connected. */
  static SocketChannel channelTo(SocketAddress address) throws IOException {
    return address instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  /** An address with a port. */
  static InetSocketAddress inet(SocketAddress address, Object owner) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new IllegalStateException(owner + " has no host and port: it is a Unix-domain one");
  }

  /** Fails early and clearly where the channel would throw an exception without a message. */
  static void checkResolved(SocketAddress address) throws UnknownHostException {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new UnknownHostException("unknown host: " + inet.getHostString());
    }
  }

  /** The same kind of exception, with what was tried in front of the system's words. */
  static IOException explained(IOException cause, String tried) {
    String message = tried + ": " + cause.getMessage();
    IOException explained =
        switch (cause) {
          case BindException _ -> new BindException(message);
          case ConnectException _ -> new ConnectException(message);
          case SocketException _ -> new SocketException(message);
          default -> new IOException(message);
        };
    explained.initCause(cause);
    return explained;
  }
}
