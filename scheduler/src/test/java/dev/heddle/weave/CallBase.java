package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;

/** A superclass of a class with bodies that call. */
class CallBase {
  static Object helped(Yielder<Object, Object> y, Object value) {
    return "helped " + y.yield(value);
  }

  Object level(Yielder<Object, Object> y) {
    return "base " + y.yield("base level");
  }

  protected Object guarded(Yielder<Object, Object> y) {
    return "base " + y.yield("base guarded");
  }

  /** Calls what a subclass overrides. */
  final Object template(Yielder<Object, Object> y) {
    Object first = level(y);
    return first + "; " + guarded(y);
  }
}
