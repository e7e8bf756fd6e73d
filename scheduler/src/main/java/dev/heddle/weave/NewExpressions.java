package dev.heddle.weave;

import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code new} expressions of a method, and which of them must be <i>deferred</i>.
 *
 * <p>{@code new X(a, b)} is compiled to {@code new X; dup; a; b; invokespecial <init>}. An object
 * that is not initialised can be neither kept in a field over a suspension in {@code a}, nor given
 * to a constructor that is private to another class. Such a creation is deferred: {@code new} and
 * {@code dup} are left out, and the call of the constructor becomes one call that creates.
 */
final class NewExpressions {
  private final MethodCode methodCode;
  private final Map<Integer, Integer> siteOfConstructor = new HashMap<>();
  private final Set<Integer> deferred = new HashSet<>();
  private final Set<Integer> shuffled = new HashSet<>();

  NewExpressions(MethodCode methodCode) {
    this.methodCode = methodCode;
  }

  /** The constructor call at {@code index} initialises what was created at {@code site}. */
  void constructed(int index, int site) {
    siteOfConstructor.put(index, site);
  }

  /**
   * A stack instruction moves the values: fine if it is the {@code dup} that follows {@code new}.
   */
  void moved(int index, List<FrameValue> values) {
    for (FrameValue value : values) {
      if (value.kind() == FrameValue.Kind.NEW && index != value.site() + 1) {
        shuffled.add(value.site());
      }
    }
  }

  /** The value must not be on the stack as it is: if it is not initialised, defers it. */
  void defer(int index, FrameValue value) {
    if (value.kind() == FrameValue.Kind.NEW) {
      defer(index, value.site());
    }
  }

  private void defer(int index, int site) {
    Instruction next = methodCode.instruction(site + 1);
    boolean usual = next instanceof StackInstruction s && s.opcode() == Opcode.DUP;
    if (!usual || shuffled.contains(site)) {
      throw Refusal.at(methodCode, index, "an uninitialised object is on the operand stack");
    }
    deferred.add(site);
  }

  /** Defers the creations whose constructor is out of a machine's reach. */
  void deferBeyond(AccessCheck access) {
    siteOfConstructor.forEach(
        (index, site) -> {
          InvokeInstruction call = (InvokeInstruction) methodCode.instruction(index);
          if (MemberWriter.isBeyond(call, access)) {
            defer(index, site);
          }
        });
  }

  boolean isDeferred(int site) {
    return deferred.contains(site);
  }

  /** Whether the instruction is the {@code dup} of a deferred creation. */
  boolean isDeferredDup(int index) {
    return index > 0 && deferred.contains(index - 1);
  }

  /** Whether the instruction is the constructor call of a deferred creation. */
  boolean isDeferredConstructor(int index) {
    Integer site = siteOfConstructor.get(index);
    return site != null && deferred.contains(site);
  }

  /** Whether a frame of the machine has this value; those of deferred creations do not exist. */
  boolean exists(FrameValue value) {
    return value.kind() != FrameValue.Kind.NEW || !deferred.contains(value.site());
  }
}
