package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import java.util.Arrays;
import java.util.List;

/** Results of each type, and what the caller does with them. */
@SuppressWarnings({
  "IdentityBinaryExpression",
  "OperatorPrecedence",
  "ShortCircuitBoolean",
  "StatementSwitchToExpressionSwitch"
})
final class CallResultBodies {
  private CallResultBodies() {}

  static void addTo(Cases cases) {
    types(cases);
    arithmetic(cases);
    switches(cases);
    conditions(cases);
    loops(cases);
    resources(cases);
  }

  private static boolean flag(Yielder<Object, Object> y, boolean b) {
    return (boolean) y.yield(b);
  }

  private static byte small(Yielder<Object, Object> y, int n) {
    return (byte) (int) y.yield(n);
  }

  private static short shorter(Yielder<Object, Object> y, int n) {
    return (short) (int) y.yield(n);
  }

  private static char letter(Yielder<Object, Object> y, char c) {
    return (char) y.yield(c);
  }

  static int number(Yielder<Object, Object> y, int n) {
    return (int) y.yield(n);
  }

  static long wide(Yielder<Object, Object> y, long n) {
    return (long) y.yield(n);
  }

  private static float real(Yielder<Object, Object> y, float f) {
    return (float) y.yield(f);
  }

  private static double precise(Yielder<Object, Object> y, double d) {
    return (double) y.yield(d);
  }

  static String text(Yielder<Object, Object> y, String s) {
    return (String) y.yield(s);
  }

  private static int[] array(Yielder<Object, Object> y, int n) {
    return new int[] {n, (int) y.yield(n)};
  }

  private static Integer boxed(Yielder<Object, Object> y, Integer n) {
    return (Integer) y.yield(n);
  }

  private static void tell(Yielder<Object, Object> y, int n) {
    if (n == 0) {
      return;
    }
    y.yield(n);
  }

  private static void types(Cases cases) {
    cases.add("boolean result", log -> y -> flag(y, true) + "," + !flag(y, false));
    cases.add("byte result", log -> y -> small(y, 200) + small(y, -1));
    cases.add("short result", log -> y -> shorter(y, 70_000) + "," + shorter(y, 3));
    cases.add("char result", log -> y -> letter(y, 'a') + 1 + "" + (char) (letter(y, 'a') + 1));
    cases.add("int result", log -> y -> number(y, 3) * number(y, 4));
    cases.add("long result", log -> y -> wide(y, 1L << 40) - wide(y, 1));
    cases.add("float result", log -> y -> real(y, 1.5f) / real(y, 0f));
    cases.add("double result", log -> y -> precise(y, -0.0) + "," + precise(y, Double.NaN));
    cases.add("text result", log -> y -> text(y, "abc").substring(number(y, 1)));
    cases.add("array result", log -> y -> array(y, 7)[number(y, 1)] + Arrays.toString(array(y, 1)));
    cases.add("null result", log -> y -> text(y, null) == null ? CallBodies.once(y, null) : "text");
    cases.add(
        "callees without a result",
        log ->
            y -> {
              for (int i = 0; i < 3; i++) {
                tell(y, i);
              }
              return "told";
            });
    cases.add(
        "results that are dropped",
        log ->
            y -> {
              flag(y, true);
              wide(y, 5L);
              precise(y, .5);
              text(y, "dropped");
              array(y, 1);
              return "kept";
            });
    cases.add("boxed result", log -> y -> boxed(y, 1000) + boxed(y, 2000));
    cases.add(
        "unboxing of null",
        log ->
            y -> {
              try {
                int n = boxed(y, null);
                return n;
              } catch (NullPointerException e) {
                return y.yield("null");
              }
            });
    cases.add(
        "widening of results",
        log ->
            y -> {
              long fromInt = number(y, -1);
              double fromLong = wide(y, 3L);
              int fromChar = letter(y, 'x');
              Object boxedByte = small(y, 5);
              return fromInt + fromLong + fromChar + boxedByte.getClass().getSimpleName();
            });
    cases.add("narrowing of results", log -> y -> (byte) number(y, 300) + (int) precise(y, 1e20));
    cases.add(
        "lists of results",
        log -> y -> List.of(number(y, 1), text(y, "b"), List.of(flag(y, true), letter(y, 'd'))));
  }

  private static void arithmetic(Cases cases) {
    cases.add("long below a call", log -> y -> log.number(7) * 10_000_000_000L + number(y, 1));
    cases.add("double below a call", log -> y -> log.number(7) / 2.0 - precise(y, .25));
    cases.add(
        "wide values of both kinds below calls",
        log -> y -> log.number(3) * 5L + (log.number(4) / 8.0 + (wide(y, 2L) - precise(y, .5))));
    cases.add("negation and complement", log -> y -> -number(y, 5) + ~wide(y, 6L));
    cases.add("shift by a call", log -> y -> (1L << number(y, 40)) >>> number(y, 3));
    cases.add(
        "division by a call that gives zero",
        log ->
            y -> {
              try {
                return log.number(5) / number(y, 0);
              } catch (ArithmeticException e) {
                return e.getMessage() + text(y, "!");
              }
            });
    cases.add("comparison of two calls", log -> y -> wide(y, 3L) < wide(y, 4L) == flag(y, true));
    cases.add(
        "remainder of real numbers", log -> y -> precise(y, 7.5) % precise(y, 2) + real(y, 1) % 2);
  }

