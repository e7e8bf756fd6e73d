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
      consumed(index, arguments, passedTo(call));
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
    boolean plain =
        dialect.plain().contains(name) || NullChecks.isOnReceiver(methodCode, index, call);
    if (way == null && !plain) {
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
        consumed(
            index, List.of(argument), isStringOf(call) ? "is put into a string" : passedTo(call));
      } else if (argument.mark() == FrameValue.Mark.MAYBE) {
        throw methodCode.refusal(index, "its " + suspenderName() + " may be one of two");
      }
    }
    if (call.name().equalsString(ConstantDescs.INIT_NAME)) { // the object would keep it
      throw methodCode.refusal(index, "its " + suspenderName() + " " + passedTo(call));
    }
    return Way.CALL;
  }

  private static String passedTo(InvokeInstruction call) {
    if (call.name().equalsString(ConstantDescs.INIT_NAME)) {
      return keeper(call.owner().asSymbol().displayName());
    }
    return "is passed to " + call.name().stringValue() + "()";
  }

  /** Before it joins strings, javac lets each object give its own. */
  private static boolean isStringOf(InvokeInstruction call) {
    return call.name().equalsString("valueOf")
        && call.owner().name().equalsString("java/lang/String");
  }

  /** A class inside a method takes, by its constructor, what its code uses of the method. */
  private static String keeper(String type) {
    String name = type.replaceFirst(".*\\$\\d*", "");
    if (name.isEmpty()) {
      return "is captured by an anonymous class";
    }
    return type.matches(".*\\$\\d+[^$]*")
        ? "is captured by the local class " + name
        : "is passed to the constructor of " + name;
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
    for (FrameValue value : before.locals) {
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

  /** Whether a value is declared as a suspender, be it the body's own or another. */
  boolean isSuspenderType(FrameValue value) {
    return dialect.suspenderType().equals(value.type());
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
