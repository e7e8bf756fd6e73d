package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * All that {@code map} of {@code concurrent.futures} and of {@code multiprocessing} can do: several
 * iterables, {@code starmap}, {@code chunksize}, {@code timeout}, {@code initializer}.
 *
 * <p>You will see the results in the order of the arguments, one message for a hundred arguments,
 * and that a map whose time is over ends its jobs, while the pool goes on.
 */
@Command(name = "pool-map", description = "Map over several iterables, in chunks, with a limit.")
@Recipe("R19")
final class PoolMaps implements Runnable {
  private static String greeting = "none";

  @Mixin private final Terminal terminal = new Terminal();

  static String prepare(String word) {
    greeting = word;
    return word;
  }

  static String greet(String name, Integer times) {
    return greeting + " " + name + "!".repeat(times);
  }

  static int square(int n) {
    return n * n;
  }

  static int never(int n) {
    while (true) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void run() {
    ProcessOptions options = ProcessOptions.DEFAULT.withInitializer(PoolMaps::prepare, "hello");
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 2, options)) {
      scheduler.spawn(
          () -> {
            List<String> names = List.of("Ann", "Bob", "Cid");
            say("two iterables", await(pool.map(PoolMaps::greet, names, List.of(1, 2))));
            List<Map.Entry<String, Integer>> pairs = List.of(Map.entry("Dan", 3));
            say("starmap", await(pool.starmap(PoolMaps::greet, pairs)));
            List<Integer> numbers = IntStream.rangeClosed(1, 1000).boxed().toList();
            List<Integer> squares = await(pool.map(PoolMaps::square, numbers, 100));
            say("in chunks of 100", squares.subList(990, 1000));
            try {
              await(pool.map(PoolMaps::never, numbers).within(Duration.ofMillis(100)));
            } catch (TimeoutException e) {
              say("time over", "its jobs are ended");
            }
            say("and on", await(pool.map(PoolMaps::square, List.of(7, 8))));
          });
      scheduler.run();
    }
  }

  private void say(String what, Object results) {
    terminal.out().println(what + ": " + results);
  }
}
