package dev.heddle.weave;

import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method that a body runs.
 *
 * <p>A lambda or method reference of a serializable interface names its method in the serialized
 * form that its {@code writeReplace} gives. The values that it captured are in its fields. Only
 * this JDK names these fields {@code arg$1}, {@code arg$2} and so on; so the values in the fields
 * are compared with the values in the serialized form before the fields are used. For an object of
 * any other class, the method is the one that takes the suspender as its only parameter.
 */
final class BodyFinder {
  private final Dialect dialect;

  BodyFinder(Dialect dialect) {
    this.dialect = dialect;
  }

  BodySource find(Object body) {
    Class<?> type = body.getClass();
    return type.isHidden() ? ofLambda(body, type) : ofObject(type);
  }

  private BodySource ofObject(Class<?> type) {
    ClassModel model = model(type);
    Set<String> names = new HashSet<>();
    namesOfBodies(type, names);
    List<MethodModel> found = new ArrayList<>();
    for (MethodModel method : model.methods()) {
      boolean own = !method.flags().has(AccessFlag.BRIDGE) && !isStatic(method);
      if (own && names.contains(method.methodName().stringValue()) && takesSuspender(method, 1)) {
        found.add(method);
      }
    }
    if (found.size() != 1) {
      throw new Refusal(type.getName() + " does not declare its method, or more than one");
    }
    MethodHandle self = MethodHandles.identity(Object.class);
    return new BodySource(
        type,
        methodCode(model, found.getFirst()),
        List.of(self.asType(MethodType.methodType(type, Object.class))));
  }

  /** Adds the names of the abstract interface methods that take only the suspender. */
  private void namesOfBodies(Class<?> type, Set<String> names) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Class<?> face : c.getInterfaces()) {
        for (Method method : face.getMethods()) {
          Class<?>[] parameters = method.getParameterTypes();
          if (Modifier.isAbstract(method.getModifiers())
              && parameters.length == 1
              && parameters[0] == dialect.suspender()) {
            names.add(method.getName());
          }
        }
      }
    }
  }

  private BodySource ofLambda(Object body, Class<?> type) {
    SerializedLambda form = serializedForm(body, type);
    Class<?> home = load(form.getImplClass().replace('/', '.'), type.getClassLoader());
    ClassModel model = model(home);
    MethodModel method = methodOf(model, form.getImplMethodName(), form.getImplMethodSignature());
    MethodCode methodCode = bodyOf(model, method, home, form.getImplMethodKind());
    return new BodySource(home, methodCode, getters(body, type, form));
  }

  /** The code of the method that a lambda or a method reference of this kind stands for. */
  MethodCode bodyOf(ClassModel model, MethodModel method, Class<?> home, int kind) {
    if (!takesSuspender(method, method.methodTypeSymbol().parameterCount())) {
      throw new Refusal(
          "its method "
              + method.methodName()
              + "() does not take the "
              + dialect.suspender().getSimpleName()
              + " as last parameter");
    }
    checkNotOverridden(kind, home, method);
    return methodCode(model, method);
  }

  private SerializedLambda serializedForm(Object body, Class<?> type) {
    try {
      Method writeReplace = type.getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      if (writeReplace.invoke(body) instanceof SerializedLambda form) {
        return form;
      }
      throw new Refusal("its serialized form is unusual");
    } catch (NoSuchMethodException e) {
      throw new Refusal("its interface is not Serializable, so its method cannot be found");
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw e instanceof Refusal refusal ? refusal : new Refusal(Weaver.notOpen(type));
    }
  }

  static MethodModel methodOf(ClassModel model, String name, String descriptor) {
    for (MethodModel method : model.methods()) {
      if (method.methodName().equalsString(name) && method.methodType().equalsString(descriptor)) {
        return method;
      }
    }
    throw new Refusal("its method " + name + "() is inherited");
  }

  private static void checkNotOverridden(int kind, Class<?> home, MethodModel method) {
    if (kind == MethodHandleInfo.REF_newInvokeSpecial) {
      throw new Refusal("it is a constructor reference");
    }
    boolean fixed =
        isStatic(method)
            || method.flags().has(AccessFlag.PRIVATE)
            || method.flags().has(AccessFlag.FINAL)
            || Modifier.isFinal(home.getModifiers());
    if (!fixed) {
      throw new Refusal(
          "it refers to " + method.methodName() + "(), which a subclass may override");
    }
  }

  private List<MethodHandle> getters(Object body, Class<?> type, SerializedLambda form) {
    List<MethodHandle> getters = new ArrayList<>();
    try {
      MethodHandles.Lookup lookup = Weaver.privateLookup(type);
      for (int i = 0; i < form.getCapturedArgCount(); i++) {
        Field field = type.getDeclaredField("arg$" + (i + 1));
        field.setAccessible(true);
        check(field.get(body), form.getCapturedArg(i));
        MethodHandle getter = lookup.unreflectGetter(field);
        getters.add(getter.asType(getter.type().changeParameterType(0, Object.class)));
      }
      return getters;
    } catch (ReflectiveOperationException e) {
      throw new Refusal("its captured values cannot be read: " + e);
    }
  }

  private static void check(@Nullable Object field, @Nullable Object captured) {
    boolean same = field == captured || (isBox(field) && Objects.equals(field, captured));
    if (!same) {
      throw new Refusal("its captured values are not where this JDK keeps them");
    }
  }

  private static boolean isBox(@Nullable Object value) {
    return value instanceof Number || value instanceof Character || value instanceof Boolean;
  }

  private boolean takesSuspender(MethodModel method, int parameters) {
    var type = method.methodTypeSymbol();
    return parameters > 0
        && type.parameterCount() == parameters
        && type.parameterType(parameters - 1).equals(dialect.suspenderType());
  }

  private static MethodCode methodCode(ClassModel model, MethodModel method) {
    if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
      throw new Refusal("its method is synchronized");
    }
    if (!(method.code().orElse(null) instanceof CodeAttribute code)) {
      throw new Refusal("its method has no code");
    }
    return new MethodCode(model, method, code);
  }

  static boolean isStatic(MethodModel method) {
    return method.flags().has(AccessFlag.STATIC);
  }

  static ClassModel model(Class<?> type) {
    ClassModel model = ClassFiles.read(type);
    if (model == null) {
      throw new Refusal("the class file of " + type.getName() + " cannot be read");
    }
    return model;
  }

  private static Class<?> load(String name, @Nullable ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new Refusal("its class " + name + " cannot be found");
    }
  }
}
