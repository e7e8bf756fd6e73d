package dev.heddle.process;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * The codec of the user's choice, and what is made of its mistakes: whatever it does, who calls
 * gets a {@link CodecException} and the conversation goes on.
 *
 * @param maxBytes how long a message may be; a codec that gives a longer one is not believed
 */
record Coding(Codec codec, int maxBytes) {

  /** The value as a message. */
  @SuppressWarnings("NullAway") // a codec of the user's may give null all the same
  byte[] encode(@Nullable Object value, Type type) throws CodecException {
    byte @Nullable [] bytes;
    try {
      bytes = codec.encode(value, type, maxBytes);
    } catch (RuntimeException | StackOverflowError e) {
      throw failed("encode", e);
    }
    if (bytes == null) {
      throw new CodecException(codec.getClass().getName() + ".encode gave null");
    }
    if (bytes.length > maxBytes) {
      throw new CodecException("a message of " + bytes.length + " bytes; the limit is " + maxBytes);
    }
    return bytes;
  }

  /** The value of a message. */
  @Nullable Object decode(byte[] message, Type type) throws CodecException {
    try {
      return codec.decode(message, type);
    } catch (RuntimeException | StackOverflowError e) {
      throw failed("decode", e);
    }
  }

  private CodecException failed(String call, Throwable e) {
    return new CodecException(codec.getClass().getName() + "." + call + " failed: " + e, e);
  }
}
