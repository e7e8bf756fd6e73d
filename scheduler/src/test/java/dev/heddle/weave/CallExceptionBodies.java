package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ConcurrentModificationException;
import java.util.NoSuchElementException;

/** Exceptions that pass through calls: before, between and after suspensions. */
final class CallExceptionBodies {
  private CallExceptionBodies() {}

  static void addTo(Cases cases) {
    moments(cases);
    caught(cases);
    checked(cases);
    frames(cases);
    kinds(cases);
    retries(cases);
  }

  /** Suspends {@code before} times, and throws. */
  private static Object thrown(Yielder<Object, Object> y, int before) {
    for (int i = 0; i < before; i++) {
      y.yield("before " + i);
    }
    throw new IllegalStateException("after " + before);
  }

  private static Object between(Yielder<Object, Object> y, boolean fail) {
    Object first = y.yield("first");
    if (fail) {
      throw new IllegalStateException("between");
    }
    return first + "" + y.yield("second");
  }

  private static void moments(Cases cases) {
    cases.add("exception before a suspension", log -> y -> thrown(y, 0));
    cases.add("exception after one suspension", log -> y -> thrown(y, 1));
    cases.add("exception after three suspensions", log -> y -> thrown(y, 3));
    cases.add(
        "exception between suspensions", log -> y -> between(y, false) + "" + between(y, true));
    cases.add(
        "exception after a call that suspended",
        log ->
            y -> {
              Object got = CallBodies.twice(y, "v");
              throw new IllegalStateException("own " + got);
            });
  }

  private static Object caughtInside(Yielder<Object, Object> y, int n) {
    try {
      return thrown(y, n);
    } catch (IllegalStateException e) {
      return "caught " + y.yield(e.getMessage());
    }
  }

  private static Object rethrown(Yielder<Object, Object> y, Cases.Log log) {
    try {
      return thrown(y, 1);
    } catch (IllegalStateException e) {
      log.add("rethrown " + y.yield("thinking"));
      throw e;
    }
  }

  private static Object wrapped(Yielder<Object, Object> y, int depth) {
    if (depth == 0) {
      return thrown(y, 1);
    }
    try {
      return wrapped(y, depth - 1);
    } catch (IllegalStateException e) {
      throw new IllegalStateException("wrapped at " + depth + y.yield("wrap"), e);
    }
  }

  private static void caught(Cases cases) {
    cases.add(
        "exception caught in the caller", log -> y -> caughtInside(y, 0) + "" + caughtInside(y, 2));
    cases.add(
        "exception caught in the body",
        log ->
            y -> {
              try {
                return thrown(y, 1);
              } catch (IllegalStateException e) {
                return "body: " + y.yield(e.getMessage());
              }
            });
    cases.add("exception rethrown by the caller", log -> y -> rethrown(y, log));
    cases.add("exception wrapped at each level", log -> y -> wrapped(y, 2));
    cases.add(
        "exception of another class passes",
        log ->
            y -> {
              try {
                return thrown(y, 1);
              } catch (IllegalArgumentException e) {
                return "never";
              }
            });
    cases.add(
        "two handlers, the second fits",
        log ->
            y -> {
              try {
                return between(y, true);
              } catch (UnsupportedOperationException | NoSuchElementException e) {
                return "first";
              } catch (RuntimeException e) {
                return "second " + y.yield(e.getMessage());
              }
            });
    cases.add(
        "handler that calls a method that throws",
        log ->
            y -> {
              try {
                thrown(y, 1);
              } catch (IllegalStateException e) {
                thrown(y, 2);
              }
              return "never";
            });
    cases.add(
        "exception caught, then a call",
        log ->
            y -> {
              Object before = y.yield("before");
              try {
                thrown(y, 0);
              } catch (IllegalStateException e) {
                log.add(e.getMessage());
              }
              return before + "" + CallBodies.twice(y, "after");
            });
    cases.add(
        "raise into the innermost of three frames",
        log ->
            y -> {
              Object got = outer(y, log);
              return got + "" + y.yield("after");
            });
  }

  private static Object outer(Yielder<Object, Object> y, Cases.Log log) {
    log.add("outer");
    return "o" + middle(y, log);
  }

  private static Object middle(Yielder<Object, Object> y, Cases.Log log) {
    try {
      return "m" + innermost(y, log);
    } catch (IllegalStateException e) {
      return "middle caught " + e.getMessage() + y.yield("middle");
    }
  }

  private static Object innermost(Yielder<Object, Object> y, Cases.Log log) {
    try {
      return "i" + y.yield("one") + y.yield("two");
    } catch (ArithmeticException e) {
      log.add("innermost caught");
      return y.yield("inside");
    }
  }

  private static Object reads(Yielder<Object, Object> y, String file) throws IOException {
    if (y.yield(file).equals("missing")) {
      throw new FileNotFoundException(file);
    }
    return "content of " + file;
  }

