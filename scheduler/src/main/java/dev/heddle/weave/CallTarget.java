package dev.heddle.weave;

import dev.heddle.weave.classfile.ClassFiles;
import dev.heddle.weave.classfile.Refusal;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one call in a machine calls: the machine of the method if it can be woven, else the method
 * itself, on a stack of its own.
 */
final class CallTarget {
  private final Weaver weaver;
  private final Lookup lookup;
  private final CallLinkage.Kind kind;
  private final Class<?> owner;
  private final String name;
  private final MethodType type;
  private final List<Integer> suspenders;
  private final String place;

  /** The method as the user's code would call it, without the coroutine. */
  private final MethodHandle direct;

  /** For the parameters, see {@link CallLinkage#call}. */
  CallTarget(
      Weaver weaver,
      Lookup lookup,
      CallLinkage.Kind kind,
      Class<?> owner,
      String name,
      MethodType type,
      List<Integer> suspenders,
      String place)
      throws ReflectiveOperationException {
    this.weaver = weaver;
    this.lookup = lookup;
    this.kind = kind;
    this.owner = owner;
    this.name = name;
    this.type = type;
    this.suspenders = suspenders;
    this.place = place;
    this.direct = find(lookup, kind, owner, name, withoutRoot()).asFixedArity();
  }

  private MethodType withoutRoot() {
    int last = type.parameterCount() - 1;
    return type.dropParameterTypes(last, last + 1);
  }

  /**
   * Finds a method as the class of {@code lookup} does.
   *
   * @param type with the receiver, if there is one
   */
  static MethodHandle find(
      Lookup lookup, CallLinkage.Kind kind, Class<?> owner, String name, MethodType type)
      throws ReflectiveOperationException {
    return switch (kind) {
      case STATIC -> lookup.findStatic(owner, name, type);
      case SPECIAL ->
          lookup.findSpecial(owner, name, type.dropParameterTypes(0, 1), lookup.lookupClass());
      case VIRTUAL -> lookup.findVirtual(owner, name, type.dropParameterTypes(0, 1));
      case CREATE -> lookup.findConstructor(owner, type.changeReturnType(void.class));
    };
  }

  /** {@code forNull} is the message for a null receiver; empty if there is none. */
  CallSite link(String forNull) {
    if (kind == CallLinkage.Kind.CREATE) {
      return new ConstantCallSite(onStack(new Refusal("it is a constructor")));
    }
    Method named = reveal(lookup, direct);
    if (isFixed(named, kind, owner)) {
      MethodHandle target = target(() -> source(named));
      return new ConstantCallSite(
          forNull.isEmpty() ? target : NullReceivers.checked(target, forNull));
    }
    return new InlineCache(type, this, NullReceivers.failure(type, forNull), lookup.lookupClass());
  }

  /** The method behind a handle that {@link #find} has found, which is not a constructor's. */
  static Method reveal(Lookup lookup, MethodHandle found) {
    MethodHandleInfo info = lookup.revealDirect(found);
    Method method = info.reflectAs(Method.class, lookup);
    if (method.getReturnType() == info.getMethodType().returnType()) {
      return method;
    }
    // Obfuscators make methods that differ in their result alone, and reflection finds any of them.
    for (Method other : method.getDeclaringClass().getDeclaredMethods()) {
      if (other.getName().equals(info.getName())
          && other.getReturnType() == info.getMethodType().returnType()
          && Arrays.equals(other.getParameterTypes(), method.getParameterTypes())) {
        return other;
      }
    }
    throw new Refusal("its method " + info + " cannot be found by reflection");
  }

  /** Whether each call reaches this very method, whatever the receiver's class is. */
  static boolean isFixed(Method named, CallLinkage.Kind kind, Class<?> owner) {
    return kind != CallLinkage.Kind.VIRTUAL
        || Modifier.isPrivate(named.getModifiers())
        || Modifier.isFinal(named.getModifiers())
        || Modifier.isFinal(owner.getModifiers());
  }

