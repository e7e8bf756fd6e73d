package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** this, private members, members of the nest, protected and super members. */
@SuppressWarnings("EffectivelyPrivate")
final class MemberBodies extends MemberBase {
  private static int shared;
  private static long wideShared = 1L << 40;
  private int count = 5;
  private double ratio = 0.5;
  private final List<String> names = new ArrayList<>();

  private int twice(int n) {
    return 2 * n + count;
  }

  private static String secret(long a, Object b) {
    return a + "/" + b;
  }

  private Object method(Yielder<Object, Object> y) {
    y.yield(count);
    return y.yield(twice(1));
  }

  @Override
  String greet() {
    return "overridden";
  }

  /** A private class of the nest, with all private members. */
  private static final class Hidden {
    private static int made;
    private final Object value;
    private int uses;

    private Hidden(Object value) {
      this.value = value;
      made++;
    }

    private Object use(Object by) {
      uses++;
      return value + " used by " + by + " " + uses;
    }
  }

  private interface Shape {
    private static String prefix() {
      return "shape ";
    }

    default String name() {
      return prefix() + "unknown";
    }
  }

  private enum Size implements Shape {
    SMALL,
    LARGE {
      @Override
      public String name2() {
        return "huge";
      }
    };

    public String name2() {
      return "size";
    }
  }

  void addTo(Cases cases) {
    fields(cases);
    methods(cases);
    nest(cases);
    inherited(cases);
  }

  private CoroutineBody<Object, Object, Object> fresh(Cases.Maker maker, Cases.Log log) {
    shared = 0;
    wideShared = 1L << 40;
    Hidden.made = 0;
    return maker.make(log);
  }

  private void fields(Cases cases) {
    cases.add(
        "private fields of this",
        log -> {
          MemberBodies self = new MemberBodies();
          return self.fieldBody();
        });
    cases.add(
        "private static fields",
        log ->
            fresh(
                l ->
                    y -> {
                      shared += 2;
                      y.yield(shared);
                      wideShared -= shared++;
                      y.yield(wideShared);
                      return shared + wideShared;
                    },
                log));
  }

  private CoroutineBody<Object, Object, Object> fieldBody() {
    return y -> {
      while (count > 0) {
        y.yield(count--);
        ratio *= 2;
      }
      names.add("n" + y.yield(ratio));
      this.ratio += ExpressionBodies.intOf(y.yield(names));
      return ratio;
    };
  }

  private void methods(Cases cases) {
    cases.add(
        "private methods",
        log ->
            y -> {
              y.yield(twice(ExpressionBodies.intOf(y.yield(1))));
              return secret(twice(3), y.yield(2));
            });
    cases.add("reference to a private method of this", log -> this::method);
    cases.add(
        "private method references",
        log ->
            y -> {
              IntUnaryOperator op = this::twice;
              y.yield(op.applyAsInt(1));
              IntUnaryOperator both = op.andThen(n -> twice(n) + shared * 0);
              return both.applyAsInt(ExpressionBodies.intOf(y.yield(2)));
            });
    cases.add(
        "inner lambda that uses private members",
        log -> {
          MemberBodies self = new MemberBodies();
          return self.lambdaBody();
        });
  }

  private CoroutineBody<Object, Object, Object> lambdaBody() {
    return y -> {
      Runnable more = () -> count += 10;
      more.run();
      y.yield(count);
      Supplier<Supplier<Integer>> nested = () -> () -> twice(count--);
      y.yield(nested.get().get());
      return count;
    };
  }

  private void nest(Cases cases) {
    cases.add(
        "private constructor",
        log -> y -> new Hidden(1).use(y.yield(1)) + "" + new Hidden(2).value);
    cases.add(
        "private constructor around a yield",
        log ->
            fresh(
                l ->
                    y -> {
                      Hidden h = new Hidden(y.yield("value?"));
                      h.uses += 5;
                      y.yield(h.use("body"));
                      return ExpressionBodies.join(
                          Hidden.made, new Hidden(y.yield("again")).value, h.uses++);
                    },
                log));
    cases.add(
        "private constructor in a ternary",
        log ->
            y -> {
              Object o = y.yield(1) == null ? new Hidden("n") : new Hidden(new Hidden("v").value);
              return o instanceof Hidden h ? h.use(y.yield(2)) : o;
            });
    cases.add(
        "private constructor reference",
        log ->
            y -> {
              java.util.function.Function<Object, Hidden> make = Hidden::new;
              return make.apply(y.yield(1)).use("reference");
            });
    cases.add(
        "private interface and enum",
        log ->
            y -> {
              for (Size s : Size.values()) {
                y.yield(((Shape) s).getClass() == Size.class ? s.name() : s.name2());
              }
              return new Shape() {}.name();
            });
  }

  private void inherited(Cases cases) {
    cases.add(
        "super method",
        log ->
            y -> {
              y.yield(greet());
              return super.greet() + y.yield(super.greet());
            });
    cases.add(
        "protected member of a superclass",
        log ->
            y -> {
              level = 2;
              level++;
              y.yield(describe());
              return describe() + (level -= 1);
            });
    cases.add(
        "protected clone",
        log ->
            y -> {
              y.yield(1);
              try {
                return clone();
              } catch (CloneNotSupportedException e) {
                return "no clone";
              }
            });
    cases.add("protected members of a superclass in another package", log -> new Remote().body());
  }

  private static final class Remote extends dev.heddle.weave.other.Far {
    CoroutineBody<Object, Object, Object> body() {
      return y -> {
        distance += ExpressionBodies.intOf(y.yield(distance));
        y.yield(travel(2));
        return super.travel(3) + total();
      };
    }

    @Override
    protected String travel(int n) {
      return "overridden " + super.travel(n);
    }
  }
}
