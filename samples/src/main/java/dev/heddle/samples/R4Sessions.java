package dev.heddle.samples;

import dev.heddle.coroutine.Coroutine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Next, send, throw, close, return and yield from, as one tries them at a prompt (recipe R4).
 *
 * <p>You will see each step as {@code >>> what is done}, and below it what the prompt would answer.
 */
record R4Sessions(PrintWriter out) {

  static void main() {
    run(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
  }

  static void run(PrintWriter out) {
    var r4 = new R4Sessions(out);
    var prompt = new Prompt(out);
    prompt.session("countdown(3)", r4.countdown(3), "next", "next", "next", "next", "next");
    prompt.session("receiver()", r4.receiver(), "send Hi", "next", "send Hello", "send World");
    prompt.session("receiver()", r4.receiver(), "next", "throw oops", "send still here", "close");
    prompt.session("receiver()", r4.receiver(), "next", "close", "close", "send too late");
    var twice = r4.above(r4.above(r4.receiver()));
    prompt.session("above above receiver()", twice, "next", "send Hello", "throw oops", "close");
    prompt.session("above total()", r4.above(r4.total()), "next", "send 2", "send 3", "send done");
  }

  private Coroutine<@Nullable Object, String, String> countdown(int n) {
    return Coroutine.of(
        y -> {
          for (int i = n; i > 0; i--) {
            y.yield(i);
          }
          return "Blastoff!";
        });
  }

  private Coroutine<@Nullable Object, String, String> receiver() {
    return Coroutine.of(
        y -> {
          out.println("Ready");
          try {
            while (true) {
              try {
                out.println("Got: " + y.yield(null));
              } catch (IllegalArgumentException e) {
                out.println("Caught: " + e.getMessage());
              }
            }
          } finally {
            out.println("Cleanup");
          }
        });
  }

  private Coroutine<@Nullable Object, String, String> total() {
    return Coroutine.of(
        y -> {
          int total = 0;
          for (String s = y.yield(total); !s.equals("done"); s = y.yield(total)) {
            total += Integer.parseInt(s);
          }
          return "total " + total;
        });
  }

  private Coroutine<@Nullable Object, String, String> above(
      Coroutine<@Nullable Object, String, String> inner) {
    return Coroutine.of(
        y -> {
          out.println("Delegating");
          String result = y.yieldFrom(inner);
          out.println("Inner returned: " + result);
          return result;
        });
  }
}
