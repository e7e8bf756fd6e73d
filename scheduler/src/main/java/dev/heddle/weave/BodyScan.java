package dev.heddle.weave;

import dev.heddle.weave.classfile.ClassFiles;
import dev.heddle.weave.classfile.Refusal;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the bodies in the code of a class: its lambdas, and its references to methods of its own.
 * No body needs to exist yet, so that a user can ask beforehand which bodies will be woven.
 */
final class BodyScan {
  private static final ClassDesc LAMBDAS =
      LambdaMetafactory.class.describeConstable().orElseThrow();

  /**
   * Where the code of the class makes a body.
   *
   * @param place the method that makes the body, with file and line
   * @param face the body's interface
   * @param implementation the method that the lambda or method reference stands for
   * @param hasResult whether the method of the interface has a result
   */
  record Site(
      String place, ClassDesc face, DirectMethodHandleDesc implementation, boolean hasResult) {}

  private final Class<?> home;
  private final Dialect dialect;
  private final ClassModel model;

  BodyScan(Class<?> home, Dialect dialect) {
    this.home = home;
    this.dialect = dialect;
    this.model = model(home);
  }

  /** Whether the class file is the loaded class's is asked when a body is woven. */
  private static ClassModel model(Class<?> home) {
    ClassModel read = ClassFiles.read(home.getName().replace('.', '/'), home);
    if (read == null) {
      throw new Refusal("the class file of " + home.getName() + " cannot be read");
    }
    return read;
  }

  /** All sites, in the order of the code. */
  List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    for (MethodModel method : model.methods()) {
      boolean repeats = method.methodName().equalsString("$deserializeLambda$"); // all lambdas
      if (!repeats && method.code().orElse(null) instanceof CodeAttribute code) {
        find(method, code, sites);
      }
    }
    return sites;
  }

  private void find(MethodModel method, CodeAttribute code, List<Site> sites) {
    int line = -1;
    for (CodeElement element : code) {
      if (element instanceof LineNumber number) {
        line = number.line();
      } else if (element instanceof InvokeDynamicInstruction call && makesBody(call)) {
        String place = method.methodName() + " (" + MethodCode.place(model, line) + ")";
        sites.add(
            new Site(
                place,
                call.typeSymbol().returnType(),
                (DirectMethodHandleDesc) call.bootstrapArgs().get(1),
                hasResult(call)));
      }
    }
  }

  private boolean makesBody(InvokeDynamicInstruction call) {
    List<ConstantDesc> arguments = call.bootstrapArgs();
    return call.bootstrapMethod().owner().equals(LAMBDAS)
        && arguments.get(0) instanceof MethodTypeDesc type
        && type.parameterCount() == 1
        && type.parameterType(0).equals(dialect.suspenderType())
        && arguments.get(1) instanceof DirectMethodHandleDesc implementation
        && implementation.owner().equals(model.thisClass().asSymbol());
  }

  private static boolean hasResult(InvokeDynamicInstruction call) {
    MethodTypeDesc method = (MethodTypeDesc) call.bootstrapArgs().getFirst();
    return !method.returnType().equals(ConstantDescs.CD_void);
  }

  /** A source whose captured values are null or zero: its machine can be verified, but not run. */
  BodySource source(Site site) {
    Method reached = BodyMethod.of(face(site), dialect);
    if (!Modifier.isAbstract(reached.getModifiers())) {
      return BodyFinder.ofMethod(reached); // a default method that calls the lambda
    }
    DirectMethodHandleDesc implementation = site.implementation();
    ClassModel known = BodyFinder.model(home);
    MethodModel method =
        BodyFinder.methodOf(known, implementation.methodName(), implementation.lookupDescriptor());
    MethodCode methodCode = new BodyFinder(dialect).bodyOf(known, method, implementation.refKind());
    MethodType type =
        MethodType.fromMethodDescriptorString(
            method.methodType().stringValue(), home.getClassLoader());
    if (!BodyFinder.isStatic(method)) {
      type = type.insertParameterTypes(0, home);
    }
    List<Class<?>> captured = type.parameterList().subList(0, type.parameterCount() - 1);
    return BodySource.body(
        home, methodCode, site.hasResult(), captured.stream().map(BodyScan::empty).toList());
  }

  private Class<?> face(Site site) {
    String descriptor = site.face().descriptorString();
    String name = descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    return BodyFinder.load(name, home.getClassLoader());
  }

  private static MethodHandle empty(Class<?> type) {
    return MethodHandles.empty(MethodType.methodType(type, Object.class));
  }
}
