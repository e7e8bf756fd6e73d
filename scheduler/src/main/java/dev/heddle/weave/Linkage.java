package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives machines access to the private members of their body's class. The JVM calls these methods
 * when it links an instruction of a machine; only for that reason is the class public. A machine
 * gets no more rights than the body has: the caller's lookup must be allowed to become a lookup of
 * the body's class, which it is only inside one module.
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

  /**
   * Links an {@code invokedynamic} that does to a member what an instruction of the body did.
   *
   * @param forNull what the JVM would say if the receiver were null; empty if there is none
   */
  public static CallSite member(
      Lookup caller,
      String name,
      MethodType type,
      String kind,
      Class<?> home,
      Class<?> owner,
      String forNull)
      throws ReflectiveOperationException {
    MethodHandle member = find(caller, name, type, kind, home, owner);
    MethodHandle use = forNull.isEmpty() ? member : NullReceivers.checked(member, forNull);
    return new ConstantCallSite(use.asType(type));
  }

  /**
   * Called before an instruction that throws if {@code object} is null, where the JVM's own message
   * would tell of the machine and not of the method.
   */
  public static void checkNotNull(@Nullable Object object, String forNull) {
    if (object == null) {
      NullPointerException thrown = new NullPointerException(NullReceivers.shown(forNull));
      StackTraceElement[] trace = thrown.getStackTrace();
      thrown.setStackTrace(Arrays.copyOfRange(trace, Math.min(1, trace.length), trace.length));
      throw thrown;
    }
  }

  /**
   * Makes the method handle constant for a member. {@code type} is the type of that method handle;
   * {@code handleType} is always {@code MethodHandle}, as the JVM passes the constant's type.
   */
  public static MethodHandle handle(
      Lookup caller,
      String name,
      Class<?> handleType,
      String kind,
      Class<?> home,
      Class<?> owner,
      MethodType type)
      throws ReflectiveOperationException {
    return find(caller, name, type, kind, home, owner);
  }

  /**
   * Links an {@code invokedynamic} of the body as if the body's class linked it. The lambdas and
   * method references in a body call private methods of that class.
   */
  public static CallSite atHome(
      Lookup caller,
      String name,
      MethodType type,
      Class<?> home,
      MethodHandle bootstrap,
      Object... arguments)
      throws Throwable {
    return (CallSite) bootstrap(caller, name, type, home, bootstrap, arguments);
  }

  /** Makes a dynamic constant of the body as if the body's class made it. */
  public static Object constant(
      Lookup caller,
      String name,
      Class<?> type,
      Class<?> home,
      MethodHandle bootstrap,
      Object... arguments)
      throws Throwable {
    return bootstrap(caller, name, type, home, bootstrap, arguments);
  }

  private static Object bootstrap(
      Lookup caller,
      String name,
      Object type,
      Class<?> home,
      MethodHandle bootstrap,
      Object... arguments)
      throws Throwable {
    Object[] all = new Object[arguments.length + 3];
    all[0] = MethodHandles.privateLookupIn(home, caller);
    all[1] = name;
    all[2] = type;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return bootstrap.invokeWithArguments(all);
  }

  /**
   * Links an {@code invokedynamic} that initialises {@code owner}, and does nothing once that has
   * succeeded. It is not done here: the JVM would keep what is thrown here, and throw it again.
   */
  public static CallSite initialize(Lookup caller, String name, MethodType type, Class<?> owner)
      throws ReflectiveOperationException {
    MutableCallSite site = new MutableCallSite(type);
    MethodHandle initialize =
        MethodHandles.lookup()
            .findStatic(
                Linkage.class,
                "initialize",
                MethodType.methodType(
                    void.class, Lookup.class, Class.class, MutableCallSite.class));
    site.setTarget(MethodHandles.insertArguments(initialize, 0, caller, owner, site));
    return site;
  }

  @SuppressWarnings("UnusedMethod") // found by name
  private static void initialize(Lookup caller, Class<?> owner, MutableCallSite site)
      throws IllegalAccessException {
    caller.ensureInitialized(owner);
    site.setTarget(MethodHandles.empty(site.type()));
  }

  /**
   * Links a call of one of {@link Dialect#links}: a static method of a class that the machine
   * itself cannot name.
   */
  public static CallSite link(Lookup caller, String name, MethodType type, String links)
      throws ReflectiveOperationException {
    Class<?> owner = Class.forName(links, true, Linkage.class.getClassLoader());
    Lookup lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
    return new ConstantCallSite(lookup.findStatic(owner, name, type));
  }

  /** {@code type} has the receiver, if there is one, and a constructor's class as result. */
  private static MethodHandle find(
      Lookup caller, String name, MethodType type, String kindName, Class<?> home, Class<?> owner)
      throws ReflectiveOperationException {
    Kind kind = Kind.valueOf(kindName);
    MethodType plain =
        switch (kind) {
          case GET_STATIC, PUT_STATIC, INVOKE_STATIC -> type;
          case GET_FIELD, PUT_FIELD, INVOKE_VIRTUAL, INVOKE_SPECIAL ->
              type.dropParameterTypes(0, 1);
          case CREATE -> type.changeReturnType(void.class);
        };
    return find(MethodHandles.privateLookupIn(home, caller), name, plain, kind, home, owner);
  }

  /** Finds a member by its type as the class file has it, without the receiver. */
  static MethodHandle find(
      Lookup lookup, String name, MethodType type, Kind kind, Class<?> home, Class<?> owner)
      throws ReflectiveOperationException {
    return switch (kind) {
      case GET_FIELD -> lookup.findGetter(owner, name, type.returnType());
      case PUT_FIELD -> lookup.findSetter(owner, name, type.parameterType(0));
      case GET_STATIC -> lookup.findStaticGetter(owner, name, type.returnType());
      case PUT_STATIC -> lookup.findStaticSetter(owner, name, type.parameterType(0));
      case INVOKE_STATIC -> lookup.findStatic(owner, name, type);
      case INVOKE_VIRTUAL -> lookup.findVirtual(owner, name, type);
      case INVOKE_SPECIAL -> lookup.findSpecial(owner, name, type, home);
      case CREATE -> lookup.findConstructor(owner, type);
    };
  }
}
