package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import java.util.ArrayList;
import java.util.List;

/** Methods that call themselves and each other, with suspensions on the way down and up. */
@SuppressWarnings("InfiniteRecursion")
final class CallRecursionBodies {
  private CallRecursionBodies() {}

  static void addTo(Cases cases) {
    direct(cases);
    mutual(cases);
    structures(cases);
    deep(cases);
    failures(cases);
  }

  private static int factorial(Yielder<Object, Object> y, int n) {
    return n <= 1 ? (int) y.yield(1) : n * factorial(y, n - 1);
  }

  private static long fibonacci(Yielder<Object, Object> y, int n) {
    if (n < 2) {
      return (int) y.yield(n);
    }
    return fibonacci(y, n - 1) + fibonacci(y, n - 2);
  }

  private static int countdown(Yielder<Object, Object> y, int n) {
    if (n == 0) {
      return 0;
    }
    y.yield(n);
    return 1 + countdown(y, n - 1);
  }

  private static String unwinding(Yielder<Object, Object> y, int n) {
    String below = n == 0 ? "" : unwinding(y, n - 1);
    return below + y.yield(n);
  }

  private static int ackermann(Yielder<Object, Object> y, int m, int n) {
    if (m == 0) {
      return n == 2 ? (int) y.yield(n) + 1 : n + 1;
    }
    return ackermann(y, m - 1, n == 0 ? 1 : ackermann(y, m, n - 1));
  }

  private static void hanoi(Yielder<Object, Object> y, int n, char from, char to, char by) {
    if (n > 0) {
      hanoi(y, n - 1, from, by, to);
      y.yield(from + ">" + to);
      hanoi(y, n - 1, by, to, from);
    }
  }

  private static void direct(Cases cases) {
    cases.add("recursion that suspends at the bottom", log -> y -> factorial(y, 6));
    cases.add("recursion that suspends on its way down", log -> y -> countdown(y, 5));
    cases.add("recursion that suspends on its way up", log -> y -> unwinding(y, 4));
    cases.add("recursion twice in an expression", log -> y -> fibonacci(y, 4));
    cases.add("recursion in an argument", log -> y -> ackermann(y, 2, 1));
    cases.add(
        "recursion without a result",
        log ->
            y -> {
              hanoi(y, 3, 'a', 'b', 'c');
              return "moved";
            });
    cases.add(
        "recursions one after another",
        log -> y -> factorial(y, 3) + countdown(y, 2) + factorial(y, 2) + countdown(y, 0));
  }

  private static boolean even(Yielder<Object, Object> y, int n) {
    return n == 0 ? (boolean) y.yield(true) : odd(y, n - 1);
  }

  private static boolean odd(Yielder<Object, Object> y, int n) {
    if (n == 3) {
      y.yield("three");
    }
    return n != 0 && even(y, n - 1);
  }

  private static Object red(Yielder<Object, Object> y, int n) {
    return n == 0 ? "red" : "r" + green(y, n - 1, n * 2L);
  }

  private static String green(Yielder<Object, Object> y, int n, long wide) {
    return y.yield(wide) + (n == 0 ? "green" : "g" + blue(n - 1, y));
  }

  private static Object blue(int n, Yielder<Object, Object> y) {
    return n == 0 ? y.yield("blue") : "b" + red(y, n - 1);
  }

  private interface Term {
    int value(Yielder<Object, Object> y);
  }

  private record Constant(int n) implements Term {
    @Override
    public int value(Yielder<Object, Object> y) {
      return (int) y.yield(n);
    }
  }

  private record Plus(Term left, Term right) implements Term {
    @Override
    public int value(Yielder<Object, Object> y) {
      return left.value(y) + right.value(y);
    }
  }

  private record Minus(Term of) implements Term {
    @Override
    public int value(Yielder<Object, Object> y) {
      return -of.value(y);
    }
  }

  private static void mutual(Cases cases) {
    cases.add("two methods that call each other", log -> y -> even(y, 6) + "," + odd(y, 4));
    cases.add("three methods in a ring", log -> y -> red(y, 5) + "," + red(y, 3));
    cases.add(
        "recursion through an interface",
        log ->
            y ->
                new Plus(new Minus(new Constant(3)), new Plus(new Constant(4), new Constant(5)))
                    .value(y));
    cases.add("recursive descent", log -> y -> new Parser("1+2*(3+4)").sum(y));
    cases.add("recursive descent that fails", log -> y -> new Parser("1+(2*").sum(y));
  }

  /** A parser that yields each digit that it reads. */
  private static final class Parser {
    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : ' ';
    }

    private int sum(Yielder<Object, Object> y) {
      int sum = product(y);
      while (peek() == '+') {
        at++;
        sum += product(y);
      }
      return sum;
    }

    private int product(Yielder<Object, Object> y) {
      int product = factor(y);
      while (peek() == '*') {
        at++;
        product *= factor(y);
      }
      return product;
    }

