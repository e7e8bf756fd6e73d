package dev.heddle.weave;

import static dev.heddle.weave.CallResultBodies.number;
import static dev.heddle.weave.CallResultBodies.text;
import static dev.heddle.weave.CallResultBodies.wide;

import dev.heddle.coroutine.Yielder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Calls in the middle of expressions, and variables that live across calls. */
@SuppressWarnings("UnnecessaryStringBuilder")
final class CallOperandBodies {
  private int field = 1;
  private static long shared;

  static void addTo(Cases cases) {
    arguments(cases);
    assignments(cases);
    strings(cases);
    creations(cases);
    arrays(cases);
    variables(cases);
  }

  private static Object f(Yielder<Object, Object> y, Object a, Object b) {
    return "f(" + a + y.yield("f") + b + ")";
  }

  private static Object g(Yielder<Object, Object> y) {
    return y.yield("g");
  }

  private static Object h(Yielder<Object, Object> y, Object a) {
    return a + "" + y.yield("h");
  }

  private static Object wider(Yielder<Object, Object> y, long a, double b, Object c, long d) {
    return a + "," + b + "," + c + "," + d + y.yield("wider");
  }

  private static Object plain(Object... all) {
    return Arrays.asList(all);
  }

  private static void arguments(Cases cases) {
    cases.add("calls as arguments of a call", log -> y -> f(y, g(y), h(y, "x")));
    cases.add(
        "evaluation from left to right",
        log -> y -> f(y, log.seen(g(y)), h(y, log.seen("between")) + "" + log.number(3)));
    cases.add(
        "calls as arguments of a plain method", log -> y -> plain(g(y), log.seen(1), h(y, 2)));
    cases.add("call of a call of a call", log -> y -> h(y, h(y, h(y, g(y)))));
    cases.add(
        "wide arguments around calls",
        log -> y -> wider(y, log.number(1) * 5L, wide(y, 2L) / 4.0, g(y), wide(y, 3L)));
    cases.add(
        "yields and calls as arguments",
        log -> y -> f(y, y.yield("first"), f(y, g(y), y.yield("second"))));
    cases.add(
        "receiver below a call", log -> y -> "abc".concat(text(y, "d")).indexOf(text(y, "c")));
    cases.add(
        "text of a call as the receiver",
        log -> y -> text(y, "Abc").toUpperCase(Locale.ROOT).charAt(number(y, 1)));
    cases.add(
        "argument whose evaluation fails",
        log ->
            y -> {
              try {
                return f(y, log.seen(g(y)), 1 / (int) h(y, 0));
              } catch (ClassCastException e) {
                return "no number " + g(y);
              }
            });
    cases.add(
        "method of a result with a call below",
        log -> y -> plain(1, g(y)).hashCode() + number(y, 1));
  }

  private static void assignments(Cases cases) {
    cases.add(
        "compound assignment of a variable",
        log ->
            y -> {
              int n = 5;
              n += number(y, 3);
              n *= number(y, 2) + n;
              n -= n++ + number(y, n);
              return n;
            });
    cases.add(
        "compound assignment of a field",
        log -> {
          CallOperandBodies self = new CallOperandBodies();
          return y -> {
            self.field += number(y, 3);
            self.field <<= self.change(y);
            return self.field;
          };
        });
    cases.add(
        "compound assignment of a static field",
        log ->
            y -> {
              shared = 7;
              shared += wide(y, 1L << 33);
              shared ^= setShared(y, 3);
              return shared;
            });
    cases.add(
        "assignment in an expression",
        log ->
            y -> {
              int a;
              long b = (a = number(y, 2)) * 10L + (a += number(y, 3));
              return a + "," + b;
            });
    cases.add(
        "chain of assignments",
        log ->
            y -> {
              Object a;
              Object b;
              a = b = g(y);
              return f(y, a, b);
            });
    cases.add(
        "increments around a call",
        log ->
            y -> {
              int i = 1;
              return i++ + number(y, i) + ++i + number(y, i--) + i;
            });
  }

  private int change(Yielder<Object, Object> y) {
    field = 100;
    return number(y, 2);
  }

  private static long setShared(Yielder<Object, Object> y, long n) {
    shared = n;
    return wide(y, n + 1);
  }

  private static void strings(Cases cases) {
    cases.add(
        "concatenation of calls",
        log -> y -> "[" + g(y) + '|' + number(y, 1) + "|" + 2L + h(y, 'c') + "]");
    cases.add(
        "text that is added to",
        log ->
            y -> {
              String s = "s";
              s += text(y, "1");
              s += s + number(y, 2) + s.length();
              return s;
            });
    cases.add(
        "text builder",
        log -> y -> new StringBuilder().append(g(y)).append(number(y, 1)).append(s(y)));
    cases.add(
        "formatted text", log -> y -> String.format("%s-%d-%s", g(y), number(y, 3), h(y, "h")));
    cases.add(
        "text block",
        log ->
            y ->
                """
                first %s
                second\t%s
                """
                    .formatted(g(y), text(y, "t")));
  }

  private static char[] s(Yielder<Object, Object> y) {
    return text(y, "chars").toCharArray();
  }

  private record Pair(Object a, long b) {
    private Pair {
      if (b < 0) {
        throw new IllegalArgumentException("negative");
      }
    }
  }

  private static final class Chain {
    private final Object head;
    private final Chain rest;

    private Chain(Object head, Chain rest) {
      this.head = head;
      this.rest = rest;
    }

