package dev.heddle.weave;

import dev.heddle.weave.FuzzExpressions.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A suspending method of a random program.
 *
 * @param shape how the method is declared and called
 * @param number stands in the names of all that belongs to the method
 * @param result the type of its result, or {@code void}
 * @param before the parameters before the suspender
 * @param after the parameters after the suspender
 */
record FuzzMethod(
    Shape shape, int number, String result, List<Variable> before, List<Variable> after) {

  /** How a suspending method is declared and called. */
  enum Shape {
    STATIC(true),
    PRIVATE(true),
    INSTANCE(true),
    /** Of an interface that a class and a record implement. */
    INTERFACE(true),
    /** Of an interface; one class inherits the method, another overrides and calls it. */
    DEFAULT(true),
    /** A class overrides and calls the method of its superclass. */
    SUPER(true),
    /** Of a generic interface, so that the classes have a bridge. */
    BRIDGE(true),
    /** {@code <T> T m(T t, ...)}. */
    GENERIC(true),
    VARARGS(true),
    /** Calls itself, often many times, before it does anything else. */
    DEEP(true),
    /** A lambda behind a Serializable interface of the program's own. */
    LAMBDA(true),
    /** A reference to a static method, called through an interface of the program's own. */
    REFERENCE(true),
    /** The body of a coroutine or a task, called by its run method. */
    BODY(true),
    /** The body of a coroutine or a task, as a part. */
    PART(true),
    /** A lambda behind an interface that is not Serializable: needs a stack. */
    HIDDEN(false),
    /** Puts the suspender into an array: needs a stack. */
    STORED(false),
    /** A constructor with a suspender: needs a stack. */
    CONSTRUCTOR(false);

    /** Whether the method can be woven. */
    final boolean woven;

    Shape(boolean woven) {
      this.woven = woven;
    }

    boolean isBody() {
      return this == BODY || this == PART;
    }
  }

  /** The types of parameters; all but the last are types of variables too. */
  private static final List<String> PARAMETERS =
      Stream.concat(FuzzExpressions.TYPES.stream(), Stream.of("int[]")).toList();

  private static final List<String> RESULTS =
      Stream.concat(PARAMETERS.stream(), Stream.of("void", "Res")).toList();

  static FuzzMethod random(int number, FuzzChoices choices, FuzzExpressions names) {
    Shape shape = Shape.values()[choices.nextInt(Shape.values().length)];
    if (!shape.woven && choices.nextInt(4) < 3) {
      shape = Shape.STATIC; // so that most programs can be woven to their last method
    }
    List<Variable> before = parameters(choices, names);
    List<Variable> after = parameters(choices, names);
    String result = RESULTS.get(choices.nextInt(RESULTS.size()));
    switch (shape) {
      case BRIDGE, GENERIC -> {
        before.addFirst(new Variable("String", names.freshName("t"), false));
        result = "String";
      }
      case VARARGS -> after.clear();
      case BODY, PART -> {
        before.clear();
        after.clear();
        result = "Object";
      }
      case CONSTRUCTOR -> result = result.equals("void") ? "int" : result;
      default -> {}
    }
    return new FuzzMethod(shape, number, result, before, after);
  }

  private static List<Variable> parameters(FuzzChoices choices, FuzzExpressions names) {
    List<Variable> parameters = new ArrayList<>();
    for (int n = choices.nextInt(3); n > 0; n--) {
      String type = PARAMETERS.get(choices.nextInt(PARAMETERS.size()));
      parameters.add(new Variable(type, names.freshName("a"), true));
    }
    return parameters;
  }

  boolean isVoid() {
    return result.equals("void");
  }

  String name() {
    return shape.isBody() ? "run" : "m" + number;
  }

  /** The variables that the method's body sees at its start. */
  List<Variable> variables() {
    List<Variable> variables = new ArrayList<>(before);
    variables.addAll(after);
    if (shape == Shape.GENERIC) {
      variables.set(0, new Variable("Object", before.getFirst().name(), false));
    } else if (shape == Shape.VARARGS) {
      variables.add(new Variable("int", "rest.length", false));
      variables.add(new Variable("Object", "first(rest)", false));
    }
    return variables;
  }

  /** The declared parameters: {@code int a0, Awaiter y}. */
  String parameters(String suspender) {
    return around(suspender, p -> p.type() + " " + p.name());
  }

  /** The parameters as arguments: how the method calls itself, or the one that it overrides. */
  String arguments(String suspender) {
    return around(suspender, Variable::name);
  }

  private String around(String suspender, Function<Variable, String> text) {
    Stream<String> first = before.stream().map(text);
    Stream<String> last = after.stream().map(text);
    return Stream.of(first, Stream.of(suspender), last)
        .flatMap(part -> part)
        .collect(Collectors.joining(", "));
  }

  /** A call of the method, with arguments that are nested this deep, as an expression. */
  String call(FuzzExpressions expressions, int depth) {
    if (shape == Shape.PART) {
      String part = "lam" + number + captured(expressions, depth);
      return expressions.dialect.delegate(expressions.suspender, part);
    }
    String receiver = receiver(expressions, depth);
    boolean wide = shape == Shape.CONSTRUCTOR;
    List<String> arguments = new ArrayList<>();
    for (Variable parameter : before) {
      arguments.add(argument(expressions, parameter, depth, wide));
      wide |= parameter.isWide();
    }
    arguments.add(expressions.suspender);
    for (Variable parameter : after) {
      arguments.add(argument(expressions, parameter, depth, wide));
      wide |= parameter.isWide();
    }
    if (shape == Shape.DEEP) {
      arguments.addFirst(expressions.choices.pick("0", "1", "3", "120"));
    } else if (shape == Shape.VARARGS) {
      for (int n = expressions.choices.nextInt(3); n > 0; n--) {
        arguments.add(expressions.fragile("Object", depth));
      }
    }
    String call = receiver + "(" + String.join(", ", arguments) + ")";
    return shape == Shape.CONSTRUCTOR ? call + ".value()" : call;
  }

  private static String argument(
      FuzzExpressions expressions, Variable parameter, int depth, boolean wide) {
    return wide
        ? expressions.fragile(parameter.type(), depth)
        : expressions.of(parameter.type(), depth);
  }

  private String receiver(FuzzExpressions expressions, int depth) {
    return switch (shape) {
      case STATIC, GENERIC, VARARGS, DEEP, STORED -> name();
      case PRIVATE, INSTANCE -> expressions.self + name();
      case INTERFACE, DEFAULT, SUPER, BRIDGE -> {
        String condition = expressions.of("boolean", depth);
        yield "(%s ? one%d : two%d).%s".formatted(condition, number, number, name());
      }
      case LAMBDA, HIDDEN, BODY, PART ->
          "lam" + number + captured(expressions, depth) + "." + name();
      case REFERENCE -> "((I%d) %s::%s).%s".formatted(number, expressions.home, name(), name());
      case CONSTRUCTOR -> "new K" + number;
    };
  }

  /** The arguments of the method that makes the lambda, which captures them. */
  private static String captured(FuzzExpressions expressions, int depth) {
    return "(" + expressions.of("int", depth) + ", " + expressions.of("Object", depth) + ")";
  }
}
