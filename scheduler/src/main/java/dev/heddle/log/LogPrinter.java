package dev.heddle.log;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs by a thread of its own, for loops. Where a log ends in a pipe that nobody empties, or at a
 * terminal that was stopped, who logs waits for ever; a loop that did so would be held up with all
 * its tasks. So a loop hands its line over, and waits for a moment only: until the line is logged,
 * as it mostly is at once, or until it is clear that the log is stuck. While the log is stuck no
 * loop waits at all. So many lines are kept then; further ones are dropped, and their number is
 * logged when the log goes on. Where no thread can be had, the caller logs.
 *
 * <p>The thread lives as long as it has something to log, and keeps the JVM from its end so long.
 * Any thread may call.
 */
public final class LogPrinter {
  /** How many lines wait at the most. */
  static final int MOST_WAITING = 1000;

  /** After so long the log is stuck. */
  private static final long PATIENCE_NANOS = 100_000_000;

  /** For the first line, before which the JVM loads and opens its log. */
  private static final long FIRST_PATIENCE_NANOS = 1_000_000_000;

  /** In place of a line's number: nobody waits for it. */
  private static final long NOT_AWAITED = 0;

  /** In place of a line's number: there is no thread for it. */
  private static final long NO_THREAD = -1;

  private static final LogPrinter OF_JVM =
      new LogPrinter(
          Thread.ofPlatform().daemon(false).name("heddle-log").factory(), PATIENCE_NANOS);

  private final ThreadFactory threads;
  private final long patienceNanos;
  private final Deque<Runnable> lines = new ArrayDeque<>();

  /** Logs; null while there is nothing to log. */
  private @Nullable Thread printer;

  /** How many lines were dropped since there was room. */
  private long dropped;

  /** How many lines were taken so far. */
  private long taken;

  /** How many lines were logged so far; the printer's, any thread reads. */
  private volatile long printed;

  /** Whether somebody has waited in vain since a line was logged. */
  private volatile boolean stuck;

  /** One with a thread of its own; the first line may take a second at least. */
  LogPrinter(ThreadFactory threads, long patienceNanos) {
    this.threads = threads;
    this.patienceNanos = patienceNanos;
  }

  /**
   * Logs a line soon, mostly before this returns.
   *
   * @param line logs; may take as long as it likes. What it throws is dropped
   */
  public static void print(Runnable line) {
    OF_JVM.printSoon(line);
  }

  /**
   * Waits until all that was handed over so far is logged, but no longer. Not for loops.
   *
   * @param longestNanos 0 or more
   */
  public static void awaitAll(long longestNanos) {
    OF_JVM.awaitPrinted(longestNanos);
  }

  void printSoon(Runnable line) {
    long mine = take(line);
    if (mine == NO_THREAD) {
      log(line);
    } else if (mine != NOT_AWAITED) {
      awaitFor(mine);
    }
  }

  /** Returns the number of a line that is worth waiting for. */
  private synchronized long take(Runnable line) {
    if (lines.size() >= MOST_WAITING || dropped > 0) {
      dropped++;
      return NOT_AWAITED;
    }
    if (printer == null && !starts()) {
      return NO_THREAD;
    }
    lines.add(line);
    taken++;
    boolean logsItself = Thread.currentThread() == printer;
    return stuck || logsItself ? NOT_AWAITED : taken;
  }

  /** Starts the thread, which finds its lines when this monitor is free; false if none is left. */
  private boolean starts() {
    try {
      Thread made = threads.newThread(this::printAll);
      made.start();
      printer = made;
      return true;
    } catch (OutOfMemoryError noThread) {
      return false;
    }
  }

  /** Spins: to park could take a task's turn from it. */
  private void awaitFor(long line) {
    long start = System.nanoTime();
    long patience = printed == 0 ? Math.max(FIRST_PATIENCE_NANOS, patienceNanos) : patienceNanos;
    while (printed < line) {
      if (System.nanoTime() - start > patience) {
        stuck = true;
        return;
      }
      Thread.onSpinWait();
    }
  }

  void awaitPrinted(long longest) {
    long start = System.nanoTime();
    long all;
    synchronized (this) {
      all = taken;
    }
    while (printed < all && System.nanoTime() - start < longest) {
      Thread.yield();
    }
  }

  private void printAll() {
    for (Runnable line = next(); line != null; line = next()) {
      log(line);
      synchronized (this) {
        printed++;
        stuck = false;
      }
    }
  }

  private static void log(Runnable line) {
    try {
      line.run();
    } catch (Throwable thrown) {
      // a log that fails holds up nobody
    }
  }

  /** Null at the end of the thread. */
  private synchronized @Nullable Runnable next() {
    Runnable line = lines.poll();
    if (line == null && dropped > 0) {
      long missing = dropped;
      dropped = 0;
      taken++;
      line = () -> logDropped(missing);
    }
    if (line == null) {
      printer = null;
    }
    return line;
  }

  private static void logDropped(long missing) {
    System.getLogger("dev.heddle")
        .log(Level.WARNING, missing + " lines were not logged: nobody took them in time");
  }
}
