package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Suspensions in the middle of expressions: things wait on the operand stack. */
@SuppressWarnings("UnnecessaryStringBuilder")
final class ExpressionBodies {
  private ExpressionBodies() {}

  static String join(Object a, Object b, Object c) {
    return a + "," + b + "," + c;
  }

  static String wide(long a, Object b, double c, Object d) {
    return a + "," + b + "," + c + "," + d;
  }

  static int intOf(Object o) {
    return o instanceof Integer i ? i : 0;
  }

  static void addTo(Cases cases) {
    arguments(cases);
    operators(cases);
    conditions(cases);
    strings(cases);
    arrays(cases);
    creations(cases);
  }

  private static void arguments(Cases cases) {
    cases.add("first argument", log -> y -> join(y.yield(1), log.seen("b"), log.seen("c")));
    cases.add("middle argument", log -> y -> join(log.seen("a"), y.yield(1), log.seen("c")));
    cases.add("last argument", log -> y -> join(log.seen("a"), log.seen("b"), y.yield(1)));
    cases.add("all arguments", log -> y -> join(y.yield(1), y.yield(2), y.yield(3)));
    cases.add("yield of a yield", log -> y -> y.yield(y.yield(y.yield(1))));
    cases.add(
        "wide values under a yield",
        log -> y -> wide(log.number(7) * 3L, y.yield(1), log.number(5) / 2.0, y.yield(2)));
    cases.add(
        "nested calls", log -> y -> join(join(1, y.yield(1), 2), join(3, 4, y.yield(2)), "e"));
    cases.add("receiver under a yield", log -> y -> "abc".concat(String.valueOf(y.yield(1))));
    cases.add("receiver from a yield", log -> y -> String.valueOf(y.yield(1)).length());
    cases.add("varargs", log -> y -> Arrays.asList(1, y.yield("a"), log.seen(2), y.yield("b"), 3));
    cases.add(
        "generic method", log -> y -> Objects.requireNonNullElse(y.yield(1), log.seen("else")));
  }

  private static void operators(Cases cases) {
    cases.add("int plus", log -> y -> log.number(40) + intOf(y.yield(1)));
    cases.add(
        "long arithmetic", log -> y -> log.number(4) * 10_000_000_000L - intOf(y.yield(1)) * 3L);
    cases.add("double arithmetic", log -> y -> log.number(4) / 8.0 + intOf(y.yield(1)) * 0.25);
    cases.add("float arithmetic", log -> y -> log.number(4) / 8f + intOf(y.yield(1)) * 0.25f);
    cases.add("shifts", log -> y -> (1L << 40 >>> intOf(y.yield(1))) ^ (log.number(-8) >> 1));
    cases.add(
        "precedence",
        log -> y -> 2 + intOf(y.yield(1)) * (3 - intOf(y.yield(2))) % 5 - -intOf(y.yield(3)));
    cases.add(
        "compound assignment",
        log ->
            y -> {
              int x = 10;
              x += intOf(y.yield(x));
              x *= 2 + intOf(y.yield(x));
              x -= intOf(y.yield(x));
              return x;
            });
    cases.add(
        "compound assignment keeps the old value",
        log ->
            y -> {
              int[] box = {5};
              box[0] += intOf(y.yield(box)) + (box[0] = 100);
              return box[0];
            });
    cases.add(
        "increment around a yield",
        log ->
            y -> {
              int i = 0;
              int r = i++ + intOf(y.yield(i)) + ++i;
              return r * 100 + i;
            });
    cases.add(
        "division by what is sent",
        log -> y -> 12 / (y.yield("divisor") instanceof Integer i ? i : 1));
    cases.add("cast of what is sent", log -> y -> ((Integer) y.yield(1)) + 1);
    cases.add("instanceof", log -> y -> y.yield(1) instanceof String);
    cases.add("comparison of references", log -> y -> y.yield(1) == y.yield(2));
    cases.add("boolean stored", CaptureBodies::storedBoolean);
  }

