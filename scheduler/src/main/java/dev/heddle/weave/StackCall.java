package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** A call of a method that cannot be woven, and so runs on a stack of its own. */
public final class StackCall {
  private final MethodHandle method;
  private final int[] suspenders;
  private final String name;
  private final String place;
  private final String reason;
  private final @Nullable Object nothing;

  /**
   * @param method {@code (Object[])Object}
   * @param suspenders which arguments are the suspender
   * @param name the method's name
   * @param place the method that calls it, with file and line
   * @param reason why it cannot be woven
   * @param nothing a value of the result's type that nobody reads
   */
  StackCall(
      MethodHandle method,
      int[] suspenders,
      String name,
      String place,
      String reason,
      @Nullable Object nothing) {
    this.method = method;
    this.suspenders = suspenders;
    this.name = name;
    this.place = place;
    this.reason = reason;
    this.nothing = nothing;
  }

  /** Runs the method; on the thread that is to have it on its stack. */
  public @Nullable Object run(@Nullable Object[] arguments, Object suspender) throws Throwable {
    for (int position : suspenders) {
      arguments[position] = suspender;
    }
    return method.invokeExact(arguments);
  }

  /** What the call gives if the method has suspended: of the right type, and read by nobody. */
  public @Nullable Object nothing() {
    return nothing;
  }

  /** "helper(), called by main (Tree.java:12), is not woven: its Yielder is ..." */
  public String explain() {
    return name + "(), called by " + place + ", is not woven: " + reason;
  }
}
