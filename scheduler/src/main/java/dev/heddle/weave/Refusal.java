package dev.heddle.weave;

/** Why a body is not woven: the reason and, if an instruction is the reason, its source line. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String reason) {
    super(reason, null, false, false);
  }
}
