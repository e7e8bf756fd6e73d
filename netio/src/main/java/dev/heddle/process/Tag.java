package dev.heddle.process;

/** The first byte of each value in a message of {@link DataCodec}: what it is. */
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

  /** Length in bytes, UTF-8. */
  static final byte STRING = 's';

  /** Length in chars, UTF-16: for half surrogates, which UTF-8 cannot say. */
  static final byte CHARS = 'S';

  /** Length, bytes. */
  static final byte BYTES = 'B';

  /** Count, elements. */
  static final byte LIST = 'L';

  /** Count, elements. */
  static final byte SET = 'E';

  /** Count, keys and values in turn. */
  static final byte MAP = 'M';

  /** A value, null for an empty one. */
  static final byte OPTIONAL = 'O';

  /** A class, the constant's name. */
  static final byte ENUM = 'e';

  /** A class, the components in their order. */
  static final byte RECORD = 'R';

  private Tag() {}
}
