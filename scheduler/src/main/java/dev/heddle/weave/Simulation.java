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
final class Simulation {
  private final Listing listing;
  private final Effects effects;
  private final int suspenderSlot;
  private final boolean suspenderFixed;

  /** What came so far by jumps to an instruction, or into a handler. */
  private final Map<Integer, Shape> arrivals = new HashMap<>();

  /** Before each instruction. */
  final Shape[] shapes;

  final Uses uses;
  final Creations creations;

  /** Simulates a method whose last parameter is the suspender. */
  Simulation(Listing listing, Dialect dialect) {
    this.listing = listing;
    this.creations = new Creations(listing);
    this.shapes = new Shape[listing.size()];
    Shape start = start(listing);
    this.suspenderSlot = suspenderSlot(start, dialect);
    this.suspenderFixed = !listing.isAssigned(suspenderSlot);
    start.locals[suspenderSlot] = start.locals[suspenderSlot].marked(Value.Mark.YES);
    this.uses = new Uses(listing, dialect, creations, start);
    this.effects = new Effects(listing, uses, creations);
    run(start);
  }

  int suspenderSlot() {
    return suspenderSlot;
  }

  private static Shape start(Listing listing) {
    Value[] locals = new Value[listing.code.maxLocals()];
    Arrays.fill(locals, Value.TOP);
    int slot = 0;
    for (Value parameter : Origin.parametersOf(listing)) {
      locals[slot] = parameter;
      slot += parameter.slots();
    }
    return new Shape(locals, List.of(), 0);
  }

  private static int suspenderSlot(Shape start, Dialect dialect) {
    for (int i = start.locals.length - 1; i >= 0; i--) {
      if (dialect.suspenderType().equals(start.locals[i].type())) {
        return i;
      }
    }
    throw new AssertionError("no suspender in " + start);
  }

  private void run(Shape start) {
    Shape shape = start;
    for (int i = 0; i < listing.size(); i++) {
      StackMapFrameInfo frame = listing.frames.get(i);
      if (frame != null) {
        shape = framed(i, frame, shape);
      }
      if (shape == null) {
        throw Refusal.at(listing, i, "code that cannot be reached");
      }
      shapes[i] = shape.copy();
      uses.before = shapes[i];
      arriveInHandlers(i, shape);
      effects.apply(i, shape);
      for (int target : listing.targets(i)) {
        arrive(i, target, shape);
      }
      if (!listing.fallsThrough(i)) {
        shape = null;
      }
    }
  }

  private void arriveInHandlers(int index, Shape shape) {
    for (Listing.Guard guard : listing.guards) {
      if (guard.covers(index)) {
        Value caught = Value.reference(guard.caught());
        arrive(index, guard.handler(), new Shape(shape.locals, List.of(caught), shape.monitors));
      }
    }
  }

  private void arrive(int index, int target, Shape shape) {
    Shape assumed = shapes[target];
    if (assumed != null) {
      confirm(index, assumed, shape);
      return;
    }
    Shape known = arrivals.get(target);
    if (known == null) {
      arrivals.put(target, shape.copy());
    } else {
      known.meet(shape);
    }
  }

  /** A way back: what was assumed of the suspender at its target must hold. */
  private void confirm(int index, Shape assumed, Shape shape) {
    List<Value> then = new ArrayList<>(Arrays.asList(assumed.locals));
    List<Value> now = new ArrayList<>(Arrays.asList(shape.locals));
    then.addAll(assumed.stack);
    now.addAll(shape.stack);
    for (int i = 0; i < then.size(); i++) {
      Value was = then.get(i);
      if (was.kind() == Value.Kind.REF && was.mark() != now.get(i).mark()) {
        throw uses.refusal(
            index, "its " + uses.suspenderName() + " is in a variable that a loop changes");
      }
    }
  }

  /** The shape at a frame of the compiler, to which jumps and maybe the instruction before lead. */
  private Shape framed(int index, StackMapFrameInfo frame, @Nullable Shape falling) {
    Shape arrived = arrivals.get(index);
    if (arrived == null) {
      arrived = falling;
    } else if (falling != null) {
      arrived.meet(falling);
    }
    Value[] locals = new Value[listing.code.maxLocals()];
    Arrays.fill(locals, Value.TOP);
    int slot = 0;
    for (VerificationTypeInfo info : frame.locals()) {
      Value marked = marked(value(info), arrived == null ? null : arrived.locals[slot]);
      boolean fixed = slot == suspenderSlot && suspenderFixed && marked.kind() == Value.Kind.REF;
      locals[slot] = fixed ? marked.marked(Value.Mark.YES) : marked;
      slot += marked.slots();
    }
    List<Value> stack = new ArrayList<>();
    for (VerificationTypeInfo info : frame.stack()) {
      Value before = arrived == null ? null : arrived.stack.get(stack.size());
      stack.add(marked(value(info), before));
    }
    return new Shape(locals, stack, arrived == null ? 0 : arrived.monitors);
  }

  private static Value marked(Value value, @Nullable Value before) {
    return before == null || value.kind() != Value.Kind.REF ? value : value.marked(before.mark());
  }

  private Value value(VerificationTypeInfo info) {
    return switch (info) {
      case ObjectVerificationTypeInfo object -> Value.reference(object.classSymbol());
      case UninitializedVerificationTypeInfo created ->
          Value.created(listing.indexOf(created.newTarget()));
      case SimpleVerificationTypeInfo simple ->
          switch (simple) {
            case INTEGER -> Value.INT;
            case FLOAT -> Value.FLOAT;
            case LONG -> Value.LONG;
            case DOUBLE -> Value.DOUBLE;
            case NULL -> Value.NULL;
            case TOP, UNINITIALIZED_THIS -> Value.TOP;
          };
    };
  }
}