  private static Object readsAll(Yielder<Object, Object> y, String... files) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String file : files) {
      all.append(reads(y, file));
    }
    return all;
  }

  private static final class Failure extends Exception {
    private final int code;

    private Failure(int code) {
      super("code " + code);
      this.code = code;
    }
  }

  private static int coded(Yielder<Object, Object> y, int code) throws Failure {
    if ((int) y.yield(code) > 2) {
      throw new Failure(code);
    }
    return code;
  }

  private static <X extends Exception> Object generic(Yielder<Object, Object> y, X failure)
      throws X {
    y.yield("generic");
    throw failure;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> Object sneaky(Yielder<Object, Object> y, Throwable t)
      throws X {
    y.yield("sneaky");
    throw (X) t;
  }

  private static void checked(Cases cases) {
    cases.add("checked exception leaves the body", log -> y -> readsAll(y, "a", "missing", "b"));
    cases.add(
        "checked exception caught by its superclass",
        log ->
            y -> {
              try {
                return readsAll(y, "a", "missing");
              } catch (FileNotFoundException e) {
                return "not found " + y.yield(e.getMessage());
              } catch (IOException e) {
                return "other " + e.getMessage();
              }
            });
    cases.add(
        "exception of a user's class with a field",
        log ->
            y -> {
              int sum = 0;
              for (int i = 1; i < 5; i++) {
                try {
                  sum += coded(y, i);
                } catch (Failure e) {
                  sum += 10 * e.code;
                }
              }
              return sum;
            });
    cases.add(
        "exception of a generic type",
        log ->
            y -> {
              try {
                return generic(y, new Failure(7));
              } catch (Failure e) {
                return e.getMessage() + y.yield("caught");
              }
            });
    cases.add(
        "checked exception that is not declared",
        log -> y -> CallExceptionBodies.<RuntimeException>sneaky(y, new IOException("sneaked")));
  }

  private static int three(Yielder<Object, Object> y, int n) {
    int got = (int) y.yield(n);
    return two(y, got) + 1;
  }

  private static int two(Yielder<Object, Object> y, int n) {
    y.yield(n + 1);
    return one(y, n) + 1;
  }

  private static int one(Yielder<Object, Object> y, int n) {
    for (int i = 0; i < 3; i++) {
      y.yield("five suspensions " + i);
    }
    return 10 / n;
  }

  private static void frames(Cases cases) {
    cases.add("failure three frames deep, five suspensions later", log -> y -> three(y, 0));
    cases.add("no failure three frames deep", log -> y -> three(y, 5));
    cases.add("failure on a second way through the frames", log -> y -> three(y, 5) + three(y, 0));
    cases.add("failures of two sites on one line", log -> y -> three(y, 1) + two(y, 2) + two(y, 0));
    cases.add(
        "trace seen by the body",
        log ->
            y -> {
              try {
                return three(y, 0);
              } catch (ArithmeticException e) {
                int lines = 0;
                for (StackTraceElement element : e.getStackTrace()) {
                  lines += element.getMethodName().matches("one|two|three") ? 1 : 0;
                }
                return lines + "" + y.yield("lines");
              }
            });
  }

  private static Object deref(Yielder<Object, Object> y, String text) {
    y.yield("length");
    return text.length();
  }

  private static Object cast(Yielder<Object, Object> y, Object value) {
    return (Integer) y.yield(value);
  }

  private static Object thrownNull(Yielder<Object, Object> y) {
    RuntimeException none = y.yield("?") == null ? new IllegalStateException() : null;
    throw none;
  }

  private static Object error(Yielder<Object, Object> y, Error error) {
    y.yield("error");
    throw error;
  }

  private static Object asserted(Yielder<Object, Object> y, int n) {
    assert (int) y.yield(n) < 5 : "n is " + CallBodies.once(y, n);
    return n;
  }

  private static void kinds(Cases cases) {
    cases.add("null in a callee", log -> y -> deref(y, "text") + "" + deref(y, null));
    cases.add("wrong class in a callee", log -> y -> cast(y, 1) + "" + cast(y, "text"));
    cases.add("null that is thrown", log -> y -> thrownNull(y));
    cases.add(
        "errors",
        log ->
            y -> {
              for (Error error : new Error[] {new AssertionError("a"), new LinkageError("l")}) {
                try {
                  error(y, error);
                } catch (AssertionError e) {
                  log.add(e == error);
                }
              }
              return "never";
            });
    cases.add("assertions that suspend", log -> y -> asserted(y, 1) + "" + asserted(y, 7));
    cases.add(
        "negative size in a callee",
        log ->
            y -> {
              try {
                return sized(y, -3).length;
              } catch (NegativeArraySizeException e) {
                return e.getMessage() + y.yield("size");
              }
            });
    cases.add(
        "list that is changed meanwhile",
        log ->
            y -> {
              var list = new java.util.ArrayList<Object>(java.util.List.of(1, 2, 3));
              try {
                for (Object one : list) {
                  add(y, list, one);
                }
                return "never";
              } catch (ConcurrentModificationException e) {
                return list.size() + "" + y.yield("changed");
              }
            });
  }

  private static int[] sized(Yielder<Object, Object> y, int n) {
    return new int[(int) y.yield(n)];
  }

  private static void add(Yielder<Object, Object> y, java.util.List<Object> list, Object one) {
    list.add(y.yield(one));
  }

  private static Object flaky(Yielder<Object, Object> y, int n) {
    if ((int) y.yield(n) < 2) {
      throw new IllegalStateException("flaky " + n);
    }
    return "worked at " + n;
  }

  private static void retries(Cases cases) {
    cases.add(
        "calls that are tried again",
        log ->
            y -> {
              for (int i = 0; ; i++) {
                try {
                  return flaky(y, i);
                } catch (IllegalStateException e) {
                  log.add(e.getMessage());
                }
              }
            });
    cases.add(
        "failures that are collected",
        log ->
            y -> {
              IllegalStateException all = new IllegalStateException("all");
              for (int i = 0; i < 3; i++) {
                try {
                  flaky(y, i);
                } catch (IllegalStateException e) {
                  all.addSuppressed(e);
                }
              }
              throw all;
            });
  }
}
