package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import dev.heddle.weave.other.CallFar;

/** Calls whose target is known when the caller is compiled: static, private, final, super. */
final class CallBodies extends CallBase {
  private int count = 10;

  static void addTo(Cases cases) {
    statics(cases);
    sequences(cases);
    new CallBodies().instances(cases);
    new CallBodies().supers(cases);
    packages(cases);
  }

  static Object once(Yielder<Object, Object> y, Object value) {
    return "<" + y.yield(value) + ">";
  }

  static Object twice(Yielder<Object, Object> y, Object value) {
    Object first = y.yield(value + "1");
    Object second = y.yield(value + "2");
    return first + "," + second;
  }

  static Object never(Yielder<Object, Object> y, Object value) {
    return y == null ? "no yielder" : "plain " + value;
  }

  /** Suspends at even numbers only. */
  static Object sometimes(Yielder<Object, Object> y, int n) {
    if (n % 2 == 0) {
      return y.yield("even " + n);
    }
    return "odd " + n;
  }

  static void nothing(Yielder<Object, Object> y, Cases.Log log) {
    log.add("nothing got " + y.yield("nothing"));
  }

  static Object through(Yielder<Object, Object> y, Object value) {
    return "t" + once(y, value);
  }

  static Object throughTwo(Yielder<Object, Object> y, Object value) {
    return "u" + through(y, value) + through(y, value + "'");
  }

  private static Object around(Yielder<Object, Object> y, Cases.Log log) {
    log.add(y.yield("before"));
    Object inner = twice(y, "in");
    log.add(y.yield("after"));
    return inner;
  }

  private static void statics(Cases cases) {
    cases.add("static callee that suspends once", log -> y -> once(y, 1));
    cases.add("static callee that suspends twice", log -> y -> twice(y, "v"));
    cases.add("static callee that never suspends", log -> y -> never(y, 1));
    cases.add("static callee that returns nothing", log -> y -> done(y, log));
    cases.add("tail call", log -> y -> through(y, "tail"));
    cases.add("two levels below the body", log -> y -> throughTwo(y, "deep"));
    cases.add("yields around a call in a callee", log -> y -> around(y, log));
    cases.add("result of a callee that is dropped", log -> y -> dropped(y));
    cases.add("static callee of another class", log -> y -> CallBase.helped(y, "other class"));
    cases.add("static callee of an interface", log -> y -> Shape.drawn(y, "circle"));
    cases.add("private static callee of an interface", log -> y -> Shape.outlined(y, "square"));
    cases.add("static callee inherited by name", log -> y -> CallBodies.helped(y, "inherited"));
    cases.add("callee of a nested class", log -> y -> Nested.run(y, 5));
    cases.add("callee that is called with null for a value", log -> y -> once(y, null));
  }

  private static Object done(Yielder<Object, Object> y, Cases.Log log) {
    nothing(y, log);
    log.add("between");
    nothing(y, log);
    return "done";
  }

  private static Object dropped(Yielder<Object, Object> y) {
    twice(y, "dropped");
    once(y, "dropped too");
    return "kept";
  }

  private static final class Nested {
    private static Object run(Yielder<Object, Object> y, int n) {
      return n + "" + once(y, n) + once(y, n + 1);
    }
  }

  private interface Shape {
    static Object drawn(Yielder<Object, Object> y, String name) {
      return "drawn " + y.yield(name) + y.yield(name.length());
    }

    static Object outlined(Yielder<Object, Object> y, String name) {
      return line(y, name) + "|" + line(y, name + name);
    }

    private static Object line(Yielder<Object, Object> y, String name) {
      return "line " + y.yield(name);
    }
  }

