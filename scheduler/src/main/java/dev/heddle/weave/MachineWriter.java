package dev.heddle.weave;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Writes the machine: a class with a field for each kept value. The body's code is in a static
 * method that has the name of the body's method, because stack traces show that name.
 *
 * <pre>{@code
 * final class Home$$Woven0 extends WovenCoroutine {
 *   private Object v0; ...
 *   protected boolean advance(Object sent, Throwable raised) {
 *     try {
 *       return lambda$main$0(this, sent, raised);
 *     } catch (Throwable thrown) {
 *       clear();
 *       throw leaving(thrown, raised);
 *     }
 *   }
 *   private static boolean lambda$main$0(Home$$Woven0 self, Object sent, Throwable raised) {...}
 * }
 * }</pre>
 */
final class MachineWriter {
  /**
   * What a machine's name has between the name of the body's class and a number. {@link Traces}
   * removes the mark and the number.
   */
  static final String MARK = "$$Woven";

  static final MethodTypeDesc ADVANCE =
      MethodTypeDesc.of(
          ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Throwable);
  static final MethodTypeDesc ANSWER =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
  static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
  private static final MethodTypeDesc LEAVING =
      MethodTypeDesc.of(
          ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable);
  private static final MethodTypeDesc SOURCE_LINES = MethodTypeDesc.of(ConstantDescs.CD_String);

  private final WeaveUnit unit;
  private final ClassDesc machine;
  private final MethodCode methodCode;
  private final SpillPlan plan;

  MachineWriter(WeaveUnit unit, ClassDesc machine) {
    this.unit = unit;
    this.machine = machine;
    this.methodCode = unit.source().methodCode();
    this.plan = unit.plan();
  }

  byte[] write() {
    ClassFile writer =
        ClassFile.of(
            ClassFile.StackMapsOption
                .DROP_STACK_MAPS, // BodyWriter writes the frames as an attribute
            ClassFile.DeadLabelsOption.DROP_DEAD_LABELS);
    return writer.build(machine, this::writeClass);
  }

  private void writeClass(ClassBuilder builder) {
    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
    builder.withSuperclass(unit.dialect().machineType());
    methodCode.sourceFile().ifPresent(file -> builder.with(SourceFileAttribute.of(file)));
    for (SpillPlan.Cell cell : plan.cells()) {
      builder.withField(cell.name(), cell.type(), ClassFile.ACC_PRIVATE);
    }
    builder.withMethodBody("<init>", constructorType(), 0, this::writeConstructor);
    builder.withMethodBody("advance", ADVANCE, ClassFile.ACC_PROTECTED, this::writeAdvance);
    builder.withMethodBody(
        bodyName(),
        ADVANCE.insertParameterTypes(0, machine),
        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
        code -> new BodyWriter(unit, machine, code).write());
    builder.withMethodBody("clear", NOTHING, ClassFile.ACC_PRIVATE, this::writeClear);
    builder.withMethodBody(
        "sourceLines", SOURCE_LINES, ClassFile.ACC_PROTECTED, this::writeSourceLines);
  }

  private String bodyName() {
    return methodCode.method.methodName().stringValue();
  }

  private MethodTypeDesc constructorType() {
    List<ClassDesc> types = methodCode.parameterTypes();
    assert types.size() == plan.start.size() : "one move for each parameter";
    if (plan.start.getLast().cell() == null) {
      types.removeLast(); // the suspender, which the body does not need
    }
    return MethodTypeDesc.of(ConstantDescs.CD_void, types);
  }

  private void writeConstructor(CodeBuilder code) {
    code.aload(0).invokespecial(unit.dialect().machineType(), "<init>", NOTHING);
    int slot = 1;
    for (SpillPlan.Move move : plan.start) {
      SpillPlan.Cell cell = move.cell();
      if (cell != null) {
        code.aload(0).loadLocal(move.value().typeKind(), slot);
        code.putfield(machine, cell.name(), cell.type());
        slot += move.value().slots();
      }
    }
    code.return_();
  }

  private void writeAdvance(CodeBuilder code) {
    Label start = code.newBoundLabel();
    code.aload(0).aload(1).aload(2);
    code.invokestatic(machine, bodyName(), ADVANCE.insertParameterTypes(0, machine)).ireturn();
    Label end = code.newBoundLabel();
    code.exceptionCatchAll(start, end, end);
    int thrown = 3;
    code.astore(thrown).aload(0).invokevirtual(machine, "clear", NOTHING);
    code.aload(0).aload(thrown).aload(2).invokevirtual(machine, "leaving", LEAVING).athrow();
    FrameValue caught = FrameValue.reference(ConstantDescs.CD_Throwable);
    StackMapWriter stackMap = new StackMapWriter(machine, unit.analysis().newExpressions);
    stackMap.add(end, new FrameValue[0], slot -> false, List.of(caught));
    code.with(stackMap.table());
  }

  private void writeClear(CodeBuilder code) {
    for (SpillPlan.Cell cell : plan.cells()) {
      if (cell.isReference()) {
        code.aload(0).aconst_null().putfield(machine, cell.name(), cell.type());
      }
    }
    code.return_();
  }

  /** Writes what {@link Traces#suspendedAt} reads: method, file, and the line of each place. */
  private void writeSourceLines(CodeBuilder code) {
    String file = methodCode.sourceFile().orElse("");
    StringBuilder lines = new StringBuilder(bodyName() + ' ' + file + ' ' + methodCode.line(0));
    for (SpillPlan.Stop stop : plan.stops) {
      lines.append(' ').append(methodCode.line(stop.suspension().index()));
    }
    code.loadConstant(lines.toString()).areturn();
  }
}
