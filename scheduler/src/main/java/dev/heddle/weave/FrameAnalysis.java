package dev.heddle.weave;

import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.UninitializedVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a method once, from the first instruction to the last, and records what the locals and
 * the operand stack hold before each instruction. The verifier does the same. The compiler's frames
 * give the types where paths meet, so that no class needs to be known. Debug information is not
 * needed.
 *
 * <p>The compiler's frames do not say which value is the suspender. The simulation carries this
 * fact along each path. Where paths meet, it joins the facts of all forward jumps. A backward jump
 * must agree with what was assumed at its target, or the body is refused.
 */
final class FrameAnalysis {
  private final MethodCode methodCode;
  private final StackEffects effects;

  /** The parameters that are the suspender and are never assigned, by slot. */
  private final BitSet fixedSuspenders = new BitSet();

  /** The joined frames of the jumps so far to an instruction that is not simulated yet. */
  private final Map<Integer, Frame> arrivals = new HashMap<>();

  /** The frame before each instruction; filled from first to last, never changed after that. */
  final Frame[] before;

  final SuspenderFlow flow;
  final NewExpressions newExpressions;

  /** Simulates a method; {@code suspenders} says which parameters are the suspender. */
  FrameAnalysis(MethodCode methodCode, List<Integer> suspenders, Dialect dialect) {
    this.methodCode = methodCode;
    this.newExpressions = new NewExpressions(methodCode);
    this.before = new Frame[methodCode.size()];
    Frame start = start(suspenders);
    this.flow = new SuspenderFlow(methodCode, dialect, newExpressions, start);
    this.effects = new StackEffects(methodCode, flow, newExpressions);
    run(start);
  }

  private Frame start(List<Integer> suspenders) {
    FrameValue[] locals = new FrameValue[methodCode.code.maxLocals()];
    Arrays.fill(locals, FrameValue.TOP);
    List<ClassDesc> types = methodCode.parameterTypes();
    int slot = 0;
    for (int i = 0; i < types.size(); i++) {
      FrameValue value = FrameValue.of(types.get(i));
      if (suspenders.contains(i)) {
        value = value.marked(FrameValue.Mark.YES);
        fixedSuspenders.set(slot, !methodCode.isAssigned(slot));
      }
      locals[slot] = value;
      slot += value.slots();
    }
    return new Frame(locals, List.of(), 0);
  }

  private void run(Frame start) {
    int[] monitors = Monitors.before(methodCode);
    Frame frame = start;
    Frame above = start;
    for (int i = 0; i < methodCode.size(); i++) {
      StackMapFrameInfo written = methodCode.compilerFrames.get(i);
      if (written != null) {
        frame = atCompilerFrame(i, written, frame, above);
      }
      if (frame == null) {
        throw methodCode.refusal(i, "code that cannot be reached");
      }
      assert before[i] == null : "each instruction is simulated once";
      frame.monitors = monitors[i];
      before[i] = frame.copy();
      flow.before = before[i];
      arriveInHandlers(i, frame);
      effects.apply(i, frame);
      for (int target : methodCode.targets(i)) {
        arrive(i, target, frame);
      }
      above = frame;
      if (!methodCode.fallsThrough(i)) {
        frame = null;
      }
    }
  }

  private void arriveInHandlers(int index, Frame frame) {
    for (MethodCode.Guard guard : methodCode.guards) {
      if (guard.covers(index)) {
        FrameValue caught = FrameValue.reference(guard.caught());
        arrive(index, guard.handler(), new Frame(frame.locals, List.of(caught), frame.monitors));
      }
    }
  }

  private void arrive(int index, int target, Frame frame) {
    Frame assumed = before[target];
    if (assumed != null) {
      confirm(index, assumed, frame);
      return;
    }
    Frame known = arrivals.get(target);
    if (known == null) {
      arrivals.put(target, frame.copy());
    } else {
      known.meet(frame);
    }
  }

