package dev.heddle.process;

import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A static method as a job. The name of the job is {@code package.Class::method(descriptor)}. */
final class StaticMethod<A extends @Nullable Object, R extends @Nullable Object>
    extends JobType<A, R> {
  /** Tells the name of a method from the name of a class, which cannot contain it. */
  static final String SEPARATOR = "::";

  /**
   * For the class of a reference, what it refers to. The class of a reference is made for the one
   * place in the code where the reference stands, so it refers to one method for ever.
   */
  private static final ClassValue<AtomicReference<@Nullable StaticMethod<?, ?>>> KNOWN =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable StaticMethod<?, ?>> computeValue(Class<?> reference) {
          return new AtomicReference<>();
        }
      };

  private final Method method;

  private StaticMethod(Method method) {
    super(
        title(method) + descriptor(method),
        method.getName(),
        argumentOf(method.getGenericParameterTypes()),
        method.getGenericReturnType());
    this.method = method;
  }

  private static Type argumentOf(Type[] parameters) {
    return parameters.length == 1
        ? parameters[0]
        : new ArgumentPair.Of(ArgumentPair.class, parameters);
  }

  private static String title(Method method) {
    return method.getDeclaringClass().getName() + SEPARATOR + method.getName();
  }

  private static String descriptor(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .descriptorString();
  }

  /** See {@link JobType#of(JobMethod)} and {@link JobType#ofTwo}, whose reference this is. */
  @SuppressWarnings("unchecked") // the caller knows of what the class is a reference
  static <A extends @Nullable Object, R extends @Nullable Object> StaticMethod<A, R> ofReference(
      Serializable reference) {
    var known = KNOWN.get(reference.getClass());
    StaticMethod<?, ?> found = known.get();
    if (found == null) {
      found = readReference(reference);
      known.set(found);
    }
    return (StaticMethod<A, R>) found;
  }

  private static StaticMethod<?, ?> readReference(Serializable reference) {
    SerializedLambda lambda = lambda(reference);
    String name = lambda.getImplMethodName();
    String title = lambda.getImplClass().replace('/', '.') + SEPARATOR + name;
    if (name.startsWith("lambda$")) {
      throw refused(
          "a lambda in " + lambda.getCapturingClass().replace('/', '.'),
          "it has no name by which another process could find it; refer to a static method");
    }
    if (lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic) {
      throw refused(title, "it is not a static method");
    }
    try {
      Method found =
          find(
              lambda.getImplClass().replace('/', '.'),
              name,
              lambda.getImplMethodSignature(),
              reference.getClass().getClassLoader());
      if (!found.trySetAccessible()) {
        throw refused(title, notOpen(found.getDeclaringClass()));
      }
      return new StaticMethod<>(found);
    } catch (ReflectiveOperationException | TypeNotPresentException e) {
      throw refused(title, "it cannot be found: " + e);
    }
  }

  /** Asks the reference what it refers to; the compiler lets only a serializable one answer. */
  private static SerializedLambda lambda(Serializable reference) {
    Class<?> type = reference.getClass();
    String title = type.getName().replaceFirst("\\$\\$Lambda.*", ""); // the class where it stands
    try {
      Method tells = type.getDeclaredMethod("writeReplace");
      tells.setAccessible(true);
      if (tells.invoke(reference) instanceof SerializedLambda lambda) {
        return lambda;
      }
    } catch (InaccessibleObjectException e) {
      throw refused("a method reference in " + title, notOpen(type));
    } catch (ReflectiveOperationException e) {
      // refused below
    }
    throw refused(type.getName(), "it is no method reference; let the class implement Job");
  }

  /** In the child: finds the method that the parent has named. */
  static StaticMethod<?, ?> named(String name, ClassLoader loader)
      throws ReflectiveOperationException {
    int end = name.indexOf(SEPARATOR);
    int descriptor = name.indexOf('(');
    return new StaticMethod<>(
        find(
            name.substring(0, end),
            name.substring(end + SEPARATOR.length(), descriptor),
            name.substring(descriptor),
            loader));
  }

  private static Method find(String owner, String name, String descriptor, ClassLoader loader)
      throws ReflectiveOperationException {
    MethodType type = MethodType.fromMethodDescriptorString(descriptor, loader);
    Method found =
        Class.forName(owner, true, loader).getDeclaredMethod(name, type.parameterArray());
    assert Modifier.isStatic(found.getModifiers()) && found.getParameterCount() <= 2 : found;
    return found;
  }

  /** Calls by a method handle, which throws the method's own exception unwrapped. */
  @Override
  @Nullable Object run(@Nullable Object given) throws Throwable {
    method.setAccessible(true);
    MethodHandle handle = MethodHandles.lookup().unreflect(method);
    return method.getParameterCount() == 2 && given instanceof ArgumentPair<?, ?> pair
        ? handle.invoke(pair.first(), pair.second())
        : handle.invoke(given);
  }

  @Override
  public String toString() {
    return title(method);
  }
}
