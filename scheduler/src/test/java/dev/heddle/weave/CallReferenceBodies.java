package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls of lambdas and method references, behind our interfaces and behind a user's own. */
@SuppressWarnings("UnnecessaryMethodReference")
final class CallReferenceBodies {
  private CallReferenceBodies(String name) {
    this.name = name;
  }

  private final String name;

  /** A user's own interface. */
  interface Asking extends Serializable {
    Object ask(Yielder<Object, Object> y, Object what);
  }

  /** With other types, and an exception. */
  interface Counting<X extends Exception> extends Serializable {
    long count(int from, Yielder<Object, Object> y, long by) throws X;
  }

  /** Without a result. */
  interface Telling extends Serializable {
    void tell(Yielder<Object, Object> y, Cases.Log log);
  }

  /** With a default method around the one that the lambda has. */
  interface Asker extends Asking {
    default Object askTwice(Yielder<Object, Object> y, Object what) {
      return ask(y, what) + "+" + ask(y, what + "'");
    }

    default Asker then(Asker next) {
      return (y, what) -> next.ask(y, ask(y, what));
    }
  }

  /** Of this one a lambda does not say what it stands for. */
  interface Silent {
    Object say(Yielder<Object, Object> y, Object what);
  }

  interface Receiving<T> extends Serializable {
    Object receive(T receiver, Yielder<Object, Object> y, int n);
  }

  static void addTo(Cases cases) {
    bodies(cases);
    own(cases);
    references(cases);
    places(cases);
    silent(cases);
    compositions(cases);
  }

  private static CoroutineBody<Object, Object, Object> part(Object value) {
    return y -> "part " + y.yield(value) + CallBodies.once(y, value);
  }

  private static void bodies(Cases cases) {
    cases.add("body called by a body", log -> y -> part("a").run(y) + "," + part("b").run(y));
    cases.add(
        "body in a variable, called twice",
        log ->
            y -> {
              CoroutineBody<Object, Object, Object> one = z -> log.seen(z.yield("inner"));
              return one.run(y) + "," + y.yield("between") + "," + one.run(y);
            });
    cases.add(
        "parameter that is a body",
        log -> y -> run(y, z -> z.yield("given")) + "" + run(y, part(3)));
    cases.add(
        "body that throws a checked exception",
        log ->
            y -> {
              CoroutineBody<Object, Object, Object> bad =
                  z -> {
                    z.yield("before");
                    throw new java.io.IOException("checked");
                  };
              try {
                return bad.run(y);
              } catch (java.io.IOException e) {
                return y.yield(e.getMessage());
              }
            });
    cases.add(
        "body within a body within a body",
        log ->
            y -> {
              CoroutineBody<Object, Object, Object> outer =
                  z -> {
                    CoroutineBody<Object, Object, Object> inner = x -> x.yield("innermost") + "i";
                    return inner.run(z) + "" + z.yield("middle") + inner.run(z);
                  };
              return outer.run(y) + "o";
            });
  }

  private static Object run(Yielder<Object, Object> y, CoroutineBody<Object, Object, Object> body)
      throws Exception {
    return "ran " + body.run(y);
  }

  private static long added(int from, Yielder<Object, Object> y, long by) {
    return from + by + (int) y.yield(from);
  }

  private static void own(Cases cases) {
    cases.add(
        "lambda of a user's own interface",
        log ->
            y -> {
              Asking asking = (z, what) -> "asked " + z.yield(what);
              return asking.ask(y, "a") + "," + asking.ask(y, "b");
            });
    cases.add(
        "lambda with wide parameters",
        log ->
            y -> {
              Counting<RuntimeException> counting =
                  (from, z, by) -> from + by * (int) z.yield(from);
              return counting.count(3, y, 1L << 33) + counting.count(4, y, 2);
            });
    cases.add(
        "lambda that throws",
        log ->
            y -> {
              Counting<java.io.IOException> counting =
                  (from, z, by) -> {
                    if (from == (int) z.yield(from)) {
                      throw new java.io.IOException("from " + from);
                    }
                    return by;
                  };
              try {
                return counting.count(1, y, 2);
              } catch (java.io.IOException e) {
                return e.getMessage() + y.yield("caught");
              }
            });
    cases.add(
        "lambda without a result",
        log ->
            y -> {
              Telling telling = (z, l) -> l.add(z.yield("told"));
              telling.tell(y, log);
              telling.tell(y, log);
              return log.lines.size();
            });
    cases.add(
        "lambda that captures variables of each type",
        log ->
            y -> {
              int i = (int) y.yield(1);
              long j = i + 1L;
              double d = j / 2.0;
              String s = "s" + d;
              Asking asking = (z, what) -> i + j + d + s + z.yield(what) + log.seen(s);
              return asking.ask(y, "w");
            });
    cases.add("default method around a lambda", log -> y -> asker("d").askTwice(y, "twice"));
    cases.add(
        "lambda that never suspends",
        log ->
            y -> {
              Asking asking = (z, what) -> "no " + what;
              return asking.ask(y, 1) + "" + y.yield("yes") + asking.ask(y, 2);
            });
  }

