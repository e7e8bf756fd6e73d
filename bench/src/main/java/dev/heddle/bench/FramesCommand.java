package dev.heddle.bench;

import dev.heddle.bench.peers.Calls;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a suspended method costs, by what is alive in the heap when many coroutines stand so many
 * calls deep. Each method keeps a reference and an {@code int} of its own over the call.
 */
@Command(
    name = "frames",
    description = "Bytes for each method that stands suspended in a coroutine; Kotlin beside it.",
    sortOptions = false)
final class FramesCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--coroutines",
      paramLabel = "N",
      description = "How many, 1 to 1000000; default 10000")
  private String number = "10000";

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "How many calls deep they stand, 1 to 10000; default 100")
  private String deepest = "100";

  @Override
  public Integer call() {
    int coroutines = terminal.number("--coroutines", number, 1, 1_000_000);
    int depth = terminal.number("--depth", deepest, 1, 10_000);
    report("woven", coroutines, depth, FramesCommand::woven);
    report("kotlin", coroutines, depth, calls -> Calls.suspendedAt(calls, "name"));
    return 0;
  }

  private void report(String who, int coroutines, int depth, IntFunction<Object> suspendedAt) {
    double body = bytes(coroutines, 0, suspendedAt);
    double one = bytes(coroutines, 1, suspendedAt);
    double all = bytes(coroutines, depth, suspendedAt);
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%s: %.1f bytes each without a call; the first call %.1f more;"
                + " %d calls %.1f more, that is %.1f each%n",
            who,
            body,
            one - body,
            depth,
            all - body,
            (all - body) / depth);
  }

  private static double bytes(int coroutines, int depth, IntFunction<Object> suspendedAt) {
    var _ = suspendedAt.apply(depth); // loads classes, and weaves
    Object[] all = new Object[coroutines];
    long before = Heap.liveBytes();
    try {
      Arrays.setAll(all, i -> suspendedAt.apply(depth));
      return (double) (Heap.liveBytes() - before) / coroutines;
    } finally {
      Reference.reachabilityFence(all);
    }
  }

  private static Object woven(int depth) {
    Coroutine<String, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              if (depth == 0) {
                return y.yield("name");
              }
              return keep(y, "name", depth);
            });
    coroutine.next();
    return coroutine;
  }

  private static int keep(Yielder<String, Object> y, String name, int depth) {
    int more = 0;
    if (depth > 1) {
      more = keep(y, name, depth - 1);
    } else {
      y.yield(name);
    }
    return name.length() + depth + more;
  }
}
