package dev.heddle.process.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message of {@link DataCodec}. The message may hold any bytes. The decoder takes memory
 * and time in proportion to the message's length: nothing is made room for that the rest of the
 * message cannot fill, and keys that collide are counted before they are compared.
 *
 * <p>Invariants: what the open collections and records still owe fits into the rest of the message.
 * At its end nothing is open, and nothing is owed.
 */
final class Decoder {
  /** How many keys of a set or map may have the same hash code. */
  static final int MOST_COLLISIONS = 64;

  private final ByteBuffer in;

  /** The records and enums that may be created, by name. */
  private final Map<String, Class<?>> allowed;

  private final int maxDepth;
  private final int maxElements;

  /** The classes that the message has named so far, at their numbers. */
  private final List<Class<?>> classes = new ArrayList<>();

  /** How many compound values are open around the current value. */
  private int depth;

  /** How many values the open collections and records still owe, each of a byte or more. */
  private long owed;

  Decoder(byte[] message, Map<String, Class<?>> allowed, int maxDepth, int maxElements) {
    this.in = ByteBuffer.wrap(message);
    this.allowed = allowed;
    this.maxDepth = maxDepth;
    this.maxElements = maxElements;
  }

  /** Reads the one value of which the message consists. */
  @Nullable Object whole() throws CodecException {
    Object value;
    try {
      value = value();
    } catch (BufferUnderflowException e) {
      throw malformed("ends in the middle of a value");
    }
    assert depth == 0 && owed == 0 : depth + " values are open, " + owed + " are owed";
    if (in.hasRemaining()) {
      throw malformed("goes on behind its end");
    }
    return value;
  }

  private CodecException malformed(String how) {
    return new CodecException("malformed message: it " + how + " (byte " + in.position() + ")");
  }

  private @Nullable Object value() throws CodecException {
    byte tag = in.get();
    return switch (tag) {
      case Tag.NULL -> null;
      case Tag.TRUE -> true;
      case Tag.FALSE -> false;
      case Tag.BYTE -> in.get();
      case Tag.SHORT -> in.getShort();
      case Tag.CHAR -> in.getChar();
      case Tag.INT -> integer();
      case Tag.LONG -> signed();
      case Tag.FLOAT -> Float.intBitsToFloat(in.getInt());
      case Tag.DOUBLE -> Double.longBitsToDouble(in.getLong());
      case Tag.STRING -> utf8(bytes());
      case Tag.CHARS -> chars();
      case Tag.BYTES -> bytes();
      case Tag.ENUM -> constant();
      default -> compound(tag);
    };
  }

  private Object compound(byte tag) throws CodecException {
    if (++depth > maxDepth) {
      throw new CodecException("more than " + maxDepth + " values inside of each other");
    }
    Object value =
        switch (tag) {
          case Tag.OPTIONAL -> Optional.ofNullable(value());
          case Tag.RECORD -> record();
          case Tag.LIST -> list();
          case Tag.SET -> set();
          case Tag.MAP -> map();
          default -> throw malformed("has a value of the unknown kind " + tag);
        };
    depth--;
    return value;
  }

