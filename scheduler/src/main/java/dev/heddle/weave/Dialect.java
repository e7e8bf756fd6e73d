package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the bodies of one kind suspend: the type of their last parameter, which is called the
 * <i>suspender</i>, and which of its methods suspend.
 *
 * <p>The machines' superclass must be public, must have a constructor without parameters that
 * subclasses may call, and must have these members:
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
 * @param suspender the suspender's type
 * @param suspensions the suspender's suspending methods, by name and descriptor; each takes one
 *     reference and returns a reference or nothing
 * @param plain names of the suspender's other methods that a body may call
 * @param delegations for {@link Way#DELEGATE}: a class with a static method {@code Object of(P)}
 *     for each such method with a parameter of type {@code P}; null if no method delegates
 */
public record Dialect(
    Class<?> machine,
    Class<?> suspender,
    Map<String, Way> suspensions,
    Set<String> plain,
    @Nullable Class<?> delegations) {

  /** Checks that methods that delegate have a class that makes the delegations. */
  public Dialect {
    assert delegations != null || !suspensions.containsValue(Way.DELEGATE) : suspensions;
  }

  /** What a suspending call does. */
  public enum Way {
    /** Yields its argument, and returns what is sent. */
    YIELD,
    /**
     * Takes another coroutine, which yields in the body's place until it ends; returns what that
     * coroutine returned.
     */
    DELEGATE
  }

  ClassDesc suspenderType() {
    return suspender.describeConstable().orElseThrow();
  }

  ClassDesc machineType() {
    return machine.describeConstable().orElseThrow();
  }

  /** What a call on the suspender does; null if the call does not suspend. */
  @Nullable Way wayOf(InvokeInstruction call) {
    return suspensions.get(call.name().stringValue() + call.type().stringValue());
  }
}
