package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM says of a null in the user's method: {@code Cannot invoke "Node.get()" because
 * "n.next" is null}. The JVM reads it off the bytecode, and in a machine some of that is different:
 * private members are reached through {@link Linkage}, what a suspending call gives is what was
 * sent, and what was on the operand stack during a suspension comes from a field. There the machine
 * brings the words along.
 */
final class NullWords {
  /** As deep as the JVM goes into an expression. */
  private static final int DEEPEST = 5;

  private static final MethodTypeDesc CHECK =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_String);

  private final MethodCode methodCode;
  private final Frame[] before;
  private final AccessCheck access;

  /** The suspending calls, and the instructions whose values were on the stack while one waited. */
  private final BitSet moved = new BitSet();

  /** The variables that the compiler has named; empty without debug information. */
  private final List<LocalVariable> named = new ArrayList<>();

  /** The loads that tell what is null, of variables without a name. */
  private final BitSet unnamed = new BitSet();

  /** The variables that may be written before each instruction; made when it is asked for. */
  private BitSet @Nullable [] written;

  NullWords(MethodCode methodCode, FrameAnalysis analysis, AccessCheck access) {
    this.methodCode = methodCode;
    this.before = analysis.before;
    this.access = access;
    for (CodeElement element : methodCode.code) {
      if (element instanceof LocalVariable local) {
        named.add(local);
      }
    }
    for (Suspension suspension : analysis.flow.suspensions) {
      moved.set(suspension.index());
      for (FrameValue value : suspension.below()) {
        if (value.source() >= 0) {
          moved.set(value.source());
        }
      }
    }
    for (int i = 0; i < methodCode.size(); i++) {
      FrameValue used = used(i);
      if (used != null) {
        findUnnamed(used.source(), DEEPEST);
      }
    }
  }

  /** How many values are above the one that an instruction uses as an object; -1 if none is. */
  int above(int index) {
    return switch (methodCode.instruction(index)) {
      case InvokeInstruction call
          when call.opcode() != Opcode.INVOKESTATIC
              && !call.name().equalsString(ConstantDescs.INIT_NAME) ->
          call.typeSymbol().parameterCount();
      case FieldInstruction field when field.opcode() == Opcode.GETFIELD -> 0;
      case FieldInstruction field when field.opcode() == Opcode.PUTFIELD -> 1;
      case ArrayLoadInstruction _ -> 1;
      case ArrayStoreInstruction _ -> 2;
      case OperatorInstruction operator when operator.opcode() == Opcode.ARRAYLENGTH -> 0;
      case ThrowInstruction _, MonitorInstruction _ -> 0;
      default -> -1;
    };
  }

  private @Nullable FrameValue used(int index) {
    int above = above(index);
    return above < 0 ? null : operand(index, above);
  }

  private FrameValue operand(int index, int above) {
    List<FrameValue> stack = before[index].stack;
    return stack.get(stack.size() - 1 - above);
  }

  /**
   * Whether the JVM would say something else of the machine's instruction. Of a value that depends
   * on the path it says nothing, here as there.
   */
  boolean differs(int index) {
    FrameValue used = used(index);
    return used != null && !used.isSuspender() && differs(used.source(), DEEPEST);
  }

  private boolean differs(int source, int depth) {
    if (source < 0 || depth == 0) {
      return false;
    }
    if (moved.get(source)) {
      return true;
    }
    return switch (methodCode.instruction(source)) {
      case FieldInstruction field ->
          MemberWriter.isBeyond(field, access)
              || (field.opcode() == Opcode.GETFIELD
                  && differs(operand(source, 0).source(), depth - 1));
      case InvokeInstruction call -> MemberWriter.isBeyond(call, access);
      case ArrayLoadInstruction _ ->
          differs(operand(source, 1).source(), depth - 1)
              || differs(operand(source, 0).source(), depth - 1);
      default -> false;
    };
  }

  /** The JVM's message if the object that the user's instruction uses is null. */
  String of(int index) {
    StringBuilder cause = new StringBuilder();
    int source = operand(index, above(index)).source();
    if (!describe(index, source, DEEPEST, cause)) {
      return action(index);
    }
    boolean returned = methodCode.instruction(source) instanceof InvokeInstruction;
    return action(index)
        + (returned ? " because the return value of \"" : " because \"")
        + cause
        + "\" is null";
  }

  private String action(int index) {
    return switch (methodCode.instruction(index)) {
      case InvokeInstruction call -> "Cannot invoke \"" + method(call) + "\"";
      case FieldInstruction field ->
          (field.opcode() == Opcode.GETFIELD ? "Cannot read field \"" : "Cannot assign field \"")
              + field.name().stringValue()
              + "\"";
      case ArrayLoadInstruction load -> "Cannot load from " + array(load.opcode()) + " array";
      case ArrayStoreInstruction store -> "Cannot store to " + array(store.opcode()) + " array";
      case OperatorInstruction _ -> "Cannot read the array length";
      case ThrowInstruction _ -> "Cannot throw exception";
      case MonitorInstruction monitor ->
          monitor.opcode() == Opcode.MONITORENTER
              ? "Cannot enter synchronized block"
              : "Cannot exit synchronized block";
      case Instruction other -> throw new AssertionError(other);
    };
  }

  private static String array(Opcode opcode) {
    return switch (opcode) {
      case IALOAD, IASTORE -> "int";
      case LALOAD, LASTORE -> "long";
      case FALOAD, FASTORE -> "float";
      case DALOAD, DASTORE -> "double";
      case BALOAD, BASTORE -> "byte/boolean";
      case CALOAD, CASTORE -> "char";
      case SALOAD, SASTORE -> "short";
      default -> "object";
    };
  }

  /**
   * Appends the expression that the instruction {@code source} has pushed.
   *
   * @param index the instruction that uses the value
   * @return false if the JVM has no words for it; then nothing is appended
   */
  private boolean describe(int index, int source, int depth, StringBuilder text) {
    if (source < 0 || depth == 0) {
      return false;
    }
    switch (methodCode.instruction(source)) {
      case LoadInstruction load -> text.append(variable(index, source, load.slot()));
      case ConstantInstruction constant -> {
        String value = constant(constant);
        text.append(value);
        return !value.isEmpty();
      }
      case FieldInstruction field when field.opcode() == Opcode.GETSTATIC ->
          text.append(owner(field.owner().asSymbol()))
              .append('.')
              .append(field.name().stringValue());
      case FieldInstruction field -> {
        if (describe(source, operand(source, 0).source(), depth - 1, text)) {
          text.append('.');
        }
        text.append(field.name().stringValue());
      }
      case InvokeInstruction call -> text.append(method(call));
      case ArrayLoadInstruction load
          when load.opcode() == Opcode.AALOAD || load.opcode() == Opcode.IALOAD ->
          element(source, depth, text);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void element(int source, int depth, StringBuilder text) {
    if (!describe(source, operand(source, 1).source(), depth - 1, text)) {
      text.append("<array>");
    }
    text.append('[');
    if (!describe(source, operand(source, 0).source(), depth, text)) {
      text.append("...");
    }
    text.append(']');
  }

  private static String constant(ConstantInstruction constant) {
    return switch (constant.opcode()) {
      case ACONST_NULL -> "null";
      case ICONST_M1, ICONST_0, ICONST_1, ICONST_2, ICONST_3, ICONST_4, ICONST_5, BIPUSH ->
          constant.constantValue().toString();
      case SIPUSH -> String.valueOf((int) constant.constantValue() & 0xFFFF); // so does the JVM
      default -> "";
    };
  }

  /** What the JVM says where the library runs a part that is null. */
  static String ofPart(ClassDesc part, ClassDesc suspender) {
    return "Cannot invoke \"%s.run(%s)\" because \"part\" is null"
        .formatted(owner(part), parameter(suspender));
  }

  /** Writes the check that the top of the stack, which is popped, is not null. */
  void writeCheck(int index, CodeBuilder code) {
    code.loadConstant(of(index)).invokestatic(Linkage.TYPE, "checkNotNull", CHECK);
  }

  private static String method(InvokeInstruction call) {
    return call.typeSymbol().parameterList().stream()
        .map(NullWords::parameter)
        .collect(
            Collectors.joining(
                ", ", owner(call.owner().asSymbol()) + "." + call.name().stringValue() + "(", ")"));
  }

  private static String owner(ClassDesc type) {
    return type.equals(ConstantDescs.CD_Object) || type.equals(ConstantDescs.CD_String)
        ? type.displayName()
        : external(type);
  }

  /** The JVM cuts off the package of these two classes, and of classes that begin with them. */
  private static String parameter(ClassDesc type) {
    return external(type).replaceFirst("^java\\.lang\\.(?=Object|String)", "");
  }

  private static String external(ClassDesc type) {
    if (type.isArray()) {
      return external(type.componentType()) + "[]";
    }
    String descriptor = type.descriptorString();
    return type.isPrimitive()
        ? type.displayName()
        : descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
  }

  /** The variables that the machine must name at this load, as the JVM would count otherwise. */
  @Nullable String nameAt(int load) {
    return unnamed.get(load) && methodCode.instruction(load) instanceof LoadInstruction instruction
        ? variable(load, load, instruction.slot())
        : null;
  }

  private void findUnnamed(int source, int depth) {
    if (source < 0 || depth == 0) {
      return;
    }
    switch (methodCode.instruction(source)) {
      case LoadInstruction load -> unnamed.set(source, written(source, load.slot()) == null);
      case FieldInstruction field when field.opcode() == Opcode.GETFIELD ->
          findUnnamed(operand(source, 0).source(), depth - 1);
      case ArrayLoadInstruction _ -> {
        findUnnamed(operand(source, 1).source(), depth - 1);
        findUnnamed(operand(source, 0).source(), depth - 1);
      }
      default -> {}
    }
  }

  /** The name of a variable as the user wrote it; null without debug information. */
  private @Nullable String written(int load, int slot) {
    for (LocalVariable local : named) {
      if (local.slot() == slot
          && methodCode.indexOf(local.startScope()) <= load
          && load < methodCode.indexOf(local.endScope())) {
        return local.name().stringValue();
      }
    }
    return null;
  }

  /** Loaded at {@code load}, used at {@code index}. */
  private String variable(int index, int load, int slot) {
    String name = written(load, slot);
    if (name != null) {
      return name;
    }
    boolean changed = slot > 63 || mayBeWritten()[index].get(slot); // the JVM looks at 64
    boolean isStatic = BodyFinder.isStatic(methodCode.method);
    if (!changed && !isStatic && slot == 0) {
      return "this";
    }
    int at = 0;
    List<ClassDesc> types = methodCode.parameterTypes();
    for (int i = 0; i < types.size() && !changed; i++) {
      int next = at + FrameValue.of(types.get(i)).slots();
      if (at <= slot && slot < next) {
        return "<parameter" + (isStatic ? i + 1 : i) + ">";
      }
      at = next;
    }
    return "<local" + slot + ">";
  }

  /** One walk forward, as the JVM makes it; it begins a handler as if nothing were written. */
  private BitSet[] mayBeWritten() {
    BitSet[] known = written;
    if (known == null) {
      known = new BitSet[methodCode.size()];
      for (int i = 0; i < known.length; i++) {
        known[i] = new BitSet();
      }
      for (int i = 0; i < known.length; i++) {
        BitSet after = (BitSet) known[i].clone();
        if (methodCode.instruction(i) instanceof StoreInstruction store) {
          after.set(store.slot());
        }
        List<Integer> next = new ArrayList<>(methodCode.targets(i));
        if (methodCode.fallsThrough(i) && i + 1 < known.length) {
          next.add(i + 1);
        }
        for (int to : next) {
          known[to].or(after);
        }
      }
      written = known;
    }
    return known;
  }
}
