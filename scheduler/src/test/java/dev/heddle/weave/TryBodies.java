package dev.heddle.weave;

import java.io.IOException;

/** Handlers: what is raised at a suspension is caught where the source says. */
final class TryBodies {
  private TryBodies() {}

  static Object fail(String message) {
    throw new IllegalStateException(message);
  }

  static Object failChecked(Object message) throws IOException {
    throw new IOException("checked " + message);
  }

  static void addTo(Cases cases) {
    catching(cases);
    nested(cases);
    returning(cases);
  }

  private static void catching(Cases cases) {
    cases.add(
        "catch around a yield",
        log ->
            y -> {
              try {
                y.yield(1);
                return "not raised";
              } catch (IllegalStateException e) {
                return "caught " + e.getMessage();
              }
            });
    cases.add(
        "catch in a loop",
        log ->
            y -> {
              for (int i = 0; i < 8; i++) {
                try {
                  y.yield(i);
                } catch (IllegalStateException | IOExceptionLike e) {
                  log.add(e.getMessage());
                }
              }
              return null;
            });
    cases.add(
        "yield in catch",
        log ->
            y -> {
              try {
                fail("thrown");
              } catch (IllegalStateException e) {
                y.yield("in catch");
                return e.getMessage() + y.yield(e.getClass().getName());
              }
              return "never";
            });
    cases.add(
        "catch everything",
        log ->
            y -> {
              int n = 0;
              while (n < 4) {
                try {
                  y.yield(n++);
                } catch (Throwable t) {
                  log.add(t.getClass().getSimpleName());
                }
              }
              return "left";
            });
    cases.add(
        "several handlers",
        log ->
            y -> {
              try {
                y.yield(1);
                failChecked(y.yield(2));
              } catch (ArithmeticException e) {
                y.yield("arithmetic");
              } catch (IOException e) {
                y.yield("io " + e.getMessage());
              } catch (RuntimeException e) {
                y.yield("runtime");
                throw e;
              }
              return "end";
            });
    cases.add(
        "values under a yield in try",
        log ->
            y -> {
              int base = 5;
              try {
                return ExpressionBodies.join(base++, y.yield(base), base);
              } catch (IllegalStateException e) {
                return "base " + base;
              }
            });
    cases.add(
        "locals changed in try are seen in catch",
        log ->
            y -> {
              String s = "before";
              long n = 1;
              try {
                s = "one";
                y.yield(s);
                n = 2;
                s = "two " + y.yield(n);
                n++;
              } catch (IllegalStateException | StackOverflowError e) {
                return s + n + y.yield("caught");
              }
              return s + n;
            });
    cases.add(
        "rethrow",
        log ->
            y -> {
              try {
                y.yield(1);
              } catch (Exception e) {
                log.add("again");
                throw e;
              }
              return null;
            });
    cases.add(
        "wrap",
        log ->
            y -> {
              try {
                return y.yield(1);
              } catch (Exception e) {
                throw new IllegalArgumentException("wrapped", e);
              }
            });
    cases.add(
        "exception of the body with a line",
        log ->
            y -> {
              y.yield(1);
              fail("from a callee");
              return null;
            });
    cases.add(
        "arithmetic exception of the body",
        log ->
            y -> {
              int zero = 0;
              y.yield(1);
              return 1 / zero;
            });
    cases.add(
        "checked exception of the body",
        log ->
            y -> {
              failChecked(y.yield(1));
              return null;
            });
  }

  /** So that a multi-catch has two classes. */
  private static final class IOExceptionLike extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static void nested(Cases cases) {
    cases.add(
        "nested tries",
        log ->
            y -> {
              try {
                try {
                  y.yield(1);
                } catch (ArithmeticException e) {
                  y.yield("inner");
                }
                y.yield(2);
              } catch (IllegalStateException e) {
                y.yield("outer");
              }
              return 3;
            });
    cases.add(
        "try in catch",
        log ->
            y -> {
              try {
                y.yield(1);
                fail("a");
              } catch (IllegalStateException e) {
                try {
                  y.yield("in catch");
                  fail("b");
                } catch (IllegalStateException f) {
                  y.yield(e.getMessage() + f.getMessage());
                }
              }
              return "end";
            });
    cases.add(
        "try in loop in try",
        log ->
            y -> {
              int caught = 0;
              try {
                while (true) {
                  try {
                    y.yield(caught);
                  } catch (IllegalStateException e) {
                    if (++caught == 2) {
                      throw new IOException("twice", e);
                    }
                  }
                }
              } catch (IOException e) {
                return y.yield(e.getMessage());
              }
            });
    cases.add(
        "throw out of catch into outer catch",
        log ->
            y -> {
              try {
                try {
                  return y.yield(1);
                } catch (IllegalStateException e) {
                  y.yield("translating");
                  throw new IOException(e.getMessage());
                }
              } catch (IOException e) {
                return "io " + y.yield(e.getMessage());
              }
            });
  }

  private static void returning(Cases cases) {
    cases.add(
        "return in try",
        log ->
            y -> {
              try {
                return y.yield(1);
              } catch (IllegalStateException e) {
                return y.yield(2);
              }
            });
    cases.add(
        "break out of try",
        log ->
            y -> {
              int i = 0;
              while (true) {
                try {
                  if (y.yield(i++) instanceof String) {
                    break;
                  }
                } catch (IllegalStateException e) {
                  continue;
                }
                log.add("round");
              }
              return i;
            });
    cases.add(
        "ignores being closed",
        log ->
            y -> {
              try {
                y.yield(1);
              } catch (Throwable t) {
                y.yield("still here");
              }
              return "end";
            });
    cases.add(
        "returns when closed",
        log ->
            y -> {
              try {
                while (true) {
                  y.yield(1);
                }
              } catch (dev.heddle.coroutine.GeneratorExit e) {
                return "closed";
              }
            });
  }
}
