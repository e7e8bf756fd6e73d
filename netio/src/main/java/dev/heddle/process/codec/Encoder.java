package dev.heddle.process.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes one message of {@link DataCodec}. */
final class Encoder {
  /** The records and enums that may be sent, by name. */
  private final Map<String, Class<?>> allowed;

  private final int maxDepth;
  private final int maxElements;
  private final ByteWriter out;

  /** The classes that the message has named so far, each with its number. */
  private final Map<Class<?>, Integer> classes = new HashMap<>();

  /** The compound values that are open around the current value, the outermost first. */
  private @Nullable Object[] open = new Object[8];

  /** How many compound values are open. */
  private int depth;

  Encoder(Map<String, Class<?>> allowed, int maxDepth, int maxElements, int maxBytes) {
    this.allowed = allowed;
    this.maxDepth = maxDepth;
    this.maxElements = maxElements;
    this.out = new ByteWriter(maxBytes);
  }

  byte[] toByteArray() {
    assert depth == 0 : depth + " values are open at the end of the message";
    return out.toByteArray();
  }

  void value(@Nullable Object value) throws CodecException {
    switch (value) {
      case null -> out.put(Tag.NULL);
      case Boolean b -> out.put(b ? Tag.TRUE : Tag.FALSE);
      case Byte b -> fixed(Tag.BYTE, b, Byte.BYTES);
      case Short s -> fixed(Tag.SHORT, s, Short.BYTES);
      case Character c -> fixed(Tag.CHAR, c, Character.BYTES);
      case Integer i -> signed(Tag.INT, i);
      case Long l -> signed(Tag.LONG, l);
      case Float f -> fixed(Tag.FLOAT, Float.floatToRawIntBits(f), Float.BYTES);
      case Double d -> fixed(Tag.DOUBLE, Double.doubleToRawLongBits(d), Double.BYTES);
      case String text -> string(text);
      case byte[] array -> bytes(Tag.BYTES, array);
      case Enum<?> constant -> constant(constant);
      default -> compound(value);
    }
  }

  /** Writes a value that holds other values. */
  private void compound(Object value) throws CodecException {
    enter(value);
    switch (value) {
      case Optional<?> optional -> optional(optional);
      case Record fields -> record(fields);
      case List<?> list when isOfTheJdk(list) -> elements(Tag.LIST, list);
      case Set<?> set when isOfTheJdk(set) -> elements(Tag.SET, set);
      case Map<?, ?> map when isOfTheJdk(map) -> entries(map);
      default ->
          throw new CodecException(
              value.getClass().getTypeName() // int[], not [I
                  + " cannot be sent; what can: null, primitives, strings, byte arrays, enums,"
                  + " Optional, records, and lists, sets and maps of java.util"
                  + (value.getClass().isArray() ? "; make a list of the array" : ""));
    }
    depth--;
    assert open[depth] == value : "another value is open than " + value.getClass();
    open[depth] = null;
  }

  /** Refuses a value that is inside of itself where it comes again, and one that is too deep. */
  private void enter(Object value) throws CodecException {
    for (int i = 0; i < depth; i++) {
      if (open[i] == value) {
        throw new CodecException(
            "this " + value.getClass().getName() + " contains itself; a tree can be sent");
      }
    }
    if (depth == maxDepth) {
      throw new CodecException("more than " + maxDepth + " values inside of each other");
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, 2 * depth);
    }
    open[depth++] = value;
  }

  /** A collection of another class may run any code when it is read, and would lose its class. */
  private static boolean isOfTheJdk(Object collection) {
    return collection.getClass().getName().startsWith("java.util.");
  }

  private void fixed(byte tag, long number, int count) throws CodecException {
    out.put(tag);
    out.fixed(number, count);
  }

  private void signed(byte tag, long number) throws CodecException {
    out.put(tag);
    out.signed(number);
  }

  private void bytes(byte tag, byte[] bytes) throws CodecException {
    out.put(tag);
    out.varint(bytes.length);
    out.put(bytes);
  }

  private void string(String text) throws CodecException {
    if (!hasHalfSurrogate(text)) {
      bytes(Tag.STRING, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    out.put(Tag.CHARS);
    out.varint(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.fixed(text.charAt(i), Character.BYTES);
    }
  }

  private static boolean hasHalfSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private void constant(Enum<?> constant) throws CodecException {
    out.put(Tag.ENUM);
    className(constant.getDeclaringClass());
    out.varint(constant.name().length());
    out.put(constant.name().getBytes(StandardCharsets.UTF_8));
  }

  private void optional(Optional<?> optional) throws CodecException {
    out.put(Tag.OPTIONAL);
    value(optional.orElse(null));
  }

  private void record(Record value) throws CodecException {
    RecordShape shape = RecordShape.of(value.getClass());
    out.put(Tag.RECORD);
    className(value.getClass());
    for (int i = 0; i < shape.size(); i++) {
      try {
        value(shape.get(value, i));
      } catch (CodecException e) {
        throw e.within(shape.step(i));
      }
    }
  }

  /** Writes the class by its name the first time, and by its number after that. */
  private void className(Class<?> type) throws CodecException {
    if (allowed.get(type.getName()) != type) {
      throw new CodecException(
          type.getName()
              + " is not among the classes that the declared type reaches; declare it, or name it"
              + " to a codec of your own");
    }
    int fresh = classes.size();
    Integer known = classes.putIfAbsent(type, fresh);
    out.varint(known == null ? fresh : known);
    if (known == null) {
      string(type.getName());
    }
  }

  private void elements(byte tag, Collection<?> elements) throws CodecException {
    count(tag, elements.size());
    int i = 0;
    for (Object element : elements) {
      part(element, "", i++);
    }
    checkUnchanged(i, elements.size());
  }

  private void entries(Map<?, ?> map) throws CodecException {
    count(Tag.MAP, map.size());
    int i = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      part(entry.getKey(), ".key", i);
      part(entry.getValue(), ".value", i++);
    }
    checkUnchanged(i, map.size());
  }

  private void count(byte tag, int size) throws CodecException {
    if (size > maxElements) {
      throw new CodecException(size + " elements; at most " + maxElements + " may be sent");
    }
    out.put(tag);
    out.varint(size);
  }

  private void part(@Nullable Object element, String side, int index) throws CodecException {
    try {
      value(element);
    } catch (CodecException e) {
      throw e.within(side + "[" + index + "]");
    }
  }

  private static void checkUnchanged(int written, int size) throws CodecException {
    if (written != size) {
      throw new CodecException("the collection was changed while it was sent");
    }
  }
}
