package dev.heddle.weave;

import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code new} expressions of a method, and which of them must be <i>deferred</i>.
 *
 * <p>The compiler turns {@code new X(a, b)} into {@code new X; dup; a; b; invokespecial <init>}.
 * While {@code a} and {@code b} are computed, an uninitialised object is on the operand stack. A
 * field cannot keep it over a suspension in {@code a} or {@code b}. A machine also cannot call a
 * constructor that is private to another class. In both cases the creation is deferred: the machine
 * omits {@code new} and {@code dup}, and a call that creates the object replaces the constructor
 * call.
 *
 * <p>Some compilers move the uninitialised object otherwise: ECJ writes no {@code dup} if nobody
 * uses the object, and Scala's moves the object to locals before a {@code try}. Then null <i>stands
 * for</i> it in the machine, in the locals and on the stack, until it is created.
 */
final class NewExpressions {
  private final MethodCode methodCode;

  /** The index of the {@code new} instruction, by the index of the constructor call. */
  private final Map<Integer, Integer> siteOfConstructor = new HashMap<>();

  /** The {@code new} instructions that a machine omits; fixed before code is written. */
  private final Set<Integer> deferred = new HashSet<>();

  /** The {@code new} instructions whose object is compared before it is initialised. */
  private final Set<Integer> compared = new HashSet<>();

  /** The {@code new} instructions whose object is moved in an unusual way. */
  private final Set<Integer> shuffled = new HashSet<>();

  NewExpressions(MethodCode methodCode) {
    this.methodCode = methodCode;
  }

  /** Records that the constructor call at {@code index} initialises the object of {@code site}. */
  void constructed(int index, int site) {
    assert methodCode.instruction(site) instanceof NewObjectInstruction : "no new at " + site;
    siteOfConstructor.put(index, site);
  }

  /**
   * Records that a stack instruction moves these values. Only the {@code dup} directly after {@code
   * new} is the usual way to move a new object.
   */
  void moved(int index, List<FrameValue> values) {
    for (FrameValue value : values) {
      if (value.kind() == FrameValue.Kind.NEW && index != value.site() + 1) {
        shuffled.add(value.site());
      }
    }
  }

  /** Defers the creation of {@code value} if the value is an uninitialised object. */
  void defer(int index, FrameValue value) {
    if (value.kind() == FrameValue.Kind.NEW) {
      defer(index, value.site());
    }
  }

  private void defer(int index, int site) {
    if (compared.contains(site)) {
      throw methodCode.refusal(index, "an uninitialised object is compared");
    }
    deferred.add(site);
  }

  /** Records that these values are compared: a null cannot stand for any of them. */
  void compared(int index, List<FrameValue> values) {
    for (FrameValue value : values) {
      if (value.kind() == FrameValue.Kind.NEW) {
        compared.add(value.site());
        if (deferred.contains(value.site())) {
          defer(index, value.site());
        }
      }
    }
  }

  /** Whether null stands for the object until a deferred creation creates it. */
  boolean isStoodFor(int site) {
    Instruction next = methodCode.instruction(site + 1);
    boolean usual = next instanceof StackInstruction s && s.opcode() == Opcode.DUP;
    return deferred.contains(site) && (!usual || shuffled.contains(site));
  }

  /** Defers each creation whose constructor a machine may not call. */
  void deferBeyond(AccessCheck access) {
    siteOfConstructor.forEach(
        (index, site) -> {
          InvokeInstruction call = (InvokeInstruction) methodCode.instruction(index);
          if (MemberWriter.isBeyond(call, access)) {
            defer(index, site);
          }
        });
  }

  /**
   * Whether the new object is on top of the stack after this constructor call, and is not thrown at
   * once.
   */
  boolean isKeptAfter(int constructor) {
    Integer site = siteOfConstructor.get(constructor);
    return site != null
        && methodCode.instruction(site + 1) instanceof StackInstruction copy
        && copy.opcode() == Opcode.DUP
        && !shuffled.contains(site)
        && !(methodCode.instruction(constructor + 1) instanceof ThrowInstruction);
  }

  boolean isDeferred(int site) {
    return deferred.contains(site);
  }

  /** Whether the instruction is the {@code dup} of a deferred creation. */
  boolean isDeferredDup(int index) {
    return deferred.contains(index - 1) && !isStoodFor(index - 1);
  }

  /** Whether the instruction is the constructor call of a deferred creation. */
  boolean isDeferredConstructor(int index) {
    Integer site = siteOfConstructor.get(index);
    return site != null && deferred.contains(site);
  }

  /** The index of the {@code new} instruction of a deferred constructor call. */
  int siteOf(int constructor) {
    Integer site = siteOfConstructor.get(constructor);
    if (site == null) {
      throw new AssertionError(constructor + " initialises nothing");
    }
    return site;
  }

  /**
   * What a machine has of these values: it has no uninitialised object of a deferred creation, or a
   * null in its place.
   */
  List<FrameValue> existing(List<FrameValue> values) {
    return values.stream().filter(this::exists).map(this::inMachine).toList();
  }

  /** Whether a machine has this value, or a null in its place. */
  boolean exists(FrameValue value) {
    return value.kind() != FrameValue.Kind.NEW
        || !deferred.contains(value.site())
        || isStoodFor(value.site());
  }

  /** The value itself, or the null that stands for it. */
  FrameValue inMachine(FrameValue value) {
    return value.kind() == FrameValue.Kind.NEW && isStoodFor(value.site())
        ? FrameValue.NULL
        : value;
  }
}
