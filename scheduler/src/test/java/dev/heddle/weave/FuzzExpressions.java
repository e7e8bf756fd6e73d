package dev.heddle.weave;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes random expressions of a type over the variables in scope; many of them suspend. */
final class FuzzExpressions {
  /** The types of variables. */
  static final List<String> TYPES = List.of("int", "long", "double", "String", "Object", "boolean");

  /** A variable in scope; those of loops are not assigned. */
  record Variable(String type, String name, boolean assignable) {}

  private final Random random;
  private int names;

  /** The variables in scope, the innermost last. */
  final List<Variable> scope = new ArrayList<>();

  /** Where code must not suspend: in {@code synchronized}. */
  boolean silent;

  /**
   * Over 0 where a switch with try inside crashes javac 25: under a {@code new}, a long, a double.
   */
  private int fragile;

  FuzzExpressions(Random random) {
    this.random = random;
  }

  String freshName(String prefix) {
    return prefix + names++;
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A variable of the type to assign to, or null. */
  Variable assignable(String type) {
    List<Variable> fitting =
        scope.stream().filter(v -> v.assignable && v.type.equals(type)).toList();
    return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
  }

  private String variable(String type, String otherwise) {
    List<Variable> fitting = scope.stream().filter(v -> v.type.equals(type)).toList();
    return fitting.isEmpty() || random.nextInt(5) == 0
        ? otherwise
        : fitting.get(random.nextInt(fitting.size())).name;
  }

  String of(String type, int depth) {
    return switch (type) {
      case "int" -> integer(depth);
      case "long" -> wide("long", variable("long", random.nextInt(9) + "L"), depth);
      case "double" -> wide("double", variable("double", random.nextInt(9) + ".5"), depth);
      case "String" -> string(depth);
      case "boolean" -> bool(depth);
      default -> object(depth);
    };
  }

  private String integer(int depth) {
    String simple = variable("int", String.valueOf(random.nextInt(20) - 5));
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (random.nextInt(12)) {
      case 0, 1 -> simple;
      case 2, 3 ->
          "(" + integer(d) + pick(" + ", " - ", " * ", " ^ ", " & ", " | ") + integer(d) + ")";
      case 4 -> "(" + integer(d) + pick(" / ", " % ") + integer(d) + ")";
      case 5 -> "(" + integer(d) + pick(" << ", " >> ", " >>> ") + integer(d) + ")";
      case 6 -> "(" + bool(d) + " ? " + integer(d) + " : " + integer(d) + ")";
      case 7 -> "intOf(" + object(d) + ")";
      case 8 -> string(d) + ".length()";
      case 9 -> "((int) " + pick("(char) ", "(byte) ", "(short) ", "") + "(" + of("long", d) + "))";
      case 10 -> "new int[] {" + integer(d) + ", " + integer(d) + "}[" + pick("0", "1", "2") + "]";
      default -> "this.twice(" + integer(d) + ")";
    };
  }

  private String wide(String type, String simple, int depth) {
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (random.nextInt(7)) {
      case 0 -> simple;
      case 1, 2 -> "(" + of(type, d) + pick(" + ", " - ", " * ") + fragile(type, d) + ")";
      case 3 -> "(" + bool(d) + " ? " + of(type, d) + " : " + of(type, d) + ")";
      case 4 ->
          type.equals("long")
              ? "(" + of(type, d) + " >> " + fragile("int", d) + ")"
              : "-(" + simple + ")";
      case 5 -> "((" + type + ") (" + integer(d) + "))";
      default ->
          type.equals("long")
              ? "wide(" + of("long", d) + ", " + fragile("Object", d) + ")"
              : simple;
    };
  }

  private String string(int depth) {
    String simple = variable("String", "\"s" + random.nextInt(9) + "\"");
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (random.nextInt(5)) {
      case 0 -> simple;
      case 1 -> "cut(" + string(d) + " + " + of(anyType(), d) + " + " + fragile("Object", d) + ")";
      case 2 -> "String.valueOf(" + object(d) + ")";
      case 3 -> "join(" + object(d) + ", " + of(anyType(), d) + ", " + object(d) + ")";
      default -> "(" + bool(d) + " ? " + string(d) + " : " + string(d) + ")";
    };
  }

  private String bool(int depth) {
    String simple = variable("boolean", "(state > " + random.nextInt(5) + ")");
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (random.nextInt(7)) {
      case 0 -> simple;
      case 1 -> "(" + integer(d) + pick(" < ", " >= ", " == ") + integer(d) + ")";
      case 2 -> "(" + of("long", d) + pick(" < ", " != ") + fragile("double", d) + ")";
      case 3 -> "(" + bool(d) + pick(" && ", " || ", " ^ ") + bool(d) + ")";
      case 4 -> "!(" + bool(d) + ")";
      case 5 -> "(" + object(d) + " instanceof " + pick("String", "Integer", "Pair") + ")";
      default -> "(" + object(d) + pick(" == null", " != null") + ")";
    };
  }

  private String object(int depth) {
    String simple = variable("Object", pick("((Object) null)", "((Object) \"o\")", "((Object) 7)"));
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (random.nextInt(silent ? 6 : 11)) {
      case 0 -> simple;
      case 1 -> "((Object) (" + of(anyType(), d) + "))";
      case 2 -> "((Object) new Pair(" + fragile("Object", d) + ", " + fragile("Object", d) + "))";
      case 3 -> "new Hidden(" + fragile("Object", d) + ").use(" + integer(d) + ")";
      case 4 -> "(" + bool(d) + " ? (Object) (" + of(anyType(), d) + ") : " + object(d) + ")";
      case 5 -> switched(d);
      default -> "y.yield(" + of(anyType(), d) + ")";
    };
  }

  /** Beside a value on the stack that javac cannot save. */
  String fragile(String type, int depth) {
    fragile++;
    String argument = of(type, depth);
    fragile--;
    return argument;
  }

  private String switched(int d) {
    String guarded = freshName("p");
    return switch (fragile > 0 ? 0 : random.nextInt(3)) {
      case 0 ->
          """
          ((Object) switch (%2$s) { case 0, 1, 2 -> %3$s; \
          case 3 -> { Object %1$s = %4$s; yield %1$s; } default -> %5$s; })\
          """
              .formatted(guarded, integer(d), object(d), object(d), string(d));
      case 1 ->
          """
          ((Object) switch (%2$s) { case "s1", "o" -> %3$s; case "s2" -> %4$s; \
          default -> { Object %1$s = null; try { %1$s = %5$s; yield %1$s; } \
          catch (ArithmeticException e%1$s) { %1$s = %6$s; yield %1$s; } } })\
          """
              .formatted(guarded, string(d), object(d), of("long", d), object(d), object(d));
      default ->
          """
          ((Object) switch (%2$s) { case null -> %3$s; \
          case Integer %1$s when %1$s > 3 -> %1$s + %4$s; \
          case Pair(var l%1$s, String r%1$s) -> l%1$s + r%1$s; \
          case Pair %1$s -> %1$s.left(); default -> %5$s; })\
          """
              .formatted(guarded, object(d), object(d), integer(d), object(d));
    };
  }

  String anyType() {
    return TYPES.get(random.nextInt(TYPES.size()));
  }
}
