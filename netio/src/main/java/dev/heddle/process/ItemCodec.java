package dev.heddle.process;

import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the items of a {@link ProcessQueue} or the messages of a {@link Channel}:
 * values of one class that are never null.
 *
 * @param type the class of the items
 */
record ItemCodec<T>(Class<T> type) {
  /** How many bytes an encoded item may have where no link to a child says otherwise. */
  static final int MOST_BYTES = 16 << 20;

  private static final DataCodec CODEC = new DataCodec();

  ItemCodec {
    Objects.requireNonNull(type, "the class of what is sent");
  }

  byte[] encode(@Nullable T item, int maxBytes) throws CodecException {
    if (item == null) {
      throw new CodecException("null cannot be sent");
    }
    return CODEC.encode(item, type, maxBytes);
  }

  @SuppressWarnings("unchecked") // the codec has checked that the value is of the class
  T decode(byte[] message) throws CodecException {
    Object item = CODEC.decode(message, type);
    if (item == null) {
      throw new CodecException("null cannot be received");
    }
    return (T) item;
  }

  /** Like {@link #decode}; a big message is decoded off the loop. */
  @SuppressWarnings("unchecked") // the same
  T decode(Awaiter co, byte[] message) throws IOException {
    return message.length <= GuardedCodec.BIG
        ? decode(message)
        : (T) GuardedCodec.awaitElsewhere(co, () -> decode(message));
  }
}
