package dev.heddle.weave;

import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a local variable or an entry of the operand stack.
 *
 * @param kind the verifier's kind
 * @param type the class if the kind is {@code REF}, else null
 * @param site the index of the {@code new} instruction if the kind is {@code NEW}, else -1
 * @param mark whether the value is the body's own suspender
 * @param source the index of the instruction that has pushed the value; -1 if it depends on the
 *     path, and of what no instruction has pushed
 */
record FrameValue(Kind kind, @Nullable ClassDesc type, int site, Mark mark, int source) {
  FrameValue {
    assert (kind == Kind.REF) == (type != null) : kind + " of " + type;
    assert (kind == Kind.NEW) == (site >= 0) : kind + " at " + site;
  }

  /** The verifier's kinds. */
  enum Kind {
    TOP,
    INT,
    FLOAT,
    LONG,
    DOUBLE,
    NULL,
    REF,
    NEW
  }

  /** Whether a value is the suspender: MAYBE where paths meet that do not agree. */
  enum Mark {
    NO,
    MAYBE,
    YES
  }

  static final FrameValue TOP = plain(Kind.TOP);
  static final FrameValue INT = plain(Kind.INT);
  static final FrameValue FLOAT = plain(Kind.FLOAT);
  static final FrameValue LONG = plain(Kind.LONG);
  static final FrameValue DOUBLE = plain(Kind.DOUBLE);
  static final FrameValue NULL = plain(Kind.NULL);

  private static FrameValue plain(Kind kind) {
    return new FrameValue(kind, null, -1, Mark.NO, -1);
  }

  static FrameValue reference(ClassDesc type) {
    return new FrameValue(Kind.REF, type, -1, Mark.NO, -1);
  }

  static FrameValue created(int site) {
    return new FrameValue(Kind.NEW, null, site, Mark.NO, -1);
  }

  static FrameValue of(ClassDesc type) {
    return type.isPrimitive() ? of(TypeKind.from(type)) : reference(type);
  }

  static FrameValue of(TypeKind kind) {
    return switch (kind.asLoadable()) {
      case INT -> INT;
      case LONG -> LONG;
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case REFERENCE -> reference(ConstantDescs.CD_Object);
      default -> TOP;
    };
  }

  FrameValue marked(Mark newMark) {
    return mark == newMark ? this : new FrameValue(kind, type, site, newMark, source);
  }

  FrameValue from(int index) {
    return source == index ? this : new FrameValue(kind, type, site, mark, index);
  }

  /** Whether this is the uninitialised object of a {@code new} instruction. */
  boolean isCreatedAt(int instruction) {
    return kind == Kind.NEW && site == instruction;
  }

  boolean isWide() {
    return kind == Kind.LONG || kind == Kind.DOUBLE;
  }

  boolean isSuspender() {
    return mark == Mark.YES;
  }

  int slots() {
    return isWide() ? 2 : 1;
  }

  /** The class of a value of kind {@code REF}. */
  ClassDesc reference() {
    if (type == null) {
      throw new AssertionError("no class is known of " + this);
    }
    return type;
  }

  TypeKind typeKind() {
    return switch (kind) {
      case INT -> TypeKind.INT;
      case FLOAT -> TypeKind.FLOAT;
      case LONG -> TypeKind.LONG;
      case DOUBLE -> TypeKind.DOUBLE;
      case NULL, REF, NEW -> TypeKind.REFERENCE;
      case TOP -> throw new AssertionError(this + " cannot be loaded");
    };
  }
}
