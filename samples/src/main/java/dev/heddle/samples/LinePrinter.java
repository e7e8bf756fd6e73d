package dev.heddle.samples;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prints lines by a thread of its own, for who must not wait: a terminal that was stopped, or a
 * pipe that nobody empties, holds up that thread only. So many lines wait at the most; further ones
 * are dropped, and their number is printed where they would have stood.
 *
 * <p>Any thread may print.
 */
final class LinePrinter {
  /** How many lines wait at the most. */
  static final int MOST_WAITING = 1000;

  private final Consumer<String> target;
  private final Deque<String> lines = new ArrayDeque<>();

  /** How many lines were dropped since there was room. */
  private long dropped;

  /** Whether the thread is printing a line. */
  private boolean printing;

  private boolean ended;

  /**
   * Starts the thread.
   *
   * @param target prints a line; may take as long as it likes
   */
  LinePrinter(Consumer<String> target) {
    this.target = target;
    Thread.ofPlatform().daemon().name("printer").start(this::printAll);
  }

  /** Prints the line soon, or drops it. Never waits. */
  synchronized void say(String line) {
    if (lines.size() < MOST_WAITING && dropped == 0) {
      lines.add(line);
      notifyAll();
    } else {
      dropped++;
    }
  }

  /**
   * Waits until all is printed, but not longer than this; then no more is printed.
   *
   * @return whether all was printed
   */
  synchronized boolean end(Duration longest) {
    long until = System.nanoTime() + longest.toNanos();
    while (!lines.isEmpty() || dropped > 0 || printing) {
      long millis = (until - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    ended = true;
    notifyAll();
    return true;
  }

  private void printAll() {
    for (String line = next(); line != null; line = next()) {
      target.accept(line);
    }
  }

  /** Null at the end. */
  private synchronized @Nullable String next() {
    printing = false;
    notifyAll();
    try {
      while (lines.isEmpty() && dropped == 0) {
        if (ended) {
          return null;
        }
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }
    printing = true;
    if (lines.isEmpty()) {
      String gap = "(" + dropped + " lines were dropped here: nobody took them in time)";
      dropped = 0;
      return gap;
    }
    return lines.remove();
  }
}
