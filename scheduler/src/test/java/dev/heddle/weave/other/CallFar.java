package dev.heddle.weave.other;

import dev.heddle.coroutine.Yielder;

/** Methods that suspend, in another package than the body that calls them. */
public class CallFar {
  /** Something that walks. */
  public interface Walker {
    Object walk(Yielder<Object, Object> y, Object to);
  }

  /** What classes that are loaded later extend. */
  public abstract static class Base {
    public abstract Object go(Yielder<Object, Object> y);

    public Object twice(Yielder<Object, Object> y) {
      return go(y) + "+" + go(y);
    }
  }

  private static final class Hidden implements Walker {
    @Override
    public Object walk(Yielder<Object, Object> y, Object to) {
      return "walked to " + y.yield(to);
    }
  }

  public static Walker hidden() {
    return new Hidden();
  }

  public static Object open(Yielder<Object, Object> y, Object value) {
    return "open " + y.yield(value);
  }

  public static Object via(Yielder<Object, Object> y, int n) {
    return n == 0 ? "via" : inside(y, n - 1);
  }

  static Object inside(Yielder<Object, Object> y, int n) {
    return y.yield("inside " + n) + "" + via(y, n);
  }

  protected Object travel(Yielder<Object, Object> y, int n) {
    return "far " + y.yield(n);
  }

  protected static Object total(Yielder<Object, Object> y) {
    return "total " + y.yield("sum");
  }
}
