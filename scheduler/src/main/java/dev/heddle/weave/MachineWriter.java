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
 * Writes the machine: a class with a field for each kept value. The code is in a static method that
 * has the name of the user's method, because stack traces show that name. The machine of a body:
 *
 * <pre>{@code
 * final class Home$$Woven$lambda$main$0 extends WovenCoroutine {
 *   static SourceTable TABLE;
 *   Object v0; ...
 *   protected boolean stepMachine(Object sent, Throwable raised) {
 *     try {
 *       return lambda$main$0(this, sent, raised);
 *     } catch (Throwable thrown) {
 *       clear();
 *       throw leaving(thrown, raised);
 *     }
 *   }
 *   static boolean lambda$main$0(Home$$Woven$lambda$main$0 self, Object sent, Throwable raised)
 * }
 * }</pre>
 *
 * <p>The machine of a method that bodies call. The caller starts the method by the static method,
 * with a null {@code self}, which is made when the method suspends:
 *
 * <pre>{@code
 * final class Home$$Woven$read$0$call_1_ extends WovenFrame {
 *   protected Object resumeMachine(WovenCoroutine root, Object sent, Throwable raised) {
 *     return read(null, null, this, sent, raised, root);
 *   }
 *   static String read(Home theReceiver, Awaiter theSuspender, Home$$Woven$... self, Object sent,
 *       Throwable raised, WovenCoroutine root)
 * }
 * }</pre>
 */
final class MachineWriter {
  /**
   * What a machine's name has between the name of the user's class and that of the method. {@link
   * Traces} removes it and what follows.
   */
  static final String MARK = "$$Woven";

  /** The machine's static field with its {@link SourceTable}. */
  static final String TABLE = "TABLE";

  static final MethodTypeDesc ADVANCE =
      MethodTypeDesc.of(
          ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Throwable);
  static final MethodTypeDesc ANSWER =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
  static final MethodTypeDesc CAUGHT =
      MethodTypeDesc.of(ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable);
  static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
  private static final MethodTypeDesc LEAVING =
      MethodTypeDesc.of(
          ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable);
  private static final ClassDesc SOURCE_TABLE = SourceTable.class.describeConstable().orElseThrow();

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
    builder.withSuperclass(unit.superType());
    methodCode.sourceFile().ifPresent(file -> builder.with(SourceFileAttribute.of(file)));
    builder.withField(TABLE, SOURCE_TABLE, ClassFile.ACC_STATIC);
    for (SpillPlan.Cell cell : plan.cells()) {
      builder.withField(cell.name(), cell.type(), 0);
    }
    builder.withMethodBody(
        bodyName(),
        unit.codeType(machine),
        ClassFile.ACC_STATIC,
        code -> new BodyWriter(unit, machine, code).write());
    builder.withMethodBody(
        "table",
        MethodTypeDesc.of(SOURCE_TABLE),
        ClassFile.ACC_PROTECTED,
        code -> code.getstatic(machine, TABLE, SOURCE_TABLE).areturn());
    if (unit.source().isCallee()) {
      builder.withMethodBody("<init>", NOTHING, 0, this::writeConstructor);
      builder.withMethodBody(
          "own",
          MethodTypeDesc.of(machine, machine),
          ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
          this::writeOwn);
      builder.withMethodBody(
          "resumeMachine", unit.resumeType(), ClassFile.ACC_PROTECTED, this::writeResume);
    } else {
      builder.withMethodBody("<init>", constructorType(), 0, this::writeConstructor);
      builder.withMethodBody("stepMachine", ADVANCE, ClassFile.ACC_PROTECTED, this::writeStep);
      builder.withMethodBody("clear", NOTHING, ClassFile.ACC_PRIVATE, this::writeClear);
    }
  }

  private String bodyName() {
    return methodCode.method.methodName().stringValue();
  }

  private MethodTypeDesc constructorType() {
    List<ClassDesc> types = methodCode.parameterTypes();
    assert types.size() == plan.start.size() : "one move for each parameter";
    types.removeLast(); // the suspender
    return MethodTypeDesc.of(ConstantDescs.CD_void, types);
  }

  private void writeConstructor(CodeBuilder code) {
    code.aload(0).invokespecial(unit.superType(), "<init>", NOTHING);
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

  private void writeStep(CodeBuilder code) {
    Label start = code.newBoundLabel();
    code.aload(0).aload(1).aload(2);
    code.invokestatic(machine, bodyName(), unit.codeType(machine)).ireturn();
    Label end = code.newBoundLabel();
    code.exceptionCatchAll(start, end, end);
    int thrown = 3;
    code.astore(thrown).aload(0).invokevirtual(machine, "clear", NOTHING);
    code.aload(0).aload(thrown).aload(2).invokevirtual(machine, "leaving", LEAVING).athrow();
    FrameValue caught = FrameValue.reference(ConstantDescs.CD_Throwable);
    List<FrameValue> own =
        List.of(
            FrameValue.reference(machine), FrameValue.reference(ConstantDescs.CD_Object), caught);
    StackMapWriter stackMap = new StackMapWriter(0, own, unit.analysis().newExpressions);
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

  /** Writes {@code return self != null ? self : new Machine()}. */
  private void writeOwn(CodeBuilder code) {
    Label create = code.newLabel();
    code.aload(0).ifnull(create).aload(0).areturn().labelBinding(create);
    code.new_(machine).dup().invokespecial(machine, "<init>", NOTHING).areturn();
    List<FrameValue> own = List.of(FrameValue.reference(machine));
    StackMapWriter stackMap = new StackMapWriter(0, own, unit.analysis().newExpressions);
    stackMap.add(create, new FrameValue[0], slot -> false, List.of());
    code.with(stackMap.table());
  }

  /** Writes the call of the code with values that nobody reads in place of the arguments. */
  private void writeResume(CodeBuilder code) {
    for (ClassDesc type : methodCode.parameterTypes()) {
      Boxing.pushZero(code, type);
    }
    code.aload(0).aload(2).aload(3).aload(1);
    code.invokestatic(machine, bodyName(), unit.codeType(machine));
    Boxing.box(code, methodCode.method.methodTypeSymbol().returnType());
    code.areturn();
  }
}
