package dev.heddle.test;

/** Throws what is not declared: what a body has thrown is thrown as it is. */
final class Rethrow {
  private Rethrow() {}

  /** Never returns; the result is for the compiler, to be thrown. */
  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException of(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
