package dev.heddle.weave;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Switches, old, new and by pattern, with suspensions in and around them. */
@SuppressWarnings({"StatementSwitchToExpressionSwitch", "EnumOrdinal"})
final class SwitchBodies {
  private SwitchBodies() {}

  private enum Color {
    RED,
    GREEN,
    BLUE
  }

  private sealed interface Figure {}

  private record Circle(double radius) implements Figure {}

  private record Box(long width, Object height) implements Figure {}

  private record Group(List<Figure> members) implements Figure {}

  static int intOf(Object o) {
    return o instanceof Integer i ? i : 0;
  }

  static void addTo(Cases cases) {
    statements(cases);
    expressions(cases);
    patterns(cases);
  }

  @SuppressWarnings("fallthrough")
  private static void statements(Cases cases) {
    cases.add(
        "old switch with fall through",
        log ->
            y -> {
              switch (intOf(y.yield("n?")) % 4) {
                case 0:
                  y.yield("zero");
                case 1:
                  y.yield("one");
                  break;
                case 2:
                  return "two";
                default:
                  y.yield("many");
              }
              return "end";
            });
    cases.add(
        "sparse switch",
        log ->
            y -> {
              switch (intOf(y.yield("n?")) * 1000) {
                case 1000:
                  return y.yield("thousand");
                case 5000:
                  y.yield("five");
                  break;
                case -7:
                  return "never";
                default:
              }
              return "end";
            });
    cases.add(
        "string switch",
        log ->
            y -> {
              for (String s : List.of("a", "text", "Aa", "BB", "z")) {
                switch (s) {
                  case "a", "Aa":
                    y.yield("first " + s);
                    break;
                  case "BB":
                    y.yield("same hash");
                    continue;
                  default:
                    y.yield(s.length());
                }
                log.add(s);
              }
              return null;
            });
    cases.add(
        "enum switch",
        log ->
            y -> {
              for (Color c : Color.values()) {
                switch (c) {
                  case RED -> y.yield("stop");
                  case GREEN -> {
                    y.yield("go");
                    y.yield("went");
                  }
                  default -> log.add(c);
                }
              }
              return TimeUnit.DAYS;
            });
    cases.add(
        "switch in a loop with continue",
        log ->
            y -> {
              int state = 0;
              while (true) {
                switch (state) {
                  case 0:
                    state = y.yield("idle") == null ? 0 : 1;
                    continue;
                  case 1:
                    y.yield("busy");
                    state = 2;
                    break;
                  default:
                    return "done";
                }
                log.add("loop");
              }
            });
  }

  private static void expressions(Cases cases) {
    cases.add(
        "switch expression",
        log ->
            y ->
                switch (intOf(y.yield("n?"))) {
                  case 0, 1, 2 -> "small";
                  case 3 -> y.yield("three");
                  default -> {
                    y.yield("big");
                    yield "large";
                  }
                });
    cases.add(
        "switch expression under other values",
        log ->
            y ->
                ExpressionBodies.join(
                    log.seen("a"),
                    switch (intOf(y.yield(1)) % 3) {
                      case 0 -> y.yield("zero");
                      case 1 -> 1L;
                      default -> {
                        Object o = y.yield("in");
                        yield o + "!";
                      }
                    },
                    y.yield("last")));
    cases.add(
        "argument of a yield is a switch",
        log ->
            y ->
                y.yield(
                    switch (log.lines.size()) {
                      case 0 -> "none";
                      case 1 -> "one";
                      default -> log.lines.size();
                    }));
    cases.add(
        "switch expression over an enum, with try inside",
        log ->
            y -> {
              String r = "";
              for (Color c : Color.values()) {
                r +=
                    switch (c) {
                      case RED -> {
                        try {
                          yield "r" + y.yield(c);
                        } catch (IllegalStateException e) {
                          yield e.getMessage();
                        } finally {
                          y.yield("fin");
                        }
                      }
                      case GREEN -> "g" + y.yield("green");
                      case BLUE -> 'b';
                    };
              }
              return r;
            });
    cases.add(
        "argument of a yield is a switch with try",
        log ->
            y ->
                y.yield(
                    switch (intOf(y.yield("n?")) % 2) {
                      case 0 -> {
                        try {
                          yield y.yield("tried");
                        } catch (ArithmeticException e) {
                          yield "caught";
                        }
                      }
                      default -> "odd";
                    }));
    cases.add(
        "switch expression that throws",
        log ->
            y ->
                switch (intOf(y.yield("n?"))) {
                  case 0 -> throw new IllegalArgumentException("zero");
                  default -> y.yield("fine");
                });
  }

  private static void patterns(Cases cases) {
    cases.add(
        "pattern switch",
        log ->
            y -> {
              while (true) {
                Object r =
                    switch (y.yield("?")) {
                      case null -> "null";
                      case Integer i when i > 5 -> y.yield("big " + i);
                      case Integer i -> i + 1;
                      case String s -> s + y.yield(s.length());
                      default -> "other";
                    };
                log.add(r);
              }
            });
    cases.add(
        "sealed pattern switch",
        log ->
            y -> {
              double area = 0;
              for (Figure f :
                  List.of(new Circle(2), new Box(3, 4), new Group(List.of(new Circle(1))))) {
                area +=
                    switch (f) {
                      case Circle c -> c.radius() * intOf(y.yield(c));
                      case Box(long w, Integer h) -> w * h + intOf(y.yield(h));
                      case Box(long w, Object h) -> w;
                      case Group g -> g.members().size();
                    };
                y.yield(area);
              }
              return area;
            });
    cases.add(
        "record pattern in if",
        log ->
            y -> {
              Object o = new Box(5, new Box(6, y.yield("h?")));
              if (o instanceof Box(long w, Box(var v, var h)) && h != null) {
                y.yield(w + v);
                return h;
              }
              return o.toString();
            });
    cases.add(
        "pattern with guard that yields",
        log ->
            y ->
                switch (y.yield("?")) {
                  case Integer i when y.yield(i) != null -> "guarded " + i;
                  case Integer i -> "plain " + i;
                  case null, default -> "none";
                });
    cases.add(
        "enum constants among patterns",
        log ->
            y -> {
              Object[] all = {Color.RED, "RED", Color.BLUE, 1};
              for (Object o : all) {
                y.yield(
                    switch (o) {
                      case Color c when c == Color.RED -> "red";
                      case Color c -> c.ordinal();
                      case String s -> s;
                      default -> y.yield("inner");
                    });
              }
              return null;
            });
  }
}
