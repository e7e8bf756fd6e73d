package dev.heddle.weave;

import dev.heddle.weave.classfile.ClassFiles;
import dev.heddle.weave.classfile.Refusal;
import java.io.Serializable;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method that a call of a body reaches.
 *
 * <p>The library calls the body's <i>entry</i>: the method of the most general interface that takes
 * only the suspender, such as {@code CoroutineBody.run}. The class of the body says which method
 * that call reaches: its own, an inherited one, or a default method of an interface. A bridge,
 * which the compiler writes where types differ, is passed over, and so is a method of the library
 * that only calls another method of the body, such as {@code GeneratorBody.run}.
 */
final class BodyMethod {
  /** More methods in a row do not pass a call on, except in a circle. */
  private static final int LONGEST = 16;

  private final Class<?> type;
  private final Dialect dialect;

  private BodyMethod(Class<?> type, Dialect dialect) {
    this.type = type;
    this.dialect = dialect;
  }

  /** The method for bodies of a class; abstract if {@code type} is an interface of lambdas. */
  static Method of(Class<?> type, Dialect dialect) {
    return new BodyMethod(type, dialect).find();
  }

  /** The method that a virtual call with a receiver of a class reaches. */
  static Method reached(Class<?> receivers, String name, String descriptor, Dialect dialect) {
    return new BodyMethod(receivers, dialect).select(name, descriptor);
  }

  private Method find() {
    Method method = entry();
    Method reached = select(method.getName(), ClassFiles.descriptorOf(method));
    for (int i = 0; i < LONGEST; i++) {
      InvokeInstruction call = passesOver(reached) ? passedOn(reached) : null;
      if (call == null) {
        return reached;
      }
      reached = select(call.name().stringValue(), call.type().stringValue());
    }
    throw new Refusal("its method " + reached.getName() + "() only calls itself");
  }

  private boolean passesOver(Method method) {
    Class<?> owner = method.getDeclaringClass();
    boolean ours = owner.getPackage() == dialect.suspender().getPackage();
    return (method.isBridge() || ours)
        && !owner.isHidden() // a lambda; its class has no file
        && !Modifier.isAbstract(method.getModifiers());
  }

  /** The method that the library calls. */
  private Method entry() {
    Set<Class<?>> faces = interfaces(type);
    List<Method> roots = new ArrayList<>();
    for (Class<?> face : faces) {
      if (interfaces(face).stream().noneMatch(f -> f != face && !suspending(f).isEmpty())) {
        roots.addAll(suspending(face));
      }
    }
    if (roots.stream().anyMatch(BodyMethod::isOfSerializable)) {
      roots.removeIf(root -> !isOfSerializable(root));
    }
    String suspender = dialect.suspender().getSimpleName();
    return switch (roots.size()) {
      case 0 -> throw new Refusal(type.getName() + " has no method that takes only a " + suspender);
      case 1 -> roots.getFirst();
      default ->
          throw new Refusal(
              "each of "
                  + String.join("() and ", roots.stream().map(Method::getName).sorted().toList())
                  + "() of "
                  + type.getName()
                  + " may be the body, as each takes only a "
                  + suspender);
    };
  }

  private static boolean isOfSerializable(Method method) {
    return Serializable.class.isAssignableFrom(method.getDeclaringClass());
  }

  /** The methods of an interface that take only the suspender, without those for other types. */
  private List<Method> suspending(Class<?> face) {
    List<Method> found = new ArrayList<>();
    for (Method method : face.getDeclaredMethods()) {
      Class<?>[] parameters = method.getParameterTypes();
      if (isVirtual(method)
          && !method.isBridge()
          && parameters.length == 1
          && parameters[0] == dialect.suspender()) {
        found.add(method);
      }
    }
    return found;
  }

