package dev.heddle.weave;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Loops of every form, nested and labelled, around suspensions. */
@SuppressWarnings("LabelledBreakTarget")
final class LoopBodies {
  private LoopBodies() {}

  static void addTo(Cases cases) {
    counting(cases);
    collections(cases);
    labelled(cases);
    algorithms(cases);
  }

  private static void counting(Cases cases) {
    cases.add("nothing", log -> y -> null);
    cases.add("one yield", log -> y -> y.yield(1));
    cases.add(
        "yields in a row",
        log ->
            y -> {
              y.yield(1);
              y.yield(2);
              y.yield(3);
              return 4;
            });
    cases.add(
        "for",
        log ->
            y -> {
              for (int i = 0; i < 5; i++) {
                y.yield(i);
              }
              return "done";
            });
    cases.add(
        "for, two counters",
        log ->
            y -> {
              for (int i = 0, j = 10; i < j; i++, j -= 2) {
                y.yield(i * 100 + j);
              }
              return null;
            });
    cases.add(
        "for, no condition",
        log ->
            y -> {
              for (int i = 0; ; i++) {
                y.yield(i);
              }
            });
    cases.add(
        "for, yield in each part",
        log ->
            y -> {
              int n = 0;
              for (Object o = y.yield("init"); n < 3; o = y.yield("update " + o)) {
                n++;
                y.yield("body " + o);
              }
              return n;
            });
    cases.add(
        "for, yield in the condition",
        log ->
            y -> {
              int n = 0;
              for (; y.yield(n) != null; n++) {
                log.add("round " + n);
              }
              return n;
            });
    cases.add(
        "while",
        log ->
            y -> {
              int i = 3;
              while (i > 0) {
                y.yield(i--);
              }
              return i;
            });
    cases.add(
        "while true with break",
        log ->
            y -> {
              int i = 0;
              while (true) {
                Object sent = y.yield(i++);
                if (sent instanceof String) {
                  break;
                }
              }
              return "broke at " + i;
            });
    cases.add(
        "do while",
        log ->
            y -> {
              int i = 0;
              do {
                i += 2;
                y.yield(i);
              } while (i < 7);
              return i;
            });
    cases.add(
        "do while, yield in the condition",
        log ->
            y -> {
              int i = 0;
              do {
                i++;
              } while (y.yield(i) == null && i < 10);
              return i;
            });
    cases.add(
        "continue",
        log ->
            y -> {
              for (int i = 0; i < 9; i++) {
                if (i % 3 == 1) {
                  continue;
                }
                y.yield(i);
              }
              return null;
            });
    cases.add(
        "long counter",
        log ->
            y -> {
              long sum = 0;
              for (long i = Integer.MAX_VALUE; i < Integer.MAX_VALUE + 4L; i++) {
                sum += i;
                y.yield(sum);
              }
              return sum;
            });
    cases.add(
        "double counter",
        log ->
            y -> {
              double x = 1;
              while (x < 30) {
                y.yield(x);
                x *= 1.5;
              }
              return (float) x;
            });
  }

  private static void collections(Cases cases) {
    cases.add(
        "enhanced for over a list",
        log ->
            y -> {
              for (String s : List.of("a", "b", "c")) {
                y.yield(s);
              }
              return null;
            });
    cases.add(
        "enhanced for over an array",
        log ->
            y -> {
              int sum = 0;
              for (int n : new int[] {3, 1, 4, 1, 5}) {
                sum += n;
                y.yield(n + sum);
              }
              return sum;
            });
    cases.add(
        "enhanced for over arrays of arrays",
        log ->
            y -> {
              long sum = 0;
              for (long[] row : new long[][] {{1, 2}, {}, {3}}) {
                for (long n : row) {
                  y.yield(sum += n);
                }
                y.yield("row");
              }
              return sum;
            });
    cases.add(
        "iterator of a map",
        log ->
            y -> {
              Map<String, Integer> map = new TreeMap<>(Map.of("x", 1, "y", 2, "z", 3));
              for (Iterator<Map.Entry<String, Integer>> it = map.entrySet().iterator();
                  it.hasNext(); ) {
                Map.Entry<String, Integer> e = it.next();
                if (y.yield(e.getKey() + e.getValue()) != null) {
                  it.remove();
                }
              }
              return map;
            });
    cases.add(
        "collects what is sent",
        log ->
            y -> {
              List<Object> all = new ArrayList<>();
              while (all.size() < 6) {
                all.add(y.yield(all.size()));
              }
              return all;
            });
    cases.add(
        "enhanced for over what is yielded back",
        log ->
            y -> {
              for (Object o : new Object[] {y.yield("first"), "second", y.yield("third")}) {
                y.yield(o);
              }
              return null;
            });
  }

