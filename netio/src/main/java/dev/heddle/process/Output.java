package dev.heddle.process;

import java.util.Arrays;

/** A message that is being written: an array that grows up to a limit. */
final class Output {
  private static final int SMALLEST = 64;

  private final int maxBytes;
  private byte[] bytes;
  private int size;

  Output(int maxBytes) {
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

  /** The lowest bytes of a number, highest first. */
  void fixed(long number, int count) throws CodecException {
    room(count);
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >> shift);
    }
  }

  /** A number of 0 or more in as many bytes as it needs, 7 bits in each, lowest first. */
  void varint(long number) throws CodecException {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  /** Any number, so that small ones of either sign are short. */
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
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