  private static Asker asker(Object with) {
    return (y, what) -> with + "?" + y.yield(what);
  }

  private Object named(Yielder<Object, Object> y, Object what) {
    return name + ": " + y.yield(what);
  }

  private Object numbered(Yielder<Object, Object> y, int n) {
    return name + n + y.yield(n);
  }

  private static void references(Cases cases) {
    cases.add(
        "reference to a static method",
        log ->
            y -> {
              Asking asking = CallBodies::once;
              Counting<RuntimeException> counting = CallReferenceBodies::added;
              return asking.ask(y, "ref") + "" + counting.count(1, y, 2L);
            });
    cases.add(
        "reference to a private method of an object",
        log ->
            y -> {
              Asking asking = new CallReferenceBodies("bound")::named;
              return asking.ask(y, 1) + "," + asking.ask(y, 2);
            });
    cases.add(
        "reference to a method of the first parameter",
        log ->
            y -> {
              Receiving<CallReferenceBodies> receiving = CallReferenceBodies::numbered;
              return receiving.receive(new CallReferenceBodies("r"), y, 3);
            });
    cases.add(
        "reference to an interface method",
        log ->
            y -> {
              CallReceiverBodies.Animal animal = new CallReceiverBodies.Dog("Rex");
              Asking asking = animal::speak;
              Asking greeting = animal::greet;
              return asking.ask(y, "bound") + "," + greeting.ask(y, "default");
            });
    cases.add("reference to a method of the superclass", log -> new Child().body());
    cases.add("reference as a body", log -> CallReferenceBodies::whole);
    cases.add(
        "reference to a body's method",
        log ->
            y -> {
              CoroutineBody<Object, Object, Object> first = part("first");
              CoroutineBody<Object, Object, Object> second = first::run;
              return second.run(y);
            });
    cases.addOnStack(
        "reference to a constructor that takes the suspender",
        "constructor",
        log ->
            y -> {
              Making making = Made::new;
              return y.yield("first") + "" + making.make(y, "m").text;
            });
  }

  private static Object whole(Yielder<Object, Object> y) {
    return CallBodies.twice(y, "whole") + "" + CallBodies.once(y, "reference");
  }

  private static final class Child extends CallBase {
    @Override
    Object level(Yielder<Object, Object> y) {
      return "child";
    }

    Object asked(Yielder<Object, Object> y, Level level) {
      return level.of(y);
    }

    CoroutineBody<Object, Object, Object> body() {
      return y -> {
        Level above = super::level;
        return asked(y, above) + "," + asked(y, this::level) + "," + asked(y, this::template);
      };
    }
  }

  interface Level extends Serializable {
    Object of(Yielder<Object, Object> y);
  }

  interface Making extends Serializable {
    Made make(Yielder<Object, Object> y, Object what);
  }

  static final class Made {
    private final Object text;

    private Made(Yielder<Object, Object> y, Object what) {
      text = "made " + y.yield(what);
    }
  }

  private static final Asking STORED = (y, what) -> "stored " + y.yield(what);
  private Asking field = asker("field");

