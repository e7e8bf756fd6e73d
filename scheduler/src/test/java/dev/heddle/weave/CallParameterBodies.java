package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import java.util.Arrays;

/** Where the suspender stands among the parameters, and what stands beside it. */
final class CallParameterBodies {
  private CallParameterBodies() {}

  static void addTo(Cases cases) {
    positions(cases);
    variable(cases);
    types(cases);
    overloads(cases);
    changed(cases);
  }

  private static Object only(Yielder<Object, Object> y) {
    return y.yield("only");
  }

  private static Object last(int a, String b, Yielder<Object, Object> y) {
    return a + b + y.yield(a) + b;
  }

  private static Object middle(long a, Yielder<Object, Object> y, double b) {
    Object got = y.yield(a);
    return a + "," + b + "," + got + "," + y.yield(b);
  }

  private static Object doubled(Yielder<Object, Object> y, Yielder<Object, Object> z) {
    return y.yield("by y") + "" + z.yield("by z") + only(z);
  }

  private static void positions(Cases cases) {
    cases.add("no parameter but the suspender", log -> y -> only(y) + "" + only(y));
    cases.add("suspender as the last parameter", log -> y -> last(1, "b", y));
    cases.add("suspender between wide parameters", log -> y -> middle(1L << 40, y, 0.5));
    cases.add("the suspender twice", log -> y -> doubled(y, y));
    cases.add(
        "suspender of a raw type",
        log -> y -> raw(y, "raw") + "" + wildcard(y) + supertyped(y, "super"));
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static Object raw(Yielder y, Object value) {
    return y.yield(value);
  }

  private static Object wildcard(Yielder<? super String, ?> y) {
    return y.yield("wild");
  }

  private static <T extends Yielder<Object, Object>> Object supertyped(T y, Object value) {
    return y.yield(value);
  }

  private static Object tail(Yielder<Object, Object> y, Object... all) {
    StringBuilder text = new StringBuilder().append(all.length);
    for (Object one : all) {
      text.append(y.yield(one));
    }
    return text.toString();
  }

  private static Object numbers(Yielder<Object, Object> y, int... all) {
    int sum = 0;
    for (int i = 0; i < all.length; i++) {
      sum += (int) y.yield(all[i]);
      all[i] = sum;
    }
    return Arrays.toString(all);
  }

  private static Object between(String first, Yielder<Object, Object> y, String... rest) {
    return first + y.yield(first) + String.join("+", rest) + y.yield(rest.length);
  }

  @SafeVarargs
  private static Object all(Yielder<Object, Object>... all) {
    return all[0].yield("in an array");
  }

  private static void variable(Cases cases) {
    cases.add("variable parameters after the suspender", log -> y -> tail(y, 1, "b", 'c'));
    cases.add("no variable parameters", log -> y -> tail(y) + "" + numbers(y));
    cases.add("variable numbers", log -> y -> numbers(y, 1, 2, 3));
    cases.add(
        "variable parameters from yields and calls",
        log -> y -> tail(y, y.yield("a"), only(y), tail(y, 1, 2)));
    cases.add("suspender before variable text", log -> y -> between("a", y, "b", "c"));
    cases.add(
        "array given for variable parameters",
        log ->
            y -> {
              int[] mine = {4, 5};
              return numbers(y, mine) + "" + mine[1];
            });
    cases.addOnStack("suspender as a variable parameter", "array", log -> y -> all(y, y));
  }

  private static Object each(
      boolean z,
      byte b,
      char c,
      short s,
      Yielder<Object, Object> y,
      int i,
      long j,
      float f,
      double d,
      Object o,
      int[] a) {
    String before = "" + z + b + c + s + i + j + f + d + o + a.length;
    Object got = y.yield(before);
    return got.equals("" + z + b + c + s + i + j + f + d + o + a.length) + "" + y.yield(a[0]);
  }

  private static Object twelve(
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      Yielder<Object, Object> y,
      double g,
      double h,
      double i,
      double j,
      double k,
      double l) {
    long longs = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
    y.yield(longs);
    return longs + g + 2 * h + 3 * i + 4 * j + 5 * k + 6 * l;
  }

  private static void types(Cases cases) {
    cases.add(
        "parameters of each type",
        log ->
            y ->
                each(
                    true,
                    (byte) -1,
                    'c',
                    (short) 300,
                    y,
                    5,
                    1L << 50,
                    1.5f,
                    -0.0,
                    "o",
                    new int[] {9}));
    cases.add(
        "twelve wide parameters", log -> y -> twelve(1, 2, 3, 4, 5, 6, y, .1, .2, .3, .4, .5, .6));
    cases.add(
        "parameters that are converted",
        log -> y -> middle(log.number(3), y, log.number(4)) + "" + last('c', null, y));
  }

  private static Object over(Yielder<Object, Object> y, Object value) {
    return "object " + y.yield(value);
  }

  private static Object over(Yielder<Object, Object> y, String value) {
    return "string " + over(y, (Object) value);
  }

  private static Object over(Yielder<Object, Object> y, int value) {
    return "int " + over(y, Integer.valueOf(value));
  }

  private static Object over(Yielder<Object, Object> y, Integer value) {
    return "integer " + y.yield(value);
  }

  private static Object over(Yielder<Object, Object> y) {
    return "none " + over(y, "none");
  }

  private static Object over(Object value) {
    return "plain " + value;
  }

  private static void overloads(Cases cases) {
    cases.add(
        "overloads by the type of a parameter",
        log -> y -> over(y, "s") + ";" + over(y, 1) + ";" + over(y, 'c') + ";" + over(y, 2L));
    cases.add("overloads by the number of parameters", log -> y -> over(y) + ";" + over("p"));
  }

  private static Object reassigned(Yielder<Object, Object> y, int n, String text, long wide) {
    n += (int) y.yield(n);
    text = text + n;
    y.yield(text);
    wide <<= n;
    text = null;
    y.yield(wide);
    return n + "," + text + "," + wide;
  }

  private static Object aliased(Yielder<Object, Object> y, Object value) {
    Yielder<Object, Object> z = y;
    Object first = z.yield(value);
    Yielder<Object, Object> again = first == null ? y : z;
    return first + "" + only(again) + again.yield("again");
  }

  private static Object shadowed(Yielder<Object, Object> y, int depth) {
    {
      String y2 = "first" + depth;
      y.yield(y2);
    }
    {
      long y2 = depth * 2L;
      return y2 + "" + y.yield(y2);
    }
  }

  private static void changed(Cases cases) {
    cases.add("parameters that the callee assigns", log -> y -> reassigned(y, 2, "t", 5L));
    cases.add("suspender in another variable", log -> y -> aliased(y, "alias"));
    cases.add("variables that share a slot", log -> y -> shadowed(y, 4) + "" + shadowed(y, 5));
    cases.add(
        "variables of the caller that share a slot",
        log ->
            y -> {
              String all;
              {
                String text = "t" + only(y);
                all = text + text.length();
              }
              {
                double wide = 0.5 + (int) y.yield(1);
                all += last(3, all, y) + "" + wide;
              }
              {
                boolean flag = only(y) == null;
                all += flag;
              }
              return all;
            });
    cases.add(
        "array that the callee fills",
        log ->
            y -> {
              int[] filled = new int[3];
              fill(y, filled);
              return Arrays.toString(filled);
            });
  }

  private static void fill(Yielder<Object, Object> y, int[] filled) {
    for (int i = 0; i < filled.length; i++) {
      filled[i] = (int) y.yield(i * i);
    }
  }
}
