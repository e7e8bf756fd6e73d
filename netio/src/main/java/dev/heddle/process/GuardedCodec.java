package dev.heddle.process;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * The codec that the user has chosen, guarded against its mistakes. Whatever the codec does wrong,
 * the caller gets a {@link CodecException}, and the connection stays usable.
 *
 * @param maxBytes how many bytes a message may have; a longer one is refused
 */
record GuardedCodec(Codec codec, int maxBytes) {

  /**
   * Creates a codec of the class by its constructor without parameters.
   *
   * @throws IllegalArgumentException if that is not possible
   */
  static GuardedCodec of(Class<? extends Codec> type, int maxBytes) {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return new GuardedCodec(constructor.newInstance(), maxBytes);
    } catch (ReflectiveOperationException e) {
      Throwable why =
          e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
      throw new IllegalArgumentException(
          type.getName() + " is no codec that two processes can make: " + why, e);
    }
  }

  @SuppressWarnings("NullAway") // a user's codec may return null all the same
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
