package dev.heddle.weave;

import java.io.IOException;

/** finally and try-with-resources, with suspensions inside them, and returns through them. */
@SuppressWarnings({"finally", "Finally"})
final class CleanupBodies {
  private CleanupBodies() {}

  private record Resource(Cases.Log log, String name, boolean failing) implements AutoCloseable {
    Resource {
      log.add("open " + name);
    }

    @Override
    public void close() throws IOException {
      log.add("close " + name);
      if (failing) {
        throw new IOException("closing " + name);
      }
    }
  }

  static void addTo(Cases cases) {
    finals(cases);
    exits(cases);
    resources(cases);
  }

  private static void finals(Cases cases) {
    cases.add(
        "finally",
        log ->
            y -> {
              try {
                y.yield(1);
                y.yield(2);
              } finally {
                log.add("finally");
              }
              return 3;
            });
    cases.add(
        "yield in finally",
        log ->
            y -> {
              try {
                y.yield(1);
              } finally {
                y.yield("finally");
              }
              return 2;
            });
    cases.add(
        "try catch finally",
        log ->
            y -> {
              String s = "a";
              try {
                s += y.yield(1);
              } catch (IllegalStateException e) {
                s += "c" + y.yield("catch");
              } finally {
                s += "f" + y.yield("finally");
                log.add(s);
              }
              return s;
            });
    cases.add(
        "finally in a loop",
        log ->
            y -> {
              for (int i = 0; i < 4; i++) {
                try {
                  if (i == 2) {
                    continue;
                  }
                  y.yield(i);
                } finally {
                  log.add("f" + i);
                }
              }
              return null;
            });
    cases.add(
        "nested finally",
        log ->
            y -> {
              try {
                try {
                  y.yield(1);
                } finally {
                  y.yield("inner");
                  log.add("inner");
                }
              } finally {
                y.yield("outer");
                log.add("outer");
              }
              return 2;
            });
    cases.add(
        "finally in finally",
        log ->
            y -> {
              try {
                y.yield(1);
              } finally {
                try {
                  y.yield(2);
                } finally {
                  log.add("deep " + y.yield(3));
                }
              }
              return 4;
            });
    cases.add(
        "throw in finally",
        log ->
            y -> {
              try {
                y.yield(1);
              } finally {
                if (y.yield(2) instanceof Integer) {
                  throw new IOException("from finally");
                }
              }
              return 3;
            });
  }

  private static void exits(Cases cases) {
    cases.add(
        "return through finally",
        log ->
            y -> {
              try {
                return log.seen("value");
              } finally {
                log.add("finally " + y.yield("in finally"));
              }
            });
    cases.add(
        "long return through finally",
        log ->
            y -> {
              long n = 1L << 40;
              try {
                return n + ExpressionBodies.intOf(y.yield(1));
              } finally {
                n = 0;
                y.yield(n);
              }
            });
    cases.add(
        "return in finally wins",
        log ->
            y -> {
              try {
                y.yield(1);
                return "try";
              } finally {
                if (y.yield(2) == null) {
                  return "finally";
                }
              }
            });
    cases.add(
        "break through finally",
        log ->
            y -> {
              int i = 0;
              for (; i < 5; i++) {
                try {
                  if (y.yield(i) instanceof String) {
                    break;
                  }
                } finally {
                  y.yield("f" + i);
                }
              }
              return i;
            });
    cases.add(
        "labelled continue through two finally blocks",
        log ->
            y -> {
              outer:
              for (int i = 0; i < 3; i++) {
                try {
                  for (int j = 0; j < 3; j++) {
                    try {
                      if (j == 1) {
                        continue outer;
                      }
                      y.yield(i * 10 + j);
                    } finally {
                      log.add("inner");
                    }
                  }
                } finally {
                  y.yield("outer");
                }
              }
              return null;
            });
    cases.add(
        "return from nested tries",
        log ->
            y -> {
              try {
                try {
                  return y.yield("value?");
                } finally {
                  y.yield("a");
                }
              } catch (IllegalStateException e) {
                return y.yield("caught");
              } finally {
                y.yield("b");
              }
            });
    cases.add(
        "close while in finally",
        log ->
            y -> {
              try {
                y.yield(1);
              } finally {
                log.add("cleanup");
                for (int i = 0; i < 2; i++) {
                  y.yield("cleanup " + i);
                }
                log.add("cleaned");
              }
              return null;
            });
  }

  private static void resources(Cases cases) {
    cases.add(
        "try with a resource",
        log ->
            y -> {
              try (Resource r = new Resource(log, "r", false)) {
                y.yield(r.name());
                y.yield(2);
              }
              return "end";
            });
    cases.add(
        "resource whose close fails",
        log ->
            y -> {
              try (Resource r = new Resource(log, "bad", true)) {
                y.yield(r.name());
              }
              return "never";
            });
    cases.add(
        "two resources",
        log ->
            y -> {
              try (Resource a = new Resource(log, "a", false);
                  Resource b = new Resource(log, "b" + y.yield("between"), true)) {
                y.yield(a.name() + b.name());
              } catch (IOException e) {
                y.yield(e.getMessage() + e.getSuppressed().length);
              } finally {
                y.yield("finally");
              }
              return "end";
            });
    cases.add(
        "null resource",
        log ->
            y -> {
              try (Resource r = y.yield("?") == null ? null : new Resource(log, "r", false)) {
                return y.yield(r == null);
              }
            });
    cases.add(
        "return out of a resource",
        log ->
            y -> {
              for (int i = 0; ; i++) {
                try (Resource r = new Resource(log, "r" + i, false)) {
                  if (y.yield(r.name()) != null) {
                    return r.name();
                  }
                }
              }
            });
    cases.add(
        "resource in a variable",
        log ->
            y -> {
              Resource r = new Resource(log, "v", true);
              try (r) {
                y.yield(1);
                throw new IllegalStateException("first");
              } catch (IllegalStateException | IOException e) {
                return e.getMessage() + e.getSuppressed().length;
              }
            });
    cases.add(
        "synchronized beside a yield",
        log ->
            y -> {
              Object lock = new Object();
              for (int i = 0; i < 3; i++) {
                synchronized (lock) {
                  log.add("held " + i);
                  if (i == 1) {
                    continue;
                  }
                }
                y.yield(i);
              }
              return "end";
            });
  }
}
