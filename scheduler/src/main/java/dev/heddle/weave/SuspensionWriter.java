package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the machine's code for a suspending call. In place of a call that yields its argument:
 *
 * <pre>
 *   save the stack and the live locals; place = n; answer(argument); return true
 *   resumed_n:  if (raised != null) throw raised;  push sent
 *   ended_n:
 * </pre>
 *
 * <p>In place of a call that hands the suspender on:
 *
 * <pre>
 *   call the method, with the coroutine as one more argument
 *   if (root.suspending) goto suspended_n;  goto ended_n
 *   resumed_n:  if (raised != null) throw raised;  push sent
 *   ended_n:
 * </pre>
 *
 * <p>After the method's code, and outside the range of every handler, because a handler expects
 * locals that are not restored yet:
 *
 * <pre>
 *   suspended_n:  save the stack and the live locals; place = n; link(); return
 *   restore_n:    restore the live locals and the stack; goto resumed_n
 * </pre>
 */
final class SuspensionWriter {
  private static final DirectMethodHandleDesc LINK =
      MemberWriter.callSite("link", ConstantDescs.CD_String);
  private static final DirectMethodHandleDesc CALL =
      ConstantDescs.ofCallsiteBootstrap(
          CallLinkage.TYPE,
          "call",
          ConstantDescs.CD_CallSite,
          ConstantDescs.CD_String,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_String,
          ConstantDescs.CD_String,
          ConstantDescs.CD_String);
  private static final DirectMethodHandleDesc STAND_IN =
      ConstantDescs.ofConstantBootstrap(CallLinkage.TYPE, "standIn", ConstantDescs.CD_Object);

  private final WeaveUnit unit;
  private final CodeBuilder code;
  private final ClassDesc machine;
  private final StackMapWriter stackMap;
  private final ClassDesc suspender;
  private final NullWords nullWords;

  /** How many slots the method's locals take. */
  private final int maxLocals;

  /** The slot, after the method's locals, that holds the argument while the values are saved. */
  private final int held;

  /** The first of two slots that hold a long or double while it is saved. */
  private final int wide;

  /** Where the machine goes for one suspension. */
  private record Labels(Label suspended, Label restore, Label resumed, Label ended) {}

  /** The labels of each suspension, from number 1. */
  private final List<Labels> labels = new ArrayList<>();

  SuspensionWriter(
      WeaveUnit unit,
      ClassDesc machine,
      CodeBuilder code,
      StackMapWriter stackMap,
      NullWords nullWords) {
    this.unit = unit;
    this.nullWords = nullWords;
    this.code = code;
    this.machine = machine;
    this.stackMap = stackMap;
    this.suspender = unit.dialect().suspenderType();
    this.maxLocals = unit.source().methodCode().code.maxLocals();
    this.held = unit.free();
    this.wide = held + 1;
    for (int i = 0; i < unit.plan().stops.size(); i++) {
      labels.add(new Labels(code.newLabel(), code.newLabel(), code.newLabel(), code.newLabel()));
    }
  }

  private Labels labelsOf(SpillPlan.Stop stop) {
    return labels.get(stop.suspension().number() - 1);
  }

  /** Where the machine goes on when it is resumed at this suspension. */
  Label restoreLabel(SpillPlan.Stop stop) {
    return labelsOf(stop).restore;
  }

  /** Writes the code in place of the call. The receiver and the arguments are on the stack. */
  void write(SpillPlan.Stop stop) {
    Suspension suspension = stop.suspension();
    switch (suspension.way()) {
      case YIELD -> {
        code.astore(held).pop();
        writeYield(stop);
      }
      case DELEGATE -> {
        link("of", suspension.call().typeSymbol().parameterType(0));
        code.astore(held).pop();
        writeYield(stop);
      }
      case CLOSE -> {
        nullWords.writeCheck(suspension.index(), code.dup());
        link("closing", suspension.call().owner().asSymbol());
        code.astore(held).aload(held).ifnull(labelsOf(stop).ended);
        writeYield(stop);
      }
      case RUN, CALL -> writeCall(stop);
    }
    writeResumed(stop);
  }

  /** Writes the call in place of {@code addSuppressed}. */
  void writeSuppress() {
    link(
        "suppress",
        MethodTypeDesc.of(
            ConstantDescs.CD_void, ConstantDescs.CD_Throwable, ConstantDescs.CD_Throwable));
  }

  private void link(String name, ClassDesc argument) {
    link(name, MethodTypeDesc.of(ConstantDescs.CD_Object, argument));
  }

