package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a body comes from.
 *
 * @param home the class that has the body's method
 * @param methodCode the method
 * @param captured for each parameter of the method but the last (a receiver is the first): how to
 *     get it from the body, {@code (Object)T}
 */
record BodySource(Class<?> home, MethodCode methodCode, List<MethodHandle> captured) {

  /** The receiver, if the method has one, and the parameters. */
  static List<FrameValue> parametersOf(MethodCode methodCode) {
    List<FrameValue> parameters = new ArrayList<>();
    if (!isStatic(methodCode)) {
      parameters.add(FrameValue.reference(methodCode.owner.thisClass().asSymbol()));
    }
    for (ClassDesc type : methodCode.method.methodTypeSymbol().parameterList()) {
      parameters.add(FrameValue.of(type));
    }
    return parameters;
  }

  /** As {@link #parametersOf}, the declared types. */
  static List<ClassDesc> typesOf(MethodCode methodCode) {
    List<ClassDesc> types = new ArrayList<>(methodCode.method.methodTypeSymbol().parameterList());
    if (!isStatic(methodCode)) {
      types.addFirst(methodCode.owner.thisClass().asSymbol());
    }
    return types;
  }

  /** The declared type of the parameter that starts in this slot. */
  static ClassDesc typeOf(MethodCode methodCode, int slot) {
    int at = 0;
    for (ClassDesc type : typesOf(methodCode)) {
      if (at == slot) {
        return type;
      }
      at += FrameValue.of(type).slots();
    }
    throw new AssertionError("no parameter in slot " + slot);
  }

  private static boolean isStatic(MethodCode methodCode) {
    return methodCode.method.flags().has(java.lang.reflect.AccessFlag.STATIC);
  }
}
