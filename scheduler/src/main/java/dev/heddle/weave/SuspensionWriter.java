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

/**
 * Writes what stands in the machine for a suspending call. In place of the call:
 *
 * <pre>
 *   save the stack and the live locals; place = n; answer(argument); return true
 *   resumed_n:  if (raised != null) throw raised;  push sent
 * </pre>
 *
 * <p>and behind the code, outside of every handler's range because the locals that handlers expect
 * are not there yet:
 *
 * <pre>
 *   restore_n:  restore the live locals and the stack; goto resumed_n
 * </pre>
 */
final class SuspensionWriter {
  private static final MethodTypeDesc ANSWER =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

  private static final DirectMethodHandleDesc DELEGATION =
      ConstantDescs.ofCallsiteBootstrap(
          Linkage.TYPE, "delegation", ConstantDescs.CD_CallSite, ConstantDescs.CD_String);

  private final CodeBuilder code;
  private final ClassDesc machine;
  private final SpillPlan plan;
  private final StackMapWriter stackMap;
  private final String delegations;
  private final int held;
  private final int wide;
  private final List<Label> restores = new ArrayList<>();
  private final List<Label> resumes = new ArrayList<>();

  SuspensionWriter(
      CodeBuilder code,
      ClassDesc machine,
      SpillPlan plan,
      StackMapWriter stackMap,
      String delegations) {
    this.code = code;
    this.machine = machine;
    this.plan = plan;
    this.stackMap = stackMap;
    this.delegations = delegations;
    this.held = plan.maxLocals() + StackMapWriter.SHIFT;
    this.wide = held + 1;
    for (int i = 0; i < plan.stops.size(); i++) {
      restores.add(code.newLabel());
      resumes.add(code.newLabel());
    }
  }

  /** Where a resume of this place begins. */
  Label restoreLabel(SpillPlan.Stop stop) {
    return restores.get(stop.suspension().number() - 1);
  }

  private Label resumeLabel(SpillPlan.Stop stop) {
    return resumes.get(stop.suspension().number() - 1);
  }

  /** On the stack: what is below, the suspender, the argument. */
  void write(SpillPlan.Stop stop) {
    Suspension suspension = stop.suspension();
    if (suspension.way() == Dialect.Way.DELEGATE) {
      MethodTypeDesc of = MethodTypeDesc.of(ConstantDescs.CD_Object, suspension.argument());
      code.invokedynamic(DynamicCallSiteDesc.of(DELEGATION, "of", of, delegations));
    }
    code.astore(held).pop();
    save(stop);
    code.aload(StackMapWriter.SELF).aload(held).invokevirtual(machine, "answer", ANSWER);
    code.iconst_1().ireturn();
    resumed(stop);
    Label sent = code.newLabel();
    code.aload(StackMapWriter.RAISED).ifnull(sent).aload(StackMapWriter.RAISED).athrow();
    code.labelBinding(sent);
    frame(stop, sent);
    if (suspension.result().equals(ConstantDescs.CD_void)) {
      code.nop(); // a frame of the body may follow, and must not meet the one above
    } else {
      code.aload(StackMapWriter.SENT);
      cast(suspension.result());
    }
  }

  private void resumed(SpillPlan.Stop stop) {
    Label label = resumeLabel(stop);
    code.labelBinding(label);
    frame(stop, label);
  }

  private void frame(SpillPlan.Stop stop, Label label) {
    FrameValue[] locals = new FrameValue[plan.maxLocals()];
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

  /** The part that stands behind the code. */
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
