package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Writes, beside what the user's code does to fields, elements of arrays and iterators, a call that
 * says so; in machines that are made with stamps, and in no other. The object is on the operand
 * stack and stays there.
 *
 * <p>The class that is called has these static methods. A {@code site} is the file and line, and
 * the method; the strings of one place are one object each.
 *
 * <pre>{@code
 * void reads(Object holder, String field, String site);   // of a static field, its class's name
 * void writes(Object holder, String field, String site);
 * void readsElement(Object array, int index, String name, String site);
 * void writesElement(Object array, int index, String name, String site);
 * void iterates(Object iterable, String name, String site); // then the iterator is made
 * void iterator(Object made);
 * void goesOn(Object iterator, String site);                // hasNext() or next()
 * }</pre>
 */
final class AccessStamper {
  private static final MethodTypeDesc FIELD =
      MethodTypeDesc.of(
          ConstantDescs.CD_void,
          ConstantDescs.CD_Object,
          ConstantDescs.CD_String,
          ConstantDescs.CD_String);
  private static final MethodTypeDesc ELEMENT = FIELD.insertParameterTypes(1, ConstantDescs.CD_int);
  private static final MethodTypeDesc MADE =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
  private static final MethodTypeDesc GOES_ON =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_String);

  private final WeaveUnit unit;
  private final MethodCode methodCode;
  private final CodeBuilder code;
  private final ClassDesc stamps;

  AccessStamper(WeaveUnit unit, CodeBuilder code) {
    this.unit = unit;
    this.methodCode = unit.source().methodCode();
    this.code = code;
    this.stamps = unit.dialect().stamps().describeConstable().orElseThrow();
  }

  /** Writes what comes before an instruction of the user's code. */
  void before(int index, Instruction instruction) {
    if (!unit.stamps()) {
      return;
    }
    switch (instruction) {
      case FieldInstruction field -> field(index, field);
      case ArrayLoadInstruction _ -> element(index, "readsElement", 2);
      case ArrayStoreInstruction store -> {
        TypeKind kind = store.typeKind();
        code.storeLocal(kind, unit.free());
        element(index, "writesElement", 3);
        code.loadLocal(kind, unit.free());
      }
      case InvokeInstruction call when makesIterator(call) -> {
        code.dup().loadConstant(nameAt(index, 1)).loadConstant(site(index));
        code.invokestatic(stamps, "iterates", FIELD);
      }
      case InvokeInstruction call when isOfIterator(call) -> {
        code.dup().loadConstant(site(index));
        code.invokestatic(stamps, "goesOn", GOES_ON);
      }
      default -> {}
    }
  }

  /** Writes what comes after a call. */
  void after(InvokeInstruction call) {
    if (unit.stamps() && makesIterator(call)) {
      code.dup().invokestatic(stamps, "iterator", MADE);
    }
  }

  private void field(int index, FieldInstruction field) {
    String name = field.name().stringValue();
    String type = field.owner().asSymbol().displayName();
    String owner = type.substring(type.lastIndexOf('$') + 1);
    TypeKind kind = TypeKind.from(field.typeSymbol());
    switch (field.opcode()) {
      case GETFIELD -> code.dup();
      case PUTFIELD -> code.storeLocal(kind, unit.free()).dup();
      default -> code.loadConstant(field.owner().asInternalName());
    }
    boolean puts = field.opcode() == Opcode.PUTFIELD;
    boolean writes = puts || field.opcode() == Opcode.PUTSTATIC;
    code.loadConstant(owner + "." + name).loadConstant(site(index));
    code.invokestatic(stamps, writes ? "writes" : "reads", FIELD);
    if (puts) {
      code.loadLocal(kind, unit.free());
    }
  }

  /** The array and the index are on top. */
  private void element(int index, String what, int depth) {
    code.dup2().loadConstant(nameAt(index, depth)).loadConstant(site(index));
    code.invokestatic(stamps, what, ELEMENT);
  }

  private String site(int index) {
    return methodCode.describe(index);
  }

  /** The name of the variable or field that the value came from, so deep on the stack. */
  private String nameAt(int index, int depth) {
    List<FrameValue> stack = unit.analysis().before[index].stack;
    FrameValue value = stack.get(stack.size() - depth);
    int source = value.source();
    if (source >= 0 && source < methodCode.size()) {
      switch (methodCode.instruction(source)) {
        case LoadInstruction load -> {
          String name = SourceTable.nameOf(methodCode, load.slot(), source);
          if (name != null) {
            return name;
          }
        }
        case FieldInstruction field -> {
          return field.name().stringValue();
        }
        default -> {}
      }
    }
    return value.kind() == FrameValue.Kind.REF ? value.reference().displayName() : "it";
  }

  private static boolean makesIterator(InvokeInstruction call) {
    return call.name().equalsString("iterator")
        && call.type().equalsString("()Ljava/util/Iterator;");
  }

  private static boolean isOfIterator(InvokeInstruction call) {
    return call.owner().asInternalName().equals("java/util/Iterator")
        && (call.name().equalsString("hasNext") || call.name().equalsString("next"));
  }
}
