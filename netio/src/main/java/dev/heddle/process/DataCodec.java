package dev.heddle.process;

import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The codec for plain data: null, primitives, strings, byte arrays, enums, {@code Optional},
 * records of such, and the JDK's lists, sets and maps of such. Everything else is refused, on the
 * side that sends it, with a line that names the class and the way to it; other arrays too: a list
 * does as well, and arrives as it was whatever its elements are.
 *
 * <p>What arrives is never trusted. An object is made only of a record or an enum that the declared
 * type reaches, or that was named to the constructor; by its canonical constructor, which may check
 * what it is given. No class is looked up by a name that a message has brought, and Java's
 * serialization has no part in it.
 *
 * <p>Lists, sets and maps arrive as such, cannot be changed, and keep their order; of which class
 * they were is not kept. An object that is reached twice arrives as two; one that contains itself
 * is refused, for its depth.
 *
 * <p>May be used by any thread.
 */
public final class DataCodec implements Codec {
  private static final int DEFAULT_DEPTH = 64;
  private static final int DEFAULT_ELEMENTS = 1_000_000;

  private final int maxDepth;
  private final int maxElements;
  private final Map<String, Class<?>> named = new HashMap<>();
  private final Map<Type, Map<String, Class<?>>> allowed = new ConcurrentHashMap<>();

  /** 64 values inside of each other, a million elements in each collection, no further classes. */
  public DataCodec() {
    this(DEFAULT_DEPTH, DEFAULT_ELEMENTS);
  }

  /**
   * With limits of its own, and with classes that no declared type reaches: for arguments declared
   * as {@code Object}, or as an interface that is not sealed.
   *
   * @param maxDepth how many values may be inside of each other, 1 to 500
   * @param maxElements how many elements a collection may have, 0 or more
   * @param further records and enums; what their declarations reach is allowed too
   * @throws IllegalArgumentException if a number is out of its range
   */
  public DataCodec(int maxDepth, int maxElements, Class<?>... further) {
    if (maxDepth < 1 || maxDepth > 500) {
      throw new IllegalArgumentException("maxDepth is " + maxDepth + ": must be 1 to 500");
    }
    if (maxElements < 0) {
      throw new IllegalArgumentException("maxElements is " + maxElements + ": must be 0 or more");
    }
    this.maxDepth = maxDepth;
    this.maxElements = maxElements;
    for (Class<?> type : further) {
      named.putAll(Types.reachable(type));
    }
  }

  @Override
  public byte[] encode(@Nullable Object value, Type type, int maxBytes) throws CodecException {
    Encoder encoder = new Encoder(allowed(type), maxDepth, maxElements, maxBytes);
    encoder.value(value);
    return encoder.toByteArray();
  }

  @Override
  public @Nullable Object decode(byte[] message, Type type) throws CodecException {
    Object value = new Decoder(message, allowed(type), maxDepth, maxElements).whole();
    Class<?> expected = Types.raw(type);
    if (value != null && expected != Object.class && !expected.isInstance(value)) {
      throw new CodecException(
          "a " + value.getClass().getName() + " arrived, not a " + expected.getName());
    }
    return value;
  }

  private Map<String, Class<?>> allowed(Type type) {
    return allowed.computeIfAbsent(
        type,
        declared -> {
          Map<String, Class<?>> classes = Types.reachable(declared);
          classes.putAll(named);
          return classes;
        });
  }
}
