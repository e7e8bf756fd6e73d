package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import java.util.List;

/**
 * Callees by the class they stand in: inner, local, anonymous, enum, record, sealed, and the rest.
 */
@SuppressWarnings("ClassCanBeStatic")
final class CallMemberBodies {
  private String name = "outer";
  private int uses;

  static void addTo(Cases cases) {
    inner(cases);
    locals(cases);
    enums(cases);
    shapes(cases);
    refused(cases);
    initializers(cases);
  }

  private final class Inner {
    private int own = 1;

    Object use(Yielder<Object, Object> y) {
      uses++;
      Object got = y.yield(name + own++);
      return CallMemberBodies.this.name + got + uses;
    }

    final class Deeper {
      Object use(Yielder<Object, Object> y) {
        own += 10;
        name = name + "'";
        return Inner.this.use(y) + "/" + y.yield(own) + note(y, name);
      }
    }

    CoroutineBody<Object, Object, Object> body() {
      return y -> use(y) + "," + note(y, own) + "," + name;
    }
  }

  private Object note(Yielder<Object, Object> y, Object what) {
    return "noted " + y.yield(what) + uses++;
  }

  private static void inner(Cases cases) {
    cases.add(
        "inner class that uses its outer object",
        log -> {
          CallMemberBodies outer = new CallMemberBodies();
          return y -> outer.new Inner().use(y) + "," + outer.new Inner().use(y);
        });
    cases.add(
        "inner class of an inner class",
        log -> {
          CallMemberBodies outer = new CallMemberBodies();
          return y -> outer.new Inner().new Deeper().use(y) + outer.name;
        });
    cases.add("body in an inner class", log -> new CallMemberBodies().new Inner().body());
    cases.add(
        "body in a method that captures a parameter",
        log -> new CallMemberBodies().capturing("p", 7L, 'c'));
  }

  private CoroutineBody<Object, Object, Object> capturing(String text, long wide, char letter) {
    return y -> note(y, text + wide) + "," + note(y, letter) + "," + text + wide + letter;
  }

  private static void locals(Cases cases) {
    cases.add(
        "local class that captures",
        log ->
            y -> {
              int base = (int) y.yield(5);
              String prefix = "p";
              class Local {
                private int calls;

                Object use(Yielder<Object, Object> z, int n) {
                  calls++;
                  return prefix + base * (int) z.yield(n) + calls;
                }
              }
              Local local = new Local();
              return local.use(y, 1) + "," + local.use(y, 2);
            });
    cases.add("local class in a callee", log -> y -> localInCallee(y, 3, "text"));
    cases.add(
        "anonymous class that captures",
        log ->
            y -> {
              Object[] seen = {y.yield("a"), null};
              Talker talker =
                  new Talker() {
                    @Override
                    Object talk(Yielder<Object, Object> z) {
                      seen[1] = z.yield("talk");
                      return seen[0] + "-" + seen[1];
                    }
                  };
              return talker.talk(y) + "" + seen[1];
            });
    cases.add(
        "anonymous class with a method of its own",
        log ->
            y -> {
              var only =
                  new Object() {
                    int n = 1;

                    Object own(Yielder<Object, Object> z) {
                      return n++ + "" + z.yield("own");
                    }
                  };
              return only.own(y) + "," + only.own(y) + only.n;
            });
    cases.add(
        "local record",
        log ->
            y -> {
              record Pair(Object a, Object b) {
                Object both(Yielder<Object, Object> z) {
                  return z.yield(a) + "" + z.yield(b);
                }

                static Object made(Yielder<Object, Object> z) {
                  return new Pair(z.yield("x"), 2).both(z);
                }
              }
              return new Pair(1, "b").both(y) + "," + Pair.made(y);
            });
    cases.add(
        "local enum",
        log ->
            y -> {
              enum Local {
                A,
                B;

                Object next(Yielder<Object, Object> z) {
                  return (this == A ? B : A) + "" + z.yield(name());
                }
              }
              return Local.A.next(y) + "," + Local.B.next(y);
            });
  }

  abstract static class Talker {
    abstract Object talk(Yielder<Object, Object> y);
  }

  private static Object localInCallee(Yielder<Object, Object> y, int n, String text) {
    class Local {
      Object use(Yielder<Object, Object> z) {
        return n > 0 ? text + z.yield(n) + localInCallee(z, n - 1, text + n) : "end";
      }
    }
    return new Local().use(y);
  }

  enum Operation {
    PLUS {
      @Override
      Object apply(Yielder<Object, Object> y, int a, int b) {
        return a + (int) y.yield(b);
      }
    },
    TIMES {
      @Override
      Object apply(Yielder<Object, Object> y, int a, int b) {
        return a * (int) y.yield(b);
      }
    },
    FIRST {
      @Override
      Object apply(Yielder<Object, Object> y, int a, int b) {
        return a;
      }
    };

    abstract Object apply(Yielder<Object, Object> y, int a, int b);

    Object described(Yielder<Object, Object> y, int n) {
      return this + "=" + apply(y, n, n + 1);
    }
  }

  private static void enums(Cases cases) {
    cases.add("enum constant with a body", log -> y -> Operation.PLUS.apply(y, 3, 4));
    cases.add(
        "all constants of an enum",
        log ->
            y -> {
              for (Operation operation : Operation.values()) {
                log.add(operation.described(y, 3));
              }
              return Operation.valueOf("TIMES").apply(y, 5, 6);
            });
  }

