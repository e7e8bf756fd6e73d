package dev.heddle.samples;

import dev.heddle.coroutine.Generator;
import java.math.BigInteger;
import java.util.List;
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
      converter = WholeNumber.Figures.class,
      description = "How many numbers, 0 to 10000; default ${DEFAULT-VALUE}")
  private int count = 10;

  @Override
  public void run() {
    String separator = "";
    for (BigInteger n : fibonacci().limit(count)) {
      terminal.out().print(separator + n);
      separator = " ";
    }
    terminal.out().println();
    try (var all = fibonacci().stream()) {
      List<BigInteger> even = all.limit(count).filter(n -> !n.testBit(0)).toList();
      terminal.out().println("even: " + even);
    }
  }

  /** The loop that makes them; each yield hands one out and stops here until the next is wanted. */
  static Generator<BigInteger> fibonacci() {
    return Generator.of(
        y -> {
          BigInteger a = BigInteger.ZERO;
          BigInteger b = BigInteger.ONE;
          while (true) {
            y.yield(a);
            BigInteger sum = a.add(b);
            a = b;
            b = sum;
          }
        });
  }
}
