package dev.heddle.weave;

import dev.heddle.coroutine.GeneratorExit;
import dev.heddle.coroutine.Yielder;

/** finally and resources in several frames, and bodies that are closed while they are in calls. */
@SuppressWarnings({"finally", "Finally"})
final class CallCleanupBodies {
  private CallCleanupBodies() {}

  static void addTo(Cases cases) {
    finals(cases);
    exits(cases);
    closing(cases);
    resources(cases);
  }

  static Object nested(Yielder<Object, Object> y, Cases.Log log, int depth) {
    try {
      y.yield("in " + depth);
      return depth == 0 ? "bottom" : depth + "" + nested(y, log, depth - 1);
    } finally {
      log.add("finally " + depth);
    }
  }

  private static Object yieldingFinally(Yielder<Object, Object> y, Cases.Log log, int depth) {
    try {
      return depth == 0 ? y.yield("bottom") : yieldingFinally(y, log, depth - 1);
    } finally {
      log.add("cleaned " + y.yield("cleanup " + depth));
    }
  }

  private static Object cleanup(Yielder<Object, Object> y, Cases.Log log, String what) {
    log.add("cleanup " + what);
    return y.yield("cleanup " + what);
  }

  private static Object callingFinally(Yielder<Object, Object> y, Cases.Log log) {
    try {
      return CallBodies.twice(y, "work");
    } finally {
      cleanup(y, log, "a");
      cleanup(y, log, "b");
    }
  }

  private static Object replaced(Yielder<Object, Object> y) {
    try {
      y.yield("try");
      throw new IllegalStateException("first");
    } finally {
      if (y.yield("finally") != null) {
        throw new IllegalArgumentException("replacement");
      }
    }
  }

  private static Object swallowed(Yielder<Object, Object> y) {
    try {
      y.yield("try");
      throw new IllegalStateException("lost");
    } finally {
      return "returned " + y.yield("finally");
    }
  }

  private static void finals(Cases cases) {
    cases.add("finally in each of three frames", log -> y -> nested(y, log, 2));
    cases.add("finally that suspends in each frame", log -> y -> yieldingFinally(y, log, 2));
    cases.add("finally that calls", log -> y -> callingFinally(y, log));
    cases.add("exception replaced in finally", log -> y -> replaced(y));
    cases.add(
        "exception replaced in finally, caught",
        log ->
            y -> {
              try {
                return replaced(y);
              } catch (IllegalArgumentException e) {
                return e.getMessage() + y.yield("caught");
              }
            });
    cases.add("exception swallowed by a return in finally", log -> y -> swallowed(y) + "!");
    cases.add(
        "finally around a call in the body",
        log ->
            y -> {
              try {
                return nested(y, log, 1);
              } finally {
                log.add("body finally");
              }
            });
    cases.add(
        "try, catch and finally that all call",
        log ->
            y -> {
              String s = "";
              try {
                s += CallBodies.once(y, "try");
                s += replaced(y);
              } catch (RuntimeException e) {
                s += CallBodies.once(y, "catch " + e.getMessage());
              } finally {
                s += cleanup(y, log, "finally");
                log.add(s);
              }
              return s;
            });
  }

  private static Object returning(Yielder<Object, Object> y, Cases.Log log, int n) {
    for (int i = 0; ; i++) {
      try {
        if ((int) y.yield(i) == n) {
          return CallBodies.once(y, "found " + i);
        }
        if (i == 1) {
          continue;
        }
        log.add("not " + i);
      } finally {
        cleanup(y, log, "turn " + i);
      }
    }
  }

  private static int assigned(Yielder<Object, Object> y) {
    int n = 1;
    try {
      n += (int) y.yield(10);
      return n;
    } finally {
      n = 1000;
      y.yield(n);
    }
  }

  private static void exits(Cases cases) {
    cases.add("return and continue through finally", log -> y -> returning(y, log, 2));
    cases.add("result that finally does not change", log -> y -> assigned(y));
    cases.add(
        "break through finally with a call",
        log ->
            y -> {
              int i = 0;
              while (true) {
                try {
                  if (CallBodies.sometimes(y, i++) instanceof String s && s.contains("2")) {
                    break;
                  }
                } finally {
                  cleanup(y, log, "loop");
                }
              }
              return i;
            });
  }

