package dev.heddle.samples;

import dev.heddle.coroutine.Generator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A generator that never ends, and a consumer that takes what it needs.
 *
 * <p>You will see {@code 0 1 1 2 3 5 8 13 21 34}, and below it those of them that are even, taken
 * by a stream.
 */
@Command(name = "fibonacci", description = "A generator without an end, and its takers.")
@Recipe("R4")
final class Fibonacci implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--count",
      converter = WholeNumber.Count.class,
      description = "How many numbers, 0 or more; default ${DEFAULT-VALUE}")
  private int count = 10;

  @Override
  public void run() {
    String separator = "";
    for (long n : fibonacci().limit(count)) {
      terminal.out().print(separator + n);
      separator = " ";
    }
    terminal.out().println();
    try (var even = fibonacci().stream()) {
      terminal.out().println("even: " + even.limit(count).filter(n -> n % 2 == 0).toList());
    }
  }

  /** The loop that makes them; each yield hands one out and stops here until the next is wanted. */
  static Generator<Long> fibonacci() {
    return Generator.of(
        y -> {
          long a = 0;
          long b = 1;
          while (true) {
            y.yield(a);
            long sum = a + b;
            a = b;
            b = sum;
          }
        });
  }
}
