package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The result for the bodies of one class: a way to make their machines, or the reason why there is
 * none. Any thread may use it.
 */
public final class WeaveResult {
  private final @Nullable MethodHandle maker;
  private final @Nullable Refusal refusal;

  private WeaveResult(@Nullable MethodHandle maker, @Nullable Refusal refusal) {
    assert (maker == null) != (refusal == null) : "a body is woven or refused";
    this.maker = maker;
    this.refusal = refusal;
  }

  /** The result for a body whose machines {@code maker}, {@code (body, suspender)}, makes. */
  static WeaveResult of(MethodHandle maker) {
    return new WeaveResult(maker, null);
  }

  static WeaveResult refused(Refusal refusal) {
    return new WeaveResult(null, refusal);
  }

  /** Whether the body is woven. */
  public boolean isWoven() {
    return refusal == null;
  }

  /** "woven", or "not woven: " and the reason. */
  public String explain() {
    return refusal == null ? "woven" : "not woven: " + refusal.getMessage();
  }

  /**
   * Makes a machine that runs {@code body}.
   *
   * @param body an object of the class for which this result was made
   * @param suspender the object on which the body calls plain methods; null if it calls none
   * @throws Refusal if the body is not woven
   */
  public Object start(Object body, @Nullable Object suspender) {
    if (refusal != null) {
      throw refusal;
    }
    assert maker != null : "a body is woven or refused";
    try {
      return maker.invokeExact(body, suspender);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new LinkageError("a machine's constructor failed", impossible);
    }
  }
}
