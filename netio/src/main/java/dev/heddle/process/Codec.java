package dev.heddle.process;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes bytes of values and values of bytes, for messages between processes. {@link DataCodec} is
 * the one that is used if no other is named.
 *
 * <p>Parent and child each make an object of the class by its constructor without parameters and
 * use it on one thread. Another one, for limits and classes of your own:
 *
 * <pre>{@code
 * final class ShapesCodec implements Codec {
 *   private final Codec data = new DataCodec(100, 10_000, Circle.class, Square.class);
 *   ... // both methods pass on to it
 * }
 * }</pre>
 */
public interface Codec {
  /**
   * The value as a message.
   *
   * @param type what it is declared to be
   * @param maxBytes how long the message may be
   * @throws CodecException if it cannot be sent, or is too long
   */
  byte[] encode(@Nullable Object value, Type type, int maxBytes) throws CodecException;

  /**
   * The value of a message, which may come from anywhere.
   *
   * @param type what it is declared to be: of nothing else an object may be made
   * @throws CodecException if the message is no such value
   */
  @Nullable Object decode(byte[] message, Type type) throws CodecException;
}
