package dev.heddle.process.codec;

/** The first byte of each value in a message of {@link DataCodec}; it tells the value's kind. */
final class Tag {
  static final byte NULL = 'n';
  static final byte TRUE = 't';
  static final byte FALSE = 'f';
  static final byte BYTE = 'b';
  static final byte SHORT = 'h';
  static final byte CHAR = 'c';
  static final byte INT = 'i';
  static final byte LONG = 'l';
  static final byte FLOAT = 'F';
  static final byte DOUBLE = 'D';

  /** The length in bytes, then UTF-8. */
  static final byte STRING = 's';

  /** The length in chars, then UTF-16: for a string with a half surrogate, which UTF-8 lacks. */
  static final byte CHARS = 'S';

  /** The length, then the bytes. */
  static final byte BYTES = 'B';

  /** The number of elements, then the elements. */
  static final byte LIST = 'L';

  /** The number of elements, then the elements. */
  static final byte SET = 'E';

  /** The number of entries, then each entry's key and value. */
  static final byte MAP = 'M';

  /** The value inside; null if the optional is empty. */
  static final byte OPTIONAL = 'O';

  /** The class, then the name of the constant. */
  static final byte ENUM = 'e';

  /** The class, then the components in their declared order. */
  static final byte RECORD = 'R';

  private Tag() {}
}
