package dev.heddle.net;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a TLS client, read only for the name of the server that it asks for (RFC
 * 6066). The JDK's engine needs its certificates before it has read that message.
 */
final class ClientHello {
  private static final int HANDSHAKE_RECORD = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;

  private ClientHello() {}

  /**
   * The engine for what has come, which is left as it is. Bytes that are no such message get an
   * engine too, which finds the error and tells it to the peer.
   *
   * @return null if the message has not come whole
   */
  static @Nullable SSLEngine engineFor(
      ByteBuffer received, Function<@Nullable String, SSLEngine> maker) {
    ByteBuffer bytes = received.duplicate();
    if (!bytes.hasRemaining()) {
      return null;
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (bytes.hasRemaining() && !isWhole(message)) {
      if (bytes.get(bytes.position()) != HANDSHAKE_RECORD) {
        return maker.apply(null);
      }
      if (bytes.remaining() < 5) {
        return null;
      }
      int length = Short.toUnsignedInt(bytes.getShort(bytes.position() + 3));
      bytes.position(bytes.position() + 5);
      if (length == 0 || length > bytes.remaining()) {
        return length == 0 ? maker.apply(null) : null;
      }
      byte[] part = new byte[length];
      bytes.get(part);
      message.writeBytes(part);
    }
    return isWhole(message) ? maker.apply(name(ByteBuffer.wrap(message.toByteArray()))) : null;
  }

  private static boolean isWhole(ByteArrayOutputStream message) {
    byte[] start = message.toByteArray();
    return start.length >= 4 && start.length >= 4 + (ByteBuffer.wrap(start).getInt() & 0xFFFFFF);
  }

  /** The name that the message asks for, in lower case; null if it asks for none, or is broken. */
  private static @Nullable String name(ByteBuffer message) {
    try {
      if (message.get() != CLIENT_HELLO) {
        return null;
      }
      skip(message, 3 + 2 + 32); // length, version, random
      skip(message, Byte.toUnsignedInt(message.get())); // session
      skip(message, Short.toUnsignedInt(message.getShort())); // cipher suites
      skip(message, Byte.toUnsignedInt(message.get())); // compressions
      int end = Short.toUnsignedInt(message.getShort()) + message.position();
      while (message.position() < end) {
        int type = Short.toUnsignedInt(message.getShort());
        int length = Short.toUnsignedInt(message.getShort());
        if (type == SERVER_NAME) {
          return nameIn(message);
        }
        skip(message, length);
      }
      return null;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null; // the engine finds out
    }
  }

  private static @Nullable String nameIn(ByteBuffer extension) {
    skip(extension, 2); // the length of the list, which has one name of each type
    if (extension.get() != 0) {
      return null; // not a host name
    }
    byte[] name = new byte[Short.toUnsignedInt(extension.getShort())];
    extension.get(name);
    return new String(name, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
  }

  private static void skip(ByteBuffer bytes, int count) {
    bytes.position(bytes.position() + count);
  }
}
