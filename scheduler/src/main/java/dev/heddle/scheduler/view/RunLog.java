package dev.heddle.scheduler.view;

import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Scheduler;
import java.nio.file.Path;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the doors by which comes into a loop what the program does not decide: the clock, and
 * what other threads do. One kind of log writes down what comes in; the other kind lets in what was
 * written down, in its place. Implemented in {@code dev.heddle.record}; see the package.
 *
 * <p>It has the turns told, as an order of turns, and leaves them first in, first out. A scheduler
 * without a log pays nothing.
 *
 * <p>Called inside of the scheduler only, but for {@link #aside}.
 */
public interface RunLog extends TurnOrder {

  /** What a loop finds to be so or not, by the doing of another thread. */
  enum Fact {
    /** The scheduler is closed. */
    CLOSED,
    /** The loop's thread is interrupted, and not by a task. */
    INTERRUPTED,
    /** No message waits in the inbox. */
    INBOX_EMPTY,
    /** A promise is completed. */
    PROMISE_DONE
  }

  /**
   * Where a message comes from, so that it is known again: messages of two threads may come in
   * another order the next time.
   *
   * @param what the class that has made it
   * @param who the number of the task that waits for it; 0 if that is not known
   */
  record Sender(String what, long who) {}

  /** Whether it lets in what was written down. */
  boolean replays();

  /** The time. */
  long nanoTime(Clock real);

  /** The time, for who only looks on: it is not written down. Any thread. */
  long aside(Clock real);

  /** Whether it is so. A replay may wait until it is. */
  boolean sees(Fact fact, BooleanSupplier real);

  /** A look into the inbox begins, in which this many messages are. */
  void drains(int messages);

  /**
   * Takes out the next message of this look.
   *
   * @param sender tells where a message comes from; null if the message is for nobody any more
   * @return null if the look is over
   */
  @Nullable Runnable message(Queue<Runnable> messages, Function<Runnable, @Nullable Sender> sender);

  /** The scheduler is about to be closed: no error is thrown any more that was thrown before. */
  void ends();

  /** The scheduler has ended. */
  void close();

  /** Opens a log for a scheduler. */
  @FunctionalInterface
  interface Opener {
    /**
     * Called when the scheduler is made.
     *
     * @throws java.io.UncheckedIOException if the file cannot be used
     */
    RunLog open(Scheduler scheduler);
  }

  /** Makes logs by files. */
  interface Files {
    /** One that writes. */
    Opener recorder(Path file, long mostBytes);

    /** One that reads. */
    Opener replayer(Path file);

    /** The one that there is. */
    static Files get() {
      return Seam.make(Files.class, "dev.heddle.record.LogFiles");
    }
  }
}
