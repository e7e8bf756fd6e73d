package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Locals of all types: slots that are used again with another, wide ones, dead ones, many. */
final class TypeBodies {
  private TypeBodies() {}

  static int intOf(Object o) {
    return o instanceof Integer i ? i : 0;
  }

  static void addTo(Cases cases) {
    slots(cases);
    mixed(cases);
    generic(cases);
  }

  private static void slots(Cases cases) {
    cases.add(
        "slot used again with another type",
        log ->
            y -> {
              {
                long a = 5;
                y.yield(a);
                log.add(a);
              }
              {
                String a = "s";
                String b = "t";
                y.yield(a + b);
                log.add(a + b);
              }
              {
                int a = 1;
                double b = 2;
                y.yield(a + b);
                log.add(a + b);
              }
              return "end";
            });
    cases.add(
        "slot used again in branches",
        log ->
            y -> {
              for (int i = 0; i < 4; i++) {
                if (i % 2 == 0) {
                  double d = i / 4.0;
                  y.yield(d);
                  log.add(d);
                } else {
                  Object o = "o" + i;
                  y.yield(o);
                  log.add(o);
                }
              }
              return null;
            });
    cases.add(
        "many locals",
        log ->
            y -> {
              int a = 1;
              long b = 2;
              float c = 3;
              double d = 4;
              String e = "5";
              byte f = 6;
              char g = '7';
              short h = 8;
              boolean i = true;
              Object j = y.yield("start");
              int[] k = {11};
              List<String> l = List.of("12");
              y.yield(a + b + c + d + e + f + g + h + i + j + k[0] + l);
              a++;
              b *= 2;
              c /= 2;
              d -= 0.5;
              e += "!";
              f++;
              g++;
              h++;
              i = !i;
              y.yield(a + b + c + d + e + f + g + h + i + j + k[0] + l);
              return a + b + c + d + e + f + g + h + i + j + k[0] + l;
            });
    cases.add(
        "dead before, live after",
        log ->
            y -> {
              String s = "dead";
              log.add(s);
              y.yield(1);
              s = "live";
              y.yield(2);
              return s;
            });
    cases.add(
        "assigned in one branch only, read in it only",
        log ->
            y -> {
              String s;
              boolean set = false;
              for (int i = 0; i < 3; i++) {
                if (y.yield(i) != null) {
                  s = "set " + i;
                  set = true;
                  y.yield(s);
                  log.add(s);
                }
              }
              return set;
            });
  }

  private static void mixed(Cases cases) {
    cases.add(
        "wide values on the stack",
        log ->
            y -> {
              long a = 1L << 33;
              double b = 0.5;
              return a + (b * 2 + (a - intOf(y.yield(a))) * (b + intOf(y.yield(b))));
            });
    cases.add(
        "boxing and unboxing",
        log ->
            y -> {
              Integer boxed = 1000;
              Long big = 5L;
              Character c = 'c';
              boxed++;
              y.yield(boxed);
              big += boxed;
              y.yield(big);
              return (boxed == 1001) + "" + big + c++ + c;
            });
    cases.add(
        "integer overflow and narrowing",
        log ->
            y -> {
              int i = Integer.MAX_VALUE;
              i += 1 + intOf(y.yield(i));
              byte b = (byte) (i >> 3);
              y.yield(b);
              char c = (char) (b * 7);
              y.yield((int) c);
              return (short) (c << 3) + (int) 3e10 + (long) Float.NaN;
            });
    cases.add(
        "float comparisons",
        log ->
            y -> {
              float f = intOf(y.yield("f")) / 2f;
              double d = intOf(y.yield("d")) / 2.0;
              if (f < d) {
                return "less " + y.yield(f);
              }
              return f > d ? "more" : Double.isNaN(0 / (d - f)) ? "equal" : "odd";
            });
    cases.add(
        "long comparisons",
        log ->
            y -> {
              long target = 1L << (intOf(y.yield("bits")) + 30);
              long n = 1;
              while (n < target) {
                n <<= 8;
                y.yield(n);
              }
              return n == target;
            });
  }

  private static void generic(Cases cases) {
    cases.add(
        "generic locals",
        log ->
            y -> {
              Map<String, List<Integer>> map = new LinkedHashMap<>();
              for (int i = 0; i < 5; i++) {
                Object sent = y.yield(map.size());
                map.computeIfAbsent(String.valueOf(sent), k -> new ArrayList<>()).add(i);
              }
              return map;
            });
    cases.add(
        "optional chain",
        log ->
            y ->
                Optional.ofNullable(y.yield(1))
                    .map(Object::toString)
                    .filter(s -> s.length() == 1)
                    .orElse(String.valueOf(y.yield(2))));
    cases.add(
        "intersection of interfaces",
        log ->
            y -> {
              var c = y.yield(1) == null ? "text" : Integer.valueOf(7);
              y.yield(c);
              Comparable<?> again = c;
              return again.getClass().getSimpleName();
            });
    cases.add(
        "arrays of generic type",
        log ->
            y -> {
              List<?>[] lists = {List.of(1), Arrays.asList(y.yield("x"), 2)};
              for (List<?> list : lists) {
                for (Object o : list) {
                  y.yield(o);
                }
              }
              return lists.length;
            });
    cases.add(
        "null of many types",
        log ->
            y -> {
              String s = null;
              int[] a = null;
              List<String> l = null;
              y.yield(s);
              y.yield(a == null ? "no array" : a[0]);
              l = y.yield(l) == null ? null : List.of("x");
              return s + (a == null) + (l == null ? "none" : l.get(0));
            });
    cases.add(
        "class constants",
        log ->
            y -> {
              Class<?> c = y.yield(1) == null ? int[].class : Map.Entry.class;
              y.yield(c.getName());
              return c == int[].class ? TypeBodies.class : void.class;
            });
    cases.add(
        "assert",
        log ->
            y -> {
              Object o = y.yield(1);
              assert o != null : "sent nothing: " + y.yield("message");
              return o;
            });
  }
}
