package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
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
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the user's code as the machine runs it. First comes a jump to the suspension at which the
 * method stands. Then comes the method's code, whose suspensions are replaced, as are the returns
 * of a body. Last comes, for each suspension, the code that restores the locals.
 */
final class BodyWriter {
  private final WeaveUnit unit;
  private final MethodCode methodCode;
  private final FrameAnalysis analysis;
  private final SpillPlan plan;
  private final ClassDesc machine;
  private final CodeBuilder code;
  private final StackMapWriter stackMap;
  private final NullWords nullWords;
  private final SuspensionWriter suspensions;
  private final MemberWriter members;
  private final ShownTraces shownTraces;
  private final DebugVariables variables;
  private final AccessStamper stamper;

  /** What happens at a suspension, by the index of the suspending call. */
  private final Map<Integer, SpillPlan.Stop> stopAt = new HashMap<>();

  /** Where handlers begin that the user has written, by the index of the first instruction. */
  private final BitSet handlers = new BitSet();

  BodyWriter(WeaveUnit unit, ClassDesc machine, CodeBuilder code) {
    this.unit = unit;
    this.methodCode = unit.source().methodCode();
    this.analysis = unit.analysis();
    this.plan = unit.plan();
    this.machine = machine;
    this.code = code;
    this.stackMap = new StackMapWriter(unit.self(), unit.own(machine), analysis.newExpressions);
    this.nullWords = new NullWords(methodCode, analysis, unit.access());
    this.suspensions = new SuspensionWriter(unit, machine, code, stackMap, nullWords);
    this.members =
        new MemberWriter(code, methodCode.owner.thisClass().asSymbol(), unit.access(), nullWords);
    this.shownTraces = new ShownTraces(unit, code);
    this.variables = new DebugVariables(unit, code);
    this.stamper = new AccessStamper(unit, code);
    for (MethodCode.Guard guard : methodCode.guards) {
      if (guard.typed()
          ? unit.access().canName(guard.caught())
          : keepsOverSuspension(guard.handler())) {
        handlers.set(guard.handler());
      }
    }
    for (SpillPlan.Stop stop : plan.stops) {
      stopAt.put(stop.suspension().index(), stop);
    }
  }

  /**
   * Whether a {@code finally} block suspends while it holds what was thrown. Who is resumed later
   * has other callers than who was resumed when the exception was made, so its trace is made whole
   * before.
   */
  private boolean keepsOverSuspension(int handler) {
    int end = handler;
    if (methodCode.instruction(handler) instanceof StoreInstruction kept) {
      while (end + 1 < methodCode.size() && !throwsAgain(end, kept.slot())) {
        end++;
      }
    } else {
      end = methodCode.size();
    }
    int last = end;
    return plan.stops.stream()
        .mapToInt(stop -> stop.suspension().index())
        .anyMatch(index -> index > handler && index < last);
  }

  private boolean throwsAgain(int index, int slot) {
    return methodCode.instruction(index) instanceof LoadInstruction load
        && load.slot() == slot
        && methodCode.instruction(index + 1) instanceof ThrowInstruction;
  }

