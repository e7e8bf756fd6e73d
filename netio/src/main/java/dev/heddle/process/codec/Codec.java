package dev.heddle.process.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into bytes and bytes into values, for messages between processes. Where no codec is
 * chosen, {@link DataCodec} is used.
 *
 * <p>Parent and child each create an object of the class, by its constructor without parameters,
 * and use that object on one thread. A codec with limits and classes of your own can be built on
 * {@link DataCodec}:
 *
 * <pre>{@code
 * final class ShapesCodec implements Codec {
 *   private final Codec data = new DataCodec(100, 10_000, Circle.class, Square.class);
 *
 *   @Override
 *   public byte[] encode(Object value, Type type, int maxBytes) throws CodecException {
 *     return data.encode(value, type, maxBytes);
 *   }
 *
 *   @Override
 *   public Object decode(byte[] message, Type type) throws CodecException {
 *     return data.decode(message, type);
 *   }
 * }
 * }</pre>
 */
public interface Codec {
  /**
   * Turns a value into a message.
   *
   * @param type the declared type of the value
   * @param maxBytes how many bytes the message may have at most
   * @throws CodecException if the value cannot be sent, or its message would be too long
   */
  byte[] encode(@Nullable Object value, Type type, int maxBytes) throws CodecException;

  /**
   * Turns a message into a value. The message may come from anywhere.
   *
   * @param type the declared type of the value; only objects that this type allows may be created
   * @throws CodecException if the message is not a value of this type
   */
  @Nullable Object decode(byte[] message, Type type) throws CodecException;
}
