package dev.heddle.process.codec;

import java.util.Arrays;

/** Collects the bytes of a message, in an array that grows up to a limit. */
final class ByteWriter {
  private static final int SMALLEST = 64;

  private final int maxBytes;

  /** The message is in the first {@code size} bytes. */
  private byte[] bytes;

  private int size;

  ByteWriter(int maxBytes) {
    this.maxBytes = maxBytes;
    this.bytes = new byte[Math.min(SMALLEST, maxBytes)];
  }

  void put(byte b) throws CodecException {
    room(1);
    bytes[size++] = b;
  }

  void put(byte[] more) throws CodecException {
    room(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }

  /** Writes the lowest {@code count} bytes of a number, the highest of them first. */
  void fixed(long number, int count) throws CodecException {
    room(count);
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >> shift);
    }
  }

  /** Writes a number as unsigned, 7 bits in each byte, the lowest first, until no bit is left. */
  void varint(long number) throws CodecException {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  /** Writes a signed number so that a number near 0 takes few bytes, whatever its sign. */
  void signed(long number) throws CodecException {
    varint((number << 1) ^ (number >> 63));
  }

  private void room(int count) throws CodecException {
    if (count > maxBytes - size) {
      throw new CodecException("the message would be longer than " + maxBytes + " bytes");
    }
    if (size + count > bytes.length) {
      long doubled = Math.max(size + count, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, doubled));
    }
    assert size + count <= bytes.length && bytes.length <= maxBytes : bytes.length + " bytes";
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
