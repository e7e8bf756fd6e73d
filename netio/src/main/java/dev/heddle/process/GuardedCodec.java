package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.process.codec.SafeText;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The codec that the user has chosen, guarded against its mistakes. Whatever the codec or the code
 * of a value throws, an {@code Error} too, the caller gets a {@link CodecException}, and the
 * connection stays usable.
 *
 * @param maxBytes how many bytes a message may have; a longer one is refused
 */
record GuardedCodec(Codec codec, int maxBytes) {
  /** A longer message holds the loop up if it is decoded there. */
  static final int BIG = 256 << 10;

  /** Decodes a message to an object, or throws. */
  interface Decoding {
    @Nullable Object decode() throws IOException;
  }

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
    } catch (Throwable e) {
      Throwable why =
          e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
      throw new IllegalArgumentException(
          type.getName() + " is no codec that two processes can make: " + SafeText.describe(why),
          e);
    }
  }

  @SuppressWarnings("NullAway") // a user's codec may return null all the same
  byte[] encode(@Nullable Object value, Type type) throws CodecException {
    byte @Nullable [] bytes;
    try {
      bytes = codec.encode(value, type, maxBytes);
    } catch (Throwable thrown) {
      throw CodecException.of(codec.getClass().getName() + ".encode failed", thrown);
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
    } catch (Throwable thrown) {
      throw CodecException.of(codec.getClass().getName() + ".decode failed", thrown);
    }
  }

  /**
   * Like {@link #decode}, for a task in thread style: a big message is decoded off the loop, if the
   * codec is one for any thread.
   */
  @Nullable Object decodeInTask(byte[] message, Type type) throws CodecException {
    if (!(codec instanceof DataCodec) || message.length <= BIG) {
      return decode(message, type);
    }
    try {
      return await(elsewhere(() -> decode(message, type)));
    } catch (Exception thrown) {
      throw CodecException.of("decode failed", thrown);
    }
  }

  /** Decodes on a thread made for it, and waits for the value. */
  static Object awaitElsewhere(Awaiter co, Decoding decoding) throws IOException {
    try {
      @Nullable Object decoded = co.await(elsewhere(decoding));
      return Objects.requireNonNull(decoded, "decoded");
    } catch (IOException | RuntimeException thrown) {
      throw thrown;
    } catch (Exception thrown) {
      throw CodecException.of("decode failed", thrown);
    }
  }

  /**
   * Decodes on a thread made for it; in a simulation at once, as what a thread does is by chance.
   */
  static Promise<@Nullable Object> elsewhere(Decoding decoding) {
    Promise<@Nullable Object> result = new Promise<>();
    Runnable work =
        () -> {
          try {
            boolean _ = result.complete(decoding.decode());
          } catch (Throwable thrown) {
            boolean _ = result.fail(thrown);
          }
        };
    if (ChildProvider.isSimulated()) {
      work.run();
      return result;
    }
    try {
      Thread.ofPlatform().daemon().name("decoder of a big message").start(work);
    } catch (OutOfMemoryError noThread) {
      work.run();
    }
    return result;
  }
}
