package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import java.util.Iterator;
import java.util.List;

/** {@code yieldFrom}, in all its forms and to coroutines on several engines. */
final class DelegationBodies {
  private DelegationBodies() {}

  private record Tree(Tree left, Object value, Tree right) {}

  private static Tree leaf(Object value) {
    return new Tree(null, value, null);
  }

  private static Coroutine<Object, Object, Object> echo(Engine engine, Cases.Log log) {
    return Coroutine.of(
        engine,
        y -> {
          Object sent = null;
          try {
            for (int i = 0; i < 3; i++) {
              sent = y.yield("echo " + sent);
            }
          } catch (IllegalStateException e) {
            sent = y.yield("caught " + e.getMessage());
          } finally {
            log.add("echo ends");
          }
          return "last " + sent;
        });
  }

  private static Coroutine<Object, Object, Object> walk(Tree tree) {
    return Coroutine.of(
        y -> {
          if (tree == null) {
            return 0;
          }
          int left = (int) y.yieldFrom(walk(tree.left));
          y.yield(tree.value);
          return left + 1 + (int) y.yieldFrom(walk(tree.right));
        });
  }

  private static Coroutine<Object, Object, Object> nested(int depth) {
    return Coroutine.of(
        depth % 2 == 0 ? Engine.WOVEN : Engine.HANDOFF,
        y -> depth == 0 ? y.yield("deep") : "<" + y.yieldFrom(nested(depth - 1)) + ">");
  }

  static void addTo(Cases cases) {
    coroutines(cases);
    items(cases);
  }

  private static void coroutines(Cases cases) {
    cases.add("delegation to a woven coroutine", log -> y -> y.yieldFrom(echo(Engine.WOVEN, log)));
    cases.add(
        "delegation to a handoff coroutine", log -> y -> y.yieldFrom(echo(Engine.HANDOFF, log)));
    cases.add(
        "delegation under other values",
        log ->
            y ->
                ExpressionBodies.join(
                    log.seen("a"),
                    y.yieldFrom(echo(Engine.WOVEN, log)),
                    y.yield("between") + "" + y.yieldFrom(echo(Engine.HANDOFF, log))));
    cases.add(
        "delegation in try",
        log ->
            y -> {
              String s = "start";
              try {
                s = (String) y.yieldFrom(echo(Engine.WOVEN, log));
              } catch (ArithmeticException e) {
                s = "arithmetic " + y.yield(s);
              } finally {
                y.yield("finally " + s);
              }
              return s;
            });
    cases.add(
        "delegation in a loop",
        log ->
            y -> {
              for (int i = 0; i < 2; i++) {
                log.add(y.yieldFrom(echo(Engine.WOVEN, log)));
              }
              return "end";
            });
    cases.add(
        "delegation to a coroutine that has begun",
        log ->
            y -> {
              Coroutine<Object, Object, Object> inner = echo(Engine.WOVEN, log);
              inner.next();
              y.yield(inner.yielded());
              return y.yieldFrom(inner);
            });
    cases.add("delegation through several levels", log -> y -> y.yieldFrom(nested(5)));
    cases.add(
        "walk of a tree",
        log ->
            y ->
                y.yieldFrom(
                    walk(new Tree(new Tree(leaf(1), 2, null), 3, new Tree(leaf(4), 5, leaf(6))))));
    cases.add(
        "delegation to one that fails",
        log ->
            y -> {
              try {
                return y.yieldFrom(
                    Coroutine.<Object, Object, Object>of(
                        z -> {
                          z.yield(1);
                          throw new IllegalArgumentException("inner");
                        }));
              } catch (IllegalArgumentException e) {
                return y.yield(e.getMessage());
              }
            });
  }

  private static void items(Cases cases) {
    cases.add(
        "delegation to a list",
        log ->
            y -> {
              y.yieldFrom(List.of("a", "b", "c"));
              return y.yield("after");
            });
    cases.add(
        "delegation without a result at the end of a branch",
        log ->
            y -> {
              if (log.lines.isEmpty()) {
                y.yieldFrom(List.of("a", "b"));
              }
              for (int i = 0; i < 2; i++) {
                y.yieldFrom(List.of(i));
              }
              try {
                y.yieldFrom(List.of("c"));
              } catch (IllegalStateException e) {
                y.yieldFrom(List.of("caught"));
              }
              return null;
            });
    cases.add(
        "delegation to an iterator",
        log ->
            y -> {
              Iterator<Integer> numbers = List.of(1, 2, 3, 4).iterator();
              y.yield(numbers.next());
              try {
                y.yieldFrom(numbers);
              } catch (UnsupportedOperationException e) {
                log.add("only next");
              }
              return numbers.hasNext() ? numbers.next() : "none left";
            });
    cases.add(
        "delegation to a generator",
        log ->
            y -> {
              Generator<Object> squares =
                  Generator.of(
                      z -> {
                        try {
                          for (int i = 0; i < 4; i++) {
                            z.yield(i * i);
                          }
                        } finally {
                          log.add("squares end");
                        }
                      });
              y.yieldFrom(squares);
              return "end";
            });
  }
}
