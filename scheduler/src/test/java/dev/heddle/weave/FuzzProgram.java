package dev.heddle.weave;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random program: a class with one body, the same for the same seed. Every loop is bounded, every
 * jump stands behind a condition that the compiler does not see through, so that it compiles.
 */
final class FuzzProgram {
  private static final int STATEMENTS = 14;

  private final Random random;
  private final FuzzExpressions expressions;
  private final StringBuilder text = new StringBuilder();
  private final List<String> loops = new ArrayList<>();
  private int left = STATEMENTS;

  private FuzzProgram(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    expressions = new FuzzExpressions(random);
  }

  /** The source of a top-level class. */
  static String source(String className, long seed) {
    FuzzProgram program = new FuzzProgram(seed);
    program.block(3);
    return """
    class %s extends Fuzz implements Function<Consumer<Object>, Object> {
      private int state;
      private int twice(int n) { state++; return 2 * n; }
      private static final class Hidden {
        private final Object value;
        private Hidden(Object value) { this.value = value; }
        private Object use(int n) { return n %% 2 == 0 ? value : "h" + n; }
      }
      public Object apply(Consumer<Object> log) {
        int captured = %d;
        long wide = %dL;
        Object shared = new Object[] {captured};
        CoroutineBody<Object, Object, Object> body = y -> {
          int fuel = 40;
          %s
          return captured + wide + state;
        };
        return body;
      }
    }
    """
        .formatted(className, seed % 7, seed % 11, program.text);
  }

  /** What the programs share. */
  static String header() {
    return """
    package fuzz;
    import dev.heddle.coroutine.CoroutineBody;
    import java.util.function.*;
    record Pair(Object left, Object right) {
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
      static int intOf(Object o) { return o instanceof Integer i ? i : 1; }
      static String join(Object a, Object b, Object c) { return cut(a + "," + b + "," + c); }
      static long wide(long a, Object b) { return b == null ? a : a + 1; }
    }
    """;
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private String any(String type) {
    return expressions.of(type, 1 + random.nextInt(3));
  }

  private void block(int depth) {
    int variables = expressions.scope.size();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      statement(depth);
    }
    while (expressions.scope.size() > variables) {
      expressions.scope.removeLast();
    }
  }

  private void nested(int depth) {
    line("{");
    block(depth - 1);
    line("}");
  }