    private int factor(Yielder<Object, Object> y) {
      if (peek() == '(') {
        at++;
        int inner = sum(y);
        at++;
        return inner;
      }
      if (!Character.isDigit(peek())) {
        throw new IllegalStateException("no digit at " + at);
      }
      return (int) y.yield(text.charAt(at++) - '0');
    }
  }

  private record Tree(Tree left, Object value, Tree right) {
    static Tree of(int from, int to) {
      int middle = (from + to) / 2;
      return from > to ? null : new Tree(of(from, middle - 1), middle, of(middle + 1, to));
    }

    int walk(Yielder<Object, Object> y) {
      int count = left == null ? 0 : left.walk(y);
      y.yield(value);
      return count + 1 + (right == null ? 0 : right.walk(y));
    }
  }

  private static void permute(Yielder<Object, Object> y, String chosen, String rest) {
    if (rest.isEmpty()) {
      y.yield(chosen);
    }
    for (int i = 0; i < rest.length(); i++) {
      permute(y, chosen + rest.charAt(i), rest.substring(0, i) + rest.substring(i + 1));
    }
  }

  private static boolean queens(Yielder<Object, Object> y, int[] columns, int row) {
    if (row == columns.length) {
      return true;
    }
    for (int column = 0; column < columns.length; column++) {
      if (fits(columns, row, column)) {
        columns[row] = (int) y.yield(column);
        if (queens(y, columns, row + 1)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean fits(int[] columns, int row, int column) {
    for (int above = 0; above < row; above++) {
      int apart = Math.abs(columns[above] - column);
      if (apart == 0 || apart == row - above) {
        return false;
      }
    }
    return true;
  }

  private static List<Object> flat(Yielder<Object, Object> y, List<?> nested) {
    List<Object> flat = new ArrayList<>();
    for (Object one : nested) {
      if (one instanceof List<?> list) {
        flat.addAll(flat(y, list));
      } else {
        flat.add(y.yield(one));
      }
    }
    return flat;
  }

  private static void structures(Cases cases) {
    cases.add("walk of a tree by recursion", log -> y -> Tree.of(1, 7).walk(y));
    cases.add(
        "permutations",
        log ->
            y -> {
              permute(y, "", "abc");
              return "all";
            });
    cases.add(
        "search that goes back",
        log ->
            y -> {
              int[] columns = new int[4];
              return queens(y, columns, 0) + java.util.Arrays.toString(columns);
            });
    cases.add(
        "nested lists", log -> y -> flat(y, List.of(1, List.of(2, List.of(), List.of(3)), 4)));
  }

  /** Suspends once, at this depth. */
  private static long once(Yielder<Object, Object> y, int depth, long wide) {
    if (depth == 0) {
      y.yield("bottom");
      return wide;
    }
    return once(y, depth - 1, wide + depth) + 1;
  }

  /** Suspends at each hundredth frame on its way down and up. */
  private static int now(Yielder<Object, Object> y, int depth) {
    if (depth % 100 == 0) {
      y.yield("down " + depth);
    }
    int below = depth == 0 ? 0 : now(y, depth - 1);
    if (depth % 100 == 0) {
      y.yield("up " + depth);
    }
    return below + 1;
  }

  private static int forever(Yielder<Object, Object> y, int n) {
    return n < 0 ? (int) y.yield(n) : 1 + forever(y, n + 1);
  }

  private static void deep(Cases cases) {
    cases.add("a thousand frames below one suspension", log -> y -> once(y, 1000, 5L));
    cases.add("three hundred frames that suspend on their way", log -> y -> now(y, 300));
    cases.add(
        "recursion without an end",
        log ->
            y -> {
              try {
                return forever(y, 0);
              } catch (StackOverflowError e) {
                return y.yield("overflow") + "" + countdown(y, 2);
              }
            });
  }

  private static int failing(Yielder<Object, Object> y, Cases.Log log, int n) {
    try {
      if (n == 0) {
        throw new IllegalStateException("bottom " + y.yield("fail"));
      }
      return 1 + failing(y, log, n - 1);
    } finally {
      log.add("finally " + n);
    }
  }

  private static int recovering(Yielder<Object, Object> y, int n) {
    if (n == 0) {
      throw new IllegalArgumentException("bottom");
    }
    try {
      y.yield(n);
      return recovering(y, n - 1);
    } catch (IllegalArgumentException e) {
      y.yield("caught at " + n);
      if (n < 3) {
        throw e;
      }
      return n;
    }
  }

  private static void failures(Cases cases) {
    cases.add("exception through recursion", log -> y -> failing(y, log, 4));
    cases.add("exception caught half-way up", log -> y -> recovering(y, 4));
    cases.add(
        "exception through recursion, caught by the body",
        log ->
            y -> {
              try {
                return failing(y, log, 3);
              } catch (IllegalStateException e) {
                return e.getMessage() + y.yield("caught") + e.getStackTrace().length / 1000;
              }
            });
  }
}
