package dev.heddle.weave.other;

/** A superclass in another package than the class with the body. */
public class Far {
  protected int distance = 3;

  protected String travel(int n) {
    return "far " + distance * n;
  }

  protected static long total() {
    return 42L;
  }

  static class Unnamed {
    @Override
    public String toString() {
      return "unnamed";
    }
  }

  /** The class of the result cannot be named in other packages. */
  @SuppressWarnings("ClassEscapesDefinedScope")
  protected Unnamed unnamed() {
    return new Unnamed();
  }
}
