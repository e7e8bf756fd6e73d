package dev.heddle.process.codec;

import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The codec for plain data: null, primitives, strings, byte arrays, enums, {@code Optional},
 * records, and the JDK's lists, sets and maps. Records and collections may hold any of these.
 * Everything else is refused on the side that sends, with an error that names the class and the
 * place. Arrays other than byte arrays are refused too; send a list instead.
 *
 * <p>A message is never trusted. A message creates objects only of those records and enums that the
 * declared type reaches, or that the constructor was given. A record is created by its canonical
 * constructor, which may check its arguments. No class is looked up by a name from a message, and
 * Java's serialization is never used.
 *
 * <p>Lists, sets and maps keep their order, cannot be changed on arrival, and lose their class. An
 * object that a value holds twice arrives as two objects.
 *
 * <p>A type may be recursive: {@code record Tree(String name, List<Tree> children)}, or a sealed
 * interface whose records hold it. The values of such a type are trees. A value that contains
 * itself is refused with the place where it comes again, and so is one that is deeper than the
 * codec's limit.
 *
 * <p>What the code of a value throws is a {@link CodecException} here, whatever it is: an {@code
 * Error} in a constructor, in {@code hashCode} or in a static initialiser, a stack that overflows,
 * no memory. To decode takes memory and time in proportion to the message. So a set or map is
 * refused if more than {@value Decoder#MOST_COLLISIONS} of its keys have the same hash code, unless
 * they are strings or numbers, which the JDK can tell apart quickly all the same.
 *
 * <p>A codec may be used by any thread.
 */
public final class DataCodec implements Codec {
  private static final int DEFAULT_DEPTH = 64;
  private static final int DEFAULT_ELEMENTS = 1_000_000;

  private final int maxDepth;
  private final int maxElements;

  /** The classes given to the constructor and all that they reach, by name. */
  private final Map<String, Class<?>> named = new HashMap<>();

  /** A cache: for each declared type, the classes that its messages may name. */
  private final Map<Type, Map<String, Class<?>>> allowed = new ConcurrentHashMap<>();

  /** Allows 64 nested values, a million elements in each collection, and no further classes. */
  public DataCodec() {
    this(DEFAULT_DEPTH, DEFAULT_ELEMENTS);
  }

  /**
   * Has other limits, and allows classes that the declared type does not reach: for values declared
   * as {@code Object}, or as an interface that is not sealed.
   *
   * @param maxDepth how deep values may be nested, 1 to 500
   * @param maxElements how many elements a collection may have, 0 or more
   * @param further records and enums; the classes that their declarations reach are allowed too
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
    try {
      Encoder encoder = new Encoder(allowed(type), maxDepth, maxElements, maxBytes);
      encoder.value(value);
      return encoder.toByteArray();
    } catch (Throwable thrown) { // by the value, in an accessor, an iterator or an initialiser
      throw CodecException.of("the value cannot be sent", thrown);
    }
  }

  @Override
  public @Nullable Object decode(byte[] message, Type type) throws CodecException {
    Object value;
    try {
      value = new Decoder(message, allowed(type), maxDepth, maxElements).whole();
    } catch (Throwable thrown) { // by the value, in a constructor, hashCode or an initialiser
      throw CodecException.of("the message cannot be received", thrown);
    }
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