  private void statement(int depth) {
    if (depth <= 0 || left-- <= 0) {
      simple();
      return;
    }
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5 -> simple();
      case 6 -> branch(depth);
      case 7, 8 -> loop(depth);
      case 9 -> switchStatement(depth);
      case 10, 11, 12 -> tryStatement(depth);
      case 13 -> resources(depth);
      case 14 -> silent(depth);
      default -> patternIf(depth);
    }
  }

  private void simple() {
    String type = expressions.anyType();
    FuzzExpressions.Variable target = expressions.assignable(type);
    int choice = random.nextInt(10);
    if (choice < 3 || (choice < 5 && target == null)) {
      String name = expressions.freshName("v");
      line(type + " " + name + " = " + any(type) + ";");
      expressions.scope.add(new FuzzExpressions.Variable(type, name, true));
    } else if (choice < 5) {
      line(target.name() + " = " + any(type) + ";");
    } else if (choice < 6) {
      line("log.accept(" + any(type) + ");");
    } else if (choice < 7) {
      leave();
    } else if (choice < 8) {
      lambda();
    } else if (!expressions.silent) {
      line(
          random.nextInt(4) == 0
              ? "y.yieldFrom(java.util.Arrays.asList("
                  + any("Object")
                  + ", "
                  + any("Object")
                  + "));"
              : "y.yield(" + any(type) + ");");
    }
  }

  private void lambda() {
    String kept = expressions.freshName("k");
    line("final Object " + kept + " = " + any("Object") + ";");
    line("Supplier<Object> s" + kept + " = () -> " + kept + " + \"!\" + captured + state++;");
    line("log.accept(s" + kept + ".get());");
  }

  private void leave() {
    String how = "throw new IllegalStateException(\"t\" + " + expressions.fragile("int", 2) + ");";
    int choice = random.nextInt(4);
    if (choice == 0) {
      how = "return " + any("Object") + ";";
    } else if (choice < 3 && !loops.isEmpty()) {
      String loop = loops.get(random.nextInt(loops.size()));
      how = (random.nextBoolean() ? "break " : "continue ") + loop + ";";
    }
    line("if (" + any("boolean") + ") " + how);
  }

  private void branch(int depth) {
    line("if (" + any("boolean") + ")");
    nested(depth);
    if (random.nextBoolean()) {
      line("else");
      nested(depth);
    }
  }

  private void loop(int depth) {
    String label = expressions.freshName("loop");
    String counter = expressions.freshName("i");
    String bound = String.valueOf(1 + random.nextInt(4));
    int form = random.nextInt(4);
    line(
        switch (form) {
          case 0 ->
              label
                  + ": for (int "
                  + counter
                  + " = 0; "
                  + counter
                  + " < "
                  + bound
                  + "; "
                  + counter
                  + "++)";
          case 1 -> label + ": while (--fuel > 0 && " + any("boolean") + ")";
          case 2 ->
              label
                  + ": for (String "
                  + counter
                  + " : new String[] {\"s1\", "
                  + any("String")
                  + "})";
          default -> label + ": do";
        });
    int variables = expressions.scope.size();
    if (form == 0) {
      expressions.scope.add(new FuzzExpressions.Variable("int", counter, false));
    } else if (form == 2) {
      expressions.scope.add(new FuzzExpressions.Variable("String", counter, true));
    }
    loops.add(label);
    nested(depth);
    loops.removeLast();
    while (expressions.scope.size() > variables) {
      expressions.scope.removeLast();
    }
    if (form == 3) {
      line("while (--fuel > 0 && " + any("boolean") + ");");
    }
  }

  private void switchStatement(int depth) {
    line("switch (" + any("int") + ") {");
    line("case 0: case 7:");
    nested(depth);
    line(random.nextBoolean() ? "break;" : "case 9:");
    line("case 1:");
    nested(depth);
    line("default:");
    nested(depth);
    line("}");
  }

  private void tryStatement(int depth) {
    line("try");
    nested(depth);
    boolean caught = random.nextInt(4) > 0;
    if (caught) {
      String type =
          expressions.pick(
              "IllegalStateException", "ArithmeticException", "RuntimeException", "Throwable");
      String name = expressions.freshName("e");
      line("catch (" + type + " " + name + ") {");
      line("log.accept(" + name + ".getClass());");
      nested(depth);
      line(random.nextInt(3) == 0 ? "if (state > 2) throw " + name + ";" : "");
      line("}");
    }
    if (!caught || random.nextBoolean()) {
      line("finally");
      nested(depth);
    }
  }

  private void resources(int depth) {
    String name = expressions.freshName("r");
    line(
        "try (Res "
            + name
            + " = new Res(log, "
            + expressions.fragile("String", 2)
            + ", "
            + expressions.fragile("boolean", 1)
            + "))");
    nested(depth);
    if (random.nextBoolean()) {
      line("catch (RuntimeException x" + name + ") { log.accept(x" + name + ".getClass()); }");
    }
  }

  private void silent(int depth) {
    boolean before = expressions.silent;
    expressions.silent = true;
    line("synchronized (shared)");
    nested(depth);
    expressions.silent = before;
  }

  private void patternIf(int depth) {
    String name = expressions.freshName("b");
    line("if (" + any("Object") + " instanceof Integer " + name + " && " + name + " > 2) {");
    line("int c" + name + " = " + name + " + 1;");
    nested(depth);
    line("log.accept(c" + name + ");");
    line("}");
  }
}
