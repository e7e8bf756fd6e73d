package dev.heddle.transport.parts;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a frame that came from a peer. What is not as it must be fails with one line
 * that names the frame, the field, the value and the range.
 */
public final class FieldReader {
  private final String frame;
  private final ByteBuffer in;

  /**
   * Of a whole frame.
   *
   * @param frame its name, for messages
   */
  public FieldReader(String frame, byte[] bytes) {
    this.frame = frame;
    this.in = ByteBuffer.wrap(bytes);
  }

  /** How many bytes are left. */
  public int left() {
    return in.remaining();
  }

  /** A byte from {@code least} to {@code most}. */
  public int number(String field, int least, int most) throws ProtocolException {
    need(field, 1);
    int value = in.get() & 0xff;
    check(field, value, least, most);
    return value;
  }

  /** Two bytes, 0 to {@code most}. */
  public int length(String field, int most) throws ProtocolException {
    need(field, 2);
    int value = in.getShort() & 0xffff;
    check(field, value, 0, most);
    return value;
  }

  /** Four bytes, from {@code least} to {@code most}. */
  public int count(String field, int least, int most) throws ProtocolException {
    need(field, 4);
    int value = in.getInt();
    check(field, value, least, most);
    return value;
  }

  /** Eight bytes, 0 or more. */
  public long large(String field) throws ProtocolException {
    need(field, 8);
    long value = in.getLong();
    if (value < 0) {
      throw refused(field, value + ": must be 0 or more");
    }
    return value;
  }

  /** Eight bytes, any. */
  public long bits(String field) throws ProtocolException {
    need(field, 8);
    return in.getLong();
  }

  /** So many bytes. */
  public byte[] bytes(String field, int count) throws ProtocolException {
    need(field, count);
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  /** All that is left, at most so many bytes. */
  public byte[] rest(String field, int most) throws ProtocolException {
    check(field + " length", in.remaining(), 0, most);
    return bytes(field, in.remaining());
  }

  /** A text behind its length in two bytes. */
  public String text(String field, int mostBytes) throws ProtocolException {
    return new String(bytes(field, length(field + " length", mostBytes)), StandardCharsets.UTF_8);
  }

  /** Nothing may be left. */
  public void end() throws ProtocolException {
    if (in.hasRemaining()) {
      throw refused("end", in.remaining() + " more bytes: must be 0");
    }
  }

  private void need(String field, int count) throws ProtocolException {
    if (in.remaining() < count) {
      throw refused(field, in.remaining() + " bytes left: must be " + count + " or more");
    }
  }

  private void check(String field, int value, int least, int most) throws ProtocolException {
    if (value < least || value > most) {
      throw refused(field, value + ": must be " + least + " to " + most);
    }
  }

  /** What a field is refused with. */
  public ProtocolException refused(String field, String why) {
    return new ProtocolException("a malformed " + frame + ": " + field + " is " + why);
  }
}
