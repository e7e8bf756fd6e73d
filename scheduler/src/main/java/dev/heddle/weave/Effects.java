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
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * What one instruction does to a {@link Shape}, but for the suspender, which {@link Uses} follows.
 */
final class Effects {
  private final Listing listing;
  private final Uses uses;
  private final Creations creations;

  Effects(Listing listing, Uses uses, Creations creations) {
    this.listing = listing;
    this.uses = uses;
    this.creations = creations;
  }

  void apply(int index, Shape shape) {
    switch (listing.instruction(index)) {
      case LoadInstruction load -> load(load, shape);
      case StoreInstruction store -> shape.store(store.slot(), shape.pop());
      case StackInstruction stack -> move(index, stack.opcode(), shape);
      case InvokeInstruction call -> invoke(index, call, shape);
      case InvokeDynamicInstruction call -> {
        uses.captured(index, shape.take(slots(call.typeSymbol())));
        push(shape, call.typeSymbol().returnType());
      }
      case FieldInstruction field -> field(index, field, shape);
      case TypeCheckInstruction check -> check(index, check, shape);
      case BranchInstruction branch -> uses.compared(shape.take(slots(branch.opcode())));
      case ReturnInstruction exit ->
          uses.consumed(index, shape.take(exit.typeKind().slotSize()), "is returned");
      case MonitorInstruction monitor -> monitor(index, monitor, shape);
      default -> applyWithoutSuspender(index, shape);
    }
  }

  /** Instructions that cannot meet a suspender, or that refuse it whatever they do. */
  private void applyWithoutSuspender(int index, Shape shape) {
    switch (listing.instruction(index)) {
      case ConstantInstruction constant -> shape.push(value(constant));
      case ArrayLoadInstruction load -> {
        shape.pop();
        shape.push(element(load, shape.pop()));
      }
      case ArrayStoreInstruction store ->
          uses.consumed(
              index, shape.take(store.typeKind().slotSize() + 2), "is stored in an array");
      case OperatorInstruction operator -> operate(operator.opcode(), shape);
      case ConvertInstruction convert -> replace(shape, Value.of(convert.toType()));
      case NewObjectInstruction _ -> shape.push(Value.created(index));
      case NewPrimitiveArrayInstruction array ->
          replace(shape, Value.reference(classOf(array.typeKind()).arrayType()));
      case NewReferenceArrayInstruction array ->
          replace(shape, Value.reference(array.componentType().asSymbol().arrayType()));
      case NewMultiArrayInstruction array -> {
        shape.take(array.dimensions());
        shape.push(Value.reference(array.arrayType().asSymbol()));
      }
      case LookupSwitchInstruction _, TableSwitchInstruction _, ThrowInstruction _ -> shape.pop();
      case IncrementInstruction _, NopInstruction _ -> {}
      case DiscontinuedInstruction _ -> throw Refusal.at(listing, index, "code of before Java 6");
      default -> throw Refusal.at(listing, index, "unknown instruction");
    }
  }

  private static void load(LoadInstruction load, Shape shape) {
    shape.push(shape.locals[load.slot()]);
  }

  private static void replace(Shape shape, Value value) {
    shape.pop();
    shape.push(value);
  }

  private static void push(Shape shape, ClassDesc type) {
    if (!type.equals(ConstantDescs.CD_void)) {
      shape.push(Value.of(type));
    }
  }

