package dev.heddle.weave;

import java.util.function.Supplier;

/**
 * A random program: a class with one body and up to eight suspending methods, which call each
 * other. It is the same for the same choices. Every loop and every recursion is bounded, every jump
 * stands behind a condition that the compiler does not see through, so that it compiles.
 */
final class FuzzProgram {
  private static final int MOST_METHODS = 8;

  /** How many of the body's statements have statements inside, at most. */
  private static final int STATEMENTS = 14;

  private final FuzzChoices choices;
  private final FuzzDialect dialect;
  private final FuzzExpressions expressions;

  private final String source;

  FuzzProgram(String className, FuzzChoices choices) {
    this.choices = choices;
    this.dialect = choices.nextBoolean() ? FuzzDialect.TASK : FuzzDialect.COROUTINE;
    this.expressions = new FuzzExpressions(choices, dialect, className);
    int methods = choices.nextInt(4) == 0 ? 0 : 1 + choices.nextInt(MOST_METHODS);
    for (int i = 0; i < methods; i++) {
      expressions.methods.add(FuzzMethod.random(i, choices, expressions));
    }
    String body = body();
    source = source(className, body, new FuzzDeclarations(expressions).write());
  }

  FuzzChoices choices() {
    return choices;
  }

  FuzzDialect dialect() {
    return dialect;
  }

  /** The source of a top-level class. */
  String source() {
    return source;
  }

  boolean hasMethods() {
    return !expressions.called.isEmpty();
  }

  /** Whether all methods of the program can be woven. */
  boolean isWovenToTheLast() {
    return expressions.called.stream().allMatch(method -> method.shape().woven);
  }

  private String body() {
    Supplier<String> result = () -> expressions.of("Object", 1 + choices.nextInt(3));
    return new FuzzStatements(expressions, result, STATEMENTS).write(3)
        + "return captured + wide + state;";
  }

  private String source(String className, String body, String members) {
    return """
    class %1$s extends Fuzz implements Function<Consumer<Object>, Object> {
      private static %1$s self;
      private static Consumer<Object> log;
      private static int calls;
      private static int deeper;
      private int state;
      private int twice(int n) { state++; return 2 * n; }
      private static final class Hidden {
        private final Object value;
        private Hidden(Object value) { this.value = value; }
        private Object use(int n) { return n %% 2 == 0 ? value : "h" + n; }
      }
      %2$s
      public Object apply(Consumer<Object> log) {
        %1$s.self = this;
        %1$s.log = log;
        calls = 0;
        deeper = 0;
        int captured = %3$d;
        long wide = %4$dL;
        Object shared = new Object[] {captured};
        %5$s body = y -> {
          int fuel = 40;
          int[] cells = {captured, 2};
          %6$s
        };
        return body;
      }
    }
    """
        .formatted(className, members, choices.nextInt(7), choices.nextInt(11), dialect.body, body);
  }

  /** What the programs share. */
  static String header() {
    return """
    package fuzz;
    import dev.heddle.coroutine.*;
    import dev.heddle.scheduler.*;
    import dev.heddle.weave.TaskRun;
    import java.io.Serializable;
    import java.util.function.*;
    record Pair(Object left, Object right) {
      Pair {
        left = Fuzz.depth(left) > 3 ? left.toString() : left; // else the text of it grows for ever
        right = Fuzz.depth(right) > 3 ? right.toString() : right;
      }
      public String toString() { return Fuzz.cut("<" + left + "|" + right + ">"); }
    }
    record Res(Consumer<Object> log, String name, boolean bad) implements AutoCloseable {
      public void close() {
        log.accept("close " + name);
        if (bad) throw new IllegalStateException("close " + name);
      }
    }
    class Fuzz {
      static String cut(String s) { return s.length() > 40 ? s.substring(0, 40) : s; }
      static int intOf(Object o) {
        return o instanceof Number n ? n.intValue() : o instanceof int[] a ? a.length : 1;
      }
      static int depth(Object o) {
        return o instanceof Pair p ? 1 + Math.max(depth(p.left()), depth(p.right())) : 0;
      }
      static Object first(Object[] all) { return all.length == 0 ? null : all[0]; }
      static String join(Object a, Object b, Object c) { return cut(a + "," + b + "," + c); }
      static long wide(long a, Object b) { return b == null ? a : a + 1; }
    }
    """;
  }
}
