package dev.heddle.weave;

import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.DiscontinuedInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.NopInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;

/**
 * Applies to a {@link Frame} what one instruction does to the locals and the operand stack. {@link
 * SuspenderFlow} is told where the instruction's operands go.
 */
final class StackEffects {
  private final MethodCode methodCode;
  private final SuspenderFlow flow;
  private final NewExpressions newExpressions;

  StackEffects(MethodCode methodCode, SuspenderFlow flow, NewExpressions newExpressions) {
    this.methodCode = methodCode;
    this.flow = flow;
    this.newExpressions = newExpressions;
  }

  void apply(int index, Frame frame) {
    switch (methodCode.instruction(index)) {
      case LoadInstruction load -> frame.push(frame.locals[load.slot()].from(index));
      case StoreInstruction store -> {
        FrameValue value = frame.pop();
        newExpressions.moved(index, List.of(value)); // javac empties the stack before a try
        frame.store(store.slot(), value);
      }
      case StackInstruction stack -> move(index, stack.opcode(), frame);
      case InvokeInstruction call -> invoke(index, call, frame);
      case InvokeDynamicInstruction call -> {
        flow.consumed(index, frame.take(slots(call.typeSymbol())), dynamicUse(call));
        push(index, frame, call.typeSymbol().returnType());
      }
      case FieldInstruction field -> field(index, field, frame);
      case TypeCheckInstruction check -> check(index, check, frame);
      case BranchInstruction branch -> {
        List<FrameValue> values = frame.take(slots(branch.opcode()));
        flow.compared(values);
        newExpressions.compared(index, values);
      }
      case ReturnInstruction exit ->
          flow.consumed(index, frame.take(exit.typeKind().slotSize()), "is returned");
      case MonitorInstruction monitor -> monitor(index, monitor, frame);
      default -> applyWithoutSuspender(index, frame);
    }
  }

  /** Applies the instructions that leave no suspender: they cannot have one, or refuse it. */
  private void applyWithoutSuspender(int index, Frame frame) {
    switch (methodCode.instruction(index)) {
      case ConstantInstruction constant -> frame.push(value(constant).from(index));
      case ArrayLoadInstruction load -> {
        frame.pop();
        frame.push(element(load, frame.pop()).from(index));
      }
      case ArrayStoreInstruction store ->
          flow.consumed(
              index, frame.take(store.typeKind().slotSize() + 2), "is stored in an array");
      case OperatorInstruction operator -> operate(index, operator.opcode(), frame);
      case ConvertInstruction convert -> replace(index, frame, FrameValue.of(convert.toType()));
      case NewObjectInstruction _ -> frame.push(FrameValue.created(index).from(index));
      case NewPrimitiveArrayInstruction array ->
          replace(index, frame, FrameValue.reference(array.typeKind().upperBound().arrayType()));
      case NewReferenceArrayInstruction array ->
          replace(index, frame, FrameValue.reference(array.componentType().asSymbol().arrayType()));
      case NewMultiArrayInstruction array -> {
        frame.take(array.dimensions());
        frame.push(FrameValue.reference(array.arrayType().asSymbol()).from(index));
      }
      case LookupSwitchInstruction _, TableSwitchInstruction _, ThrowInstruction _ -> frame.pop();
      case IncrementInstruction _, NopInstruction _ -> {}
      case DiscontinuedInstruction _ -> throw methodCode.refusal(index, "code of before Java 6");
      default -> throw methodCode.refusal(index, "unknown instruction");
    }
  }

  /** What becomes of the values that such a call takes. */
  private String dynamicUse(InvokeDynamicInstruction call) {
    String bootstrap = call.bootstrapMethod().owner().displayName();
    if (bootstrap.equals("StringConcatFactory")) {
      return "is put into a string";
    }
    return call.bootstrapArgs().size() > 1
            && call.bootstrapArgs().get(1) instanceof DirectMethodHandleDesc captures
        ? isLambda(captures)
            ? "is captured by an inner lambda"
            : "is captured by the method reference ::" + captures.methodName()
        : "is taken by an invokedynamic of " + bootstrap;
  }

  /** Whether the compiler has made the method: the body of a lambda. */
  private boolean isLambda(DirectMethodHandleDesc captures) {
    return captures.owner().equals(methodCode.owner.thisClass().asSymbol())
        && methodCode.owner.methods().stream()
            .anyMatch(
                method ->
                    method.methodName().equalsString(captures.methodName())
                        && method.flags().has(AccessFlag.SYNTHETIC));
  }

  private static void replace(int index, Frame frame, FrameValue value) {
    frame.pop();
    frame.push(value.from(index));
  }

  private static void push(int index, Frame frame, ClassDesc type) {
    if (!type.equals(ConstantDescs.CD_void)) {
      frame.push(FrameValue.of(type).from(index));
    }
  }