  sealed interface Shape {}

  record Circle(double radius) implements Shape {
    Object area(Yielder<Object, Object> y) {
      return radius * radius * (double) y.yield(3.0);
    }
  }

  record Square(long side) implements Shape {}

  record Group(List<Shape> parts, String name) implements Shape {}

  private static Object area(Yielder<Object, Object> y, Shape shape) {
    return switch (shape) {
      case Circle circle -> circle.area(y);
      case Square(long side) -> square(y, side);
      case Group(List<Shape> parts, String name) when parts.isEmpty() -> y.yield("empty " + name);
      case Group group -> sum(y, group);
    };
  }

  private static Object square(Yielder<Object, Object> y, long side) {
    return (double) (side * (long) y.yield(side));
  }

  private static Object sum(Yielder<Object, Object> y, Group group) {
    double sum = 0;
    for (Shape part : group.parts) {
      Object area = area(y, part);
      sum += area instanceof Double d ? d : -1;
    }
    return sum;
  }

  private static void shapes(Cases cases) {
    cases.add("record's callee", log -> y -> new Circle(2).area(y));
    cases.add(
        "switch over a sealed interface that calls three methods",
        log ->
            y -> {
              for (Shape shape :
                  List.of(new Circle(1), new Square(3), new Group(List.of(), "none"))) {
                log.add(area(y, shape));
              }
              return "end";
            });
    cases.add(
        "switch over a sealed interface that recurses",
        log ->
            y ->
                area(
                    y,
                    new Group(
                        List.of(new Square(2), new Group(List.of(new Circle(3)), "g")), "f")));
  }

  private static final class Built {
    private final Object built;

    Built(Yielder<Object, Object> y, Object first) {
      Object got = y.yield(first);
      built = got + "," + y.yield("building");
    }
  }

  private static synchronized Object locked(Yielder<Object, Object> y, int n) {
    return y.yield("locked " + n) + "" + y.yield(n);
  }

  private static Object lockedInside(Yielder<Object, Object> y, Object lock) {
    synchronized (lock) {
      return "held " + y.yield("in the monitor");
    }
  }

  private static Object lockedBeside(Yielder<Object, Object> y, Object lock) {
    int n;
    synchronized (lock) {
      n = lock.getClass().getSimpleName().length();
    }
    return n + "" + y.yield("beside the monitor");
  }

  private static native Object nativeCallee(Yielder<Object, Object> y);

  private static Object kept(Yielder<Object, Object> y, List<Yielder<Object, Object>> all) {
    all.add(y);
    return all.getFirst().yield("kept");
  }

  private static Object captured(Yielder<Object, Object> y, List<Object> values) {
    StringBuilder all = new StringBuilder();
    values.forEach(value -> all.append(y.yield(value)));
    return all.toString();
  }

  private static void refused(Cases cases) {
    cases.addOnStack(
        "constructor that takes the suspender",
        "the constructor of Built",
        log -> y -> y.yield("first") + "" + new Built(y, "build").built + y.yield("last"));
    cases.addOnStack(
        "synchronized callee",
        "locked",
        log -> y -> y.yield("first") + "" + locked(y, 1) + locked(y, 2));
    cases.addOnStack(
        "callee that suspends in a synchronized block",
        "lockedInside",
        log -> y -> y.yield("first") + "" + lockedInside(y, new Object()) + y.yield("last"));
    cases.add(
        "callee with a synchronized block beside its yield",
        log -> y -> lockedBeside(y, "lock") + "" + lockedBeside(y, 7));
    cases.addOnStack(
        "native callee",
        "nativeCallee",
        log ->
            y -> {
              try {
                return nativeCallee(y);
              } catch (UnsatisfiedLinkError e) {
                return y.yield("not linked") + e.getMessage();
              }
            });
    cases.addOnStack(
        "callee that stores the suspender",
        "kept",
        log -> y -> y.yield("first") + "" + kept(y, new java.util.ArrayList<>()) + y.yield("last"));
    cases.addOnStack(
        "callee whose lambda captures the suspender",
        "captured",
        log -> y -> captured(y, List.of(1, "b", 3L)) + "" + CallBodies.twice(y, "after"));
  }

  private static final class Broken {
    private static final Object MADE = fail();

    private static Object fail() {
      throw new IllegalStateException("broken on purpose");
    }

    static Object call(Yielder<Object, Object> y) {
      return y.yield(MADE);
    }
  }

  private static final class Lazy {
    private static final StringBuilder MADE = new StringBuilder("made");

    static Object call(Yielder<Object, Object> y, Object how) {
      MADE.setLength(4);
      return MADE.append(y.yield(how));
    }
  }

  private static void initializers(Cases cases) {
    cases.add(
        "callee whose class fails to be initialised",
        log ->
            y -> {
              Object got = y.yield("before");
              for (int i = 0; i < 2; i++) {
                try {
                  return Broken.call(y);
                } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
                  // The first call of all fails in another way than the later ones.
                  log.add(y.yield(LinkageError.class.isInstance(e)));
                }
              }
              return got;
            });
    cases.add(
        "callee whose class is initialised by the call",
        log -> y -> y.yield("before") + "" + Lazy.call(y, "!") + Lazy.call(y, "?"));
  }
}