    @Override
    public String toString() {
      return head + (rest == null ? "." : ">" + rest);
    }
  }

  private static void creations(Cases cases) {
    cases.add("creation with calls", log -> y -> new Pair(g(y), wide(y, 5L)));
    cases.add(
        "creations in creations",
        log -> y -> new Chain(g(y), new Chain(number(y, 2), new Chain(h(y, 3), null))));
    cases.add(
        "creation that fails after a call",
        log ->
            y -> {
              try {
                return new Pair(g(y), wide(y, -1L));
              } catch (IllegalArgumentException e) {
                return text(y, e.getMessage());
              }
            });
    cases.add(
        "call on a creation with calls",
        log -> y -> new Chain(g(y), null).toString() + number(y, 1));
    cases.add("creation in a callee, after a call", log -> y -> made(y, 3));
    cases.add(
        "creation below a call in a ternary",
        log -> y -> new Pair(number(y, 1) == 1 ? new Pair(g(y), 1) : h(y, "else"), wide(y, 2L)));
  }

  private static Chain made(Yielder<Object, Object> y, int n) {
    return n == 0 ? null : new Chain(number(y, n), made(y, n - 1));
  }

  private static void arrays(Cases cases) {
    cases.add(
        "elements by calls",
        log ->
            y -> {
              int[] a = {10, 20, 30};
              a[number(y, 1)] = number(y, 5);
              a[number(y, 2)] += a[number(y, 0)] * number(y, 2);
              a[number(y, 0)]++;
              return Arrays.toString(a);
            });
    cases.add(
        "array from a call",
        log ->
            y -> {
              int[][] a = {{1, 2}, {3, 4}};
              row(y, a, 1)[number(y, 0)] -= number(y, 9);
              return Arrays.deepToString(a);
            });
    cases.add(
        "array of calls", log -> y -> Arrays.toString(new long[] {wide(y, 1L), 2, wide(y, 3L)}));
    cases.add(
        "size by a call", log -> y -> new Object[number(y, 2)][number(y, 3)].length + number(y, 1));
    cases.add(
        "index out of bounds after a call",
        log ->
            y -> {
              int[] a = new int[2];
              try {
                a[number(y, 5)] = number(y, 6);
                return "no";
              } catch (ArrayIndexOutOfBoundsException e) {
                return text(y, e.getMessage());
              }
            });
    cases.add(
        "element of the wrong class",
        log ->
            y -> {
              Object[] a = new String[1];
              try {
                a[number(y, 0)] = wide(y, 6L);
                return "no";
              } catch (ArrayStoreException e) {
                return text(y, e.getMessage()) + a[0];
              }
            });
    cases.add(
        "array that is null",
        log ->
            y -> {
              int[] none = y.yield("?") == null ? new int[1] : null;
              try {
                none[number(y, 0)] = number(y, 1);
                return "no";
              } catch (NullPointerException e) {
                return g(y);
              }
            });
  }

  private static int[] row(Yielder<Object, Object> y, int[][] a, int i) {
    return a[number(y, i)];
  }

  private static Object all(Yielder<Object, Object> y, int n) {
    boolean z = n > 0;
    byte b = (byte) n;
    char c = (char) ('a' + n);
    short s = (short) (n * 1000);
    int i = n;
    long j = (long) n << 40;
    float f = n / 2f;
    double d = n / 4.0;
    String t = "t" + n;
    int[] a = {n};
    List<Object> list = new ArrayList<>(List.of(n));
    Object none = null;
    list.add(y.yield(n));
    Object below = n > 0 ? all(y, n - 1) : "bottom";
    a[0] += number(y, i);
    return "" + z + b + c + s + i + j + f + d + t + a[0] + list + none + "\n" + below;
  }

  private static Object nextTo(Yielder<Object, Object> y, int n) {
    int first = n + 1;
    if (number(y, n) > 2) {
      long wideOne = first * 2L;
      return wide(y, wideOne) + first;
    } else {
      String other = "o" + first;
      return text(y, other) + other;
    }
  }

  private static void variables(Cases cases) {
    cases.add("variables of each type in each frame", log -> y -> all(y, 2));
    cases.add("variables of branches", log -> y -> nextTo(y, 1) + "" + nextTo(y, 3));
    cases.add(
        "variables of the caller across calls",
        log ->
            y -> {
              double d = 0.5;
              long j = 3;
              boolean z = true;
              String s = null;
              for (int i = 0; i < 3; i++) {
                d += number(y, i);
                j <<= i;
                z ^= i == 1;
                s = s + g(y);
              }
              return d + "," + j + "," + z + "," + s;
            });
    cases.add(
        "variable that is set by one branch",
        log ->
            y -> {
              String s;
              if (number(y, 1) > 0) {
                s = text(y, "set");
              } else {
                return "not set";
              }
              g(y);
              return s;
            });
    cases.add(
        "variable of a loop",
        log ->
            y -> {
              List<Runnable> later = new ArrayList<>();
              for (String s : List.of("a", "b")) {
                String got = text(y, s);
                later.add(() -> log.add(s + got));
              }
              g(y);
              later.forEach(Runnable::run);
              return later.size();
            });
    cases.add(
        "constants of the JVM's small types",
        log ->
            y -> {
              byte b = 1;
              short s = 1;
              char c = 1;
              boolean z = true;
              int i = 1;
              g(y);
              b += (byte) number(y, 127);
              s -= (short) number(y, 2);
              c += (char) number(y, 'a');
              return "" + b + s + c + z + i;
            });
  }
}
