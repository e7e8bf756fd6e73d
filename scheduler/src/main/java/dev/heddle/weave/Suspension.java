package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.util.List;

/**
 * One suspending call.
 *
 * @param number the machine's {@code place} while the body stands at this call: 1, 2, ... in the
 *     order of the code; 0 is the start of the body
 * @param index the number of the call's instruction
 * @param way what the call does
 * @param locals what the locals hold before the call
 * @param below the operand stack under the suspender and the argument
 * @param argument the type of the call's parameter
 * @param result the type that the call is declared to return, or void
 */
record Suspension(
    int number,
    int index,
    Dialect.Way way,
    List<FrameValue> locals,
    List<FrameValue> below,
    ClassDesc argument,
    ClassDesc result) {}