  private static String named(Yielder<Object, Object> y, int n) {
    return switch (number(y, n)) {
      case 0 -> "zero";
      case 1 -> text(y, "one");
      case 2, 3 -> {
        String few = text(y, "few");
        yield few + n;
      }
      default -> throw new IllegalStateException("too many: " + text(y, "" + n));
    };
  }

  private static String kind(Yielder<Object, Object> y, Object value) {
    return switch (y.yield(value)) {
      case null -> "null " + text(y, "n");
      case Integer n when flag(y, n > 5) -> "big " + number(y, n);
      case Integer n -> "small " + n;
      case String s -> "text " + text(y, s);
      case int[] numbers -> "array " + number(y, numbers.length);
      default -> "other";
    };
  }

  private enum Size {
    SMALL,
    LARGE;

    static Size of(Yielder<Object, Object> y, int n) {
      return number(y, n) > 5 ? LARGE : SMALL;
    }
  }

  private static void switches(Cases cases) {
    cases.add("switch on an int result", log -> y -> named(y, 0) + named(y, 1) + named(y, 3));
    cases.add("switch that throws", log -> y -> named(y, 1) + named(y, 4));
    cases.add(
        "switch on a text result",
        log ->
            y -> {
              String all = "";
              for (String s : List.of("a", "b", "c")) {
                all +=
                    switch (text(y, s)) {
                      case "a" -> text(y, "first");
                      case "b" -> number(y, 2);
                      default -> wide(y, 3L);
                    };
              }
              return all;
            });
    cases.add(
        "switch on the class of a result",
        log ->
            y ->
                kind(y, 3)
                    + kind(y, 30)
                    + kind(y, "s")
                    + kind(y, new int[4])
                    + kind(y, null)
                    + kind(y, 'c'));
    cases.add(
        "switch on an enum result",
        log ->
            y -> {
              switch (Size.of(y, 7)) {
                case SMALL:
                  log.add("small");
                  break;
                case LARGE:
                  log.add(text(y, "large"));
                  break;
              }
              return Size.of(y, 1);
            });
  }

  private static void conditions(Cases cases) {
    cases.add(
        "and, or, not",
        log -> y -> flag(y, true) && !flag(y, false) && (flag(y, false) || flag(y, true)));
    cases.add(
        "conditions that are cut short",
        log -> y -> flag(y, false) && flag(y, true) || flag(y, true) || flag(y, false));
    cases.add(
        "ternaries of calls",
        log -> y -> flag(y, true) ? flag(y, false) ? text(y, "a") : text(y, "b") : number(y, 1));
    cases.add("ternary of mixed numbers", log -> y -> flag(y, true) ? number(y, 1) : wide(y, 2L));
    cases.add(
        "if on calls",
        log ->
            y -> {
              if (number(y, 3) > number(y, 4)) {
                return text(y, "greater");
              } else if (flag(y, true) & flag(y, true)) {
                return text(y, "both");
              }
              return "none";
            });
    cases.add(
        "pattern of a result",
        log ->
            y ->
                CallBodies.once(y, "p") instanceof String s && s.length() == number(y, 3)
                    ? s + text(y, s)
                    : "no");
  }

  private static void loops(Cases cases) {
    cases.add(
        "call as the condition of while",
        log ->
            y -> {
              int i = 0;
              while (flag(y, i < 3)) {
                i += number(y, 1);
              }
              return i;
            });
    cases.add(
        "call as the condition of do",
        log ->
            y -> {
              int i = 0;
              do {
                if (++i == 2) {
                  continue;
                }
                log.add(text(y, "i" + i));
              } while (number(y, i) < 4);
              return i;
            });
    cases.add(
        "calls in all parts of a for",
        log ->
            y -> {
              long sum = 0;
              for (int i = number(y, 1); i < number(y, 4); i += number(y, 2)) {
                sum += wide(y, i);
              }
              return sum;
            });
    cases.add(
        "loop over the result of a call",
        log ->
            y -> {
              int sum = 0;
              for (int n : array(y, 5)) {
                sum += number(y, n);
              }
              return sum;
            });
    cases.add(
        "labelled loops with calls",
        log ->
            y -> {
              int turns = 0;
              outer:
              for (int i = 0; ; i++) {
                for (int j = 0; j < 3; j++) {
                  turns++;
                  if (number(y, i * 10 + j) == 11) {
                    break outer;
                  }
                  if (flag(y, j == 1)) {
                    continue outer;
                  }
                }
              }
              return turns;
            });
  }

  private record Closing(Cases.Log log, Object name) implements AutoCloseable {
    static Closing open(Yielder<Object, Object> y, Cases.Log log, Object name) {
      log.add("open " + y.yield("opening " + name));
      return new Closing(log, name);
    }

    @Override
    public void close() {
      log.add("close " + name);
    }
  }

  private static void resources(Cases cases) {
    cases.add(
        "resource from a call",
        log ->
            y -> {
              try (Closing a = Closing.open(y, log, "a");
                  Closing b = Closing.open(y, log, a.name + "b")) {
                return text(y, "in " + b.name);
              }
            });
    cases.add("resource in a callee", log -> y -> guarded(y, log, "x") + "" + guarded(y, log, "y"));
  }

  private static Object guarded(Yielder<Object, Object> y, Cases.Log log, String name) {
    try (Closing closing = Closing.open(y, log, name)) {
      return CallBodies.twice(y, closing.name);
    }
  }
}
