package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Where a body comes from.
 *
 * @param home the class that declares the body's method
 * @param methodCode the body's method
 * @param captured how to get the method's arguments from the body object: one handle {@code
 *     (Object)T} for the receiver, if there is one, and for each parameter except the suspender
 */
record BodySource(Class<?> home, MethodCode methodCode, List<MethodHandle> captured) {
  BodySource {
    assert captured.size() + 1 == methodCode.parameterTypes().size() : "one handle per argument";
  }
}
