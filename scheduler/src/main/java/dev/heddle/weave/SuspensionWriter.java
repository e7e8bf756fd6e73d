package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the machine's code for a suspending call. In place of the call:
 *
 * <pre>
 *   save the stack and the live locals; place = n; answer(argument); return true
 *   resumed_n:  if (raised != null) throw raised;  push sent
 * </pre>
 *
 * <p>After the body's code, and outside the range of every handler, because a handler expects
 * locals that are not restored yet:
 *
 * <pre>
 *   restore_n:  restore the live locals and the stack; goto resumed_n
 * </pre>
 */
final class SuspensionWriter {
  private static final DirectMethodHandleDesc DELEGATION =
      MemberWriter.callSite("delegation", ConstantDescs.CD_String);

  private final CodeBuilder code;
  private final ClassDesc machine;
  private final StackMapWriter stackMap;

  /** The class that makes delegations; null if no method delegates. */
  private final @Nullable Class<?> delegations;

  /** How many slots the body's locals take. */
  private final int maxLocals;

  /** The slot, after the body's locals, that holds the argument while the values are saved. */
  private final int held;

  /** The first of two slots that hold a long or double while it is saved. */
  private final int wide;

  /** The labels {@code restore_n}, from n = 1. */
  private final List<Label> restores = new ArrayList<>();

  /** The labels {@code resumed_n}, from n = 1. */
  private final List<Label> resumes = new ArrayList<>();

  SuspensionWriter(WeaveUnit unit, ClassDesc machine, CodeBuilder code, StackMapWriter stackMap) {
    this.code = code;
    this.machine = machine;
    this.stackMap = stackMap;
    this.delegations = unit.dialect().delegations();
    this.maxLocals = unit.source().methodCode().code.maxLocals();
    this.held = maxLocals + StackMapWriter.SHIFT;
    this.wide = held + 1;
    for (int i = 0; i < unit.plan().stops.size(); i++) {
      restores.add(code.newLabel());
      resumes.add(code.newLabel());
    }
  }

  /** Where the machine goes on when it is resumed at this suspension. */
  Label restoreLabel(SpillPlan.Stop stop) {
    return restores.get(stop.suspension().number() - 1);
  }

  private Label resumeLabel(SpillPlan.Stop stop) {
    return resumes.get(stop.suspension().number() - 1);
  }

  /** Writes the code in place of the call. The suspender and the argument are on the stack. */
  void write(SpillPlan.Stop stop) {
    Suspension suspension = stop.suspension();
    if (suspension.way() == Dialect.Way.DELEGATE) {
      assert delegations != null : "a dialect that delegates names the class";
      MethodTypeDesc of = MethodTypeDesc.of(ConstantDescs.CD_Object, suspension.argument());
      code.invokedynamic(DynamicCallSiteDesc.of(DELEGATION, "of", of, delegations.getName()));
    }
    code.astore(held).pop();
    save(stop);
    code.aload(StackMapWriter.SELF)
        .aload(held)
        .invokevirtual(machine, "answer", MachineWriter.ANSWER);
    code.iconst_1().ireturn();
    bind(stop, resumeLabel(stop));
    Label sent = code.newLabel();
    code.aload(StackMapWriter.RAISED).ifnull(sent).aload(StackMapWriter.RAISED).athrow();
    bind(stop, sent);
    if (suspension.result().equals(ConstantDescs.CD_void)) {
      code.nop(); // so that no frame of the body is at the same place as the frame above
    } else {
      loadSent();
      cast(suspension.result());
    }
  }

  /**
   * The JVM's message for a null pointer gives the name of the variable that was loaded. No
   * debugger shows this variable, because no line begins in the range of the variable.
   */
  private void loadSent() {
    Label start = code.newBoundLabel();
    code.aload(StackMapWriter.SENT);
    code.localVariable(
        StackMapWriter.SENT, "sentValue", ConstantDescs.CD_Object, start, code.newBoundLabel());
  }

  /** Binds a label at which the locals and the stack are restored. */
  private void bind(SpillPlan.Stop stop, Label label) {
    code.labelBinding(label);
    FrameValue[] locals = new FrameValue[maxLocals];
    Arrays.fill(locals, FrameValue.TOP);
    for (SpillPlan.Move move : stop.locals()) {
      locals[move.slot()] = move.value();
    }
    List<FrameValue> stack = new ArrayList<>();
    stop.stack().forEach(move -> stack.add(move.value()));
    stackMap.add(label, locals, slot -> true, stack);
  }

  private void save(SpillPlan.Stop stop) {
    for (SpillPlan.Move move : stop.stack().reversed()) {
      saveFromStack(move);
    }
    for (SpillPlan.Move move : stop.locals()) {
      if (move.cell() != null && !move.fixed()) {
        code.aload(StackMapWriter.SELF);
        code.loadLocal(move.value().typeKind(), move.slot() + StackMapWriter.SHIFT);
        code.putfield(machine, move.cell().name(), move.cell().type());
      }
    }
    for (SpillPlan.Cell cell : stop.stale()) {
      code.aload(StackMapWriter.SELF).aconst_null().putfield(machine, cell.name(), cell.type());
    }
    code.aload(StackMapWriter.SELF).loadConstant(stop.suspension().number());
    code.putfield(machine, "place", ConstantDescs.CD_short);
  }

  private void saveFromStack(SpillPlan.Move move) {
    SpillPlan.Cell cell = move.cell();
    if (cell == null) {
      code.pop();
      return;
    }
    if (move.value().isWide()) {
      TypeKind kind = move.value().typeKind();
      code.storeLocal(kind, wide).aload(StackMapWriter.SELF).loadLocal(kind, wide);
    } else {
      code.aload(StackMapWriter.SELF).swap();
    }
    code.putfield(machine, cell.name(), cell.type());
  }

  /** Writes the part after the body's code. */
  void writeRestore(SpillPlan.Stop stop) {
    Label label = restoreLabel(stop);
    code.labelBinding(label);
    stackMap.addBare(label);
    stop.locals().forEach(this::restoreLocal);
    stop.stack().forEach(this::load);
    code.goto_(resumeLabel(stop));
  }

  void restoreLocal(SpillPlan.Move move) {
    load(move);
    code.storeLocal(move.value().typeKind(), move.slot() + StackMapWriter.SHIFT);
  }

  private void load(SpillPlan.Move move) {
    SpillPlan.Cell cell = move.cell();
    if (cell == null) {
      code.aconst_null();
      return;
    }
    code.aload(StackMapWriter.SELF).getfield(machine, cell.name(), cell.type());
    if (cell.isReference() && !cell.type().equals(move.value().type())) {
      cast(move.value().reference());
    }
  }

  private void cast(ClassDesc type) {
    if (!type.equals(ConstantDescs.CD_Object)) {
      code.checkcast(type);
    }
  }
}