  private void move(int index, Opcode opcode, Frame frame) {
    switch (opcode) {
      case POP -> newExpressions.moved(index, frame.take(1));
      case POP2 -> newExpressions.moved(index, frame.take(2));
      case DUP -> duplicate(index, frame, 1, 0);
      case DUP_X1 -> duplicate(index, frame, 1, 1);
      case DUP_X2 -> duplicate(index, frame, 1, 2);
      case DUP2 -> duplicate(index, frame, 2, 0);
      case DUP2_X1 -> duplicate(index, frame, 2, 1);
      case DUP2_X2 -> duplicate(index, frame, 2, 2);
      case SWAP -> {
        FrameValue top = frame.pop();
        FrameValue under = frame.pop();
        newExpressions.moved(index, List.of(top, under));
        frame.push(top);
        frame.push(under);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void duplicate(int index, Frame frame, int slots, int under) {
    List<FrameValue> top = frame.take(slots);
    List<FrameValue> passed = frame.take(under);
    newExpressions.moved(index, top);
    newExpressions.moved(index, passed);
    frame.stack.addAll(top);
    frame.stack.addAll(passed);
    frame.stack.addAll(top);
  }

  private void invoke(int index, InvokeInstruction call, Frame frame) {
    CallerSensitive.check(methodCode, index, call);
    MethodTypeDesc type = call.typeSymbol();
    List<FrameValue> arguments = frame.take(slots(type));
    FrameValue receiver = call.opcode() == Opcode.INVOKESTATIC ? null : frame.pop();
    Dialect.Way way = flow.wayOf(index, call, receiver, arguments);
    if (way != null) {
      flow.suspended(index, call, way, arguments, frame);
    }
    if (receiver != null && call.name().equalsString(ConstantDescs.INIT_NAME)) {
      newExpressions.constructed(index, receiver.site());
      frame.initialize(receiver.site(), FrameValue.reference(call.owner().asSymbol()));
    }
    push(index, frame, type.returnType());
  }

  private void field(int index, FieldInstruction field, Frame frame) {
    ClassDesc type = field.typeSymbol();
    switch (field.opcode()) {
      case GETFIELD -> replace(index, frame, FrameValue.of(type));
      case GETSTATIC -> push(index, frame, type);
      case PUTFIELD, PUTSTATIC -> {
        int slots = slots(type) + (field.opcode() == Opcode.PUTFIELD ? 1 : 0);
        flow.consumed(index, frame.take(slots), "is stored in " + field.name().stringValue());
      }
      default -> throw new AssertionError(field);
    }
  }

  private void check(int index, TypeCheckInstruction check, Frame frame) {
    FrameValue value = frame.pop();
    if (check.opcode() == Opcode.INSTANCEOF) {
      flow.compared(List.of(value));
      frame.push(FrameValue.INT.from(index));
      return;
    }
    ClassDesc type = check.type().asSymbol();
    FrameValue cast = FrameValue.reference(type).from(value.source());
    if (flow.isSuspenderType(cast)) { // ECJ writes such casts in bridges
      frame.push(cast.marked(value.mark()));
    } else {
      flow.consumed(index, List.of(value), "is cast to " + type.displayName());
      frame.push(cast);
    }
  }

  private void monitor(int index, MonitorInstruction monitor, Frame frame) {
    flow.consumed(index, frame.take(1), "is locked");
    frame.monitors += monitor.opcode() == Opcode.MONITORENTER ? 1 : -1;
  }

  private static void operate(int index, Opcode opcode, Frame frame) {
    switch (opcode) {
      case ARRAYLENGTH -> replace(index, frame, FrameValue.INT);
      case INEG, LNEG, FNEG, DNEG -> frame.push(frame.pop().from(index));
      case LCMP, FCMPL, FCMPG, DCMPL, DCMPG -> {
        frame.pop();
        replace(index, frame, FrameValue.INT);
      }
      default -> { // two operands; the result has the kind of the first
        frame.pop();
        frame.push(frame.pop().from(index));
      }
    }
  }

  private static FrameValue element(ArrayLoadInstruction load, FrameValue array) {
    if (load.opcode() != Opcode.AALOAD) {
      return FrameValue.of(load.typeKind());
    }
    return array.kind() == FrameValue.Kind.NULL
        ? array
        : FrameValue.of(array.reference().componentType());
  }

  private static FrameValue value(ConstantInstruction constant) {
    if (constant.opcode() == Opcode.ACONST_NULL) {
      return FrameValue.NULL;
    }
    return switch (constant.constantValue()) {
      case String _ -> FrameValue.reference(ConstantDescs.CD_String);
      case ClassDesc _ -> FrameValue.reference(ConstantDescs.CD_Class);
      case MethodTypeDesc _ -> FrameValue.reference(ConstantDescs.CD_MethodType);
      case MethodHandleDesc _ -> FrameValue.reference(ConstantDescs.CD_MethodHandle);
      case DynamicConstantDesc<?> d -> FrameValue.of(d.constantType());
      default -> FrameValue.of(constant.typeKind());
    };
  }

  private static int slots(ClassDesc type) {
    return TypeKind.from(type).slotSize();
  }

  private static int slots(MethodTypeDesc type) {
    int slots = 0;
    for (ClassDesc parameter : type.parameterList()) {
      slots += slots(parameter);
    }
    return slots;
  }

  /** How many values a branch pops. */
  private static int slots(Opcode branch) {
    return switch (branch) {
      case GOTO, GOTO_W -> 0;
      case IFEQ, IFNE, IFLT, IFGE, IFGT, IFLE, IFNULL, IFNONNULL -> 1;
      default -> 2;
    };
  }
}
