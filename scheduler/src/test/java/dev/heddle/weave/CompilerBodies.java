package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.GeneratorBody;
import dev.heddle.coroutine.Yielder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Bodies of which compilers make different code, for {@link CompilerTest}. */
@SuppressWarnings({"unused", "unchecked", "rawtypes"})
final class CompilerBodies implements Supplier<Map<String, CoroutineBody<Object, Object, Object>>> {
  private static int made;

  private static class Secret {
    private final Object value;

    private Secret(Object value) {
      this.value = value;
      made++;
    }
  }

  static class Open {
    Open(Object one, long two) {
      made++;
    }
  }

  private static final class Own implements GeneratorBody<Object> {
    @Override
    public void generate(Yielder<Object, Void> y) {
      y.yield("generate");
    }

    @Override
    public Void run(Yielder<Object, Void> y) {
      y.yield("run");
      return null;
    }
  }

  private abstract static class Narrow<T> implements CoroutineBody<Object, Object, T> {
    @Override
    public abstract T run(Yielder<Object, Object> y);
  }

  private final Map<String, CoroutineBody<Object, Object, Object>> all = new LinkedHashMap<>();

  private void add(String name, CoroutineBody<Object, Object, Object> body) {
    all.put(name, body);
  }

  private static Object part(Yielder<Object, Object> y, Object given) {
    return y.yield(given);
  }

  @Override
  public Map<String, CoroutineBody<Object, Object, Object>> get() {
    created();
    loops();
    bridges();
    captured();
    return all;
  }

  private void created() {
    add(
        "created and forgotten",
        y -> {
          made = 0;
          new Open(y.yield(1), (int) y.yield(2));
          new Open(part(y, 3), 4L);
          return made;
        });
    add(
        "created privately and forgotten",
        y -> {
          made = 0;
          new Secret(y.yield(1));
          new Secret(2);
          new Secret(new Secret(part(y, 3)));
          return made + new Secret(y.yield(4)).value.toString();
        });
  }

  private void loops() {
    add(
        "another name for the yielder in a loop",
        y -> {
          var z = y;
          int i = 0;
          while (i < 3) {
            z.yield(i++);
          }
          return part(z, i);
        });
    add(
        "another name in nested loops",
        y -> {
          Yielder<Object, Object> z = y;
          for (int i = 0; i < 2; i++) {
            Yielder<Object, Object> inner = z;
            for (int k = 0; k < 2; k++) {
              if (k == 1) {
                continue;
              }
              part(inner, i + k);
            }
          }
          return z.yield("end");
        });
    add(
        "a slot that is used anew",
        y -> {
          {
            Yielder<Object, Object> z = y;
            z.yield(1);
          }
          Object other = "other";
          int i = 0;
          while (i++ < 2) {
            other = y.yield(other + "!");
          }
          return other;
        });
  }

  private void bridges() {
    add("class with two methods", (CoroutineBody) new Own());
    add(
        "anonymous class with a bridge",
        (CoroutineBody)
            new Narrow<String>() {
              @Override
              public String run(Yielder<Object, Object> y) {
                return "narrow" + y.yield(1);
              }
            });
    add("cast to its own type", y -> ((Yielder<Object, Object>) (Object) y).yield(1));
  }

  private void captured() {
    add("REFUSED captured by an inner lambda", y -> ask(() -> y.yield(1)));
    add(
        "REFUSED captured by the method reference ::yield",
        y -> {
          List.<Object>of(1, 2).forEach(y::yield);
          return 3;
        });
    add(
        "REFUSED captured by an anonymous class",
        y ->
            ask(
                new Supplier<Object>() {
                  @Override
                  public Object get() {
                    return y.yield(1);
                  }
                }));
    add(
        "REFUSED captured by the local class Asking",
        y -> {
          class Asking implements Supplier<Object> {
            @Override
            public Object get() {
              return y.yield(1);
            }
          }
          return ask(new Asking());
        });
    add("REFUSED put into a string", y -> ("y is " + y).isEmpty() ? 1 : y.yield(2));
    add("REFUSED cast to Comparable", y -> y.yield(1) == null ? (Comparable<?>) y : 1);
  }

  private static Object ask(Supplier<Object> supplier) {
    return supplier.get();
  }
}
