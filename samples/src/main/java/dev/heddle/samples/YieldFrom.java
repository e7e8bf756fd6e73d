package dev.heddle.samples;

import dev.heddle.coroutine.Coroutine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The sessions of notes on what is inside asyncio, line by line: values both ways, what is thrown
 * and not caught, what is returned, and one generator within another (recipe R4).
 *
 * <p>You will see {@code send abc} answered by the same word; an exception come out of {@code
 * throw}; the value of a {@code return}; and {@code inner abc}, {@code outer 3} of two levels.
 */
@Command(name = "yield-from", description = "Values both ways, and one generator within another.")
@Recipe("R4")
final class YieldFrom implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    var prompt = new Prompt(terminal.out());
    prompt.session("two ways", twoWays(), "next", "send abc", "next");
    prompt.session("nobody catches it", twoWays(), "next", "throw oops", "next");
    prompt.session("a value at the end", returns(), "next", "next", "next");
    prompt.session("inner and outer", outer(), "next", "next", "send abc", "next");
    prompt.session("thrown into inner", outer(), "next", "next", "throw oops");
  }

  /** {@code val = yield "hello"; yield val}. */
  private static Coroutine<@Nullable Object, String, @Nullable Object> twoWays() {
    return Coroutine.of(
        y -> {
          String word = y.yield("hello");
          y.yield(word);
          return null;
        });
  }

  /** {@code yield 1; return "done"}. */
  private static Coroutine<@Nullable Object, String, String> returns() {
    return Coroutine.of(
        y -> {
          y.yield(1);
          return "done";
        });
  }

  /** {@code val = yield 2; print("inner", val); return 3}. */
  private Coroutine<@Nullable Object, String, Integer> inner() {
    return Coroutine.of(
        y -> {
          terminal.say("inner " + y.yield(2));
          return 3;
        });
  }

  /** {@code yield 1; val = yield from inner(); print("outer", val); yield 4}. */
  private Coroutine<@Nullable Object, String, @Nullable Object> outer() {
    return Coroutine.of(
        y -> {
          y.yield(1);
          int value = y.yieldFrom(inner());
          terminal.say("outer " + value);
          y.yield(4);
          return null;
        });
  }
}
