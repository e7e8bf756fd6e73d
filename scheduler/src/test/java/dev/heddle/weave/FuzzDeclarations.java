package dev.heddle.weave;

import dev.heddle.weave.FuzzExpressions.Variable;
import dev.heddle.weave.FuzzMethod.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes the members of a random program that declare its suspending methods, with random
 * statements inside. A method does nothing more once the program has made {@value #MOST_CALLS}
 * calls, so that every recursion ends.
 */
final class FuzzDeclarations {
  private static final int MOST_CALLS = 60;

  /** How often methods go deeper by themselves, before they do anything else. */
  private static final int MOST_DEPTH = 300;

  /** How many of a method's statements have statements inside, at most. */
  private static final int STATEMENTS = 5;

  private final FuzzExpressions expressions;
  private final FuzzDialect dialect;
  private final StringBuilder text = new StringBuilder();

  FuzzDeclarations(FuzzExpressions expressions) {
    this.expressions = expressions;
    this.dialect = expressions.dialect;
  }

  /** Declares the methods that are called, also by the methods that are declared. */
  String write() {
    Set<FuzzMethod> declared = new HashSet<>();
    while (declared.size() < expressions.called.size()) {
      for (FuzzMethod method : List.copyOf(expressions.called)) {
        if (declared.add(method)) {
          declare(method);
        }
      }
    }
    return text.toString();
  }

  private void declare(FuzzMethod method) {
    int n = method.number();
    switch (method.shape()) {
      case STATIC, STORED, DEEP, VARARGS -> member("static ", method);
      case PRIVATE -> member("private ", method);
      case INSTANCE -> member("", method);
      case GENERIC -> member("static <T> ", method);
      case REFERENCE -> {
        interfaceOf(method, "", "extends Serializable");
        member("static ", method);
      }
      case INTERFACE -> {
        interfaceOf(method, "", "");
        type("static final class A%1$d implements I%1$d", method);
        type("record B%1$d(int kept) implements I%1$d", method);
        line("static final I%1$d one%1$d = new A%1$d(), two%1$d = new B%1$d(4);".formatted(n));
      }
      case BRIDGE -> {
        interfaceOf(method, "<T>", "");
        line("abstract static class S%1$d<T> implements I%1$d<T> {}".formatted(n));
        type("static final class A%1$d implements I%1$d<String>", method);
        type("static class B%1$d extends S%1$d<String>", method);
        line(
            "static final I%1$d<String> one%1$d = new A%1$d(), two%1$d = new B%1$d();"
                .formatted(n));
      }
      case DEFAULT -> {
        type("interface I%1$d", method);
        line("static final class A%1$d implements I%1$d {}".formatted(n));
        overriding("static class B%1$d implements I%1$d", method, "I" + n + ".super.");
        line("static final I%1$d one%1$d = new A%1$d(), two%1$d = new B%1$d();".formatted(n));
      }
      case SUPER -> {
        type("static class A%1$d", method);
        overriding("static class B%1$d extends A%1$d", method, "super.");
        line("static final A%1$d one%1$d = new A%1$d(), two%1$d = new B%1$d();".formatted(n));
      }
      case LAMBDA -> {
        interfaceOf(method, "", "extends Serializable");
        lambda(method, "I" + n, "(" + method.arguments("y") + ")");
      }
      case HIDDEN -> {
        interfaceOf(method, "", "");
        lambda(method, "I" + n, "(" + method.arguments("y") + ")");
      }
      case BODY, PART -> lambda(method, dialect.body, "y");
      case CONSTRUCTOR -> constructor(method);
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void interfaceOf(FuzzMethod method, String types, String supertype) {
    boolean generic = !types.isEmpty();
    String head = generic ? "T " + method.name() : method.result() + " " + method.name();
    String parameters = generic ? withT(parameters(method)) : parameters(method);
    line("interface I%d%s %s {".formatted(method.number(), types, supertype));
    line("%s(%s) throws Exception;".formatted(head, parameters));
    line("}");
  }

  /** The first parameter is of type T. */
  private static String withT(String parameters) {
    assert parameters.startsWith("String ") : parameters;
    return "T" + parameters.substring("String".length());
  }

  /** A class, record or interface that has the method. */
  private void type(String declaration, FuzzMethod method) {
    line(declaration.formatted(method.number()) + " {");
    member(declaration.startsWith("interface") ? "default " : "public ", method);
    line("}");
  }

  /** A class that overrides the method, and calls what it overrides first. */
  private void overriding(String declaration, FuzzMethod method, String overridden) {
    line(declaration.formatted(method.number()) + " {");
    head("public ", method);
    String call = overridden + method.name() + "(" + method.arguments("y") + ")";
    line(method.isVoid() ? call + ";" : "log.accept(intOf(" + call + "));");
    statements(method);
    line("}");
    line("}");
  }

  private void head(String modifiers, FuzzMethod method) {
    String result = method.shape() == Shape.GENERIC ? "T" : method.result();
    line(
        "%s%s %s(%s) throws Exception {"
            .formatted(modifiers, result, method.name(), parameters(method)));
  }

  private void member(String modifiers, FuzzMethod method) {
    head(modifiers, method);
    if (method.shape() == Shape.DEEP) {
      deeper(method);
    }
    statements(method);
    line("}");
  }

  /** Where a method calls itself, and does something after the call. */
  private void deeper(FuzzMethod method) {
    String call = "%s(deep - 1, %s)".formatted(method.name(), method.arguments("y"));
    line("if (deep > 0 && ++self.deeper < %d) {".formatted(MOST_DEPTH));
    line(method.isVoid() ? call + ";" : method.result() + " inner = " + call + ";");
    line("self.state++;");
    line(method.isVoid() ? "return;" : "return inner;");
    line("}");
  }

  private String parameters(FuzzMethod method) {
    String parameters = method.parameters(dialect.suspender + " y");
    return switch (method.shape()) {
      case DEEP -> "int deep, " + parameters;
      case VARARGS -> parameters + ", Object... rest";
      case GENERIC -> withT(parameters);
      default -> parameters;
    };
  }

  /** A method that makes the lambda. */
  private void lambda(FuzzMethod method, String type, String parameters) {
    line("static %s lam%d(int captured, Object kept) {".formatted(type, method.number()));
    line("return %s -> {".formatted(parameters));
    expressions.scope.add(new Variable("int", "captured", false));
    expressions.scope.add(new Variable("Object", "kept", false));
    statements(method);
    line("};");
    line("}");
  }

  private void constructor(FuzzMethod method) {
    line("static final class K%d {".formatted(method.number()));
    line("private %s value;".formatted(method.result()));
    line("%s value() { return value; }".formatted(method.result()));
    line("K%d(%s) throws Exception {".formatted(method.number(), parameters(method)));
    statements(method);
    line("}");
    line("}");
  }

  private void statements(FuzzMethod method) {
    boolean lambda = !expressions.scope.isEmpty();
    expressions.scope.addAll(method.variables());
    String outside = expressions.self;
    boolean inside = method.shape() == Shape.PRIVATE || method.shape() == Shape.INSTANCE;
    expressions.self = inside ? "this." : "self.";
    line("if (++self.calls > %d) {".formatted(MOST_CALLS));
    end(method, 0);
    line("}");
    if (!lambda) {
      line("int captured = 3;");
    }
    line("long wide = 5;");
    line("int fuel = 12;");
    line("int[] cells = {captured, 2};");
    line("Object shared = new Object[] {captured};");
    if (method.shape() == Shape.STORED) {
      line("Object[] stored = {y};");
    }
    Supplier<String> result = () -> result(method, expressions.choices.nextInt(3));
    text.append(new FuzzStatements(expressions, result, STATEMENTS).write(2));
    end(method, 2);
    expressions.self = outside;
    expressions.scope.clear();
  }

  private void end(FuzzMethod method, int depth) {
    if (method.shape() == Shape.CONSTRUCTOR) {
      line("value = %s;".formatted(expressions.of(method.result(), depth)));
    }
    if (depth == 0 || !result(method, 0).isEmpty()) {
      line("return %s;".formatted(result(method, depth)));
    }
  }

  /** What a return statement in the method returns. */
  private String result(FuzzMethod method, int depth) {
    return switch (method.shape()) {
      case GENERIC -> method.before().getFirst().name();
      case CONSTRUCTOR -> "";
      default -> method.isVoid() ? "" : expressions.of(method.result(), depth);
    };
  }
}