  private void link(String name, MethodTypeDesc type) {
    Class<?> links = unit.dialect().links();
    assert links != null : "a dialect names the class";
    code.invokedynamic(DynamicCallSiteDesc.of(LINK, name, type, links.getName()));
  }

  private void writeYield(SpillPlan.Stop stop) {
    save(stop);
    if (unit.source().isCallee()) {
      code.aload(unit.root()).aload(unit.self()).aload(held);
      code.invokevirtual(unit.dialect().machineType(), "suspend", frameMethod(true));
    } else {
      code.aload(unit.self()).aload(held);
      code.invokevirtual(machine, "answer", MachineWriter.ANSWER);
    }
    leave();
  }

  private MethodTypeDesc frameMethod(boolean value) {
    MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void, unit.dialect().frameType());
    return value ? type.insertParameterTypes(1, ConstantDescs.CD_Object) : type;
  }

  /** Writes the return of a method that has suspended. */
  private void leave() {
    if (unit.source().isCallee()) {
      ClassDesc type = unit.source().methodCode().method.methodTypeSymbol().returnType();
      Boxing.pushZero(code, type);
      code.return_(TypeKind.from(type));
    } else {
      code.iconst_1().ireturn();
    }
  }

  private void writeCall(SpillPlan.Stop stop) {
    Suspension suspension = stop.suspension();
    if (suspension.way() == Dialect.Way.RUN) {
      code.astore(held).pop().aload(held).aconst_null();
    }
    code.aload(unit.root());
    code.invokedynamic(callSite(suspension));
    code.aload(unit.root());
    code.getfield(unit.dialect().machineType(), "suspending", ConstantDescs.CD_boolean);
    code.ifne(labelsOf(stop).suspended).goto_(labelsOf(stop).ended);
  }

  private DynamicCallSiteDesc callSite(Suspension suspension) {
    var call = suspension.call();
    MethodTypeDesc type = call.typeSymbol();
    ClassDesc owner = call.owner().asSymbol();
    String name = call.name().stringValue();
    CallLinkage.Kind kind;
    if (suspension.way() == Dialect.Way.RUN) {
      kind = CallLinkage.Kind.VIRTUAL;
      owner = type.parameterType(0);
      name = "run";
      type = MethodTypeDesc.of(type.returnType(), owner, suspender);
    } else if (call.opcode() == Opcode.INVOKESTATIC) {
      kind = CallLinkage.Kind.STATIC;
    } else {
      boolean special = call.opcode() == Opcode.INVOKESPECIAL;
      kind = special ? CallLinkage.Kind.SPECIAL : CallLinkage.Kind.VIRTUAL;
      ClassDesc home = unit.source().methodCode().owner.thisClass().asSymbol();
      type = type.insertParameterTypes(0, special ? home : owner);
    }
    type = type.insertParameterTypes(type.parameterCount(), unit.dialect().machineType());
    return DynamicCallSiteDesc.of(
        CALL,
        name,
        type,
        kind.name(),
        unit.source().methodCode().owner.thisClass().asSymbol(),
        owner,
        suspender,
        suspension.suspenderList(),
        unit.source().methodCode().describe(suspension.index()),
        forNull(suspension, kind, owner));
  }

  /** What the JVM says if the receiver is null, or the part that is to run. */
  private String forNull(Suspension suspension, CallLinkage.Kind kind, ClassDesc part) {
    if (suspension.way() == Dialect.Way.RUN) {
      return NullWords.ofPart(part, suspender);
    }
    return kind == CallLinkage.Kind.VIRTUAL ? nullWords.of(suspension.index()) : "";
  }

  private void writeResumed(SpillPlan.Stop stop) {
    Label sent = code.newLabel();
    ClassDesc result = stop.suspension().result();
    bind(stop, labelsOf(stop).resumed, null);
    code.aload(unit.raised()).ifnull(sent).aload(unit.raised()).athrow();
    bind(stop, sent, null);
    if (result.equals(ConstantDescs.CD_void)) {
      code.nop(); // so that no two frames are at the same place
    } else {
      code.aload(unit.sent());
      Boxing.unbox(code, result);
    }
    if (stop.suspension().mayEndAtOnce()) {
      boolean nothing = result.equals(ConstantDescs.CD_void);
      bind(stop, labelsOf(stop).ended, nothing ? null : FrameValue.of(result));
      code.nop();
    }
  }

  /** Binds a label at which the live locals are in their slots, and the values of the stack. */
  private void bind(SpillPlan.Stop stop, Label label, @Nullable FrameValue top) {
    code.labelBinding(label);
    FrameValue[] locals = new FrameValue[maxLocals];
    Arrays.fill(locals, FrameValue.TOP);
    for (SpillPlan.Move move : stop.locals()) {
      locals[move.slot()] = move.value();
    }
    List<FrameValue> stack = new ArrayList<>();
    stop.stack().forEach(move -> stack.add(move.value()));
    if (top != null) {
      stack.add(top);
    }
    stackMap.add(label, locals, slot -> true, stack);
  }

  private void save(SpillPlan.Stop stop) {
    if (unit.source().isCallee()) {
      writeSelf();
    }
    for (SpillPlan.Move move : stop.stack().reversed()) {
      saveFromStack(move);
    }
    for (SpillPlan.Move move : stop.locals()) {
      if (move.cell() != null && !move.fixed()) {
        code.aload(unit.self());
        code.loadLocal(move.value().typeKind(), move.slot());
        code.putfield(machine, move.cell().name(), move.cell().type());
      }
    }
    for (SpillPlan.Cell cell : stop.stale()) {
      code.aload(unit.self()).aconst_null().putfield(machine, cell.name(), cell.type());
    }
    code.aload(unit.self()).loadConstant(stop.suspension().number());
    code.putfield(machine, "place", ConstantDescs.CD_short);
  }

  /** A method gets its machine when it first suspends. */
  private void writeSelf() {
    MethodTypeDesc same = MethodTypeDesc.of(machine, machine);
    code.aload(unit.self()).invokestatic(machine, "own", same).astore(unit.self());
  }

  private void saveFromStack(SpillPlan.Move move) {
    SpillPlan.Cell cell = move.cell();
    if (cell == null) {
      code.pop();
      return;
    }
    if (move.value().isWide()) {
      TypeKind kind = move.value().typeKind();
      code.storeLocal(kind, wide).aload(unit.self()).loadLocal(kind, wide);
    } else {
      code.aload(unit.self()).swap();
    }
    code.putfield(machine, cell.name(), cell.type());
  }

  /** Writes the part after the method's code. */
  void writeOutOfLine(SpillPlan.Stop stop) {
    if (stop.suspension().isCall()) {
      writeSuspended(stop);
    }
    code.labelBinding(labelsOf(stop).restore);
    stackMap.add(labelsOf(stop).restore, new FrameValue[0], slot -> false, List.of());
    stop.locals().forEach(this::restoreLocal);
    stop.stack().forEach(this::load);
    code.goto_(labelsOf(stop).resumed);
  }

  /** The method that was called has suspended; what it gave is of no use. */
  private void writeSuspended(SpillPlan.Stop stop) {
    ClassDesc result = stop.suspension().result();
    boolean nothing = result.equals(ConstantDescs.CD_void);
    bind(stop, labelsOf(stop).suspended, nothing ? null : FrameValue.of(result));
    Boxing.pop(code, TypeKind.from(result));
    save(stop);
    if (unit.source().isCallee()) {
      code.aload(unit.root()).aload(unit.self());
      code.invokevirtual(unit.dialect().machineType(), "link", frameMethod(false));
    } else {
      code.aload(unit.self()).invokevirtual(machine, "link", MachineWriter.NOTHING);
    }
    leave();
  }

  void restoreLocal(SpillPlan.Move move) {
    load(move);
    code.storeLocal(move.value().typeKind(), move.slot());
  }

  private void load(SpillPlan.Move move) {
    SpillPlan.Cell cell = move.cell();
    if (cell == null) {
      if (move.value().isSuspender()) {
        pushSuspender();
      } else {
        code.aconst_null();
      }
      return;
    }
    code.aload(unit.self()).getfield(machine, cell.name(), cell.type());
    if (move.released()) {
      code.aload(unit.self()).aconst_null().putfield(machine, cell.name(), cell.type());
    }
    if (cell.isReference() && !cell.type().equals(move.value().type())) {
      Boxing.unbox(code, move.value().reference());
    }
  }

  /** Pushes what the code has as its suspender: null if the code does nothing else with it. */
  void pushSuspender() {
    if (unit.analysis().flow.needsSuspender) {
      code.loadConstant(DynamicConstantDesc.ofNamed(STAND_IN, "standIn", suspender));
    } else {
      code.aconst_null();
    }
  }
}