  private static Object exitSeen(Yielder<Object, Object> y, Cases.Log log) {
    try {
      return y.yield("waiting");
    } catch (GeneratorExit e) {
      log.add("exit");
      throw e;
    }
  }

  private static Object exitSwallowed(Yielder<Object, Object> y) {
    try {
      return y.yield("waiting");
    } catch (GeneratorExit e) {
      return "swallowed";
    }
  }

  private static Object exitIgnored(Yielder<Object, Object> y) {
    try {
      return y.yield("waiting");
    } catch (GeneratorExit e) {
      return y.yield("ignored");
    }
  }

  private static Object exitReplaced(Yielder<Object, Object> y) {
    try {
      return y.yield("waiting");
    } catch (GeneratorExit e) {
      throw new IllegalStateException("instead of the exit");
    }
  }

  private static void closing(Cases cases) {
    cases.add("close passes a handler in a callee", log -> y -> "got " + exitSeen(y, log));
    cases.add("close that a callee swallows", log -> y -> exitSwallowed(y) + "" + exitSwallowed(y));
    cases.add("close that a callee answers with a yield", log -> y -> exitIgnored(y) + "!");
    cases.add("close that a callee replaces", log -> y -> exitReplaced(y) + "!");
    cases.add(
        "close while a finally block calls",
        log ->
            y -> {
              try {
                return CallBodies.once(y, "first");
              } finally {
                log.add("begins");
                CallBodies.never(y, "plain");
                log.add("ends");
              }
            });
    cases.add("handler of all throwables in each frame", log -> y -> everything(y, log, 2));
  }

  private static Object everything(Yielder<Object, Object> y, Cases.Log log, int depth) {
    try {
      return depth == 0 ? y.yield("innermost") : everything(y, log, depth - 1);
    } catch (Throwable t) {
      log.add(depth + " " + t.getClass().getSimpleName());
      throw t;
    }
  }

  private record Resource(Cases.Log log, String name, boolean failing) implements AutoCloseable {
    static Resource open(Yielder<Object, Object> y, Cases.Log log, String name) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("no name");
      }
      log.add("open " + y.yield(name));
      return new Resource(log, name, name.startsWith("bad"));
    }

    @Override
    public void close() {
      log.add("close " + name);
      if (failing) {
        throw new IllegalStateException("closing " + name);
      }
    }

    Object use(Yielder<Object, Object> y, int n) {
      return name + 10 / (int) y.yield(n);
    }
  }

  private static Object used(Yielder<Object, Object> y, Cases.Log log, String name, int n) {
    try (Resource resource = Resource.open(y, log, name)) {
      return resource.use(y, n);
    }
  }

  private static Object usedDeep(Yielder<Object, Object> y, Cases.Log log, int depth) {
    try (Resource resource = Resource.open(y, log, "r" + depth)) {
      return depth == 0
          ? resource.use(y, 0)
          : resource.use(y, 1) + "" + usedDeep(y, log, depth - 1);
    }
  }

  private static void resources(Cases cases) {
    cases.add("resource used by a call", log -> y -> used(y, log, "good", 2));
    cases.add("resource whose use fails", log -> y -> used(y, log, "good", 0));
    cases.add("resource whose close fails", log -> y -> used(y, log, "bad", 2));
    cases.add("resource whose use and close fail", log -> y -> used(y, log, "bad", 0));
    cases.add(
        "resources in three frames, failure in the innermost", log -> y -> usedDeep(y, log, 2));
    cases.add(
        "second resource that is not opened",
        log ->
            y -> {
              try (Resource first = Resource.open(y, log, "first");
                  Resource second = Resource.open(y, log, "")) {
                return second.use(y, 1);
              } catch (IllegalArgumentException e) {
                return e.getMessage() + y.yield("caught");
              }
            });
  }
}
