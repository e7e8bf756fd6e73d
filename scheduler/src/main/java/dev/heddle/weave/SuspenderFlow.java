package dev.heddle.weave;

import dev.heddle.weave.Dialect.Way;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the suspender through the code: finds the suspending calls, and refuses a body whose
 * suspender goes where the weaver cannot follow it.
 */
final class SuspenderFlow {
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

  /**
   * What a call does if it suspends; null if it does not. Refuses a call that a body may not make.
   *
   * @param receiver null if the method is static
   */
  @Nullable Way wayOf(
      int index,
      InvokeInstruction call,
      @Nullable FrameValue receiver,
      List<FrameValue> arguments) {
    if (receiver != null && receiver.mark() != FrameValue.Mark.NO) {
      consumed(index, arguments, "is passed to " + call.name().stringValue() + "()");
      return wayOnSuspender(index, call, receiver);
    }
    if (arguments.stream().anyMatch(a -> a.mark() != FrameValue.Mark.NO)) {
      if (NullChecks.is(methodCode, index, call)) {
        compared(arguments);
        return null;
      }
      return wayOfPassing(index, call, arguments);
    }
    return dialect.closes(call) && before.monitors == 0 ? Way.CLOSE : null;
  }

  private @Nullable Way wayOnSuspender(int index, InvokeInstruction call, FrameValue receiver) {
    if (receiver.mark() == FrameValue.Mark.MAYBE) {
      throw methodCode.refusal(index, "its " + suspenderName() + " may be one of two");
    }
    Way way = dialect.wayOf(call);
    String name = call.name().stringValue();
    if (way == null && !dialect.plain().contains(name)) {
      throw methodCode.refusal(index, "calls " + name + "() on its " + suspenderName());
    }
    needsSuspender |= way == null;
    return way;
  }

  private Way wayOfPassing(int index, InvokeInstruction call, List<FrameValue> arguments) {
    List<ClassDesc> types = call.typeSymbol().parameterList();
    for (int i = 0; i < types.size(); i++) {
      FrameValue argument = arguments.get(i);
      if (!types.get(i).equals(dialect.suspenderType())) {
        consumed(index, List.of(argument), "is passed to " + call.name().stringValue() + "()");
      } else if (argument.mark() == FrameValue.Mark.MAYBE) {
        throw methodCode.refusal(index, "its " + suspenderName() + " may be one of two");
      }
    }
    if (call.name().equalsString(ConstantDescs.INIT_NAME)) { // the object would keep it
      throw methodCode.refusal(
          index, "its " + suspenderName() + " is passed to " + constructor(call));
    }
    return Way.CALL;
  }

  /** A class without a name of its own takes what its code uses of the body. */
  private static String constructor(InvokeInstruction call) {
    String name = call.owner().asSymbol().displayName();
    return name.matches(".*\\$\\d+")
        ? "an anonymous class"
        : "the constructor of " + name.replaceFirst(".*\\$\\d*", "");
  }

  /** Records a suspension. {@code frame} holds what is under the receiver and the arguments. */
  void suspended(
      int index, InvokeInstruction call, Way way, List<FrameValue> arguments, Frame frame) {
    if (frame.monitors > 0) {
      throw methodCode.refusal(index, "suspends inside synchronized");
    }
    for (FrameValue value : before.stack) {
      newExpressions.defer(index, value);
    }
    List<Integer> suspenders = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).isSuspender()) {
        suspenders.add(i);
      }
    }
    suspensions.add(
        new Suspension(
            suspensions.size() + 1,
            index,
            way,
            call,
            List.of(before.locals),
            List.copyOf(frame.stack),
            suspenders));
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

  /** The calls that hand the suspender on. */
  List<SuspendingCall> calls() {
    return suspensions.stream().filter(s -> s.way() == Way.CALL).map(this::call).toList();
  }

  private SuspendingCall call(Suspension suspension) {
    InvokeInstruction call = suspension.call();
    CallLinkage.Kind kind =
        switch (call.opcode()) {
          case INVOKESTATIC -> CallLinkage.Kind.STATIC;
          case INVOKESPECIAL -> CallLinkage.Kind.SPECIAL;
          default -> CallLinkage.Kind.VIRTUAL;
        };
    return new SuspendingCall(
        MethodCode.place(methodCode.owner, methodCode.line(suspension.index())),
        kind,
        call.owner().asSymbol(),
        call.name().stringValue(),
        call.type().stringValue(),
        suspension.suspenders());
  }
}
