package dev.heddle.process;

import dev.heddle.process.ProcessDiedException.Exit;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What a parent asks the system about a child, and has the system do to it. What parent and child
 * say to each other is in {@link ChildProcess}. For the tasks of the parent's scheduler; those
 * methods that wait are for a task in thread style.
 */
sealed interface Child permits JvmChild, StubbedChild {
  /** The process id. */
  long pid();

  /**
   * Waits until the child has connected, and gives the connection, which nobody has started.
   *
   * @throws IOException if the child has ended before
   */
  FramedConnection connect() throws IOException;

  /** Whether it is certain that it does not take longer to connect, if it lives. */
  boolean connectsWithin(Duration limit);

  /**
   * Waits until the child has ended and can do nothing any more.
   *
   * @throws IOException if that cannot be told
   */
  Exit join() throws IOException;

  /** Whether it has not ended, as far as is known here. */
  boolean isAlive();

  /** Whether the system has forgotten it, which may be known before {@link #isAlive} knows it. */
  boolean isGone();

  /** Empty before the end. */
  OptionalInt exitCode();

  /** Asks it to end, as by SIGTERM. */
  void terminate();

  /** Ends it at once, as by SIGKILL, also one that has not connected. */
  void kill();

  /** Tells it that the end of the connection, which follows, is on purpose. */
  void dismiss();

  /** It is killed unless it ends within this time. */
  void endWithin(long millis);

  /** The last 64 KiB of what it has printed, and of its errors. */
  String output();
}