  private static void sequences(Cases cases) {
    cases.add(
        "call before a yield",
        log ->
            y -> {
              Object called = once(y, "called");
              return called + "/" + y.yield("yielded");
            });
    cases.add(
        "call after a yield",
        log ->
            y -> {
              Object yielded = y.yield("yielded");
              return yielded + "/" + once(y, "called");
            });
    cases.add(
        "calls in a loop",
        log ->
            y -> {
              StringBuilder all = new StringBuilder();
              for (int i = 0; i < 6; i++) {
                all.append(sometimes(y, i)).append(';');
              }
              return all.toString();
            });
    cases.add(
        "one callee at several sites",
        log -> y -> once(y, 1) + "" + once(y, 2) + once(y, 3) + never(y, 4) + once(y, 5));
    cases.add(
        "callee that suspends at its second call only",
        log -> y -> sometimes(y, 1) + "," + sometimes(y, 2) + "," + sometimes(y, 3));
    cases.add(
        "body that only calls what never suspends",
        log ->
            y -> {
              for (int i = 1; i < 8; i += 2) {
                log.add(sometimes(y, i));
              }
              return never(y, "end");
            });
    cases.add(
        "call that is not reached",
        log -> y -> log.lines.size() > 100 ? once(y, "unreached") : never(y, "reached"));
  }

  private Object secret(Yielder<Object, Object> y, int by) {
    count += by;
    y.yield(count);
    return count++;
  }

  final Object sealed(Yielder<Object, Object> y) {
    Object got = y.yield("final " + count);
    return got + " " + count;
  }

  private void instances(Cases cases) {
    cases.add("private callee of this", log -> new CallBodies().secretBody());
    cases.add("final callee of this", log -> y -> sealed(y));
    cases.add(
        "private callee of another object",
        log -> y -> new CallBodies().secret(y, 5) + "," + new CallBodies().secret(y, 7));
    cases.add(
        "fields that the callee changes",
        log -> {
          CallBodies self = new CallBodies();
          return y -> {
            Object first = self.secret(y, 1);
            self.count *= 2;
            return first + "," + self.secret(y, self.count) + "," + self.count;
          };
        });
    cases.add(
        "callee of a field's object",
        log -> {
          CallBodies[] holder = {new CallBodies(), new CallBodies()};
          return y -> holder[0].sealed(y) + "" + holder[1].secret(y, 3);
        });
    cases.add(
        "receiver that is null",
        log ->
            y -> {
              CallBodies none = y.yield("?") == null ? new CallBodies() : null;
              try {
                return none.sealed(y);
              } catch (NullPointerException e) {
                return "null: " + y.yield("caught");
              }
            });
  }

  private dev.heddle.coroutine.CoroutineBody<Object, Object, Object> secretBody() {
    return y -> secret(y, 1) + "," + secret(y, 2) + "," + count;
  }

  @Override
  Object level(Yielder<Object, Object> y) {
    return "over " + super.level(y) + y.yield("own level");
  }

  @Override
  protected Object guarded(Yielder<Object, Object> y) {
    return "over " + y.yield("own guarded");
  }

  private void supers(Cases cases) {
    cases.add("overridden callee that calls super", log -> y -> level(y));
    cases.add("super callee from the body", log -> superBody());
    cases.add("protected callee of a superclass", log -> y -> guarded(y) + "" + superGuarded(y));
    cases.add("callee of a superclass that calls what is overridden", log -> y -> template(y));
    cases.add("two super calls in one callee", log -> y -> superTwice(y));
  }

  private dev.heddle.coroutine.CoroutineBody<Object, Object, Object> superBody() {
    return y -> super.level(y) + "," + level(y);
  }

  private Object superGuarded(Yielder<Object, Object> y) {
    return super.guarded(y);
  }

  private Object superTwice(Yielder<Object, Object> y) {
    return super.level(y) + "+" + super.guarded(y);
  }

  private static final class FarChild extends CallFar {
    @Override
    protected Object travel(Yielder<Object, Object> y, int n) {
      return "child " + super.travel(y, n + 1);
    }

    Object far(Yielder<Object, Object> y) {
      return travel(y, 2) + "," + super.travel(y, 3) + "," + CallFar.total(y);
    }

    dev.heddle.coroutine.CoroutineBody<Object, Object, Object> body() {
      return y -> super.travel(y, 4) + "," + travel(y, 5) + "," + total(y);
    }
  }

  private static void packages(Cases cases) {
    cases.add("public callee in another package", log -> y -> CallFar.open(y, "far"));
    cases.add("callee that calls a package-private one of its own", log -> y -> CallFar.via(y, 3));
    cases.add(
        "protected callees in another package, by a callee", log -> y -> new FarChild().far(y));
    cases.add("protected callees in another package, by the body", log -> new FarChild().body());
    cases.add(
        "hidden class of another package behind a public interface",
        log -> y -> CallFar.hidden().walk(y, "hidden"));
  }
}
