package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One suspending call.
 *
 * @param number the machine's {@code place} while the method stands at this call: 1, 2, ... in the
 *     order of the code; 0 is the start of the method
 * @param index the number of the call's instruction
 * @param way what the call does
 * @param call the call's instruction
 * @param locals what the locals hold before the call
 * @param below the operand stack under the call's receiver and arguments
 * @param suspenders for a call that hands the suspender on: which of the arguments it is
 */
record Suspension(
    int number,
    int index,
    Dialect.Way way,
    InvokeInstruction call,
    List<FrameValue> locals,
    List<FrameValue> below,
    List<Integer> suspenders) {

  /** The type of the value that the call gives, or void. */
  ClassDesc result() {
    return call.typeSymbol().returnType();
  }

  /** The positions of the suspender among the arguments, separated by commas. */
  String suspenderList() {
    if (way == Dialect.Way.RUN) {
      return "0";
    }
    return suspenders.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Whether the call runs a method that may suspend, and does not itself. */
  boolean isCall() {
    return switch (way) {
      case CALL, RUN -> true;
      case YIELD, DELEGATE, CLOSE -> false;
    };
  }

  /** Whether the method goes on without a suspension if there is nothing to wait for. */
  boolean mayEndAtOnce() {
    return isCall() || way == Dialect.Way.CLOSE;
  }
}
