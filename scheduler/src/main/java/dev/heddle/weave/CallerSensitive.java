package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The JDK's methods whose result depends on the very class that calls them. The machine would be
 * that class, and no lookup that we can have calls them for another class. So a body that calls
 * them, or refers to them, is not woven.
 *
 * <p>Other methods ask only for their caller's class loader, module or package, as {@code
 * Class.forName} does. The machine has those of the body's class.
 */
final class CallerSensitive {
  /** By class; a test compares them with the annotations in the JDK. */
  private static final Map<String, List<String>> METHODS =
      """
      java/lang/Class newInstance
      java/lang/ClassLoader registerAsParallelCapable
      java/lang/StackWalker forEach getCallerClass walk
      java/lang/invoke/MethodHandles lookup
      java/lang/reflect/AccessibleObject canAccess
      java/lang/reflect/Constructor canAccess newInstance
      java/lang/reflect/Field canAccess get getBoolean getByte getChar getDouble getFloat getInt \
      getLong getShort set setBoolean setByte setChar setDouble setFloat setInt setLong setShort
      java/lang/reflect/InvocationHandler invokeDefault
      java/lang/reflect/Method canAccess invoke
      java/util/concurrent/atomic/AtomicIntegerFieldUpdater newUpdater
      java/util/concurrent/atomic/AtomicLongFieldUpdater newUpdater
      java/util/concurrent/atomic/AtomicReferenceFieldUpdater newUpdater
      """
          .lines()
          .map(line -> Arrays.asList(line.split(" ")))
          .collect(Collectors.toMap(List::getFirst, line -> line.subList(1, line.size())));

  private CallerSensitive() {}

  static boolean is(String owner, String name) {
    List<String> names = METHODS.get(owner);
    return names != null && names.contains(name);
  }

  /** Refuses a call that would be the machine's. */
  static void check(MethodCode methodCode, int index, InvokeInstruction call) {
    String name = call.name().stringValue();
    if (is(call.owner().asInternalName(), name)) {
      throw methodCode.refusal(index, reason("calls ", name));
    }
  }

  static String reason(String how, String name) {
    return how + name + "(), which depends on its caller";
  }
}