  private static void places(Cases cases) {
    cases.add("lambda in a static field", log -> y -> STORED.ask(y, 1) + "," + STORED.ask(y, 2));
    cases.add(
        "lambda in a field that changes",
        log -> {
          CallReferenceBodies holder = new CallReferenceBodies("h");
          return y -> {
            Object first = holder.field.ask(y, 1);
            holder.field = STORED;
            return first + "," + holder.field.ask(y, 2);
          };
        });
    cases.add(
        "lambdas in a map",
        log ->
            y -> {
              Map<String, Asking> handlers = new LinkedHashMap<>();
              handlers.put("static", CallBodies::once);
              handlers.put("lambda", (z, what) -> z.yield(what + "!"));
              handlers.put("maker", asker("m"));
              for (var handler : handlers.entrySet()) {
                log.add(handler.getValue().ask(y, handler.getKey()));
              }
              return handlers.getOrDefault("none", STORED).ask(y, "default");
            });
    cases.add(
        "lambdas in a list and an array",
        log ->
            y -> {
              List<Asking> list = new ArrayList<>();
              for (int i = 0; i < 3; i++) {
                int n = i;
                list.add((z, what) -> n + "" + z.yield(what));
              }
              Asking[] array = list.toArray(new Asking[0]);
              return list.getFirst().ask(y, "l") + "" + array[2].ask(y, "a") + array[1].ask(y, "b");
            });
    cases.add("lambda returned by a callee that suspends", log -> y -> chosen(y).ask(y, "it"));
    cases.add(
        "lambda from a yield", log -> y -> ((Asking) y.yield(STORED)).ask(y, "sent by the driver"));
  }

  private static Asking chosen(Yielder<Object, Object> y) {
    int n = (int) y.yield(2);
    return n == 2 ? (z, what) -> "chosen " + z.yield(what) + n : STORED;
  }

  private static void silent(Cases cases) {
    cases.addOnStack(
        "lambda of an interface that is not serializable",
        "say",
        log ->
            y -> {
              Silent silent = (z, what) -> z.yield(what) + "" + z.yield("again");
              return y.yield("first") + "" + silent.say(y, "s") + silent.say(y, "t");
            });
    cases.addOnStack(
        "reference behind an interface that is not serializable",
        "say",
        log ->
            y -> {
              Silent silent = CallBodies::twice;
              return silent.say(y, "ref") + "" + CallBodies.once(y, "woven");
            });
    cases.add(
        "class that implements an interface that is not serializable",
        log ->
            y -> {
              record Saying(Object n) implements Silent {
                @Override
                public Object say(Yielder<Object, Object> z, Object what) {
                  return n + "" + z.yield(what);
                }
              }
              return new Saying(1).say(y, "class");
            });
  }

  private static void compositions(Cases cases) {
    cases.add(
        "composed lambdas",
        log -> y -> asker("a").then(asker("b")).then(CallBodies::once).ask(y, "composed"));
    cases.add("lambda that calls itself through a field", log -> y -> new Looping().down.ask(y, 3));
    cases.add(
        "lambda that hands on another lambda",
        log ->
            y -> {
              Handing twice = (z, f, v) -> f.ask(z, f.ask(z, v));
              return twice.hand(y, (z, v) -> "<" + z.yield(v) + ">", "x");
            });
    cases.add(
        "lambdas in lambdas",
        log ->
            y -> {
              Asking outer =
                  (z, what) -> {
                    Asking inner = (x, deeper) -> what + "" + x.yield(deeper);
                    return inner.ask(z, what + "1") + "," + inner.ask(z, what + "2");
                  };
              return outer.ask(y, "w");
            });
    cases.add(
        "retry with a lambda",
        log ->
            y -> {
              int[] tries = {0};
              return retry(
                  y,
                  (z, what) -> {
                    Object got = z.yield(what);
                    if (tries[0]++ < 2) {
                      throw new IllegalStateException("try " + tries[0]);
                    }
                    return got;
                  });
            });
    cases.add(
        "pipeline of lambdas",
        log ->
            y -> {
              Object value = "v";
              for (Asking step :
                  List.<Asking>of(CallBodies::once, asker("q"), CallBodies::through)) {
                value = step.ask(y, value);
              }
              return value;
            });
  }

  interface Handing extends Serializable {
    Object hand(Yielder<Object, Object> y, Asking asking, Object value);
  }

  private static final class Looping {
    private final Asking down =
        (y, n) -> (int) n == 0 ? "bottom" : y.yield(n) + "" + this.again(y, (int) n - 1);

    private Object again(Yielder<Object, Object> y, int n) {
      return down.ask(y, n);
    }
  }

  private static Object retry(Yielder<Object, Object> y, Asking asking) {
    for (int i = 0; ; i++) {
      try {
        return asking.ask(y, "attempt " + i);
      } catch (IllegalStateException e) {
        if (i == 3) {
          throw e;
        }
        y.yield(e.getMessage());
      }
    }
  }
}
