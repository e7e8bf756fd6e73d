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
    int i = Math.min(scanned, length); // less is there if bytes were lost
    while (i < length && i <= lastAt) {
      if (bytes.get(from + i) == last && endsAt(bytes, from + i)) {
        scanned = i;
        return i + 1;
      }
      i++;
    }
    scanned = i;
    return i > lastAt ? TOO_LONG : NOT_YET;
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
