package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the body's code as the machine runs it. First comes a jump to the suspension at which the
 * body stands. Then comes the body's code: its locals have higher slots, and its suspensions and
 * returns are replaced. Last comes, for each suspension, the code that restores the locals.
 */
final class BodyWriter {
  private final MethodCode methodCode;
  private final FrameAnalysis analysis;
  private final SpillPlan plan;
  private final ClassDesc machine;
  private final CodeBuilder code;
  private final StackMapWriter stackMap;
  private final SuspensionWriter suspensions;
  private final MemberWriter members;
  private final DebugVariables variables;

  /** What happens at a suspension, by the index of the suspending call. */
  private final Map<Integer, SpillPlan.Stop> stopAt = new HashMap<>();

  BodyWriter(WeaveUnit unit, ClassDesc machine, CodeBuilder code) {
    this.methodCode = unit.source().methodCode();
    this.analysis = unit.analysis();
    this.plan = unit.plan();
    this.machine = machine;
    this.code = code;
    this.stackMap = new StackMapWriter(machine, analysis.newExpressions);
    this.suspensions = new SuspensionWriter(unit, machine, code, stackMap);
    this.members = new MemberWriter(code, methodCode.owner.thisClass().asSymbol(), unit.access());
    this.variables = new DebugVariables(methodCode, plan, code);
    for (SpillPlan.Stop stop : plan.stops) {
      stopAt.put(stop.suspension().index(), stop);
    }
  }

  void write() {
    writeEntry();
    int index = 0;
    for (CodeElement element : methodCode.code) {
      switch (element) {
        case Instruction instruction -> {
          variables.write(index);
          write(index, instruction);
          index++;
        }
        case LabelTarget label -> {
          code.with(label);
          frame(index, label.label());
        }
        case LineNumber _, ExceptionCatch _ -> code.with(element);
        default -> {} // the compiler's frames and ranges of variables: ours differ
      }
    }
    variables.write(index);
    assert index == methodCode.size() : "each instruction is written once";
    plan.stops.forEach(suspensions::writeRestore);
    code.with(stackMap.table());
  }

  private void writeEntry() {
    Label start = code.newLabel();
    List<SwitchCase> places = new ArrayList<>();
    for (SpillPlan.Stop stop : plan.stops) {
      places.add(SwitchCase.of(stop.suspension().number(), suspensions.restoreLabel(stop)));
    }
    if (!places.isEmpty()) {
      code.aload(StackMapWriter.SELF).getfield(machine, "place", ConstantDescs.CD_short);
      code.tableswitch(1, places.size(), start, places);
      code.labelBinding(start);
      stackMap.addBare(start);
    }
    plan.start.forEach(suspensions::restoreLocal);
    code.nop(); // so that no frame of the body is at the same place as the frame above
  }

  /** Writes the compiler's frame at {@code label}, if there is one. */
  private void frame(int index, Label label) {
    StackMapFrameInfo original = methodCode.compilerFrames.get(index);
    if (original != null && original.target().equals(label)) {
      Frame frame = analysis.before[index];
      stackMap.add(label, frame.locals, slot -> plan.isLive(index, slot), frame.stack);
    }
  }

  private void write(int index, Instruction instruction) {
    NewExpressions newExpressions = analysis.newExpressions;
    if (stopAt.containsKey(index)) {
      suspensions.write(stopAt.get(index));
    } else if (instruction instanceof NewObjectInstruction created) {
      if (newExpressions.isDeferred(index)) {
        members.initialize(created.className().asSymbol());
      } else {
        stackMap.created(index, code.newBoundLabel());
        code.with(created);
      }
    } else if (newExpressions.isDeferredConstructor(index)) {
      members.create((InvokeInstruction) instruction);
    } else if (!newExpressions.isDeferredDup(index)) {
      writeUsual(index, instruction);
    }
  }

  private void writeUsual(int index, Instruction instruction) {
    switch (instruction) {
      case LoadInstruction load -> load(index, load);
      case StoreInstruction store ->
          code.storeLocal(store.typeKind(), store.slot() + StackMapWriter.SHIFT);
      case IncrementInstruction increment ->
          code.iinc(increment.slot() + StackMapWriter.SHIFT, increment.constant());
      case ReturnInstruction exit -> writeReturn(exit.typeKind());
      default -> members.write(instruction);
    }
  }

  private void load(int index, LoadInstruction load) {
    FrameValue value = analysis.before[index].locals[load.slot()];
    if (value.isSuspender() && !analysis.flow.needsSuspender) {
      code.aconst_null();
    } else {
      code.loadLocal(load.typeKind(), load.slot() + StackMapWriter.SHIFT);
    }
  }

  /** Writes {@code answer(result); clear(); return false} in place of a return. */
  private void writeReturn(TypeKind kind) {
    if (kind == TypeKind.VOID) {
      code.aconst_null();
    } else if (kind != TypeKind.REFERENCE) {
      ClassDesc type = methodCode.method.methodTypeSymbol().returnType();
      MethodType boxing =
          MethodType.fromMethodDescriptorString("()" + type.descriptorString(), null);
      ClassDesc box = boxing.wrap().returnType().describeConstable().orElseThrow();
      code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, type));
    }
    code.aload(StackMapWriter.SELF).swap().invokevirtual(machine, "answer", MachineWriter.ANSWER);
    code.aload(StackMapWriter.SELF).invokevirtual(machine, "clear", MachineWriter.NOTHING);
    code.iconst_0().ireturn();
  }
}
