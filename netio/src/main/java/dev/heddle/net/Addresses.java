package dev.heddle.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Addresses in messages, and messages about addresses. */
final class Addresses {
  private Addresses() {}

  /** {@code 127.0.0.1:16000}, {@code [::1]:16000}: the form that a user would type. */
  static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
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
