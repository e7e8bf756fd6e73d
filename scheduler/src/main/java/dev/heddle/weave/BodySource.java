package dev.heddle.weave;

import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Where the code of a machine comes from: a body, or a method that a body calls.
 *
 * @param home the class that declares the method
 * @param methodCode the method
 * @param suspenders which of {@link MethodCode#parameterTypes} are the suspender
 * @param role what the machine is for
 * @param captured of a body: how to get the method's arguments from the body object: one handle
 *     {@code (Object)T} for the receiver, if there is one, and for each parameter except the
 *     suspender, which is the last; empty of a callee
 */
record BodySource(
    Class<?> home,
    MethodCode methodCode,
    List<Integer> suspenders,
    Role role,
    List<MethodHandle> captured) {

  /** What a machine is for. */
  enum Role {
    /** A body whose result is the coroutine's. */
    BODY,
    /** A body whose interface has no result, though its method may have one. */
    BODY_WITHOUT_RESULT,
    /** A method that a body calls. */
    CALLEE
  }

  BodySource {
    assert role == Role.CALLEE || captured.size() + 1 == methodCode.parameterTypes().size()
        : "one handle per argument";
  }

  /** A method that a body calls. */
  static BodySource callee(Class<?> home, MethodCode methodCode, List<Integer> suspenders) {
    return new BodySource(home, methodCode, suspenders, Role.CALLEE, List.of());
  }

  /** A body, whose method has the suspender as its last parameter. */
  static BodySource body(
      Class<?> home, MethodCode methodCode, boolean hasResult, List<MethodHandle> captured) {
    int last = methodCode.parameterTypes().size() - 1;
    Role role = hasResult ? Role.BODY : Role.BODY_WITHOUT_RESULT;
    return new BodySource(home, methodCode, List.of(last), role, captured);
  }

  boolean isCallee() {
    return role == Role.CALLEE;
  }

  /**
   * A name for the machine in the package of {@code home}: the same in each run, and of this source
   * alone.
   */
  String machineName() {
    MethodModel method = methodCode.method;
    String name = method.methodName().stringValue();
    int ordinal = 0;
    for (MethodModel other : methodCode.owner.methods()) {
      if (other == method) {
        break;
      }
      ordinal += other.methodName().equalsString(name) ? 1 : 0;
    }
    String suffix =
        switch (role) {
          case BODY -> "";
          case BODY_WITHOUT_RESULT -> "$void";
          case CALLEE -> "$call" + suspenders.toString().replaceAll("[^0-9]+", "_");
        };
    return home.getName() + MachineWriter.MARK + '$' + name + '$' + ordinal + suffix;
  }
}
