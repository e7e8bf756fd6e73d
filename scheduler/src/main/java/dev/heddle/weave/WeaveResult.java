package dev.heddle.weave;

import dev.heddle.weave.classfile.ClassFiles;
import dev.heddle.weave.classfile.Refusal;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result for the bodies of one class: a way to make their machines, or the reason why there is
 * none. Any thread may use it.
 */
public final class WeaveResult implements WeaveResults {
  private final Weaver weaver;
  private final Machine machine;

  /** Makes the machine of a body; null if there is none. */
  private final @Nullable MethodHandle maker;

  private WeaveResult(Weaver weaver, Machine machine, @Nullable MethodHandle maker) {
    assert (maker == null) != machine.isWoven() : "a body is woven or refused";
    this.weaver = weaver;
    this.machine = machine;
    this.maker = maker;
  }

  /** The result for bodies of one machine; {@code captured} gives the constructor's arguments. */
  static WeaveResult of(Weaver weaver, Machine machine, List<MethodHandle> captured) {
    MethodHandle maker = machine.isWoven() ? machine.maker(captured) : null;
    WeaveResult result = new WeaveResult(weaver, machine, maker);
    weaver.firstUse(result);
    return result;
  }

  /** Whether the method's class is still as it was woven. */
  boolean isCurrent() {
    MethodHandles.Lookup lookup = machine.lookup();
    return lookup == null || ClassFiles.isFirst(lookup.lookupClass());
  }

  /** Whether the body is woven. */
  public boolean isWoven() {
    return machine.isWoven();
  }

  /**
   * "woven", or "not woven: " and the reason; or "woven, but for" the methods that it calls, at any
   * depth, which cannot be woven, with the reasons.
   */
  public String explain() {
    return new CallTree(weaver).explain(machine);
  }

  /**
   * Makes a machine that runs {@code body}.
   *
   * @param body an object of the class for which this result was made
   * @throws Refusal if the body is not woven
   */
  public Object start(Object body) {
    Refusal refusal = machine.refusal();
    if (refusal != null) {
      throw refusal;
    }
    assert maker != null : "a body is woven or refused";
    try {
      return maker.invokeExact(body);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new LinkageError("a machine's constructor failed", impossible);
    }
  }

  @Override
  public WeaveResult of(Object body) {
    return this;
  }
}
