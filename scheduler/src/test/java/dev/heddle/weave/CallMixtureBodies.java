package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Calls beside delegation, generators, parts on a stack, and other coroutines. */
final class CallMixtureBodies {
  private CallMixtureBodies() {}

  static void addTo(Cases cases) {
    stacks(cases);
    generators(cases);
    delegations(cases);
    several(cases);
    busy(cases);
    foreign(cases);
  }

  /** Not woven: its lambda captures the suspender. */
  private static Object captures(Yielder<Object, Object> y, List<?> values) {
    List<Object> all = new ArrayList<>();
    values.forEach(value -> all.add(CallBodies.once(y, value)));
    return all;
  }

  private static synchronized Object locked(Yielder<Object, Object> y, int depth) {
    return depth == 0 ? CallBodies.twice(y, "bottom") : depth + "" + woven(y, depth - 1);
  }

  private static Object woven(Yielder<Object, Object> y, int depth) {
    return y.yield("woven " + depth) + "" + locked(y, depth) + y.yield("back " + depth);
  }

  private static Object failing(Yielder<Object, Object> y, Cases.Log log) {
    try {
      List.of(1, 0).forEach(n -> log.add(10 / (int) y.yield(n)));
      return "never";
    } finally {
      log.add("unwound");
    }
  }

  private static void stacks(Cases cases) {
    cases.addOnStack(
        "woven calls unwoven calls woven",
        "captures",
        log -> y -> y.yield("first") + "" + captures(y, List.of(1, "b")) + y.yield("last"));
    cases.addOnStack("woven and synchronized in turn", "locked", log -> y -> woven(y, 2));
    cases.addOnStack(
        "unwoven callee in a loop",
        "captures",
        log ->
            y -> {
              for (int i = 0; i < 3; i++) {
                log.add(captures(y, List.of(i)));
              }
              return CallBodies.once(y, "woven");
            });
    cases.addOnStack(
        "exception out of an unwoven callee",
        "failing",
        log ->
            y -> {
              try {
                return failing(y, log);
              } catch (ArithmeticException e) {
                return CallBodies.once(y, e.getMessage());
              }
            });
    cases.addOnStack(
        "unwoven callee that never suspends",
        "captures",
        log -> y -> captures(y, List.of()) + "" + y.yield("after"));
    cases.addOnStack(
        "unwoven callee in a finally block",
        "captures",
        log ->
            y -> {
              try {
                return y.yield("work");
              } finally {
                log.add(captures(y, List.of("cleanup")));
              }
            });
  }

  private static Generator<Object> squares(int n) {
    return Generator.of(
        z -> {
          for (int i = 0; i < n; i++) {
            square(z, i);
          }
        });
  }

  private static void square(Yielder<Object, Void> z, int i) {
    z.yield(i * i);
  }

  private static Object consumed(Yielder<Object, Object> y, Generator<Object> items) {
    StringBuilder all = new StringBuilder();
    for (Object item : items) {
      all.append(y.yield(item)).append(';');
    }
    return all.toString();
  }

  private static Object firstTwo(Yielder<Object, Object> y, Cases.Log log) {
    try (Generator<Object> items =
        Generator.of(
            z -> {
              try {
                for (int i = 0; ; i++) {
                  square(z, i);
                }
              } finally {
                log.add("generator ends");
              }
            })) {
      Iterator<Object> iterator = items.iterator();
      return y.yield(iterator.next()) + "" + y.yield(iterator.next());
    }
  }

  private static void generators(Cases cases) {
    cases.add("generator in a callee", log -> y -> consumed(y, squares(4)) + "" + y.yield("end"));
    cases.add("generator in a callee, left early", log -> y -> firstTwo(y, log) + "!");
    cases.add(
        "generator whose items a callee filters",
        log ->
            y -> {
              Object sum = 0;
              for (Object item : squares(5)) {
                sum = (int) sum + CallResultBodies.number(y, (int) item % 3);
              }
              return sum;
            });
  }

  private static Coroutine<Object, Object, Object> part(Engine engine, Cases.Log log) {
    return Coroutine.of(
        engine,
        z -> {
          try {
            return "part " + CallBodies.twice(z, "p") + z.yield("p3");
          } finally {
            log.add("part ends");
          }
        });
  }

  private static Object delegating(Yielder<Object, Object> y, Engine engine, Cases.Log log) {
    return y.yield("before") + "" + y.yieldFrom(part(engine, log)) + y.yield("after");
  }

  private static Coroutine<Object, Object, Object> alternating(int depth) {
    return Coroutine.of(z -> depth == 0 ? z.yield("bottom") : "c" + called(z, depth - 1));
  }

  private static Object called(Yielder<Object, Object> y, int depth) {
    return "d" + y.yieldFrom(alternating(depth));
  }

  private static int walked(Yielder<Object, Object> y, int n) {
    int left =
        n < 2 ? 0 : (int) y.yieldFrom(Coroutine.<Object, Object, Object>of(z -> walked(z, n / 2)));
    y.yield(n);
    return left + 1 + (n < 3 ? 0 : walked(y, n / 3));
  }

