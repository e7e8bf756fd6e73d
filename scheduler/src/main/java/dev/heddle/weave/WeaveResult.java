package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * What became of the bodies of one lambda: a way to make their machines, or the reason why there is
 * none. Any thread may use it.
 */
public final class WeaveResult {
  private final @Nullable MethodHandle maker;
  private final @Nullable Refusal refusal;

  private WeaveResult(@Nullable MethodHandle maker, @Nullable Refusal refusal) {
    this.maker = maker;
    this.refusal = refusal;
  }

  /** The maker is {@code (Object body, Object suspender)Object}. */
  static WeaveResult of(MethodHandle maker) {
    return new WeaveResult(maker, null);
  }

  static WeaveResult refused(Refusal refusal) {
    return new WeaveResult(null, refusal);
  }

  /** Whether there are machines of this body. */
  public boolean isWoven() {
    return refusal == null;
  }

  /** "woven", or "not woven: " and the reason. */
  public String explain() {
    return refusal == null ? "woven" : "not woven: " + refusal.getMessage();
  }

  /**
   * A new machine.
   *
   * @param body of the class for which this result was made
   * @param suspender what the body gets as its last parameter, for its plain methods
   * @throws Refusal if the body is not woven
   */
  public Object start(Object body, @Nullable Object suspender) {
    if (refusal != null) {
      throw refusal;
    }
    assert maker != null : "neither maker nor refusal";
    try {
      return maker.invokeExact(body, suspender);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new LinkageError("a machine's constructor failed", impossible);
    }
  }
}
