package dev.heddle.weave;

/** Why a body is not woven: the reason, and the line of source where it stands if there is one. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String reason) {
    super(reason, null, false, false);
  }

  /** With a place in the source. */
  static Refusal at(MethodCode methodCode, int index, String reason) {
    return new Refusal(reason + " (" + methodCode.place(index) + ")");
  }
}