  void write() {
    writeEntry();
    int index = 0;
    for (CodeElement element : methodCode.code) {
      switch (element) {
        case Instruction instruction -> {
          variables.write(index);
          writeCaught(index);
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
    plan.stops.forEach(suspensions::writeOutOfLine);
    code.with(stackMap.table());
  }

  /** Moves the machine's own values from where they arrive to behind the method's locals. */
  private void writeMoves() {
    int arrived = unit.source().isCallee() ? slots(methodCode.parameterTypes()) : 0;
    for (int i = unit.free() - unit.self() - 1; i >= 0; i--) {
      if (arrived != unit.self()) {
        code.aload(arrived + i).astore(unit.self() + i);
      }
    }
  }

  private static int slots(List<ClassDesc> types) {
    return types.stream().mapToInt(type -> FrameValue.of(type).slots()).sum();
  }

  private void writeEntry() {
    writeMoves();
    Label start = code.newLabel();
    List<SwitchCase> places = new ArrayList<>();
    for (SpillPlan.Stop stop : plan.stops) {
      places.add(SwitchCase.of(stop.suspension().number(), suspensions.restoreLabel(stop)));
    }
    boolean callee = unit.source().isCallee();
    if (!places.isEmpty()) {
      if (callee) {
        code.aload(unit.self()).ifnull(start); // called, not resumed
      }
      code.aload(unit.self()).getfield(machine, "place", ConstantDescs.CD_short);
      code.tableswitch(1, places.size(), start, places);
      code.labelBinding(start);
      FrameValue[] locals = callee ? analysis.before[0].locals : new FrameValue[0];
      stackMap.add(start, locals, slot -> true, List.of());
    }
    plan.start.forEach(suspensions::restoreLocal);
    code.nop(); // so that no frame of the method is at the same place as the frame above
  }

  /** Writes the compiler's frame at {@code label}, if there is one. */
  private void frame(int index, Label label) {
    StackMapFrameInfo original = methodCode.compilerFrames.get(index);
    if (original != null && original.target().equals(label)) {
      Frame frame = analysis.before[index];
      stackMap.add(label, frame.locals, slot -> plan.isLive(index, slot), frame.stack);
    }
  }

  /**
   * Lets the coroutine correct the trace of what a handler has caught. Not that of a {@code
   * finally} block which does not suspend: nobody sees it there.
   */
  private void writeCaught(int index) {
    if (handlers.get(index)) {
      FrameValue caught = analysis.before[index].stack.getLast();
      code.aload(unit.root()).swap();
      code.invokevirtual(unit.dialect().machineType(), "caught", MachineWriter.CAUGHT);
      code.checkcast(caught.reference());
    }
  }

  private void write(int index, Instruction instruction) {
    NewExpressions newExpressions = analysis.newExpressions;
    if (stopAt.containsKey(index)) {
      suspensions.write(stopAt.get(index));
    } else if (instruction instanceof NewObjectInstruction created) {
      if (newExpressions.isDeferred(index)) {
        members.initialize(created.className().asSymbol());
        if (newExpressions.isStoodFor(index)) {
          code.aconst_null();
        }
      } else {
        stackMap.created(index, code.newBoundLabel());
        code.with(created);
      }
    } else if (newExpressions.isDeferredConstructor(index)) {
      InvokeInstruction constructor = (InvokeInstruction) instruction;
      members.create(constructor);
      replaceStandIns(index, newExpressions.siteOf(index));
      shownTraces.after(index, constructor);
    } else if (!newExpressions.isDeferredDup(index)) {
      writeUsual(index, instruction);
    }
  }

  /**
   * Puts the object, which is on the stack, in the place of each null that stood for it. Directly
   * under the object is the one that was the constructor's receiver.
   */
  private void replaceStandIns(int constructor, int site) {
    if (!analysis.newExpressions.isStoodFor(site)) {
      return;
    }
    int object = unit.free();
    code.astore(object).pop();
    Frame frame = analysis.before[constructor];
    InvokeInstruction call = (InvokeInstruction) methodCode.instruction(constructor);
    int under = frame.stack.size() - call.typeSymbol().parameterCount() - 1;
    List<FrameValue> stack = frame.stack.subList(0, under);
    int lowest = 0;
    while (lowest < under && !stack.get(lowest).isCreatedAt(site)) {
      lowest++;
    }
    List<FrameValue> moved =
        stack.subList(lowest, under).stream().filter(analysis.newExpressions::exists).toList();
    int slot = object + 1;
    for (FrameValue value : moved.reversed()) {
      code.storeLocal(value.typeKind(), slot);
      slot += value.slots();
    }
    for (FrameValue value : moved) {
      slot -= value.slots();
      code.loadLocal(value.typeKind(), value.isCreatedAt(site) ? object : slot);
    }
    for (int i = 0; i < frame.locals.length; i++) {
      if (frame.locals[i].isCreatedAt(site)) {
        code.aload(object).astore(i);
      }
    }
  }

  /** Writes the check whose failure tells of the user's code, where the JVM's does not. */
  private void writeNullCheck(int index, Instruction instruction) {
    if (!nullWords.differs(index) || members.isLinked(instruction)) {
      return;
    }
    List<FrameValue> stack = analysis.before[index].stack;
    List<FrameValue> above = stack.subList(stack.size() - nullWords.above(index), stack.size());
    int slot = unit.free();
    for (FrameValue value : above.reversed()) {
      code.storeLocal(value.typeKind(), slot);
      slot += value.slots();
    }
    nullWords.writeCheck(index, code.dup());
    for (FrameValue value : above) {
      slot -= value.slots();
      code.loadLocal(value.typeKind(), slot);
    }
  }

  private void writeUsual(int index, Instruction instruction) {
    writeNullCheck(index, instruction);
    switch (instruction) {
      case LoadInstruction load -> load(index, load);
      case StoreInstruction store -> code.storeLocal(store.typeKind(), store.slot());
      case IncrementInstruction increment -> code.iinc(increment.slot(), increment.constant());
      case ReturnInstruction exit -> writeReturn(exit);
      case InvokeInstruction call when unit.dialect().suppresses(call) ->
          suspensions.writeSuppress();
      case InvokeInstruction call -> {
        stamper.before(index, call);
        shownTraces.before(call);
        members.write(index, call);
        shownTraces.after(index, call);
        stamper.after(call);
      }
      default -> {
        stamper.before(index, instruction);
        members.write(index, instruction);
      }
    }
  }

  private void load(int index, LoadInstruction load) {
    FrameValue value = analysis.before[index].locals[load.slot()];
    if (value.isSuspender()) {
      suspensions.pushSuspender();
      return;
    }
    String name = nullWords.nameAt(index);
    if (name == null) {
      code.loadLocal(load.typeKind(), load.slot());
    } else { // a variable of this instruction, as no debugger should show it further
      Label start = code.newBoundLabel();
      code.loadLocal(load.typeKind(), load.slot());
      ClassDesc type = load.typeKind().upperBound();
      code.localVariable(load.slot(), name, type, start, code.newBoundLabel());
    }
  }

  /** Writes {@code answer(result); clear(); return false} in place of a body's return. */
  private void writeReturn(ReturnInstruction exit) {
    if (unit.source().isCallee()) {
      code.with(exit);
      return;
    }
    if (unit.source().role() == BodySource.Role.BODY_WITHOUT_RESULT) {
      Boxing.pop(code, exit.typeKind());
      code.aconst_null();
    } else {
      Boxing.box(code, methodCode.method.methodTypeSymbol().returnType());
    }
    code.aload(unit.self()).swap().invokevirtual(machine, "answer", MachineWriter.ANSWER);
    code.aload(unit.self()).invokevirtual(machine, "clear", MachineWriter.NOTHING);
    code.iconst_0().ireturn();
  }
}