  /** Checks that a backward jump agrees with what was assumed of the suspender at its target. */
  private void confirm(int index, Frame assumed, Frame frame) {
    List<FrameValue> then = new ArrayList<>(Arrays.asList(assumed.locals));
    List<FrameValue> now = new ArrayList<>(Arrays.asList(frame.locals));
    then.addAll(assumed.stack);
    now.addAll(frame.stack);
    for (int i = 0; i < then.size(); i++) {
      FrameValue was = then.get(i);
      if (was.kind() == FrameValue.Kind.REF && was.mark() != now.get(i).mark()) {
        throw methodCode.refusal(
            index, "its " + flow.suspenderName() + " is in a variable that a loop changes");
      }
    }
  }

  /**
   * The frame before an instruction for which the compiler has written one. Jumps lead there, and
   * the instruction above may lead there too. If only backward jumps lead there, as to a loop whose
   * test is at its end, the locals are taken to be what they were when the loop was entered: above
   * it. The backward jump then confirms that.
   *
   * @param falling the frame after the instruction above; null if that one does not lead here
   * @param above the frame after the instruction above, wherever that one leads
   */
  private Frame atCompilerFrame(
      int index, StackMapFrameInfo written, @Nullable Frame falling, Frame above) {
    Frame arrived = arrivals.get(index);
    if (arrived == null) {
      arrived = falling;
    } else if (falling != null) {
      arrived.meet(falling);
    }
    if (arrived == null && written.stack().isEmpty()) {
      arrived = asEntered(above);
    }
    FrameValue[] locals = new FrameValue[methodCode.code.maxLocals()];
    Arrays.fill(locals, FrameValue.TOP);
    int slot = 0;
    for (VerificationTypeInfo info : written.locals()) {
      FrameValue marked = marked(value(info), arrived == null ? null : arrived.locals[slot]);
      boolean fixed = fixedSuspenders.get(slot) && marked.kind() == FrameValue.Kind.REF;
      locals[slot] = fixed ? marked.marked(FrameValue.Mark.YES) : marked;
      slot += marked.slots();
    }
    List<FrameValue> stack = new ArrayList<>();
    for (VerificationTypeInfo info : written.stack()) {
      FrameValue before = arrived == null ? null : arrived.stack.get(stack.size());
      stack.add(marked(value(info), before));
    }
    return new Frame(locals, stack, arrived == null ? 0 : arrived.monitors);
  }

  /** The frame without a suspender in variables of other types, which a loop may use anew. */
  private Frame asEntered(Frame above) {
    Frame entered = above.copy();
    for (int i = 0; i < entered.locals.length; i++) {
      FrameValue value = entered.locals[i];
      if (value.isSuspender() && !flow.isSuspenderType(value)) {
        entered.locals[i] = value.marked(FrameValue.Mark.NO);
      }
    }
    return entered;
  }

  private static FrameValue marked(FrameValue value, @Nullable FrameValue before) {
    if (before == null) {
      return value;
    }
    FrameValue pushed = value.from(before.source());
    return value.kind() == FrameValue.Kind.REF ? pushed.marked(before.mark()) : pushed;
  }

  private FrameValue value(VerificationTypeInfo info) {
    return switch (info) {
      case ObjectVerificationTypeInfo object -> FrameValue.reference(object.classSymbol());
      case UninitializedVerificationTypeInfo created ->
          FrameValue.created(methodCode.indexOf(created.newTarget()));
      case SimpleVerificationTypeInfo simple ->
          switch (simple) {
            case INTEGER -> FrameValue.INT;
            case FLOAT -> FrameValue.FLOAT;
            case LONG -> FrameValue.LONG;
            case DOUBLE -> FrameValue.DOUBLE;
            case NULL -> FrameValue.NULL;
            case TOP, UNINITIALIZED_THIS -> FrameValue.TOP;
          };
    };
  }
}
