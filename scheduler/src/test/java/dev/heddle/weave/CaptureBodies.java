package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Captured variables of every kind, inner lambdas, method references, bodies that are objects. */
final class CaptureBodies {
  private CaptureBodies() {}

  static CoroutineBody<Object, Object, Object> storedBoolean(Cases.Log log) {
    return y -> {
      boolean b = y.yield(1) == null;
      byte c = (byte) ExpressionBodies.intOf(y.yield(b));
      char d = (char) ('a' + c);
      short e = (short) (d * 300);
      y.yield(d);
      return b ? e : c;
    };
  }

  static void addTo(Cases cases) {
    captured(cases);
    inner(cases);
    references(cases);
    objects(cases);
  }

  private static void captured(Cases cases) {
    cases.add("captured int", log -> counting(log.number(3), 0, 0, "s"));
    cases.add("captured of every kind", log -> everyKind(1, 2L, 3f, 4.0, true, 'c', (short) 5));
    cases.add(
        "captured array",
        log -> {
          int[] box = {0};
          return y -> {
            while (box[0] < 4) {
              box[0]++;
              y.yield(box[0]);
            }
            return box;
          };
        });
    cases.add(
        "captured and shared",
        log -> {
          AtomicInteger shared = new AtomicInteger();
          Coroutine<Object, Object, Object> other =
              Coroutine.of(
                  Engine.HANDOFF,
                  y -> {
                    while (true) {
                      y.yield(shared.incrementAndGet());
                    }
                  });
          return y -> {
            try (other) {
              for (int i = 0; i < 5; i++) {
                other.next();
                y.yield(shared.get() * 10 + (Integer) other.yielded());
              }
            }
            return shared.get();
          };
        });
  }

  private static CoroutineBody<Object, Object, Object> counting(
      int n, long wide, double wider, String s) {
    return y -> {
      for (int i = 0; i < n; i++) {
        y.yield(i + n + wide + wider + s);
      }
      return s;
    };
  }

  private static CoroutineBody<Object, Object, Object> everyKind(
      int i, long l, float f, double d, boolean z, char c, short s) {
    return y -> {
      y.yield(i + l);
      y.yield(f + d);
      y.yield(z);
      return "" + y.yield(c) + s + i + l + f + d + z + c;
    };
  }

  private static void inner(Cases cases) {
    cases.add(
        "inner lambda",
        log ->
            y -> {
              Object first = y.yield(1);
              Supplier<String> text = () -> "inner " + first + log.seen("!");
              y.yield(text.get());
              return text.get();
            });
    cases.add(
        "inner lambda that is kept",
        log ->
            y -> {
              int[] count = {0};
              IntSupplier next = () -> ++count[0];
              while (next.getAsInt() < 5) {
                y.yield(next);
                y.yield(count[0]);
              }
              return count[0];
            });
    cases.add(
        "method references",
        log ->
            y -> {
              Function<Object, String> text = String::valueOf;
              Function<String, Integer> length = String::length;
              Supplier<StringBuilder> make = StringBuilder::new;
              return make.get().append(text.andThen(length).apply(y.yield(1)));
            });
    cases.add(
        "private method reference",
        log ->
            y -> {
              Function<Integer, String> hidden = CaptureBodies::hidden;
              return hidden.apply(ExpressionBodies.intOf(y.yield(1)));
            });
    cases.add(
        "stream in a body",
        log ->
            y -> {
              int n = ExpressionBodies.intOf(y.yield("n?"));
              List<Integer> squares =
                  IntStream.range(0, n).map(i -> i * i).boxed().collect(Collectors.toList());
              for (int s : squares) {
                y.yield(s);
              }
              return squares.stream().map(i -> "<" + i + ">").collect(Collectors.joining());
            });
    cases.add(
        "anonymous class in a body",
        log ->
            y -> {
              Object sent = y.yield(1);
              Object o =
                  new Object() {
                    int calls;

                    @Override
                    public String toString() {
                      return "anonymous " + sent + ++calls;
                    }
                  };
              y.yield(o.toString());
              return o.toString();
            });
    cases.add(
        "local class and record in a body",
        log ->
            y -> {
              record Point(int x, Object y) {}
              Point p = new Point(1, y.yield("p"));
              y.yield(p.x());
              return p.equals(new Point(1, null)) + p.toString();
            });
    cases.add(
        "coroutine in a coroutine",
        log ->
            y -> {
              try (Coroutine<Object, Object, Object> inner =
                  Coroutine.of(
                      z -> {
                        Object got = z.yield("inner");
                        z.yield("inner " + got);
                        return "result";
                      })) {
                Object sent = null;
                while (sent == null ? inner.next() : inner.send(sent)) {
                  sent = y.yield(inner.yielded());
                }
                return inner.result();
              }
            });
  }

  private static String hidden(int n) {
    return "hidden " + n;
  }

  private static Object staticBody(Yielder<Object, Object> y) {
    Object sent = y.yield("static");
    return y.yield("static " + sent);
  }

  private static void references(Cases cases) {
    cases.add("reference to a static method", log -> CaptureBodies::staticBody);
    cases.add("primitive result", log -> y -> shifted(log, y.yield(0)));
    cases.add(
        "the yielder in a second variable",
        log ->
            y -> {
              Yielder<Object, Object> z = y;
              for (int i = 0; i < 3; i++) {
                z.yield(i);
                y.yield("y");
              }
              return null;
            });
  }

  private static long shifted(Cases.Log log, Object sent) {
    log.add(sent);
    return 1L << ExpressionBodies.intOf(sent);
  }

  private static void objects(Cases cases) {
    cases.add("object of a named class", log -> new Named(log, 3));
    cases.add(
        "object of an anonymous class",
        log ->
            new CoroutineBody<>() {
              private static final long serialVersionUID = 1L;
              private int calls;

              @Override
              public Object run(Yielder<Object, Object> y) {
                calls++;
                y.yield(calls);
                log.add(calls);
                return y.yield(helper(2));
              }

              private int helper(int n) {
                return calls + n;
              }
            });
  }

  private static final class Named implements CoroutineBody<Object, Object, Object> {
    private static final long serialVersionUID = 1L;
    private final transient Cases.Log log;
    private int left;

    Named(Cases.Log log, int left) {
      this.log = log;
      this.left = left;
    }

    @Override
    public String run(Yielder<Object, Object> y) {
      while (left-- > 0) {
        y.yield(left);
        log.add("left " + left);
      }
      return toString();
    }

    @Override
    public String toString() {
      return "named " + left;
    }
  }
}
