package dev.heddle.weave;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes random expressions of a type over the variables in scope; many of them suspend. */
final class FuzzExpressions {
  /** The types of variables. */
  static final List<String> TYPES =
      List.of(
          "int", "long", "double", "String", "Object", "boolean", "byte", "short", "char", "float",
          "Integer");

  /** A variable in scope; those of loops are not assigned. */
  record Variable(String type, String name, boolean assignable) {
    boolean isWide() {
      return type.equals("long") || type.equals("double");
    }
  }

  final FuzzChoices choices;
  final FuzzDialect dialect;

  /** The name of the program's class. */
  final String home;

  /** The methods that may be called. */
  final List<FuzzMethod> methods = new ArrayList<>();

  /** The methods that are called, in the order of their first calls. */
  final Set<FuzzMethod> called = new LinkedHashSet<>();

  private int names;

  /** The variables in scope, the innermost last. */
  final List<Variable> scope = new ArrayList<>();

  /** Where code must not suspend: in {@code synchronized}. */
  boolean silent;

  /**
   * Over 0 where a switch with try inside crashes javac 25: under a {@code new}, a long, a double.
   */
  private int fragile;

  /** How the code reaches the program's object: {@code this.} or {@code self.}. */
  String self = "this.";

  /** The name of the suspender. */
  String suspender = "y";

  FuzzExpressions(FuzzChoices choices, FuzzDialect dialect, String home) {
    this.choices = choices;
    this.home = home;
    this.dialect = dialect;
  }

  String freshName(String prefix) {
    return prefix + names++;
  }

  /** A variable of the type to assign to, or null. */
  Variable assignable(String type) {
    List<Variable> fitting =
        scope.stream().filter(v -> v.assignable && v.type.equals(type)).toList();
    return fitting.isEmpty() ? null : fitting.get(choices.nextInt(fitting.size()));
  }

  private String variable(String type, String otherwise) {
    List<Variable> fitting = scope.stream().filter(v -> v.type.equals(type)).toList();
    return fitting.isEmpty() || choices.nextInt(5) == 0
        ? otherwise
        : fitting.get(choices.nextInt(fitting.size())).name;
  }

  String of(String type, int depth) {
    if (depth > 0 && !silent && !methods.isEmpty() && choices.nextInt(6) == 5) {
      return called(type, depth - 1);
    }
    return switch (type) {
      case "int" -> integer(depth);
      case "long" -> wide("long", variable("long", choices.nextInt(9) + "L"), depth);
      case "double" -> wide("double", variable("double", choices.nextInt(9) + ".5"), depth);
      case "String" -> string(depth);
      case "boolean" -> bool(depth);
      case "byte", "short", "char", "float", "Integer" -> narrow(type, depth);
      case "int[]" -> "new int[] {" + integer(depth - 1) + ", " + integer(depth - 1) + "}";
      case "Res" ->
          "new Res(log, " + fragile("String", depth) + ", " + fragile("boolean", depth) + ")";
      default -> object(depth);
    };
  }

  /** A call of one of the methods, as a statement without its semicolon. */
  String call() {
    return methods.isEmpty() ? suspend(of("int", 1)) : method().call(this, 1 + choices.nextInt(2));
  }

  private FuzzMethod method() {
    FuzzMethod method = methods.get(choices.nextInt(methods.size()));
    called.add(method);
    return method;
  }

  String suspend(String value) {
    return dialect.suspend(suspender, value);
  }

  /** A call of a method, as an expression of any type. */
  private String called(String type, int depth) {
    FuzzMethod method = method();
    if (method.isVoid()) {
      return of(type, 0);
    }
    int before = fragile;
    fragile += type.equals("Res") ? 1 : 0;
    String call = method.call(this, depth);
    fragile = before;
    String result = method.result();
    if (result.equals(type)) {
      return call;
    }
    boolean plain = !result.equals("int[]") && !result.equals("Res");
    if (type.equals("Object") && plain) {
      return "((Object) " + call + ")";
    }
    if (type.equals("String")) {
      return plain ? "cut(\"\" + " + call + ")" : "cut(\"r\" + intOf(" + call + "))";
    }
    String number = "intOf(" + call + ")";
    return switch (type) {
      case "int" -> number;
      case "boolean" -> "(" + number + " > 3)";
      case "int[]" -> "new int[] {" + number + "}";
      case "Res" -> "new Res(log, \"r\" + " + number + ", false)";
      default -> "((" + type + ") " + number + ")";
    };
  }

