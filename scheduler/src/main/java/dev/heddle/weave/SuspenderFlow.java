package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Follows the suspender through the code: finds the suspending calls, and refuses a body that
 * passes the suspender to other code.
 */
final class SuspenderFlow {
  /** Methods of Field, Method and Constructor that check the access of the calling class. */
  private static final Set<String> REFLECTIVE =
      Set.of(
          ("get getBoolean getByte getChar getShort getInt getLong getFloat getDouble set"
                  + " setBoolean setByte setChar setShort setInt setLong setFloat setDouble invoke"
                  + " newInstance")
              .split(" "));

  private final MethodCode methodCode;
  private final Dialect dialect;
  private final NewExpressions newExpressions;

  /** The suspensions found so far, in the order of the code. */
  final List<Suspension> suspensions = new ArrayList<>();

  /** Whether the body calls a plain method of its suspender, or compares the suspender. */
  boolean needsSuspender;

  /** The frame before the current instruction; set by {@link FrameAnalysis}. */
  Frame before;

  SuspenderFlow(
      MethodCode methodCode, Dialect dialect, NewExpressions newExpressions, Frame start) {
    this.methodCode = methodCode;
    this.dialect = dialect;
    this.newExpressions = newExpressions;
    this.before = start;
  }

  /** Whether a call suspends. Refuses a call of a method that a body may not call. */
  boolean isSuspension(int index, InvokeInstruction call, FrameValue receiver) {
    if (receiver.mark() == FrameValue.Mark.NO) {
      return false;
    }
    if (receiver.mark() == FrameValue.Mark.MAYBE) {
      throw methodCode.refusal(index, "its " + suspenderName() + " may be one of two");
    }
    if (dialect.wayOf(call) != null) {
      return true;
    }
    String name = call.name().stringValue();
    if (!dialect.plain().contains(name)) {
      throw methodCode.refusal(index, "calls " + name + "() on its " + suspenderName());
    }
    needsSuspender = true;
    return false;
  }

  /** Refuses a call whose result depends on the calling class, which would be the machine. */
  void checkCaller(int index, InvokeInstruction call) {
    String owner = call.owner().asInternalName();
    String name = call.name().stringValue();
    boolean sensitive =
        switch (owner) {
          case "java/lang/reflect/Field",
              "java/lang/reflect/Method",
              "java/lang/reflect/Constructor" ->
              REFLECTIVE.contains(name);
          case "java/lang/invoke/MethodHandles" -> name.equals("lookup");
          default -> false;
        };
    if (sensitive) {
      throw methodCode.refusal(index, "calls " + name + "(), which depends on its caller");
    }
  }

  /** Records a suspension. {@code frame} holds what is under the suspender on the stack. */
  void suspended(int index, InvokeInstruction call, Frame frame) {
    if (frame.monitors > 0) {
      throw methodCode.refusal(index, "suspends inside synchronized");
    }
    for (FrameValue value : before.stack) {
      newExpressions.defer(index, value);
    }
    assert before.stack.size() == frame.stack.size() + 2 : "the suspender and one argument";
    Dialect.Way way = dialect.wayOf(call);
    assert way != null : "not a suspension: " + call;
    suspensions.add(
        new Suspension(
            suspensions.size() + 1,
            index,
            way,
            List.of(before.locals),
            List.copyOf(frame.stack),
            call.typeSymbol().parameterType(0),
            call.typeSymbol().returnType()));
  }

  /** Refuses a suspender among values that go where the analysis cannot follow them. */
  void consumed(int index, List<FrameValue> values, String how) {
    for (FrameValue value : values) {
      if (value.mark() != FrameValue.Mark.NO) {
        throw methodCode.refusal(index, "its " + suspenderName() + " " + how);
      }
    }
  }

  /** The body compares these values, so a suspender among them must be the real object. */
  void compared(List<FrameValue> values) {
    for (FrameValue value : values) {
      needsSuspender |= value.mark() != FrameValue.Mark.NO;
    }
  }

  String suspenderName() {
    return dialect.suspender().getSimpleName();
  }
}
