package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** What the writers need to know of a method. */
record WeaveUnit(
    Dialect dialect,
    BodySource source,
    FrameAnalysis analysis,
    SpillPlan plan,
    AccessCheck access,
    boolean stamps) {

  /** The superclass of the machine. */
  ClassDesc superType() {
    return source.isCallee() ? dialect.frameType() : dialect.machineType();
  }

  // The machine's own slots come after those of the method's locals, whose instructions so stay as
  // short as they are.

  /** The first of the machine's own slots, which has the machine object. */
  int self() {
    return source.methodCode().code.maxLocals();
  }

  /** The slot of what was sent. */
  int sent() {
    return self() + 1;
  }

  /** The slot of what was raised. */
  int raised() {
    return self() + 2;
  }

  /** The slot of the coroutine; the machine of a body is the coroutine. */
  int root() {
    return source.isCallee() ? self() + 3 : self();
  }

  /** The first slot behind the machine's own. */
  int free() {
    return source.isCallee() ? self() + 4 : self() + 3;
  }

  /** The types of the machine's own slots. */
  List<FrameValue> own(ClassDesc machine) {
    List<FrameValue> own = new ArrayList<>();
    own.add(FrameValue.reference(machine));
    own.add(FrameValue.reference(ConstantDescs.CD_Object));
    own.add(FrameValue.reference(ConstantDescs.CD_Throwable));
    if (source.isCallee()) {
      own.add(FrameValue.reference(dialect.machineType()));
    }
    assert own.size() == free() - self() : own;
    return own;
  }

  /** The type of the static method that has the code. */
  MethodTypeDesc codeType(ClassDesc machine) {
    if (!source.isCallee()) {
      return MachineWriter.ADVANCE.insertParameterTypes(0, machine);
    }
    List<ClassDesc> types = source.methodCode().parameterTypes();
    own(machine).forEach(value -> types.add(value.reference()));
    return MethodTypeDesc.of(source.methodCode().method.methodTypeSymbol().returnType(), types);
  }

  /** The type of {@code resume} of a method that is called. */
  MethodTypeDesc resumeType() {
    return MethodTypeDesc.of(
        ConstantDescs.CD_Object,
        dialect.machineType(),
        ConstantDescs.CD_Object,
        ConstantDescs.CD_Throwable);
  }
}
