package dev.heddle.transport.link;

import dev.heddle.net.SocketReader;
import dev.heddle.net.StreamSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkFrame.Hello;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** A connection of a link, over which frames go. */
final class LinkLine {
  private final StreamSocket socket;
  private final SocketReader reader;
  private final TransportLimits limits;

  LinkLine(StreamSocket socket, TransportLimits limits) {
    this.socket = socket;
    this.reader = new SocketReader(socket);
    this.limits = limits;
  }

  StreamSocket socket() {
    return socket;
  }

  /**
   * Reads a frame.
   *
   * @throws IOException if the connection ends, is silent for too long, or brings no frame
   */
  LinkFrame read(Awaiter co, Duration silence) throws IOException {
    try {
      int length = ByteBuffer.wrap(bytes(co, 4, silence)).getInt();
      int most = LinkFrame.longest(limits);
      if (length < 1 || length > most) {
        throw new ProtocolException(
            "a frame of a link has "
                + Integer.toUnsignedString(length)
                + " bytes: must be 1 to "
                + most);
      }
      return LinkFrame.decode(bytes(co, length, silence), limits);
    } catch (TimeoutException e) {
      throw new IOException(socket + " was silent for " + silence, e);
    }
  }

  private byte[] bytes(Awaiter co, int count, Duration silence)
      throws IOException, TimeoutException {
    byte[] bytes = co.await(reader.readExactly(count).within(silence));
    if (bytes == null) {
      throw new EOFException(socket + " has ended");
    }
    return bytes;
  }

  /** Reads the first frame. */
  Hello hello(Awaiter co, Duration timeout) throws IOException {
    LinkFrame frame = read(co, timeout);
    return switch (frame) {
      case Hello hello -> hello;
      case LinkFrame.Refused refused ->
          throw new IOException(socket + " refuses the link: " + refused.why());
      default -> throw new ProtocolException(socket + " did not say hello first");
    };
  }

  /** Sends a frame alone, before the writer works. */
  void send(Awaiter co, LinkFrame frame, Duration timeout) throws IOException {
    try {
      int _ = co.await(socket.send(ByteBuffer.wrap(LinkFrame.encode(frame))).within(timeout));
    } catch (TimeoutException e) {
      throw new IOException(socket + " took nothing for " + timeout, e);
    }
  }

  /** The same limits on both sides, or no link. */
  static void checkLimits(Hello hello, TransportLimits limits) throws ProtocolException {
    if (hello.window() != limits.window() || hello.maxBytes() != limits.maxMessageBytes()) {
      throw new ProtocolException(
          "the peer has a window of "
              + hello.window()
              + " and messages of "
              + hello.maxBytes()
              + " bytes: must be "
              + limits.window()
              + " and "
              + limits.maxMessageBytes()
              + ", as here");
    }
  }
}
