package dev.heddle.weave;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the machine: a class with a field per kept value, and the body's code in a static method
 * that has the body's own name, as stack traces show it.
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
  /** Between the name of the body's class and a number. {@link Traces} takes it off again. */
  static final String MARK = "$$Woven";

  static final MethodTypeDesc ADVANCE =
      MethodTypeDesc.of(
          ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Throwable);
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
  private static final MethodTypeDesc LEAVING =
      MethodTypeDesc.of(
          ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable);
  private static final MethodTypeDesc ORIGIN = MethodTypeDesc.of(ConstantDescs.CD_String);

  private final Woven woven;
  private final ClassDesc machine;
  private final Listing listing;
  private final Plan plan;

  MachineWriter(Woven woven, ClassDesc machine) {
    this.woven = woven;
    this.machine = machine;
    this.listing = woven.origin().listing();
    this.plan = woven.plan();
  }

  byte[] write() {
    ClassFile writer =
        ClassFile.of(
            ClassFile.StackMapsOption.DROP_STACK_MAPS, // ours are written as an attribute
            ClassFile.DeadLabelsOption.DROP_DEAD_LABELS);
    return writer.build(machine, this::writeClass);
  }

  private void writeClass(ClassBuilder builder) {
    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
    builder.withSuperclass(woven.dialect().machineType());
    listing.sourceFile().ifPresent(file -> builder.with(SourceFileAttribute.of(file)));
    for (Plan.Cell cell : plan.cells()) {
      builder.withField(cell.name(), cell.type(), ClassFile.ACC_PRIVATE);
    }
    builder.withMethodBody("<init>", constructorType(), 0, this::writeConstructor);
    builder.withMethodBody("advance", ADVANCE, ClassFile.ACC_PROTECTED, this::writeAdvance);
    builder.withMethodBody(
        bodyName(),
        ADVANCE.insertParameterTypes(0, machine),
        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
        code -> new BodyWriter(woven, machine, code).write());
    builder.withMethodBody("clear", NOTHING, ClassFile.ACC_PRIVATE, this::writeClear);
    builder.withMethodBody("origin", ORIGIN, ClassFile.ACC_PROTECTED, this::writeOrigin);
  }

  private String bodyName() {
    return listing.method.methodName().stringValue();
  }

  private MethodTypeDesc constructorType() {
    List<ClassDesc> types = new ArrayList<>();
    for (Plan.Move move : plan.start) {
      if (move.cell() != null) {
        types.add(Origin.typeOf(listing, move.slot()));
      }
    }
    return MethodTypeDesc.of(ConstantDescs.CD_void, types);
  }

  private void writeConstructor(CodeBuilder code) {
    code.aload(0).invokespecial(woven.dialect().machineType(), "<init>", NOTHING);
    int slot = 1;
    for (Plan.Move move : plan.start) {
      Plan.Cell cell = move.cell();
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
    Value caught = Value.reference(ConstantDescs.CD_Throwable);
    Frames frames = new Frames(machine, woven.simulation().creations);
    frames.add(end, new Value[0], slot -> false, List.of(caught));
    code.with(frames.table());
  }

  private void writeClear(CodeBuilder code) {
    for (Plan.Cell cell : plan.cells()) {
      if (cell.isReference()) {
        code.aload(0).aconst_null().putfield(machine, cell.name(), cell.type());
      }
    }
    code.return_();
  }

  /** For {@link Traces#suspendedAt}: the method, the file, and the line of each place. */
  private void writeOrigin(CodeBuilder code) {
    StringBuilder origin = new StringBuilder(bodyName());
    origin.append(' ').append(listing.sourceFile().orElse("")).append(' ').append(listing.line(0));
    for (Plan.Stop stop : plan.stops) {
      origin.append(' ').append(listing.line(stop.suspension().index()));
    }
    code.loadConstant(origin.toString()).areturn();
  }
}