  private long varint() throws CodecException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = in.get();
      number |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw malformed("has a number of more than 64 bits");
  }

  private long signed() throws CodecException {
    long number = varint();
    return (number >>> 1) ^ -(number & 1);
  }

  private int integer() throws CodecException {
    long number = signed();
    if (number != (int) number) {
      throw malformed("has an int of more than 32 bits");
    }
    return (int) number;
  }

  /** Reads a length, and refuses it before anything is allocated if the message is shorter. */
  private int length(int bytesEach, long most) throws CodecException {
    long length = varint();
    if (length < 0 || length > most) {
      throw new CodecException(
          Long.toUnsignedString(length) + " elements; at most " + most + " may be received");
    }
    if (length * bytesEach + owed > in.remaining()) {
      throw malformed("ends in the middle of a value");
    }
    return (int) length;
  }

  private byte[] bytes() throws CodecException {
    byte[] bytes = new byte[length(1, Integer.MAX_VALUE)];
    in.get(bytes);
    return bytes;
  }

  private String utf8(byte[] bytes) throws CodecException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("has a string that is not UTF-8");
    }
  }

  private String chars() throws CodecException {
    char[] chars = new char[length(Character.BYTES, Integer.MAX_VALUE)];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = in.getChar();
    }
    return new String(chars);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // valueOf is typed for callers who know the enum
  private Object constant() throws CodecException {
    Class<?> type = allowedClass();
    String name = utf8(bytes());
    try {
      return Enum.valueOf((Class) type.asSubclass(Enum.class), name);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new CodecException(type.getName() + " has no constant '" + name + "'", e);
    }
  }

  private Object record() throws CodecException {
    Class<?> type = allowedClass();
    if (!type.isRecord()) {
      throw malformed("has a record of " + type.getName() + ", which is no record");
    }
    RecordShape shape = RecordShape.of(type);
    if (shape.size() + owed > in.remaining()) {
      throw malformed("ends in the middle of a value");
    }
    @Nullable Object[] values = new Object[shape.size()];
    owe(values.length);
    for (int i = 0; i < values.length; i++) {
      owed--;
      try {
        values[i] = value();
      } catch (CodecException e) {
        throw e.within(shape.step(i));
      }
    }
    return shape.make(values);
  }

  /** Reads a class, which must be one of the allowed ones. */
  private Class<?> allowedClass() throws CodecException {
    int number = length(0, classes.size());
    if (number == classes.size()) {
      if (!(value() instanceof String name)) {
        throw malformed("names a class by a value that is no string");
      }
      Class<?> type = allowed.get(name);
      if (type == null) {
        throw new CodecException(
            "class " + name + " is not among those that may be received: " + allowed.keySet());
      }
      classes.add(type);
    }
    return classes.get(number);
  }

  private List<@Nullable Object> list() throws CodecException {
    int count = length(1, maxElements);
    owe(count);
    List<@Nullable Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(part("", i));
    }
    return Collections.unmodifiableList(list);
  }

  private Set<@Nullable Object> set() throws CodecException {
    int count = length(1, maxElements);
    owe(count);
    @Nullable Object[] elements = new Object[count];
    for (int i = 0; i < count; i++) {
      elements[i] = part("", i);
    }
    checkCollisions(elements);
    Set<@Nullable Object> set = new LinkedHashSet<>();
    for (Object element : elements) {
      if (!set.add(element)) {
        throw malformed("has an element twice in a set");
      }
    }
    return Collections.unmodifiableSet(set);
  }

  private Map<@Nullable Object, @Nullable Object> map() throws CodecException {
    int count = length(2, maxElements);
    owe(2L * count);
    @Nullable Object[] keys = new Object[count];
    @Nullable Object[] values = new Object[count];
    for (int i = 0; i < count; i++) {
      keys[i] = part(".key", i);
      values[i] = part(".value", i);
    }
    checkCollisions(keys);
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      if (map.containsKey(keys[i])) {
        throw malformed("has a key twice in a map");
      }
      map.put(keys[i], values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  /**
   * Refuses keys of which very many have the same hash code: a hash table would compare each with
   * all of them. A table of strings or numbers compares few, by their order.
   */
  private static void checkCollisions(@Nullable Object[] keys) throws CodecException {
    if (keys.length <= MOST_COLLISIONS || areOrdered(keys)) {
      return;
    }
    int[] hashes = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      hashes[i] = Objects.hashCode(keys[i]);
    }
    Arrays.sort(hashes);
    for (int i = MOST_COLLISIONS; i < hashes.length; i++) {
      if (hashes[i] == hashes[i - MOST_COLLISIONS]) {
        throw new CodecException(
            "more than " + MOST_COLLISIONS + " keys have the hash code " + hashes[i]);
      }
    }
  }

  /** Whether all keys are of one class whose order a hash table uses where they collide. */
  private static boolean areOrdered(@Nullable Object[] keys) {
    Object first = keys[0];
    if (!(first instanceof String || first instanceof Number || first instanceof Character)) {
      return false;
    }
    for (Object key : keys) {
      if (key == null || key.getClass() != first.getClass()) {
        return false;
      }
    }
    return true;
  }

  /** More values must come, each of a byte or more. */
  private void owe(long more) {
    owed += more;
    assert owed <= in.remaining() : owed + " values in " + in.remaining() + " bytes";
  }

  private @Nullable Object part(String side, int index) throws CodecException {
    owed--;
    assert owed >= 0 : "a value more than there are";
    try {
      return value();
    } catch (CodecException e) {
      throw e.within(side + "[" + index + "]");
    }
  }
}