  private String narrow(String type, int depth) {
    String simple = variable(type, "((" + type + ") " + choices.nextInt(9) + ")");
    boolean plain = depth <= 0 || choices.nextInt(3) == 0;
    return plain ? simple : "((" + type + ") (" + integer(depth - 1) + "))";
  }

  private String integer(int depth) {
    String simple = variable("int", String.valueOf(choices.nextInt(20) - 5));
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (choices.nextInt(13)) {
      case 0, 1 -> simple;
      case 2, 3 ->
          "("
              + integer(d)
              + choices.pick(" + ", " - ", " * ", " ^ ", " & ", " | ")
              + integer(d)
              + ")";
      case 4 -> "(" + integer(d) + choices.pick(" / ", " % ") + integer(d) + ")";
      case 5 -> "(" + integer(d) + choices.pick(" << ", " >> ", " >>> ") + integer(d) + ")";
      case 6 -> "(" + bool(d) + " ? " + integer(d) + " : " + integer(d) + ")";
      case 7 -> "intOf(" + object(d) + ")";
      case 8 -> string(d) + ".length()";
      case 9 ->
          "((int) "
              + choices.pick("(char) ", "(byte) ", "(short) ", "")
              + "("
              + of("long", d)
              + "))";
      case 10 ->
          "new int[] {" + integer(d) + ", " + integer(d) + "}[" + choices.pick("0", "1", "2") + "]";
      case 11 -> "intOf(" + of(anyType(), d) + ")";
      default -> self + "twice(" + integer(d) + ")";
    };
  }

  private String wide(String type, String simple, int depth) {
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (choices.nextInt(7)) {
      case 0 -> simple;
      case 1, 2 -> "(" + of(type, d) + choices.pick(" + ", " - ", " * ") + fragile(type, d) + ")";
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
    String simple = variable("String", "\"s" + choices.nextInt(9) + "\"");
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (choices.nextInt(5)) {
      case 0 -> simple;
      case 1 -> "cut(" + string(d) + " + " + of(anyType(), d) + " + " + fragile("Object", d) + ")";
      case 2 -> "String.valueOf(" + object(d) + ")";
      case 3 -> "join(" + object(d) + ", " + of(anyType(), d) + ", " + object(d) + ")";
      default -> "(" + bool(d) + " ? " + string(d) + " : " + string(d) + ")";
    };
  }

  private String bool(int depth) {
    String simple = variable("boolean", "(" + self + "state > " + choices.nextInt(5) + ")");
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (choices.nextInt(7)) {
      case 0 -> simple;
      case 1 -> "(" + integer(d) + choices.pick(" < ", " >= ", " == ") + integer(d) + ")";
      case 2 -> "(" + of("long", d) + choices.pick(" < ", " != ") + fragile("double", d) + ")";
      case 3 -> "(" + bool(d) + choices.pick(" && ", " || ", " ^ ") + bool(d) + ")";
      case 4 -> "!(" + bool(d) + ")";
      case 5 -> "(" + object(d) + " instanceof " + choices.pick("String", "Integer", "Pair") + ")";
      default -> "(" + object(d) + choices.pick(" == null", " != null") + ")";
    };
  }

  private String object(int depth) {
    String simple =
        variable("Object", choices.pick("((Object) null)", "((Object) \"o\")", "((Object) 7)"));
    if (depth <= 0) {
      return simple;
    }
    int d = depth - 1;
    return switch (choices.nextInt(silent ? 6 : 11)) {
      case 0 -> simple;
      case 1 -> "((Object) (" + of(anyType(), d) + "))";
      case 2 -> "((Object) new Pair(" + fragile("Object", d) + ", " + fragile("Object", d) + "))";
      case 3 -> "new Hidden(" + fragile("Object", d) + ").use(" + integer(d) + ")";
      case 4 -> "(" + bool(d) + " ? (Object) (" + of(anyType(), d) + ") : " + object(d) + ")";
      case 5 -> switched(d);
      default -> suspend(of(anyType(), d));
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
    return switch (fragile > 0 ? 0 : choices.nextInt(3)) {
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
    return TYPES.get(choices.nextInt(TYPES.size()));
  }
}
