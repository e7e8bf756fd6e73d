package dev.heddle.weave;

import dev.heddle.weave.FuzzExpressions.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Writes the random statements of one method. */
final class FuzzStatements {
  private final FuzzChoices choices;
  private final FuzzExpressions expressions;

  /** Writes what a return statement returns; empty in a method without a result. */
  private final Supplier<String> result;

  private final StringBuilder text = new StringBuilder();
  private final List<String> loops = new ArrayList<>();

  /** How many more statements may have statements inside. */
  private int left;

  FuzzStatements(FuzzExpressions expressions, Supplier<String> result, int left) {
    this.choices = expressions.choices;
    this.expressions = expressions;
    this.result = result;
    this.left = left;
  }

  /** A block of statements that are nested this deep at most. */
  String write(int depth) {
    statements(1 + choices.nextInt(3), depth);
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private String any(String type) {
    return expressions.of(type, 1 + choices.nextInt(3));
  }

  private void statements(int count, int depth) {
    int variables = expressions.scope.size();
    for (int n = count; n > 0; n--) {
      statement(depth);
    }
    while (expressions.scope.size() > variables) {
      expressions.scope.removeLast();
    }
  }

  private void nested(int depth) {
    line("{");
    statements(choices.nextInt(4), depth - 1);
    line("}");
  }

  private void statement(int depth) {
    if (depth <= 0 || left-- <= 0) {
      simple();
      return;
    }
    switch (choices.nextInt(16)) {
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
    Variable target = expressions.assignable(type);
    int choice = choices.nextInt(13);
    if (choice < 3 || (choice < 5 && target == null)) {
      String name = expressions.freshName("v");
      line(type + " " + name + " = " + any(type) + ";");
      expressions.scope.add(new Variable(type, name, true));
    } else if (choice < 5) {
      line(target.name() + " = " + any(type) + ";");
    } else if (choice < 6) {
      line("log.accept(" + any(type) + ");");
    } else if (choice < 7) {
      leave();
    } else if (choice < 8) {
      lambda();
    } else if (choice < 9) {
      compound();
    } else if (!expressions.silent) {
      line(choice < 11 ? suspension(type) : expressions.call() + ";");
    }
  }

  private String suspension(String type) {
    if (choices.nextInt(4) < 3 || expressions.dialect == FuzzDialect.TASK) {
      return expressions.suspend(any(type)) + ";";
    }
    String items = any("Object") + ", " + any("Object");
    return expressions.suspender + ".yieldFrom(java.util.Arrays.asList(" + items + "));";
  }

  /** An assignment that keeps a reference, an index or the old value on the operand stack. */
  private void compound() {
    Variable number = expressions.assignable("int");
    String target =
        switch (choices.nextInt(3)) {
          case 0 -> number == null ? expressions.self + "state" : number.name();
          case 1 -> expressions.self + "state";
          default -> "cells[" + any("int") + " & 1]";
        };
    line(target + choices.pick(" += ", " -= ", " ^= ") + any("int") + ";");
  }

  private void lambda() {
    String kept = expressions.freshName("k");
    line("final Object " + kept + " = " + any("Object") + ";");
    line(
        "Supplier<Object> s"
            + kept
            + " = () -> "
            + kept
            + " + \"!\" + captured + "
            + expressions.self
            + "state++;");
    line("log.accept(s" + kept + ".get());");
  }

  private void leave() {
    String how = "throw new IllegalStateException(\"t\" + " + expressions.fragile("int", 2) + ");";
    int choice = choices.nextInt(4);
    if (choice == 0) {
      how = "return " + result.get() + ";";
    } else if (choice < 3 && !loops.isEmpty()) {
      String loop = loops.get(choices.nextInt(loops.size()));
      how = (choices.nextBoolean() ? "break " : "continue ") + loop + ";";
    }
    line("if (" + any("boolean") + ") " + how);
  }

  private void branch(int depth) {
    line("if (" + any("boolean") + ")");
    nested(depth);
    if (choices.nextBoolean()) {
      line("else");
      nested(depth);
    }
  }

  private void loop(int depth) {
    String label = expressions.freshName("loop");
    String counter = expressions.freshName("i");
    String bound = String.valueOf(1 + choices.nextInt(4));
    int form = choices.nextInt(4);
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
      expressions.scope.add(new Variable("int", counter, false));
    } else if (form == 2) {
      expressions.scope.add(new Variable("String", counter, true));
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
    line(choices.nextBoolean() ? "break;" : "case 9:");
    line("case 1:");
    nested(depth);
    line("default:");
    nested(depth);
    line("}");
  }

  private void tryStatement(int depth) {
    line("try");
    nested(depth);
    boolean caught = choices.nextInt(4) > 0;
    if (caught) {
      String type =
          choices.pick(
              "IllegalStateException", "ArithmeticException", "RuntimeException", "Throwable");
      String name = expressions.freshName("e");
      line("catch (" + type + " " + name + ") {");
      line("log.accept(" + name + ".getClass());");
      nested(depth);
      line(
          choices.nextInt(3) == 0
              ? "if (" + expressions.self + "state > 2) throw " + name + ";"
              : "");
      line("}");
    }
    if (!caught || choices.nextBoolean()) {
      line("finally");
      nested(depth);
    }
  }

  private void resources(int depth) {
    String name = expressions.freshName("r");
    line("try (Res " + name + " = " + any("Res") + ")");
    nested(depth);
    if (choices.nextBoolean()) {
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
