package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;

/** Writes conversions between values of any type and objects. */
final class Boxing {
  private Boxing() {}

  /** Replaces the value on the stack by an object; pushes null for a void. */
  static void box(CodeBuilder code, ClassDesc type) {
    if (type.equals(ConstantDescs.CD_void)) {
      code.aconst_null();
    } else if (type.isPrimitive()) {
      ClassDesc box = boxOf(type);
      code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, type));
    }
  }

  /** Replaces the object on the stack by a value of this type, which is not void. */
  static void unbox(CodeBuilder code, ClassDesc type) {
    if (type.isPrimitive()) {
      ClassDesc box = boxOf(type);
      code.checkcast(box);
      code.invokevirtual(box, type.displayName() + "Value", MethodTypeDesc.of(type));
    } else if (!type.equals(ConstantDescs.CD_Object)) {
      code.checkcast(type);
    }
  }

  /** Pushes a value of this type that nobody reads; nothing for a void. */
  static void pushZero(CodeBuilder code, ClassDesc type) {
    switch (type.descriptorString().charAt(0)) {
      case 'V' -> {}
      case 'J' -> code.lconst_0();
      case 'F' -> code.fconst_0();
      case 'D' -> code.dconst_0();
      case 'L', '[' -> code.aconst_null();
      default -> code.iconst_0();
    }
  }

  /** Removes a value from the stack; does nothing for a void. */
  static void pop(CodeBuilder code, TypeKind kind) {
    switch (kind.slotSize()) {
      case 0 -> {}
      case 1 -> code.pop();
      default -> code.pop2();
    }
  }

  private static ClassDesc boxOf(ClassDesc primitive) {
    MethodType type =
        MethodType.fromMethodDescriptorString("()" + primitive.descriptorString(), null);
    return type.wrap().returnType().describeConstable().orElseThrow();
  }
}
