package dev.heddle.bench;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How long the first use of a body takes: its class file is read, it is woven, its machine is
 * defined and runs to the first yield. Each body is the same source in a class loader of its own,
 * and so another class to the weaver.
 */
@Command(
    name = "first-use",
    description = "How long the first use of a body takes, once the weaver is warm.",
    sortOptions = false)
final class FirstUseCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Bodies woven before, 0 to 10000; default 100")
  private String warmup = "100";

  @Option(
      names = "--bodies",
      paramLabel = "N",
      description = "Bodies measured, 1 to 10000; default 100")
  private String number = "100";

  @Override
  public Integer call() throws ReflectiveOperationException {
    int before = terminal.number("--warmup", warmup, 0, 10_000);
    int bodies = terminal.number("--bodies", number, 1, 10_000);
    double first = millisOfFirstUse();
    for (int i = 1; i < before; i++) {
      millisOfFirstUse();
    }
    double[] millis = new double[bodies];
    for (int i = 0; i < bodies; i++) {
      millis[i] = millisOfFirstUse();
    }
    Arrays.sort(millis);
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "first use of a body, after %d others: median %.2f ms, p90 %.2f, worst %.2f;"
                + " the first of all %.2f%n",
            before,
            millis[bodies / 2],
            millis[bodies * 9 / 10],
            millis[bodies - 1],
            first);
    return 0;
  }

  private static double millisOfFirstUse() throws ReflectiveOperationException {
    @SuppressWarnings("unchecked")
    Function<String, CoroutineBody<Object, Object, Object>> bodies =
        (Function<String, CoroutineBody<Object, Object, Object>>)
            new Fresh().loadClass(Bodies.class.getName()).getConstructor().newInstance();
    CoroutineBody<Object, Object, Object> body = bodies.apply("item");
    long started = System.nanoTime();
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body)) {
      coroutine.next();
      return (System.nanoTime() - started) / 1e6;
    }
  }

  /** Has a class of bodies of its own, from the place from which ours comes. */
  private static final class Fresh extends URLClassLoader {
    Fresh() {
      super(new URL[] {place()}, FirstUseCommand.class.getClassLoader());
    }

    private static URL place() {
      return FirstUseCommand.class.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Bodies.class.getName())) {
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
}