  /** The target for receivers of one class. */
  MethodHandle targetFor(Object receiver) {
    try {
      Method found = select(receiver.getClass(), reveal(lookup, direct), weaver.dialect);
      return BodyFinder.isLambda(found.getDeclaringClass())
          ? targetOf(new BodyFinder(weaver.dialect).lambda(receiver)).asType(type)
          : target(() -> source(found));
    } catch (Refusal refusal) {
      return onStack(refusal);
    } catch (RuntimeException | LinkageError | ReflectiveOperationException e) {
      return onStack(new Refusal("its method cannot be found: " + e));
    }
  }

  /** The method that a call of {@code named} reaches if the receiver is of this class. */
  static Method select(Class<?> receivers, Method named, Dialect dialect) {
    Method found =
        BodyMethod.reached(receivers, named.getName(), ClassFiles.descriptorOf(named), dialect);
    boolean inherited =
        Modifier.isPublic(named.getModifiers()) || Modifier.isProtected(named.getModifiers());
    if (!inherited && !samePackage(found.getDeclaringClass(), named.getDeclaringClass())) {
      throw new Refusal("a class of another package has a method of its name");
    }
    return found;
  }

  private static boolean samePackage(Class<?> one, Class<?> other) {
    return one.getClassLoader() == other.getClassLoader()
        && one.getPackageName().equals(other.getPackageName());
  }

  private BodySource source(Method method) {
    return new BodyFinder(weaver.dialect).callee(method, suspenders);
  }

  private MethodHandle target(Supplier<BodySource> source) {
    Machine machine = weaver.machine(source);
    Refusal refusal = machine.refusal();
    return refusal == null ? machine.entry().asType(type) : onStack(refusal);
  }

  /** For a lambda or a method reference: calls its method with the values it has captured. */
  private MethodHandle targetOf(Lambda lambda) throws ReflectiveOperationException {
    MethodType implementation = lambda.type();
    Class<?> root = type.lastParameterType();
    int captured = lambda.captured().size();
    int offset = captured - lambda.receivers();
    List<Integer> positions = suspenders.stream().map(p -> p + offset).toList();
    if (implementation.returnType().isPrimitive() != type.returnType().isPrimitive()
        && type.returnType().isPrimitive()
        && type.returnType() != void.class) {
      throw new Refusal("its result is unboxed");
    }
    CallTarget inner =
        new CallTarget(
            weaver,
            lambda.lookup(),
            lambda.kind(),
            lambda.owner(),
            lambda.name(),
            implementation.insertParameterTypes(implementation.parameterCount(), root),
            positions,
            place);
    return Machine.ofOne(inner.link("").dynamicInvoker(), lambda.captured());
  }

  /** Runs the method on a stack of its own. */
  private MethodHandle onStack(Refusal refusal) {
    int receivers = kind == CallLinkage.Kind.VIRTUAL || kind == CallLinkage.Kind.SPECIAL ? 1 : 0;
    int arguments = type.parameterCount() - 1;
    MethodHandle spread =
        direct
            .asType(direct.type().generic())
            .asSpreader(Object[].class, arguments)
            .asType(MethodType.methodType(Object.class, Object[].class));
    StackCall call =
        new StackCall(
            spread,
            suspenders.stream().mapToInt(p -> p + receivers).toArray(),
            name,
            place,
            Objects.toString(refusal.getMessage()),
            zero(type.returnType()));
    MethodHandle run = MethodHandles.insertArguments(weaver.dialect.onStack(), 0, call);
    MethodType arrayFirst =
        MethodType.methodType(Object.class, Object[].class, run.type().parameterType(0));
    return MethodHandles.permuteArguments(run, arrayFirst, 1, 0)
        .asCollector(0, Object[].class, arguments)
        .asType(type);
  }

  private static @Nullable Object zero(Class<?> type) {
    return type.isPrimitive() && type != void.class
        ? Array.get(Array.newInstance(type, 1), 0)
        : null;
  }
}
