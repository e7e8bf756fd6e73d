package dev.heddle.samples;

import dev.heddle.actor.Actor;
import dev.heddle.scheduler.Awaiter;

/** Divides 60 by what it is sent, and so crashes by a 0; the body of an actor that is restarted. */
final class Divider {
  private final Terminal terminal;

  /** When the latest division has begun, in nanoseconds. */
  private long latest;

  private int starts;

  Divider(Terminal terminal) {
    this.terminal = terminal;
  }

  void run(Awaiter co, Actor<Integer> actor) {
    terminal.say("divider starts" + pause(5L << starts++));
    int count = 0;
    while (co.await(actor.receive()) instanceof Integer divisor) {
      latest = System.nanoTime();
      terminal.say(++count + ". 60 / " + divisor + " = " + 60 / divisor);
    }
  }

  /** The back-off: 10 ms after the first crash, twice as long after each one more. */
  private String pause(long millis) {
    if (starts == 1) {
      return "";
    }
    boolean isOver = System.nanoTime() - latest >= millis * 1_000_000;
    return isOver ? ", " + millis + " ms or more after the crash" : ", too early";
  }
}
