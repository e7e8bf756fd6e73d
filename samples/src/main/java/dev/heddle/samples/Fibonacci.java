package dev.heddle.samples;

import dev.heddle.coroutine.Generator;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * A generator that never ends, and a consumer that takes what it needs.
 *
 * <p>You will see {@code 0 1 1 2 3 5 8 13 21 34}, and below it those of them that are even, taken
 * by a stream.
 */
final class Fibonacci {
  private Fibonacci() {}

  static void main() {
    run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 10);
  }

  static void run(PrintWriter out, int count) {
    String separator = "";
    for (long n : fibonacci().limit(count)) {
      out.print(separator + n);
      separator = " ";
    }
    out.println();
    try (var even = fibonacci().stream()) {
      out.println("even: " + even.limit(count).filter(n -> n % 2 == 0).toList());
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
