package dev.heddle.weave;

import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the bodies of one kind suspend: the type of the parameter by which they do, which is called
 * the <i>suspender</i>, and which of its methods suspend. A call that hands the suspender on, as an
 * argument of this very type, suspends too: the method called is woven as the body is.
 *
 * <p>The machines' superclass must be public, must have a constructor without parameters that
 * subclasses may call, and must have these members:
 *
 * <pre>{@code
 * protected short place;                                     // 0, then the number of a suspension
 * public boolean suspending;                                 // whether a callee has suspended
 * protected abstract boolean stepMachine(Object sent, Throwable raised) throws Throwable;
 * protected final void answer(Object yieldedOrReturned);
 * public final void suspend(Frame innermost, Object yielded); // a callee suspends
 * public final void link(Frame caller);                       // its caller suspends with it
 * protected final void link();                                // the body suspends with it
 * protected final Throwable leaving(Throwable thrown, Throwable raised); // see Traces
 * public final Throwable caught(Throwable thrown);                       // see Traces
 * public final Throwable made(Throwable created);                        // see Traces
 * public final StackTraceElement[] read(StackTraceElement[] trace);      // see Traces
 * protected abstract SourceTable table();
 * }</pre>
 *
 * <p>{@code Frame} stands for the superclass of the machines of methods that are called. It must be
 * public too, with a constructor without parameters, and with these members:
 *
 * <pre>{@code
 * protected short place;
 * protected abstract Object resumeMachine(Machine root, Object sent, Throwable raised) throws Throwable;
 * protected abstract SourceTable table();
 * }</pre>
 *
 * @param machine the superclass of the state machines of bodies
 * @param frame the superclass of the state machines of methods that bodies call
 * @param suspender the suspender's type
 * @param suspensions the suspender's suspending methods, by name and descriptor; each takes one
 *     reference and returns a reference or nothing
 * @param plain names of the suspender's other methods that a body may call
 * @param closing classes, by internal name, whose {@code close()} suspends
 * @param links a class with a static method {@code Object of(P)} for each method of {@link
 *     Way#DELEGATE} with a parameter of type {@code P}, and {@code Object closing(P)} for each
 *     class {@code P} in {@code closing}: null if there is nothing to wait for. If there are such,
 *     also with {@code void suppress(Throwable, Throwable)}, which is called in place of {@link
 *     Throwable#addSuppressed}: when something cannot be closed, it says what goes on. Null if no
 *     method needs it
 * @param standIn what the code of a machine has as its suspender, where it does anything else with
 *     it than suspend
 * @param onStack runs a method that cannot be woven: {@code (StackCall, Machine, Object[])Object}
 * @param stamps a class with the static methods that {@link AccessStamper} writes calls of: they
 *     hear what a machine reads and writes, if it is one that says so. Public, in a package that
 *     the machine's superclass is in too
 */
public record Dialect(
    Class<?> machine,
    Class<?> frame,
    Class<?> suspender,
    Map<String, Way> suspensions,
    Set<String> plain,
    Set<String> closing,
    @Nullable Class<?> links,
    Object standIn,
    MethodHandle onStack,
    Class<?> stamps) {

  /** Checks that there is a class for the suspensions that need one. */
  public Dialect {
    assert links != null || !suspensions.containsValue(Way.DELEGATE) : suspensions;
    assert links != null || closing.isEmpty() : closing;
    assert suspender.isInstance(standIn) : standIn;
  }

  /** What a suspending call does. */
  public enum Way {
    /** Yields its argument, and returns what is sent. */
    YIELD,
    /**
     * Takes another coroutine, which yields in the body's place until it ends; returns what that
     * coroutine returned.
     */
    DELEGATE,
    /** Takes an object that has a method {@code run}, and calls this method with the suspender. */
    RUN,
    /** Calls a method, static or not, that takes the suspender. */
    CALL,
    /** Closes its receiver, and yields what there is to wait for, if there is anything. */
    CLOSE
  }

  ClassDesc suspenderType() {
    return suspender.describeConstable().orElseThrow();
  }

  ClassDesc machineType() {
    return machine.describeConstable().orElseThrow();
  }

  ClassDesc frameType() {
    return frame.describeConstable().orElseThrow();
  }

  /** What a call on the suspender does; null if the call does not suspend. */
  @Nullable Way wayOf(InvokeInstruction call) {
    return suspensions.get(call.name().stringValue() + call.type().stringValue());
  }

  /** Whether a call is what {@code try (...)} does with what is thrown by {@code close}. */
  boolean suppresses(InvokeInstruction call) {
    return !closing.isEmpty()
        && call.name().equalsString("addSuppressed")
        && call.type().equalsString("(Ljava/lang/Throwable;)V")
        && call.owner().asInternalName().equals("java/lang/Throwable");
  }

  /** Whether a call closes something for whose end the caller waits. */
  boolean closes(InvokeInstruction call) {
    return !closing.isEmpty()
        && call.name().equalsString("close")
        && call.type().equalsString("()V")
        && closing.contains(call.owner().asInternalName());
  }
}
