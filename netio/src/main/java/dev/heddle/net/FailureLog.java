package dev.heddle.net;

import dev.heddle.log.LogPrinter;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Logs failures at once, and not more than a reader can read: of a burst of them the first few as
 * they are, and then one line each second that tells how many there were. Any thread may log.
 *
 * <p>Nothing that is thrown while it logs gets out: a server lives on when its log does not; nor
 * does a log that nobody reads hold it up.
 */
final class FailureLog {
  /** So many in a second are logged as they are. */
  private static final int MOST_PER_SECOND = 10;

  private final System.Logger logger;

  /** When the second began that is counted. */
  private long since = System.nanoTime();

  /** Failures in this second. */
  private int count;

  FailureLog(System.Logger logger) {
    this.logger = logger;
  }

  /** With a stack trace. */
  void error(String what, Throwable failure) {
    log(Level.ERROR, what, failure);
  }

  /** One line. */
  void warning(String what) {
    log(Level.WARNING, what, null);
  }

  private synchronized void log(Level level, String what, @Nullable Throwable failure) {
    try {
      long now = System.nanoTime();
      if (now - since >= TimeUnit.SECONDS.toNanos(1)) {
        tellOfTheRest();
        since = now;
        count = 0;
      }
      if (++count <= MOST_PER_SECOND) {
        LogPrinter.print(() -> logger.log(level, what, failure));
      }
    } catch (Throwable thrown) {
      count = MOST_PER_SECOND; // no memory, or no thread: try later
    }
  }

  private void tellOfTheRest() {
    if (count > MOST_PER_SECOND) {
      String more = (count - MOST_PER_SECOND) + " failures more were not logged";
      LogPrinter.print(() -> logger.log(Level.WARNING, more));
    }
  }

  boolean isDebug() {
    return logger.isLoggable(Level.DEBUG);
  }

  /** For whom it may concern; a normal end. */
  void debug(String what) {
    try {
      LogPrinter.print(() -> logger.log(Level.DEBUG, what));
    } catch (Throwable thrown) {
      // as in log
    }
  }
}
