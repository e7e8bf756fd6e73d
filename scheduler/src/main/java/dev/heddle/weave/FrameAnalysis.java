package dev.heddle.weave;

import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.UninitializedVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs over a method once, from the first instruction to the last, and says what the locals and the
 * operand stack hold before each: as the verifier does, and thanks to the compiler's frames with no
 * need to know any class. Debug information is not needed.
 *
 * <p>The frames do not say which value is the suspender, nor how many monitors are held. That is
 * carried along the ways through the code: where ways meet, what they bring is joined. A way back
 * can only confirm what was assumed, or the body is refused.
 */
final class FrameAnalysis {
  private final MethodCode methodCode;
  private final StackEffects effects;
  private final int suspenderSlot;
  private final boolean suspenderFixed;

  /** What came so far by jumps to an instruction, or into a handler. */
  private final Map<Integer, Frame> arrivals = new HashMap<>();

  /** Before each instruction. */
  final Frame[] before;

  final SuspenderFlow flow;
  final NewExpressions newExpressions;

  /** Simulates a method whose last parameter is the suspender. */
  FrameAnalysis(MethodCode methodCode, Dialect dialect) {
    this.methodCode = methodCode;
    this.newExpressions = new NewExpressions(methodCode);
    this.before = new Frame[methodCode.size()];
    Frame start = start(methodCode);
    this.suspenderSlot = suspenderSlot(start, dialect);
    this.suspenderFixed = !methodCode.isAssigned(suspenderSlot);
    start.locals[suspenderSlot] = start.locals[suspenderSlot].marked(FrameValue.Mark.YES);
    this.flow = new SuspenderFlow(methodCode, dialect, newExpressions, start);
    this.effects = new StackEffects(methodCode, flow, newExpressions);
    run(start);
  }

  int suspenderSlot() {
    return suspenderSlot;
  }

  private static Frame start(MethodCode methodCode) {
    FrameValue[] locals = new FrameValue[methodCode.code.maxLocals()];
    Arrays.fill(locals, FrameValue.TOP);
    int slot = 0;
    for (FrameValue parameter : BodySource.parametersOf(methodCode)) {
      locals[slot] = parameter;
      slot += parameter.slots();
    }
    return new Frame(locals, List.of(), 0);
  }

  private static int suspenderSlot(Frame start, Dialect dialect) {
    for (int i = start.locals.length - 1; i >= 0; i--) {
      if (dialect.suspenderType().equals(start.locals[i].type())) {
        return i;
      }
    }
    throw new AssertionError("no suspender in " + start);
  }

  private void run(Frame start) {
    Frame frame = start;
    for (int i = 0; i < methodCode.size(); i++) {
      StackMapFrameInfo written = methodCode.compilerFrames.get(i);
      if (written != null) {
        frame = atCompilerFrame(i, written, frame);
      }
      if (frame == null) {
        throw Refusal.at(methodCode, i, "code that cannot be reached");
      }
      before[i] = frame.copy();
      flow.before = before[i];
      arriveInHandlers(i, frame);
      effects.apply(i, frame);
      for (int target : methodCode.targets(i)) {
        arrive(i, target, frame);
      }
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

  /** A way back: what was assumed of the suspender at its target must hold. */
  private void confirm(int index, Frame assumed, Frame frame) {
    List<FrameValue> then = new ArrayList<>(Arrays.asList(assumed.locals));
    List<FrameValue> now = new ArrayList<>(Arrays.asList(frame.locals));
    then.addAll(assumed.stack);
    now.addAll(frame.stack);
    for (int i = 0; i < then.size(); i++) {
      FrameValue was = then.get(i);
      if (was.kind() == FrameValue.Kind.REF && was.mark() != now.get(i).mark()) {
        throw flow.refusal(
            index, "its " + flow.suspenderName() + " is in a variable that a loop changes");
      }
    }
  }

  /**
   * The frame where the compiler has written one: jumps lead there, and maybe the instruction
   * before.
   *
   * @param falling what the instruction before leaves; null if it does not lead here
   */
  private Frame atCompilerFrame(int index, StackMapFrameInfo written, @Nullable Frame falling) {
    Frame arrived = arrivals.get(index);
    if (arrived == null) {
      arrived = falling;
    } else if (falling != null) {
      arrived.meet(falling);
    }
    FrameValue[] locals = new FrameValue[methodCode.code.maxLocals()];
    Arrays.fill(locals, FrameValue.TOP);
    int slot = 0;
    for (VerificationTypeInfo info : written.locals()) {
      FrameValue marked = marked(value(info), arrived == null ? null : arrived.locals[slot]);
      boolean fixed =
          slot == suspenderSlot && suspenderFixed && marked.kind() == FrameValue.Kind.REF;
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

  private static FrameValue marked(FrameValue value, @Nullable FrameValue before) {
    return before == null || value.kind() != FrameValue.Kind.REF
        ? value
        : value.marked(before.mark());
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