  private static void conditions(Cases cases) {
    cases.add("ternary of yields", log -> y -> y.yield(1) == null ? y.yield("n") : y.yield("v"));
    cases.add("ternary argument of a yield", log -> y -> y.yield(log.lines.isEmpty() ? 1 : 2));
    cases.add(
        "ternary under a yield",
        log -> y -> join(log.lines.isEmpty() ? "e" : "f", y.yield(1), y.yield(2) == null ? 1 : 2));
    cases.add(
        "nested ternaries",
        log ->
            y -> {
              Object o = y.yield("?");
              return y.yield(o == null ? "null" : o instanceof Integer i ? i > 4 ? "big" : i : o);
            });
    cases.add("and", log -> y -> y.yield(1) != null && y.yield(2) != null && log.seen(true));
    cases.add("or", log -> y -> y.yield(1) != null || y.yield(2) != null || log.seen(false));
    cases.add("not", log -> y -> !(y.yield(1) != null && log.seen(true)));
    cases.add(
        "if else chain",
        log ->
            y -> {
              Object o = y.yield("start");
              if (o == null) {
                y.yield("nothing");
              } else if (o instanceof String s) {
                y.yield(s + s);
              } else if (o.equals(3)) {
                y.yield("three");
              } else {
                return "other";
              }
              return "end";
            });
    cases.add(
        "definite assignment in branches",
        log ->
            y -> {
              String s;
              long n;
              if (y.yield(1) == null) {
                s = "null";
                n = 1;
              } else {
                s = String.valueOf(y.yield(2));
                n = 2;
              }
              y.yield(s);
              return s + n;
            });
    cases.add(
        "null until later",
        log ->
            y -> {
              String s = null;
              Object first = y.yield("a");
              if (first != null) {
                s = first.toString();
              }
              y.yield(s);
              return s == null ? "stayed null" : s.length();
            });
    cases.add(
        "null pointer with a line",
        log ->
            y -> {
              Object o = y.yield(1);
              return o.hashCode();
            });
  }

  private static void strings(Cases cases) {
    cases.add("concatenation", log -> y -> "a" + y.yield(1) + 'b' + y.yield(2) + 3L + 4.5 + true);
    cases.add(
        "concatenation of captured and local",
        log ->
            y -> {
              int n = 3;
              String s = "s";
              s += n + "" + y.yield(s);
              s += y.yield(s);
              return s;
            });
    cases.add(
        "string builder",
        log ->
            y -> new StringBuilder().append(y.yield(1)).append('-').append(y.yield(2)).toString());
    cases.add("text format", log -> y -> "%s and %s".formatted(y.yield(1), y.yield(2)));
  }

  private static void arrays(Cases cases) {
    cases.add("array of yields", log -> y -> new Object[] {1, y.yield("a"), y.yield("b")});
    cases.add(
        "int array element",
        log ->
            y -> {
              int[] a = new int[3];
              a[log.number(1)] = intOf(y.yield(a.length));
              a[intOf(y.yield(a[1])) % 3] += 5;
              return a[0] + "," + a[1] + "," + a[2];
            });
    cases.add("array index out of bounds", log -> y -> new int[5][intOf(y.yield(1))].length);
    cases.add(
        "array store of the wrong type",
        log ->
            y -> {
              Object[] a = new String[1];
              a[0] = y.yield("give");
              return a[0];
            });
    cases.add(
        "arrays of all kinds",
        log ->
            y -> {
              byte[] b = {1};
              char[] c = {'c'};
              short[] s = {2};
              float[] f = {3};
              double[] d = {4};
              long[] l = {5};
              boolean[] z = {true};
              y.yield("all");
              b[0]++;
              c[0]++;
              s[0]++;
              f[0]++;
              y.yield(b[0] + c[0] + s[0] + f[0]);
              d[0] /= 3;
              l[0] <<= 33;
              z[0] ^= y.yield(d[0] + l[0]) == null;
              return z[0];
            });
    cases.add(
        "multidimensional array",
        log ->
            y -> {
              long[][][] cube = new long[2][intOf(y.yield("size")) + 1][];
              cube[1][0] = new long[] {y.yield(cube[0].length) == null ? 1 : 2};
              return cube[1][0][0] + cube.length;
            });
  }

  private static void creations(Cases cases) {
    cases.add(
        "argument of a constructor", log -> y -> new ArrayList<>(List.of(1, y.yield(1) + "")));
    cases.add(
        "constructor of a constructor", log -> y -> new Pair(new Pair(1, y.yield(1)), y.yield(2)));
    cases.add(
        "constructor beside other values",
        log -> y -> join(log.seen("a"), new Pair(y.yield(1), log.seen("x")), y.yield(2)));
    cases.add(
        "constructor in a loop",
        log ->
            y -> {
              Pair p = null;
              for (int i = 0; i < 3; i++) {
                p = new Pair(p, y.yield(i));
              }
              return p;
            });
    cases.add(
        "constructor with a ternary",
        log -> y -> new Pair(y.yield(1) == null ? "n" : y.yield(2), new Pair(3, 4)));
    cases.add(
        "throw new with a yield",
        log ->
            y -> {
              throw new IllegalStateException("m" + y.yield(1), new Exception(y.yield(2) + ""));
            });
    cases.add(
        "wide constructor arguments",
        log -> y -> new java.math.BigDecimal(log.number(2) * 1.5 + intOf(y.yield(1))));
  }

  record Pair(Object left, Object right) {}
}
