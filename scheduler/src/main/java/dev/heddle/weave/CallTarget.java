package dev.heddle.weave;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Modifier;
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

  CallSite link() {
    if (kind == CallLinkage.Kind.CREATE) {
      return new ConstantCallSite(onStack(new Refusal("it is a constructor")));
    }
    MethodHandleInfo info = lookup.revealDirect(direct);
    if (isFixed(info, owner)) {
      return new ConstantCallSite(target(() -> source(info)));
    }
    return new InlineCache(type, this, lookup.lookupClass());
  }

  /** Whether each call reaches this very method, whatever the receiver's class is. */
  static boolean isFixed(MethodHandleInfo info, Class<?> owner) {
    int refKind = info.getReferenceKind();
    return refKind == MethodHandleInfo.REF_invokeStatic
        || refKind == MethodHandleInfo.REF_invokeSpecial
        || Modifier.isPrivate(info.getModifiers())
        || Modifier.isFinal(info.getModifiers())
        || Modifier.isFinal(owner.getModifiers());
  }

  /** The target for receivers of one class. */
  MethodHandle targetFor(Object receiver) {
    MethodType withoutReceiver = withoutRoot().dropParameterTypes(0, 1);
    try {
      MethodHandleInfo info = select(receiver.getClass(), name, withoutReceiver);
      return BodyFinder.isLambda(info.getDeclaringClass())
          ? targetOf(new BodyFinder(weaver.dialect).lambda(receiver)).asType(type)
          : target(() -> source(info));
    } catch (Refusal refusal) {
      return onStack(refusal);
    } catch (RuntimeException | LinkageError | ReflectiveOperationException e) {
      return onStack(new Refusal("its method cannot be found: " + e));
    }
  }

  /** The method that a call of this one reaches if the receiver is of that class. */
  static MethodHandleInfo select(Class<?> receivers, MethodHandleInfo named) {
    return select(receivers, named.getName(), named.getMethodType());
  }

  /** The method that a call with a receiver of this class reaches. */
  static MethodHandleInfo select(Class<?> receivers, String name, MethodType type) {
    try {
      Lookup inside = Weaver.privateLookup(receivers);
      return inside.revealDirect(inside.findVirtual(receivers, name, type));
    } catch (IllegalAccessException e) {
      throw new Refusal(Weaver.notOpen(receivers));
    } catch (ReflectiveOperationException e) {
      throw new Refusal("its method cannot be found: " + e);
    }
  }

  private BodySource source(MethodHandleInfo info) {
    return new BodyFinder(weaver.dialect).callee(info, suspenders);
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
    int offset = captured - (lambda.isStatic() ? 0 : 1);
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
    return Machine.ofOne(inner.link().dynamicInvoker(), lambda.captured());
  }

  /** What a call does whose receiver is null: it throws, as the user's call would. */
  MethodHandle onNull() {
    MethodHandle thrower =
        MethodHandles.insertArguments(
            MethodHandles.throwException(type.returnType(), NullPointerException.class),
            0,
            new NullPointerException(
                "Cannot invoke \"" + owner.getName() + "." + name + "()\" because it is null"));
    return MethodHandles.dropArguments(thrower, 0, type.parameterList());
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