  private static void delegations(Cases cases) {
    cases.add("delegation in a callee", log -> y -> delegating(y, Engine.WOVEN, log));
    cases.add(
        "delegation in a callee, to a coroutine with a stack",
        log -> y -> delegating(y, Engine.HANDOFF, log) + "" + y.yield("end"));
    cases.add("delegations and calls in turn", log -> y -> called(y, 3));
    cases.add("recursion by call and by delegation", log -> y -> walked(y, 9));
    cases.add(
        "delegation in a callee that fails",
        log ->
            y -> {
              try {
                return y.yieldFrom(
                    Coroutine.<Object, Object, Object>of(
                        z -> {
                          CallBodies.once(z, "fine");
                          throw new IllegalArgumentException("in the part");
                        }));
              } catch (IllegalArgumentException e) {
                return CallBodies.once(y, e.getMessage());
              }
            });
    cases.add(
        "result of a delegation in a call",
        log ->
            y ->
                CallBodies.once(y, y.yieldFrom(part(Engine.WOVEN, log)))
                    + ""
                    + CallBodies.once(y, 1));
    cases.add(
        "delegation to a list in a callee",
        log ->
            y -> {
              items(y, List.of("a", "b"), List.of(1, 2).iterator());
              return y.yield("after");
            });
    cases.add(
        "delegation to a generator in a callee",
        log ->
            y -> {
              generated(y, 3);
              generated(y, 0);
              return y.yield("after");
            });
  }

  private static void items(Yielder<Object, Object> y, List<?> list, Iterator<?> rest) {
    y.yieldFrom(list);
    y.yield("between");
    y.yieldFrom(rest);
  }

  private static void generated(Yielder<Object, Object> y, int n) {
    if (n > 0) {
      y.yieldFrom(squares(n));
    }
  }

  private static Coroutine<Object, Object, Object> walker(Object name) {
    return Coroutine.of(z -> CallBodies.twice(z, name) + "" + CallBodies.through(z, name));
  }

  private static Object driven(
      Yielder<Object, Object> y, List<Coroutine<Object, Object, Object>> all) {
    StringBuilder text = new StringBuilder();
    for (boolean going = true; going; ) {
      going = false;
      for (Coroutine<Object, Object, Object> one : all) {
        if (one.next()) {
          going = true;
          text.append(y.yield(one.yielded()));
        }
      }
    }
    all.forEach(one -> text.append(one.result()));
    return text.toString();
  }

  private static void several(Cases cases) {
    cases.add(
        "coroutines that are suspended in one callee at a time",
        log -> y -> driven(y, List.of(walker("a"), walker("b"), walker("c"))));
    cases.add(
        "coroutine that is closed in its second frame",
        log ->
            y -> {
              Coroutine<Object, Object, Object> inner =
                  Coroutine.of(z -> CallCleanupBodies.nested(z, log, 2));
              inner.next();
              inner.next();
              y.yield(inner.yielded());
              inner.close();
              return y.yield("closed");
            });
    cases.add(
        "coroutine that is driven by a callee and raised into",
        log ->
            y -> {
              Coroutine<Object, Object, Object> inner = walker("w");
              inner.next();
              try {
                inner.raise(new IllegalStateException("raised inside"));
                return "never";
              } catch (IllegalStateException e) {
                return CallBodies.once(y, e.getMessage());
              }
            });
  }

  private static int spin(Yielder<Object, Object> y, int n) {
    return n == 777_777 && y.yield(n) instanceof Integer i ? i : n & 1;
  }

  private static long spinLong(int n, Yielder<Object, Object> y) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum += spin(y, i);
    }
    return sum;
  }

  private static void busy(Cases cases) {
    cases.add(
        "callee that runs a million times and suspends once", log -> y -> spinLong(1_000_000, y));
    cases.add(
        "callee that runs a hundred thousand times without a suspension",
        log -> y -> spinLong(100_000, y) + CallResultBodies.number(y, 1));
    cases.add(
        "forty suspensions in two frames",
        log ->
            y -> {
              Object last = null;
              for (int i = 0; i < 20; i++) {
                last = CallBodies.twice(y, i);
              }
              return last;
            });
  }

  /** A suspender that is no coroutine's. */
  private static final class Answering implements Yielder<Object, Object> {
    private final Cases.Log log;

    private Answering(Cases.Log log) {
      this.log = log;
    }

    @Override
    public Object yield(Object value) {
      log.add("answered " + value);
      return value + "!";
    }
  }

  private static Object both(Yielder<Object, Object> y, Yielder<Object, Object> other) {
    return y.yield("own")
        + ""
        + other.yield("other")
        + CallBodies.once(other, "o")
        + CallBodies.once(y, "y");
  }

  private static void foreign(Cases cases) {
    cases.add(
        "suspender that is nobody's",
        log ->
            y -> both(y, new Answering(log)) + "" + CallBodies.once(new Answering(log), "alone"));
    cases.add(
        "callee that gets no suspender",
        log -> y -> CallBodies.never(null, 1) + "" + CallBodies.never(y, 2) + y.yield("end"));
    cases.add(
        "coroutine in a coroutine, each with calls of its own",
        log ->
            y -> {
              Coroutine<Object, Object, Object> inner = walker("inner");
              Object all = "";
              while (inner.next()) {
                all = all + "," + CallBodies.once(y, inner.yielded());
              }
              return all + "" + inner.result();
            });
  }
}