  private void move(int index, Opcode opcode, Shape shape) {
    switch (opcode) {
      case POP -> creations.moved(index, shape.take(1));
      case POP2 -> creations.moved(index, shape.take(2));
      case DUP -> duplicate(index, shape, 1, 0);
      case DUP_X1 -> duplicate(index, shape, 1, 1);
      case DUP_X2 -> duplicate(index, shape, 1, 2);
      case DUP2 -> duplicate(index, shape, 2, 0);
      case DUP2_X1 -> duplicate(index, shape, 2, 1);
      case DUP2_X2 -> duplicate(index, shape, 2, 2);
      case SWAP -> {
        Value top = shape.pop();
        Value under = shape.pop();
        creations.moved(index, List.of(top, under));
        shape.push(top);
        shape.push(under);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void duplicate(int index, Shape shape, int slots, int under) {
    List<Value> top = shape.take(slots);
    List<Value> passed = shape.take(under);
    creations.moved(index, top);
    creations.moved(index, passed);
    shape.stack.addAll(top);
    shape.stack.addAll(passed);
    shape.stack.addAll(top);
  }

  private void invoke(int index, InvokeInstruction call, Shape shape) {
    uses.checkCaller(index, call);
    MethodTypeDesc type = call.typeSymbol();
    List<Value> arguments = shape.take(slots(type));
    if (call.opcode() != Opcode.INVOKESTATIC) {
      Value receiver = shape.pop();
      if (call.name().equalsString(ConstantDescs.INIT_NAME)) {
        creations.constructed(index, receiver.site());
        shape.initialize(receiver.site(), Value.reference(call.owner().asSymbol()));
      } else if (uses.isSuspension(index, call, receiver)) {
        uses.suspended(index, call, shape);
      }
    }
    uses.consumed(index, arguments, "is passed to " + call.name().stringValue() + "()");
    push(shape, type.returnType());
  }

  private void field(int index, FieldInstruction field, Shape shape) {
    ClassDesc type = field.typeSymbol();
    switch (field.opcode()) {
      case GETFIELD -> replace(shape, Value.of(type));
      case GETSTATIC -> push(shape, type);
      case PUTFIELD ->
          uses.consumed(
              index, shape.take(slots(type) + 1), "is stored in " + field.name().stringValue());
      case PUTSTATIC ->
          uses.consumed(
              index, shape.take(slots(type)), "is stored in " + field.name().stringValue());
      default -> throw new AssertionError(field);
    }
  }

  private void check(int index, TypeCheckInstruction check, Shape shape) {
    Value value = shape.pop();
    if (check.opcode() == Opcode.INSTANCEOF) {
      uses.compared(List.of(value));
      shape.push(Value.INT);
    } else {
      uses.consumed(index, List.of(value), "is cast");
      shape.push(Value.reference(check.type().asSymbol()));
    }
  }

  private void monitor(int index, MonitorInstruction monitor, Shape shape) {
    uses.consumed(index, shape.take(1), "is locked");
    shape.monitors += monitor.opcode() == Opcode.MONITORENTER ? 1 : -1;
  }

  private static void operate(Opcode opcode, Shape shape) {
    switch (opcode) {
      case ARRAYLENGTH -> replace(shape, Value.INT);
      case INEG, LNEG, FNEG, DNEG -> {}
      case LCMP, FCMPL, FCMPG, DCMPL, DCMPG -> {
        shape.pop();
        replace(shape, Value.INT);
      }
      default -> shape.pop(); // two operands: the result is of the kind of the first
    }
  }

  private static Value element(ArrayLoadInstruction load, Value array) {
    if (load.opcode() != Opcode.AALOAD) {
      return Value.of(load.typeKind());
    }
    return array.kind() == Value.Kind.NULL ? array : Value.of(array.reference().componentType());
  }

  private static Value value(ConstantInstruction constant) {
    if (constant.opcode() == Opcode.ACONST_NULL) {
      return Value.NULL;
    }
    if (constant.typeKind() != TypeKind.REFERENCE) {
      ConstantDesc described = constant.constantValue();
      return described instanceof DynamicConstantDesc<?> d
          ? Value.of(d.constantType())
          : Value.of(constant.typeKind());
    }
    return Value.reference(
        switch (constant.constantValue()) {
          case String _ -> ConstantDescs.CD_String;
          case ClassDesc _ -> ConstantDescs.CD_Class;
          case MethodTypeDesc _ -> ConstantDescs.CD_MethodType;
          case MethodHandleDesc _ -> ConstantDescs.CD_MethodHandle;
          case DynamicConstantDesc<?> d -> d.constantType();
          default -> ConstantDescs.CD_Object;
        });
  }

  private static ClassDesc classOf(TypeKind kind) {
    return kind.upperBound();
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

  /** How many values a branch takes. */
  private static int slots(Opcode branch) {
    return switch (branch) {
      case GOTO, GOTO_W -> 0;
      case IFEQ, IFNE, IFLT, IFGE, IFGT, IFLE, IFNULL, IFNONNULL -> 1;
      default -> 2;
    };
  }
}
