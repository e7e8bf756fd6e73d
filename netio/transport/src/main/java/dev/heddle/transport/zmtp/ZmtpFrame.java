package dev.heddle.transport.zmtp;

import dev.heddle.net.SocketReader;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.transport.parts.FieldReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame of ZMTP 3.0: a byte of flags, a length in one byte or in eight, and the body.
 *
 * @param isCommand whether it is a command, of the protocol itself
 * @param hasMore whether the message goes on in the next frame
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record ZmtpFrame(boolean isCommand, boolean hasMore, byte[] body) {
  static final int GREETING = 64;

  private static final int MORE = 1;
  private static final int LONG = 2;
  private static final int COMMAND = 4;
  private static final int MOST_SHORT = 255;
  private static final String MECHANISM = "NULL";

  /** What each side says first. */
  static byte[] greeting() {
    ByteBuffer out = ByteBuffer.allocate(GREETING);
    out.put((byte) 0xff).putLong(1).put((byte) 0x7f).put((byte) 3).put((byte) 0);
    out.put(MECHANISM.getBytes(StandardCharsets.US_ASCII));
    return out.array();
  }

  /**
   * Checks the peer's greeting.
   *
   * @throws ProtocolException if it is none, or of a version or mechanism that is not spoken here
   */
  static void checkGreeting(byte[] greeting) throws ProtocolException {
    FieldReader in = new FieldReader("greeting of ZMTP", greeting);
    int first = in.number("signature", 0, 255);
    byte[] _ = in.bytes("padding", 8);
    int last = in.number("signature", 0, 255);
    if (first != 0xff || last != 0x7f) {
      throw in.refused(
          "signature", "0x%02x ... 0x%02x: must be 0xff ... 0x7f".formatted(first, last));
    }
    int _ = in.number("version", 3, 255);
    int _ = in.number("minor version", 0, 255);
    String mechanism = new String(in.bytes("mechanism", 20), StandardCharsets.US_ASCII).trim();
    if (!mechanism.equals(MECHANISM)) {
      throw in.refused(
          "mechanism", "'" + mechanism.replaceAll("[^ -~]", "?") + "': must be " + MECHANISM);
    }
  }

  /** The command that ends the greeting: which role this side has. */
  static byte[] ready(ZmtpRole role) {
    byte[] type = role.name().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer body = ByteBuffer.allocate(64);
    text(body, "READY");
    text(body, "Socket-Type");
    body.putInt(type.length).put(type);
    byte[] bytes = new byte[body.position()];
    body.flip().get(bytes);
    return encode(COMMAND, bytes);
  }

  private static void text(ByteBuffer out, String text) {
    out.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Checks the peer's READY.
   *
   * @throws ProtocolException if it is none, or its role does not fit ours
   */
  void checkReady(ZmtpRole role) throws ProtocolException {
    FieldReader in = new FieldReader("command of ZMTP", body);
    String name = shortText(in, "name");
    if (!isCommand || !name.equals("READY")) {
      String reason = name.equals("ERROR") && in.left() > 0 ? ": " + shortText(in, "reason") : "";
      throw in.refused("name", "'" + printable(name) + "'" + reason + ": must be READY");
    }
    String type = "";
    while (in.left() > 0) {
      String property = shortText(in, "property");
      byte[] value = in.bytes("value", in.count("value length", 0, in.left()));
      if (property.equalsIgnoreCase("Socket-Type")) {
        type = new String(value, StandardCharsets.US_ASCII);
      }
    }
    if (!role.fits(type)) {
      throw in.refused(
          "Socket-Type", "'" + printable(type) + "': must be " + role.other() + ", for a " + role);
    }
  }

  /** The name of a command. */
  String commandName() throws ProtocolException {
    return shortText(new FieldReader("command of ZMTP", body), "name");
  }

  private static String shortText(FieldReader in, String field) throws ProtocolException {
    return new String(
        in.bytes(field, in.number(field + " length", 0, 255)), StandardCharsets.US_ASCII);
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  /** A message of some parts, as frames. */
  static byte[] message(List<byte[]> parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += part.length + 9;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (int i = 0; i < parts.size(); i++) {
      out.put(encode(i < parts.size() - 1 ? MORE : 0, parts.get(i)));
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static byte[] encode(int flags, byte[] body) {
    boolean isLong = body.length > MOST_SHORT;
    ByteBuffer out = ByteBuffer.allocate(body.length + (isLong ? 9 : 2));
    out.put((byte) (isLong ? flags | LONG : flags));
    if (isLong) {
      out.putLong(body.length);
    } else {
      out.put((byte) body.length);
    }
    return out.put(body).array();
  }

  /**
   * Reads a frame; null at the end of the input.
   *
   * @param most how many bytes a frame may have
   * @throws ProtocolException if its flags or its length are out of their range
   */
  static @Nullable ZmtpFrame read(Awaiter co, SocketReader reader, int most) throws IOException {
    byte[] first = co.await(reader.readExactly(1));
    if (first == null) {
      return null;
    }
    int flags = first[0] & 0xff;
    if (flags > 7) {
      throw new ProtocolException("a frame of ZMTP has the flags " + flags + ": must be 0 to 7");
    }
    boolean isLong = (flags & LONG) != 0;
    byte[] size = whole(co.await(reader.readExactly(isLong ? 8 : 1)));
    long length = isLong ? ByteBuffer.wrap(size).getLong() : size[0] & 0xff;
    if (length < 0 || length > most) {
      throw new ProtocolException(
          "a frame of ZMTP has " + Long.toUnsignedString(length) + " bytes: must be 0 to " + most);
    }
    byte[] body = whole(co.await(reader.readExactly((int) length)), (int) length);
    return new ZmtpFrame((flags & COMMAND) != 0, (flags & MORE) != 0, body);
  }

  private static byte[] whole(byte @Nullable [] bytes) throws EOFException {
    if (bytes == null) {
      throw new EOFException("a frame of ZMTP has no end");
    }
    return bytes;
  }

  /** No bytes at the end of the input are all that an empty body has. */
  private static byte[] whole(byte @Nullable [] bytes, int length) throws EOFException {
    return length == 0 ? new byte[0] : whole(bytes);
  }
}