  private static void labelled(Cases cases) {
    cases.add(
        "nested loops",
        log ->
            y -> {
              for (int i = 0; i < 3; i++) {
                for (int j = 0; j <= i; j++) {
                  y.yield(i * 10 + j);
                }
              }
              return "end";
            });
    cases.add(
        "labelled continue",
        log ->
            y -> {
              outer:
              for (int i = 0; i < 5; i++) {
                for (int j = 0; j < 5; j++) {
                  if (j > i) {
                    continue outer;
                  }
                  if (y.yield(i * 10 + j) instanceof String) {
                    continue outer;
                  }
                }
                log.add("row " + i);
              }
              return null;
            });
    cases.add(
        "labelled break",
        log ->
            y -> {
              int seen = 0;
              search:
              for (int i = 0; i < 4; i++) {
                int j = 0;
                while (true) {
                  seen++;
                  Object sent = y.yield(i + ":" + j++);
                  if (sent instanceof Integer n && n > 6) {
                    break search;
                  }
                  if (j > 2) {
                    break;
                  }
                }
              }
              return seen;
            });
    cases.add(
        "labelled block",
        log ->
            y -> {
              found:
              {
                if (y.yield(1) != null) {
                  break found;
                }
                y.yield(2);
              }
              return y.yield(3);
            });
    cases.add(
        "three deep with locals at each level",
        log ->
            y -> {
              for (int i = 0; i < 2; i++) {
                String a = "a" + i;
                for (long j = 0; j < 2; j++) {
                  double d = j / 2.0;
                  for (char c = 'x'; c < 'z'; c++) {
                    y.yield(a + d + c);
                  }
                }
              }
              return null;
            });
  }

  private static void algorithms(Cases cases) {
    cases.add(
        "fibonacci",
        log ->
            y -> {
              long a = 0;
              long b = 1;
              while (true) {
                y.yield(a);
                long next = a + b;
                a = b;
                b = next;
              }
            });
    cases.add(
        "sieve",
        log ->
            y -> {
              boolean[] composite = new boolean[60];
              for (int i = 2; i < composite.length; i++) {
                if (!composite[i]) {
                  y.yield(i);
                  for (int j = i * i; j < composite.length; j += i) {
                    composite[j] = true;
                  }
                }
              }
              return composite.length;
            });
    cases.add(
        "permutations by a stack",
        log ->
            y -> {
              Deque<String> todo = new ArrayDeque<>(List.of(""));
              while (!todo.isEmpty()) {
                String s = todo.pop();
                if (s.length() == 3) {
                  y.yield(s);
                  continue;
                }
                for (char c : "cba".toCharArray()) {
                  if (s.indexOf(c) < 0) {
                    todo.push(s + c);
                  }
                }
              }
              return null;
            });
    cases.add(
        "running average",
        log ->
            y -> {
              double total = 0;
              int count = 0;
              Object sent = y.yield(null);
              while (true) {
                if (sent instanceof Integer n) {
                  total += n;
                  count++;
                }
                sent = y.yield(count == 0 ? "none" : total / count);
              }
            });
    cases.add(
        "collatz",
        log ->
            y -> {
              int n = y.yield("n?") instanceof Integer i && i > 0 ? i : 6;
              while (n != 1) {
                n = n % 2 == 0 ? n / 2 : 3 * n + 1;
                y.yield(n);
              }
              return "one";
            });
  }
}
