package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method's instructions by number, and what the class file says about each of them. */
final class MethodCode {

  /**
   * Instructions {@code from} (inclusive) to {@code to} (exclusive) are guarded by a handler, for
   * one type of exception or, as a {@code finally} is, for any.
   */
  record Guard(int from, int to, int handler, ClassDesc caught, boolean typed) {
    Guard {
      assert from < to : "a handler guards nothing";
    }

    boolean covers(int index) {
      return from <= index && index < to;
    }
  }

  final ClassModel owner;
  final MethodModel method;
  final CodeAttribute code;
  final List<Instruction> instructions = new ArrayList<>();
  final List<Guard> guards = new ArrayList<>();

  /** The compiler's frames, by the number of the instruction that follows. */
  final Map<Integer, StackMapFrameInfo> compilerFrames = new HashMap<>();

  /** The source line of each instruction, or -1. */
  private final List<Integer> lines = new ArrayList<>();

  /** The number of the instruction at each bytecode offset where one begins. */
  private final int[] indexAt;

  MethodCode(ClassModel owner, MethodModel method, CodeAttribute code) {
    this.owner = owner;
    this.method = method;
    this.code = code;
    this.indexAt = new int[code.codeLength() + 1];
    StackMapTableAttribute table = code.findAttribute(Attributes.stackMapTable()).orElse(null);
    List<StackMapFrameInfo> entries = table == null ? List.of() : table.entries();
    number();
    for (StackMapFrameInfo entry : entries) {
      compilerFrames.put(indexOf(entry.target()), entry);
    }
    for (ExceptionCatch c : code.exceptionHandlers()) {
      ClassDesc caught = c.catchType().map(e -> e.asSymbol()).orElse(ConstantDescs.CD_Throwable);
      guards.add(
          new Guard(
              indexOf(c.tryStart()),
              indexOf(c.tryEnd()),
              indexOf(c.handler()),
              caught,
              c.catchType().isPresent()));
    }
  }

  private void number() {
    int offset = 0;
    int line = -1;
    for (CodeElement element : code) {
      if (element instanceof LineNumber number) {
        line = number.line();
      } else if (element instanceof Instruction instruction) {
        indexAt[offset] = instructions.size();
        instructions.add(instruction);
        lines.add(line);
        offset += instruction.sizeInBytes();
      }
    }
    assert offset == code.codeLength() : "an instruction is missing";
    indexAt[offset] = instructions.size();
  }

  /** The types of the receiver, if the method has one, and of the parameters; a new list. */
  List<ClassDesc> parameterTypes() {
    List<ClassDesc> types = new ArrayList<>(method.methodTypeSymbol().parameterList());
    if (!BodyFinder.isStatic(method)) {
      types.addFirst(owner.thisClass().asSymbol());
    }
    return types;
  }

  /** A refusal whose cause is the instruction at {@code index}. */
  Refusal refusal(int index, String reason) {
    return new Refusal(reason + " (" + place(owner, line(index)) + ")");
  }

  /** The method, with file and line of an instruction. */
  String describe(int index) {
    return method.methodName() + " (" + place(owner, line(index)) + ")";
  }

  int size() {
    return instructions.size();
  }

  Instruction instruction(int index) {
    return instructions.get(index);
  }

  int indexOf(Label label) {
    return indexAt[code.labelToBci(label)];
  }

  /** The line of an instruction, or -1. */
  int line(int index) {
    return lines.get(index);
  }

  /** Empty in a class that was compiled without debug information. */
  Optional<String> sourceFile() {
    return sourceFile(owner);
  }

  private static Optional<String> sourceFile(ClassModel owner) {
    return owner.findAttribute(Attributes.sourceFile()).map(a -> a.sourceFile().stringValue());
  }

  /** File and line, as in a stack trace; the line is left out if it is -1. */
  static String place(ClassModel owner, int line) {
    return sourceFile(owner).orElse("unknown source") + (line < 0 ? "" : ":" + line);
  }

  /** Whether the code writes a local variable; a parameter that it does not write never changes. */
  boolean isAssigned(int slot) {
    return instructions.stream().anyMatch(i -> writes(i, slot));
  }

  /** Whether an instruction writes a local variable. */
  boolean assigns(int index, int slot) {
    return writes(instruction(index), slot);
  }

  private static boolean writes(Instruction instruction, int slot) {
    return switch (instruction) {
      case StoreInstruction store ->
          store.slot() == slot || (store.typeKind().slotSize() == 2 && store.slot() + 1 == slot);
      case IncrementInstruction increment -> increment.slot() == slot;
      default -> false;
    };
  }

  /** The instructions to which this one may jump. */
  List<Integer> targets(int index) {
    return switch (instruction(index)) {
      case BranchInstruction branch -> List.of(indexOf(branch.target()));
      case TableSwitchInstruction s -> targets(s.defaultTarget(), s.cases());
      case LookupSwitchInstruction s -> targets(s.defaultTarget(), s.cases());
      default -> List.of();
    };
  }

  private List<Integer> targets(Label defaultTarget, List<SwitchCase> cases) {
    List<Integer> targets = new ArrayList<>(List.of(indexOf(defaultTarget)));
    cases.forEach(c -> targets.add(indexOf(c.target())));
    return targets;
  }

  /** Whether the instruction below this one may be the next to run. */
  boolean fallsThrough(int index) {
    Instruction instruction = instruction(index);
    return switch (instruction) {
      case ReturnInstruction _, ThrowInstruction _ -> false;
      case TableSwitchInstruction _, LookupSwitchInstruction _ -> false;
      default -> instruction.opcode() != Opcode.GOTO && instruction.opcode() != Opcode.GOTO_W;
    };
  }
}
