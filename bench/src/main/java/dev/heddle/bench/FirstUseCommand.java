package dev.heddle.bench;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How long the first use of a body takes: its class file is read, it is woven, its machine is
 * defined and runs to the first yield. And how long the first call of a method takes that a body
 * hands its suspender to: the call is linked, the method woven, and it runs to its first yield.
 * Each body and method is the same source in a class loader of its own, and so another class to the
 * weaver.
 */
@Command(
    name = "first-use",
    description = "How long the first use of a body and of a method take, once the weaver is warm.",
    sortOptions = false)
final class FirstUseCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Bodies and methods woven before, 0 to 10000; default 100")
  private String warmup = "100";

  @Option(
      names = "--bodies",
      paramLabel = "N",
      description = "Bodies and methods measured, 1 to 10000; default 100")
  private String number = "100";

  @Override
  public Integer call() throws ReflectiveOperationException {
    int before = terminal.number("--warmup", warmup, 0, 10_000);
    int bodies = terminal.number("--bodies", number, 1, 10_000);
    double[] bodyMillis = new double[before + bodies];
    double[] methodMillis = new double[before + bodies];
    for (int i = 0; i < bodyMillis.length; i++) {
      measure(i, bodyMillis, methodMillis);
    }
    report("body", before, bodyMillis);
    report("method", before, methodMillis);
    return 0;
  }

  private void report(String what, int before, double[] all) {
    double[] millis = Arrays.copyOfRange(all, before, all.length);
    Arrays.sort(millis);
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "first use of a %s, after %d others: median %.2f ms, p90 %.2f, worst %.2f;"
                + " the first of all %.2f%n",
            what,
            before,
            millis[millis.length / 2],
            millis[millis.length * 9 / 10],
            millis[millis.length - 1],
            all[0]);
  }

  private static void measure(int index, double[] bodyMillis, double[] methodMillis)
      throws ReflectiveOperationException {
    CoroutineBody<Object, Object, Object> body = fresh(Bodies.class);
    long started = System.nanoTime();
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body)) {
      coroutine.next();
      bodyMillis[index] = (System.nanoTime() - started) / 1e6;
    }
    try (var coroutine = Coroutine.of(Engine.WOVEN, fresh(Callers.class))) {
      coroutine.next();
      started = System.nanoTime();
      coroutine.next();
      methodMillis[index] = (System.nanoTime() - started) / 1e6;
    }
  }

  @SuppressWarnings("unchecked")
  private static CoroutineBody<Object, Object, Object> fresh(Class<?> bodies)
      throws ReflectiveOperationException {
    Object made = new Fresh().loadClass(bodies.getName()).getConstructor().newInstance();
    return ((Function<String, CoroutineBody<Object, Object, Object>>) made).apply("item");
  }

  /** Has classes of bodies of its own, from the place from which ours come. */
  private static final class Fresh extends URLClassLoader {
    private static final Set<String> OWN =
        Set.of(Bodies.class.getName(), Callers.class.getName(), Methods.class.getName());

    Fresh() {
      super(new URL[] {place()}, FirstUseCommand.class.getClassLoader());
    }

    private static URL place() {
      return FirstUseCommand.class.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!OWN.contains(name)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  /** A body of middling size: loops, a handler, a finally block, private members. */
  public static final class Bodies
      implements Function<String, CoroutineBody<Object, Object, Object>> {
    private int rounds;

    /** For the loader. */
    public Bodies() {}

    @Override
    public CoroutineBody<Object, Object, Object> apply(String name) {
      return y -> {
        long sum = 0;
        for (int i = 0; i < 10; i++) {
          try {
            Object sent = y.yield(name + i);
            sum += sent instanceof Integer n ? n : i;
          } catch (IllegalArgumentException e) {
            y.yield("refused " + e.getMessage());
          } finally {
            rounds++;
          }
          switch (i % 3) {
            case 0 -> y.yield(sum);
            case 1 -> sum += rounds;
            default -> sum--;
          }
        }
        return sum;
      };
    }
  }

  /** A body that is suspended, and then calls a method of another class. */
  public static final class Callers
      implements Function<String, CoroutineBody<Object, Object, Object>> {
    /** For the loader. */
    public Callers() {}

    @Override
    public CoroutineBody<Object, Object, Object> apply(String name) {
      return y -> {
        y.yield("the caller stands");
        return Methods.sum(y, name);
      };
    }
  }

  /** The method does what the body of {@link Bodies} does. */
  public static final class Methods {
    private static int rounds;

    private Methods() {}

    static long sum(Yielder<Object, Object> y, String name) {
      long sum = 0;
      for (int i = 0; i < 10; i++) {
        try {
          Object sent = y.yield(name + i);
          sum += sent instanceof Integer n ? n : i;
        } catch (IllegalArgumentException e) {
          y.yield("refused " + e.getMessage());
        } finally {
          rounds++;
        }
        switch (i % 3) {
          case 0 -> y.yield(sum);
          case 1 -> sum += rounds;
          default -> sum--;
        }
      }
      return sum;
    }
  }
}
