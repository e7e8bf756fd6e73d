package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.List;

/**
 * A lambda or a method reference, and how it calls its method.
 *
 * @param lookup of the class that contains it
 * @param kind how the method is found
 * @param owner the class that is named as the method's
 * @param name the method's name
 * @param type with the receiver, if there is one
 * @param hasResult whether the interface's method has a result
 * @param captured how to get the values that it has captured, {@code (Object)T}: the first
 *     arguments
 */
record Lambda(
    MethodHandles.Lookup lookup,
    CallLinkage.Kind kind,
    Class<?> owner,
    String name,
    MethodType type,
    boolean hasResult,
    List<MethodHandle> captured) {

  /** The method that is named; a receiver's class may override it. */
  Method method() throws ReflectiveOperationException {
    return CallTarget.reveal(lookup, CallTarget.find(lookup, kind, owner, name, type));
  }

  /** How many arguments the receiver is: none or one. */
  int receivers() {
    return kind == CallLinkage.Kind.VIRTUAL || kind == CallLinkage.Kind.SPECIAL ? 1 : 0;
  }
}
