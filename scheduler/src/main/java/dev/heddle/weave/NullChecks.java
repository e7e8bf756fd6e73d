package dev.heddle.weave;

import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Set;

/**
 * Calls that only look whether a value is null. The Kotlin compiler writes one for each parameter
 * that may not be null; javac writes one for the object of a method reference.
 */
final class NullChecks {
  private static final Set<String> KOTLIN =
      Set.of(
          "checkNotNull",
          "checkNotNullParameter",
          "checkNotNullExpressionValue",
          "checkParameterIsNotNull",
          "checkExpressionValueIsNotNull");

  private NullChecks() {}

  /** Whether a call does nothing with its arguments, and its result is not used. */
  static boolean is(MethodCode methodCode, int index, InvokeInstruction call) {
    String name = call.name().stringValue();
    return switch (call.owner().asInternalName()) {
      case "kotlin/jvm/internal/Intrinsics" -> KOTLIN.contains(name);
      case "java/util/Objects" -> name.equals("requireNonNull") && isPopped(methodCode, index);
      default -> false;
    };
  }

  /**
   * Whether a call on an object is ECJ's check, which asks for its class and forgets the answer.
   */
  static boolean isOnReceiver(MethodCode methodCode, int index, InvokeInstruction call) {
    return call.name().equalsString("getClass")
        && call.type().equalsString("()Ljava/lang/Class;")
        && isPopped(methodCode, index);
  }

  private static boolean isPopped(MethodCode methodCode, int index) {
    return methodCode.instruction(index + 1).opcode() == Opcode.POP;
  }
}
