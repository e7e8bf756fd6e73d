package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Follows the suspender: finds the suspending calls, and refuses a body that lets it get away. */
final class SuspenderFlow {
  /** Methods of Field, Method and Constructor that check what their caller may do. */
  private static final Set<String> REFLECTIVE =
      Set.of(
          "get",
          "getBoolean",
          "getByte",
          "getChar",
          "getShort",
          "getInt",
          "getLong",
          "getFloat",
          "getDouble",
          "set",
          "setBoolean",
          "setByte",
          "setChar",
          "setShort",
          "setInt",
          "setLong",
          "setFloat",
          "setDouble",
          "invoke",
          "newInstance");

  private final MethodCode methodCode;
  private final Dialect dialect;
  private final NewExpressions newExpressions;

  /** In the order of the code. */
  final List<Suspension> suspensions = new ArrayList<>();

  /** Whether the body does with its suspender what needs a real one. */
  boolean needsSuspender;

  /** The frame before the instruction that is being simulated. */
  Frame before;

  SuspenderFlow(
      MethodCode methodCode, Dialect dialect, NewExpressions newExpressions, Frame start) {
    this.methodCode = methodCode;
    this.dialect = dialect;
    this.newExpressions = newExpressions;
    this.before = start;
  }

  /** Whether a call is a suspension; the other calls on a suspender are checked here. */
  boolean isSuspension(int index, InvokeInstruction call, FrameValue receiver) {
    if (receiver.mark() == FrameValue.Mark.NO) {
      return false;
    }
    refuseMaybe(index, receiver);
    if (dialect.wayOf(call) != null) {
      return true;
    }
    String name = call.name().stringValue();
    if (!dialect.plain().contains(name)) {
      throw refusal(index, "calls " + name + "() on its " + suspenderName());
    }
    needsSuspender = true;
    return false;
  }

  /** What a call answers must not depend on the class it stands in: that is another one now. */
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
      throw refusal(index, "calls " + name + "(), which depends on its caller");
    }
  }

  /** The frame is what is left under the suspender. */
  void suspended(int index, InvokeInstruction call, Frame frame) {
    if (frame.monitors > 0) {
      throw refusal(index, "suspends inside synchronized");
    }
    for (FrameValue value : before.stack) {
      newExpressions.defer(index, value);
    }
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

  /** These values go where we cannot follow them. */
  void consumed(int index, List<FrameValue> values, String how) {
    for (FrameValue value : values) {
      if (value.mark() != FrameValue.Mark.NO) {
        throw refusal(index, "its " + suspenderName() + " " + how);
      }
    }
  }

  void captured(int index, List<FrameValue> values) {
    consumed(index, values, "is captured by an inner lambda or put into a string");
  }

  /** These values are looked at: what stands for the suspender must be what it seems. */
  void compared(List<FrameValue> values) {
    for (FrameValue value : values) {
      needsSuspender |= value.mark() != FrameValue.Mark.NO;
    }
  }

  private void refuseMaybe(int index, FrameValue value) {
    if (value.mark() == FrameValue.Mark.MAYBE) {
      throw refusal(index, "its " + suspenderName() + " may be one of two");
    }
  }

  Refusal refusal(int index, String reason) {
    return Refusal.at(methodCode, index, reason);
  }

  String suspenderName() {
    return dialect.suspender().getSimpleName();
  }
}
