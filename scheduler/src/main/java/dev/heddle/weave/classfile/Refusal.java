package dev.heddle.weave.classfile;

/** Why a body is not woven: the reason and, if an instruction is the reason, its source line. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Refuses for this reason. */
  public Refusal(String reason) {
    super(reason, null, false, false);
  }

  /** A refusal for what went wrong; of an error of the verifier only the first line. */
  public static Refusal because(String what, Throwable failure) {
    return new Refusal(what + failure.toString().lines().findFirst().orElse(""));
  }
}
