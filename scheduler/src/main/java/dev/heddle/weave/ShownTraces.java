package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Corrects the traces that no exception carries out of the body: of an exception that the body
 * makes and does not throw at once, because the body may log it; of an exception whose trace the
 * body prints or reads; and of a thread.
 *
 * <p>An exception that plain code makes and prints while the body is among its callers is out of
 * reach: its trace has the machine's name, with the line and the method of the body.
 */
final class ShownTraces {
  private static final String ELEMENTS = "()[Ljava/lang/StackTraceElement;";
  private static final ClassDesc ELEMENT_ARRAY =
      ClassDesc.of("java.lang.StackTraceElement").arrayType();
  static final MethodTypeDesc READ = MethodTypeDesc.of(ELEMENT_ARRAY, ELEMENT_ARRAY);

  private final WeaveUnit unit;
  private final CodeBuilder code;

  ShownTraces(WeaveUnit unit, CodeBuilder code) {
    this.unit = unit;
    this.code = code;
  }

  /** Whether the call prints or reads the trace of an exception. */
  private boolean shows(InvokeInstruction call) {
    String name = call.name().stringValue();
    boolean reads =
        name.equals("getStackTrace")
            ? call.type().equalsString(ELEMENTS)
            : name.equals("printStackTrace") && call.typeSymbol().parameterCount() <= 1;
    return reads && call.opcode() == Opcode.INVOKEVIRTUAL && isThrowable(call);
  }

  private boolean isThrowable(InvokeInstruction call) {
    return unit.access().isThrowable(call.owner().asSymbol());
  }

  /** To be called before the call is written, whose receiver and argument are on the stack. */
  void before(InvokeInstruction call) {
    if (!shows(call)) {
      return;
    }
    boolean hasArgument = call.typeSymbol().parameterCount() == 1;
    if (hasArgument) {
      code.swap();
    }
    correct("caught");
    if (hasArgument) {
      code.swap();
    }
  }

  /** To be called after a call or a constructor call was written. */
  void after(int index, InvokeInstruction call) {
    if (call.name().equalsString(ConstantDescs.INIT_NAME)) {
      if (unit.analysis().newExpressions.isKeptAfter(index) && isThrowable(call)) {
        correct("made");
      }
    } else if (call.name().equalsString("getStackTrace")
        && call.type().equalsString(ELEMENTS)
        && call.owner().asInternalName().equals("java/lang/Thread")) {
      code.aload(unit.root()).swap();
      code.invokevirtual(unit.dialect().machineType(), "read", READ);
    }
  }

  /** Corrects the exception on top of the stack, which may be null, and leaves it there. */
  private void correct(String by) {
    code.dup().aload(unit.root()).swap();
    code.invokevirtual(unit.dialect().machineType(), by, MachineWriter.CAUGHT).pop();
  }
}
