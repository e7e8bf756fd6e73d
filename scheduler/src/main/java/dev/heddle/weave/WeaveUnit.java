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
    AccessCheck access) {

  /** The slot of the machine object; the next two are for the arguments of a resume. */
  static final int SELF = 0;

  static final int SENT = 1;
  static final int RAISED = 2;

  /** The superclass of the machine. */
  ClassDesc superType() {
    return source.isCallee() ? dialect.frameType() : dialect.machineType();
  }

  /** The slot of the coroutine; the machine of a body is the coroutine. */
  int root() {
    return source.isCallee() ? RAISED + 1 : SELF;
  }

  /** What is added to the slots of the method's locals. */
  int shift() {
    return source.isCallee() ? RAISED + 2 : RAISED + 1;
  }

  /** The types of the machine's own slots, below those of the method's locals. */
  List<FrameValue> own(ClassDesc machine) {
    List<FrameValue> own = new ArrayList<>();
    own.add(FrameValue.reference(machine));
    own.add(FrameValue.reference(ConstantDescs.CD_Object));
    own.add(FrameValue.reference(ConstantDescs.CD_Throwable));
    if (source.isCallee()) {
      own.add(FrameValue.reference(dialect.machineType()));
    }
    assert own.size() == shift() : own;
    return own;
  }

  /** The type of the static method that has the code. */
  MethodTypeDesc codeType(ClassDesc machine) {
    if (!source.isCallee()) {
      return MachineWriter.ADVANCE.insertParameterTypes(0, machine);
    }
    List<ClassDesc> types = new ArrayList<>();
    own(machine).forEach(value -> types.add(value.reference()));
    types.addAll(source.methodCode().parameterTypes());
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
