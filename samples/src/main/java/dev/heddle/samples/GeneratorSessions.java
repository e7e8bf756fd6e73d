package dev.heddle.samples;

import dev.heddle.coroutine.Coroutine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Next, send, throw, close, return and yield from, as one tries them at a prompt (recipe R4).
 *
 * <p>You will see each step as {@code >>> what is done}, and below it what the prompt would answer.
 */
@Command(name = "generators", description = "Next, send, throw, close, as at a prompt.")
@Recipe("R4")
final class GeneratorSessions implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    var prompt = new Prompt(terminal.out());
    prompt.session("countdown(3)", countdown(3), "next", "next", "next", "next", "next");
    prompt.session("receiver()", receiver(), "send Hi", "next", "send Hello", "send World");
    prompt.session("receiver()", receiver(), "next", "throw oops", "send still here", "close");
    prompt.session("receiver()", receiver(), "next", "close", "close", "send too late");
    var twice = above(above(receiver()));
    prompt.session("above above receiver()", twice, "next", "send Hello", "throw oops", "close");
    prompt.session("above total()", above(total()), "next", "send 2", "send 3", "send done");
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
          terminal.out().println("Ready");
          try {
            while (true) {
              try {
                terminal.out().println("Got: " + y.yield(null));
              } catch (IllegalArgumentException e) {
                terminal.out().println("Caught: " + e.getMessage());
              }
            }
          } finally {
            terminal.out().println("Cleanup");
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
          terminal.out().println("Delegating");
          String result = y.yieldFrom(inner);
          terminal.out().println("Inner returned: " + result);
          return result;
        });
  }
}
