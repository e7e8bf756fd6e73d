package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The machine of one method, or the reason why there is none.
 *
 * @param type the machine's class
 * @param lookup may do what the method's class may do
 * @param calls the calls in the code that hand the suspender on
 * @param refusal why there is no machine; null if there is one, and then the others are not null
 */
record Machine(
    @Nullable Class<?> type,
    MethodHandles.@Nullable Lookup lookup,
    List<SuspendingCall> calls,
    @Nullable Refusal refusal) {

  static Machine refused(Refusal refusal) {
    return new Machine(null, null, List.of(), refusal);
  }

  boolean isWoven() {
    return refusal == null;
  }

  private MethodHandles.Lookup open() {
    if (refusal != null) {
      throw refusal;
    }
    return Objects.requireNonNull(lookup);
  }

  private Class<?> machine() {
    return Objects.requireNonNull(type);
  }

  /**
   * For a body: makes the coroutine from the body, {@code (Object)Object}.
   *
   * @param captured how to get the constructor's arguments from the body
   */
  MethodHandle maker(List<MethodHandle> captured) {
    try {
      MethodHandle make = open().unreflectConstructor(machine().getDeclaredConstructors()[0]);
      return ofOne(make, captured).asType(MethodType.genericMethodType(1));
    } catch (IllegalAccessException e) {
      throw new LinkageError("a machine has no constructor", e);
    }
  }

  /** Takes the first arguments of {@code target} from one object, which comes first. */
  static MethodHandle ofOne(MethodHandle target, List<MethodHandle> getters) {
    int taken = getters.size();
    MethodHandle[] filters = new MethodHandle[taken];
    for (int i = 0; i < taken; i++) {
      filters[i] =
          getters
              .get(i)
              .asType(MethodType.methodType(target.type().parameterType(i), Object.class));
    }
    MethodHandle got = MethodHandles.filterArguments(target, 0, filters);
    List<Class<?>> rest =
        target.type().parameterList().subList(taken, target.type().parameterCount());
    MethodType type =
        MethodType.methodType(target.type().returnType(), Object.class)
            .appendParameterTypes(rest.toArray(Class<?>[]::new));
    int[] order = new int[target.type().parameterCount()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i < taken ? 0 : i - taken + 1;
    }
    return MethodHandles.permuteArguments(got, type, order);
  }

  /**
   * For a method that is called: starts it. Takes the receiver, if there is one, and the arguments,
   * of which the suspender's are ignored, and last the coroutine.
   */
  MethodHandle entry() {
    for (var method : machine().getDeclaredMethods()) {
      if (Modifier.isStatic(method.getModifiers()) && method.getParameterCount() > 3) {
        try {
          return entry(open().unreflect(method));
        } catch (IllegalAccessException e) {
          throw new LinkageError("a machine's method is out of reach", e);
        }
      }
    }
    throw new AssertionError(type + " has no code");
  }

  private static MethodHandle entry(MethodHandle code) {
    int machines =
        code.type().parameterCount() - 4; // itself, what is sent and raised; the coroutine
    return MethodHandles.insertArguments(code, machines, null, null, null);
  }
}
