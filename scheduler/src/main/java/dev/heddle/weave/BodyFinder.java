package dev.heddle.weave;

import dev.heddle.weave.classfile.ClassFiles;
import dev.heddle.weave.classfile.Refusal;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method that a body runs.
 *
 * <p>A lambda or method reference of a serializable interface names its method in the serialized
 * form that its {@code writeReplace} gives. The values that it captured are in its fields. Only
 * this JDK names these fields {@code arg$1}, {@code arg$2} and so on; so the values in the fields
 * are compared with the values in the serialized form before the fields are used. For an object of
 * any other class, and for a lambda that a default method of its interface wraps, {@link
 * BodyMethod} finds the method.
 */
final class BodyFinder {
  private final Dialect dialect;

  BodyFinder(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Whether a class is that of a lambda or a method reference. */
  static boolean isLambda(Class<?> type) {
    return type.isHidden();
  }

  /** Weaves the bodies of one class. */
  WeaveResults results(Object body, Weaver weaver) {
    try {
      Method method = BodyMethod.of(body.getClass(), dialect);
      if (!isLambda(method.getDeclaringClass())) {
        BodySource source = ofMethod(method);
        return WeaveResult.of(weaver, weaver.machine(() -> source), source.captured());
      }
      Lambda lambda = lambda(body);
      if (lambda.kind() == CallLinkage.Kind.CREATE) {
        throw new Refusal("it is a constructor reference");
      }
      Method named = lambda.method();
      if (CallTarget.isFixed(named, lambda.kind(), lambda.owner())) {
        return result(weaver, lambda, named);
      }
      return new WeaveResults.ByReceiver(
          lambda.captured().getFirst(),
          type -> result(weaver, lambda, CallTarget.select(type, named, dialect)));
    } catch (Refusal refusal) {
      return WeaveResult.of(weaver, Machine.refused(refusal), List.of());
    } catch (RuntimeException
        | AssertionError
        | StackOverflowError
        | LinkageError
        | ReflectiveOperationException e) {
      Refusal refusal = new Refusal("its method cannot be found: " + e);
      return WeaveResult.of(weaver, Machine.refused(refusal), List.of());
    }
  }

  private WeaveResult result(Weaver weaver, Lambda lambda, Method found) {
    Machine machine =
        weaver.machine(
            () -> {
              Class<?> home = found.getDeclaringClass();
              return BodySource.body(home, codeOf(found), lambda.hasResult(), lambda.captured());
            });
    return WeaveResult.of(weaver, machine, lambda.captured());
  }

  /** A method that a body calls. */
  BodySource callee(Method method, List<Integer> arguments) {
    MethodCode code = codeOf(method);
    int receivers = isStatic(code.method) ? 0 : 1;
    List<Integer> suspenders = arguments.stream().map(i -> i + receivers).toList();
    for (int i : suspenders) {
      if (!code.parameterTypes().get(i).equals(dialect.suspenderType())) {
        throw new Refusal(
            "its parameter is not declared as " + dialect.suspender().getSimpleName());
      }
    }
    return BodySource.callee(method.getDeclaringClass(), code, suspenders);
  }

  private static MethodCode codeOf(Method method) {
    ClassModel model = model(method.getDeclaringClass());
    return methodCode(model, methodOf(model, method.getName(), ClassFiles.descriptorOf(method)));
  }

  /** A source whose body is the receiver of a method, and nothing else. */
  static BodySource ofMethod(Method method) {
    Class<?> home = method.getDeclaringClass();
    ClassModel model = model(home);
    MethodModel found = methodOf(model, method.getName(), ClassFiles.descriptorOf(method));
    MethodHandle self = MethodHandles.identity(Object.class);
    return BodySource.body(
        home,
        methodCode(model, found),
        true,
        List.of(self.asType(MethodType.methodType(home, Object.class))));
  }

  /** How a lambda or a method reference calls its method. */
  Lambda lambda(Object body) {
    Class<?> type = body.getClass();
    SerializedLambda form = serializedForm(body, type);
    ClassLoader loader = type.getClassLoader();
    Class<?> owner = load(form.getImplClass().replace('/', '.'), loader);
    Class<?> capturing = load(form.getCapturingClass().replace('/', '.'), loader);
    MethodType method =
        MethodType.fromMethodDescriptorString(form.getImplMethodSignature(), loader);
    CallLinkage.Kind kind =
        switch (form.getImplMethodKind()) {
          case MethodHandleInfo.REF_invokeStatic -> CallLinkage.Kind.STATIC;
          case MethodHandleInfo.REF_newInvokeSpecial -> CallLinkage.Kind.CREATE;
          case MethodHandleInfo.REF_invokeSpecial -> CallLinkage.Kind.SPECIAL;
          default -> CallLinkage.Kind.VIRTUAL;
        };
    MethodType all =
        switch (kind) {
          case STATIC -> method;
          case CREATE -> method.changeReturnType(owner);
          case SPECIAL, VIRTUAL -> method.insertParameterTypes(0, owner);
        };
    try {
      return new Lambda(
          Weaver.privateLookup(capturing),
          kind,
          owner,
          kind == CallLinkage.Kind.CREATE ? "create" : form.getImplMethodName(),
          all,
          !form.getFunctionalInterfaceMethodSignature().endsWith(")V"),
          getters(body, type, form));
    } catch (IllegalAccessException e) {
      throw new Refusal(Weaver.notOpen(capturing));
    }
  }

  /** The code of the method that a lambda or a method reference of this kind stands for. */
  MethodCode bodyOf(ClassModel model, MethodModel method, int kind) {
    if (!takesSuspender(method, method.methodTypeSymbol().parameterCount())) {
      throw new Refusal(
          "its method "
              + method.methodName()
              + "() does not take the "
              + dialect.suspender().getSimpleName()
              + " as last parameter");
    }
    if (kind == MethodHandleInfo.REF_newInvokeSpecial) {
      throw new Refusal("it is a constructor reference");
    }
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
      throw new Refusal(
          body instanceof Serializable
              ? "its class does not tell its method, as a lambda of a Serializable interface does"
              : "its interface is not Serializable, so its method cannot be found");
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
      return List.copyOf(getters);
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
    if (model.majorVersion() < ClassFile.JAVA_6_VERSION) {
      throw new Refusal("it was compiled for a Java of before 6, whose code cannot be followed");
    }
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

  static Class<?> load(String name, @Nullable ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new Refusal("its class " + name + " cannot be found");
    }
  }
}
