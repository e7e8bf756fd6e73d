package dev.heddle.coroutine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One run of a body through a script, as src/test/oracle/harness.py makes it in Python. */
final class PepRun {

  static class A extends RuntimeException {
    A(String label) {
      super(label);
    }
  }

  static final class B extends A {
    B(String label) {
      super(label);
    }
  }

  static final class C extends Error {
    C(String label) {
      super(label);
    }
  }

  /** What {@code with opened(label)} opens. */
  final class Resource implements AutoCloseable {
    private final String label;

    Resource(String label) {
      this.label = label;
      log("open", label);
    }

    @Override
    public void close() {
      log("close", label);
    }
  }

  private final Engine innerEngine;
  private final List<String> lines = new ArrayList<>();

  PepRun(Engine innerEngine) {
    this.innerEngine = innerEngine;
  }

  /** The operations of the script, each with what was logged meanwhile and what came of it. */
  List<String> trace(Coroutine<Object, Object, Object> coroutine, List<String> script) {
    var trace = new ArrayList<String>();
    for (int number = 0; number < script.size(); number++) {
      String outcome = perform(coroutine, script.get(number), number);
      String logged = lines.stream().map(line -> "[" + line + "] ").collect(Collectors.joining());
      trace.add(logged + outcome);
      lines.clear();
    }
    return trace;
  }

  private static String perform(
      Coroutine<Object, Object, Object> coroutine, String op, int number) {
    boolean over = coroutine.state() == Coroutine.State.ENDED;
    try {
      String argument = op.substring(op.indexOf(':') + 1);
      boolean yielded =
          switch (op.replaceFirst(":.*", "")) {
            case "next" -> coroutine.next();
            case "send" -> coroutine.send(Integer.valueOf(argument));
            case "throw" -> coroutine.raise(thrown(argument, number));
            default -> {
              coroutine.close();
              yield false;
            }
          };
      if (op.equals("close")) {
        return "closed";
      }
      return yielded
          ? "yield " + name(coroutine.yielded())
          : "return " + (over ? "None" : name(coroutine.result()));
    } catch (Throwable t) {
      return "throw " + name(t);
    }
  }

  private static Throwable thrown(String word, int number) {
    return switch (word) {
      case "A" -> new A("t" + number);
      case "B" -> new B("t" + number);
      case "C" -> new C("t" + number);
      default -> new GeneratorExit();
    };
  }

  private static String name(Object value) {
    return switch (value) {
      case null -> "None";
      case A a -> a.getClass().getSimpleName() + ":" + a.getMessage();
      case C c -> "C:" + c.getMessage();
      case IllegalStateException _ -> "State";
      case UnsupportedOperationException _ -> "Unsupported";
      case Throwable t -> t.getClass().getSimpleName();
      default -> value.toString();
    };
  }

  // What the bodies call.

  void log(Object... values) {
    lines.add(Arrays.stream(values).map(PepRun::name).collect(Collectors.joining(" ")));
  }

  int add(Object a, Object b) {
    return (a instanceof Integer i ? i : 0) + (b instanceof Integer i ? i : 0);
  }

  boolean less(int a, int b) {
    return a < b;
  }

  Object step(Coroutine<Object, Object, Object> coroutine) {
    return coroutine.next() ? coroutine.yielded() : "end";
  }

  Resource opened(String label) {
    return new Resource(label);
  }

  Coroutine<Object, Object, Object> inner(
      Function<PepRun, CoroutineBody<Object, Object, Object>> body) {
    return Coroutine.of(innerEngine, body.apply(this));
  }
}
