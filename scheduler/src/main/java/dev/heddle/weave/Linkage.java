package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * How machines reach what is private to the class of their body. Called by the JVM when it links a
 * machine's instruction; public for that reason only. A machine gets no more than the body had: the
 * caller's lookup must be able to become one of the body's class, which it can inside one module.
 */
public final class Linkage {
  static final ClassDesc TYPE = Linkage.class.describeConstable().orElseThrow();

  private Linkage() {}

  /** What an instruction of the body did. */
  enum Kind {
    GET_FIELD,
    PUT_FIELD,
    GET_STATIC,
    PUT_STATIC,
    INVOKE_STATIC,
    INVOKE_VIRTUAL,
    INVOKE_SPECIAL,
    CREATE
  }

  /** Links an {@code invokedynamic} that does to a member what an instruction of the body did. */
  public static CallSite member(
      Lookup caller, String name, MethodType type, String kind, Class<?> home, Class<?> owner)
      throws ReflectiveOperationException {
    MethodHandle member = find(caller, name, type, Kind.valueOf(kind), home, owner);
    return new ConstantCallSite(member.asType(type));
  }

  /** A method handle constant: the same, as a value. The type is that of the method handle. */
  public static MethodHandle handle(
      Lookup caller,
      String name,
      Class<?> handleType,
      String kind,
      Class<?> home,
      Class<?> owner,
      MethodType type)
      throws ReflectiveOperationException {
    return find(caller, name, type, Kind.valueOf(kind), home, owner);
  }

  /**
   * Links an {@code invokedynamic} as if it stood in the body's class: the lambdas and method
   * references in a body are implemented by private methods of that class.
   */
  public static CallSite atHome(
      Lookup caller,
      String name,
      MethodType type,
      Class<?> home,
      MethodHandle bootstrap,
      Object... arguments)
      throws Throwable {
    Object[] all = new Object[arguments.length + 3];
    all[0] = MethodHandles.privateLookupIn(home, caller);
    all[1] = name;
    all[2] = type;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return (CallSite) bootstrap.invokeWithArguments(all);
  }

  /** Links an {@code invokedynamic} that does nothing, after it has initialised the class. */
  public static CallSite initialize(Lookup caller, String name, MethodType type, Class<?> owner)
      throws IllegalAccessException {
    caller.ensureInitialized(owner);
    return new ConstantCallSite(MethodHandles.empty(type));
  }

  /**
   * Links what a body yields for a {@link Dialect.Way#DELEGATE} to a static method of a class that
   * the machine itself cannot name.
   */
  public static CallSite delegation(Lookup caller, String name, MethodType type, String delegations)
      throws ReflectiveOperationException {
    Class<?> owner = Class.forName(delegations, true, Linkage.class.getClassLoader());
    Lookup lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
    return new ConstantCallSite(lookup.findStatic(owner, name, type));
  }

  private static MethodHandle find(
      Lookup caller, String name, MethodType type, Kind kind, Class<?> home, Class<?> owner)
      throws ReflectiveOperationException {
    Lookup lookup = MethodHandles.privateLookupIn(home, caller);
    return switch (kind) {
      case GET_FIELD -> lookup.findGetter(owner, name, type.returnType());
      case PUT_FIELD -> lookup.findSetter(owner, name, type.parameterType(1));
      case GET_STATIC -> lookup.findStaticGetter(owner, name, type.returnType());
      case PUT_STATIC -> lookup.findStaticSetter(owner, name, type.parameterType(0));
      case INVOKE_STATIC -> lookup.findStatic(owner, name, type);
      case INVOKE_VIRTUAL -> lookup.findVirtual(owner, name, type.dropParameterTypes(0, 1));
      case INVOKE_SPECIAL -> lookup.findSpecial(owner, name, type.dropParameterTypes(0, 1), home);
      case CREATE -> lookup.findConstructor(owner, type.changeReturnType(void.class));
    };
  }
}
