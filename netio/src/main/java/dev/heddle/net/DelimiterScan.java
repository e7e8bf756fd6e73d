package dev.heddle.net;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Looks for a delimiter in bytes that arrive in parts, and looks at each byte once.
 *
 * <p>Invariant: the bytes that count as scanned are there, and hold no end of the delimiter.
 */
final class DelimiterScan {
  /** A length that says: more must come. */
  static final int NOT_YET = -1;

  /** A length that says: there are more bytes than allowed. */
  static final int TOO_LONG = -2;

  /** Eight bytes, each 1. */
  private static final long ONES = 0x0101_0101_0101_0101L;

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /** What the bytes were scanned for. */
  private byte[] delimiter = {};

  /** From the position of the bytes, how many are known to hold no end of the delimiter. */
  private int scanned;

  /** The first bytes are others from now on. */
  void restart() {
    scanned = 0;
  }

  /**
   * The number of bytes up to the end of the delimiter; {@link #NOT_YET} or {@link #TOO_LONG} if
   * the delimiter is not there.
   *
   * @param most how many bytes there may be without the delimiter
   */
  int find(ByteBuffer bytes, byte[] wanted, int most) {
    if (delimiter != wanted && !Arrays.equals(delimiter, wanted)) {
      scanned = 0;
    }
    delimiter = wanted;
    int from = bytes.position();
    int length = bytes.remaining();
    int lastAt = most + wanted.length - 1;
    byte last = wanted[wanted.length - 1];
    int end = lastAt < length ? lastAt + 1 : length;
    int i = Math.min(scanned, length); // less is there if bytes were lost
    while (i < end) {
      i = skipWords(bytes, from, i, end, last);
      for (int word = Math.min(i + Long.BYTES, end); i < word; i++) {
        if (bytes.get(from + i) == last && endsAt(bytes, from + i)) {
          scanned = i;
          return i + 1;
        }
      }
    }
    scanned = i;
    assert scanned <= length : scanned + " bytes of " + length;
    return i > lastAt ? TOO_LONG : NOT_YET;
  }

  /** The first place from which the next eight bytes hold this one, or are not all there. */
  private static int skipWords(ByteBuffer bytes, int from, int start, int end, byte wanted) {
    long eight = ONES * (wanted & 0xFF);
    int i = start;
    while (i <= end - Long.BYTES && !hasZero(bytes.getLong(from + i) ^ eight)) {
      i += Long.BYTES;
    }
    return i;
  }

  /** Whether one of its eight bytes is 0: the subtraction gives a high bit to no other first. */
  private static boolean hasZero(long word) {
    return ((word - ONES) & ~word & HIGH_BITS) != 0;
  }

  private boolean endsAt(ByteBuffer bytes, int end) {
    int start = end - delimiter.length + 1;
    int i = delimiter.length - 2;
    while (i >= 0 && start >= bytes.position() && bytes.get(start + i) == delimiter[i]) {
      i--;
    }
    return i < 0;
  }
}
