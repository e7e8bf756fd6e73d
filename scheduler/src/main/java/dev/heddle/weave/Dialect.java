package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the bodies of one kind suspend: what their last parameter is, and which of its methods.
 *
 * <p>The machine's superclass is the other half of the agreement. It is public, has a constructor
 * without parameters that subclasses may call, and these members:
 *
 * <pre>{@code
 * protected short place;                                     // 0, then the number of a suspension
 * protected abstract boolean advance(Object sent, Throwable raised) throws Throwable;
 * protected final void answer(Object yieldedOrReturned);
 * protected final Throwable leaving(Throwable thrown, Throwable raised); // see Traces
 * protected abstract String sourceLines();                   // see Traces.suspendedAt
 * }</pre>
 *
 * @param machine the superclass of the state machines
 * @param suspender the type of a body's last parameter
 * @param suspensions the suspending methods, {@code name + descriptor}; each takes one reference
 *     and returns a reference or nothing
 * @param plain names of other methods that a body may call on its suspender
 * @param delegations for {@link Way#DELEGATE}: a class with a static method {@code Object of(P)}
 *     for each such method with a parameter of type {@code P}
 */
public record Dialect(
    Class<?> machine,
    Class<?> suspender,
    Map<String, Way> suspensions,
    Set<String> plain,
    @Nullable Class<?> delegations) {

  /** What a suspending call does. */
  public enum Way {
    /** Answers its argument, and returns what is sent. */
    YIELD,
    /**
     * Lets its argument, another coroutine, yield for the body until it ends; returns its result.
     */
    DELEGATE
  }

  ClassDesc suspenderType() {
    return suspender.describeConstable().orElseThrow();
  }

  ClassDesc machineType() {
    return machine.describeConstable().orElseThrow();
  }

  @Nullable Way wayOf(InvokeInstruction call) {
    return suspensions.get(call.name().stringValue() + call.type().stringValue());
  }
}
