package dev.heddle.process;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A static method as a job: {@code package.Class::method(descriptor)} is its name. */
record StaticMethod(Method method) implements JobType {
  /** Stands in no class name. */
  static final String SEPARATOR = "::";

  /**
   * What a method reference refers to.
   *
   * @throws IllegalArgumentException if that is no static method
   */
  static StaticMethod of(JobMethod<?, ?> reference) {
    SerializedLambda lambda = lambda(reference);
    String name = lambda.getImplMethodName();
    String title = lambda.getImplClass().replace('/', '.') + SEPARATOR + name;
    if (name.startsWith("lambda$")) {
      throw JobType.refused(
          "a lambda in " + lambda.getCapturingClass().replace('/', '.'),
          "it has no name by which another process could find it; refer to a static method");
    }
    if (lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic) {
      throw JobType.refused(title, "it is not a static method");
    }
    try {
      return find(
          lambda.getImplClass().replace('/', '.'),
          name,
          lambda.getImplMethodSignature(),
          reference.getClass().getClassLoader());
    } catch (ReflectiveOperationException | TypeNotPresentException e) {
      throw JobType.refused(title, "it cannot be found: " + e);
    }
  }

  /** The compiler gives a serializable lambda a method that tells what it is made of. */
  private static SerializedLambda lambda(JobMethod<?, ?> reference) {
    String title = reference.getClass().getName();
    try {
      Method tells = reference.getClass().getDeclaredMethod("writeReplace");
      tells.setAccessible(true);
      if (tells.invoke(reference) instanceof SerializedLambda lambda) {
        return lambda;
      }
    } catch (InaccessibleObjectException e) {
      throw JobType.refused(title, "its module does not open its package to dev.heddle.process");
    } catch (ReflectiveOperationException e) {
      // refused below
    }
    throw JobType.refused(title, "it is no method reference; let the class implement Job");
  }

  /** In the child: the method that the parent has named. */
  static StaticMethod named(String name, ClassLoader loader) throws ReflectiveOperationException {
    int end = name.indexOf(SEPARATOR);
    int descriptor = name.indexOf('(');
    return find(
        name.substring(0, end),
        name.substring(end + SEPARATOR.length(), descriptor),
        name.substring(descriptor),
        loader);
  }

  private static StaticMethod find(String owner, String name, String descriptor, ClassLoader loader)
      throws ReflectiveOperationException {
    MethodType type = MethodType.fromMethodDescriptorString(descriptor, loader);
    Method found =
        Class.forName(owner, true, loader).getDeclaredMethod(name, type.parameterArray());
    assert Modifier.isStatic(found.getModifiers()) && found.getParameterCount() == 1 : found;
    return new StaticMethod(found);
  }

  @Override
  public String name() {
    MethodType type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    return this + type.descriptorString();
  }

  @Override
  public String simpleName() {
    return method.getName();
  }

  @Override
  public Type argument() {
    return method.getGenericParameterTypes()[0];
  }

  @Override
  public Type result() {
    return method.getGenericReturnType();
  }

  /** By a handle, which throws what the method throws, as it is. */
  @Override
  public @Nullable Object run(@Nullable Object given) throws Throwable {
    method.setAccessible(true);
    MethodHandle handle = MethodHandles.lookup().unreflect(method);
    return handle.invoke(given);
  }

  @Override
  public String toString() {
    return method.getDeclaringClass().getName() + SEPARATOR + method.getName();
  }
}
