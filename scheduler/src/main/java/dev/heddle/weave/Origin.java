package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a body comes from.
 *
 * @param home the class that has the body's method
 * @param listing the method
 * @param captured for each parameter of the method but the last (a receiver is the first): how to
 *     get it from the body, {@code (Object)T}
 */
record Origin(Class<?> home, Listing listing, List<MethodHandle> captured) {

  /** The receiver, if the method has one, and the parameters. */
  static List<Value> parametersOf(Listing listing) {
    List<Value> parameters = new ArrayList<>();
    if (!isStatic(listing)) {
      parameters.add(Value.reference(listing.owner.thisClass().asSymbol()));
    }
    for (ClassDesc type : listing.method.methodTypeSymbol().parameterList()) {
      parameters.add(Value.of(type));
    }
    return parameters;
  }

  /** As {@link #parametersOf}, the declared types. */
  static List<ClassDesc> typesOf(Listing listing) {
    List<ClassDesc> types = new ArrayList<>(listing.method.methodTypeSymbol().parameterList());
    if (!isStatic(listing)) {
      types.addFirst(listing.owner.thisClass().asSymbol());
    }
    return types;
  }

  /** The declared type of the parameter that starts in this slot. */
  static ClassDesc typeOf(Listing listing, int slot) {
    int at = 0;
    for (ClassDesc type : typesOf(listing)) {
      if (at == slot) {
        return type;
      }
      at += Value.of(type).slots();
    }
    throw new AssertionError("no parameter in slot " + slot);
  }

  private static boolean isStatic(Listing listing) {
    return listing.method.flags().has(java.lang.reflect.AccessFlag.STATIC);
  }
}
