package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
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

  boolean isStatic() {
    return kind == CallLinkage.Kind.STATIC;
  }

  /** The method that is named; a receiver's class may override it. */
  MethodHandleInfo method() throws ReflectiveOperationException {
    return lookup.revealDirect(CallTarget.find(lookup, kind, owner, name, type));
  }
}