  /** The method that a virtual call reaches in an object of {@link #type} (JVMS 5.4.6). */
  private Method select(String name, String descriptor) {
    for (Class<?> c = type; c != null && !c.isInterface(); c = c.getSuperclass()) {
      Method method = declared(c, name, descriptor);
      if (method != null) {
        return method;
      }
    }
    List<Method> found = new ArrayList<>();
    for (Class<?> face : interfaces(type)) {
      Method method = declared(face, name, descriptor);
      if (method != null) {
        found.add(method);
      }
    }
    List<Method> candidates = List.copyOf(found);
    found.removeIf(method -> candidates.stream().anyMatch(other -> isOverriddenBy(method, other)));
    if (found.stream().anyMatch(method -> !Modifier.isAbstract(method.getModifiers()))) {
      found.removeIf(method -> Modifier.isAbstract(method.getModifiers()));
    } else if (found.size() > 1) {
      return found.getFirst(); // abstract in two interfaces: a lambda implements both
    }
    if (found.size() != 1) {
      throw new Refusal("a call of its method " + name + "() does not lead to one method");
    }
    return found.getFirst();
  }

  private static boolean isOverriddenBy(Method method, Method other) {
    Class<?> face = method.getDeclaringClass();
    return other.getDeclaringClass() != face && face.isAssignableFrom(other.getDeclaringClass());
  }

  private static @Nullable Method declared(Class<?> type, String name, String descriptor) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(name)
          && isVirtual(method)
          && ClassFiles.descriptorOf(method).equals(descriptor)) {
        return method;
      }
    }
    return null;
  }

  private static boolean isVirtual(Method method) {
    return !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers());
  }

  private static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> faces = new LinkedHashSet<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      addInterfaces(c, faces);
    }
    return faces;
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> faces) {
    if (!type.isInterface() || faces.add(type)) {
      for (Class<?> face : type.getInterfaces()) {
        addInterfaces(face, faces);
      }
    }
  }

  /** The call, if a method only passes the suspender on to another method of the same object. */
  private @Nullable InvokeInstruction passedOn(Method method) {
    MethodModel model =
        BodyFinder.methodOf(
            BodyFinder.model(method.getDeclaringClass()),
            method.getName(),
            ClassFiles.descriptorOf(method));
    if (!(model.code().orElse(null) instanceof CodeAttribute code)) {
      return null;
    }
    List<Instruction> instructions = new ArrayList<>();
    code.forEach(
        element -> {
          if (element instanceof Instruction instruction && !isCastOfSuspender(instruction)) {
            instructions.add(instruction);
          }
        });
    boolean virtual =
        instructions.size() >= 4
            && isLoad(instructions.get(0), 0)
            && isLoad(instructions.get(1), 1)
            && instructions.get(2).opcode() != Opcode.INVOKESPECIAL
            && instructions.get(2).opcode() != Opcode.INVOKESTATIC;
    return virtual
            && instructions.get(2) instanceof InvokeInstruction call
            && takesOnlySuspender(call.typeSymbol())
            && returns(instructions.subList(3, instructions.size()), call.typeSymbol())
        ? call
        : null;
  }

  /** ECJ writes such a cast in a bridge. */
  private boolean isCastOfSuspender(Instruction instruction) {
    return instruction instanceof TypeCheckInstruction check
        && check.opcode() == Opcode.CHECKCAST
        && check.type().asSymbol().equals(dialect.suspenderType());
  }

  private static boolean isLoad(Instruction instruction, int slot) {
    return instruction instanceof LoadInstruction load && load.slot() == slot;
  }

  private boolean takesOnlySuspender(MethodTypeDesc called) {
    return called.parameterList().equals(List.of(dialect.suspenderType()));
  }

  /** Whether a method ends with the called method's result, or with null if there is none. */
  private static boolean returns(List<Instruction> end, MethodTypeDesc called) {
    List<Opcode> codes = end.stream().map(Instruction::opcode).toList();
    return called.returnType().equals(ConstantDescs.CD_void)
        ? codes.equals(List.of(Opcode.RETURN))
            || codes.equals(List.of(Opcode.ACONST_NULL, Opcode.ARETURN))
        : codes.equals(List.of(Opcode.ARETURN));
  }
}
