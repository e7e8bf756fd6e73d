package dev.heddle.record;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.RunLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The list of what comes into a run: {@link #event} and then the values of that event, in the order
 * in which {@link EventKind} names them. Each method takes the real value, which a recording writes
 * down; a replay gives back what was written, and does not look at the real one.
 *
 * <p>Inside of the scheduler only.
 */
public abstract sealed class EventLog implements RunLog permits Recorder, Replayer {
  /** A read that is recorded gives no more at once, so that an event has room in a frame. */
  public static final int MOST_BYTES = 64 * 1024;

  /** In place of a result: the call has thrown. */
  static final long THREW = Long.MIN_VALUE;

  /** A call whose result comes from outside. */
  @FunctionalInterface
  public interface Call {
    /** Makes the call. */
    long call() throws IOException;
  }

  EventLog() {}

  /** The scheduler's; null if it is neither recorded nor replayed. */
  public static @Nullable EventLog of(Scheduler scheduler) {
    return (EventLog) KernelView.get().log(scheduler);
  }

  /**
   * Gives what is in a recording as text, a line each.
   *
   * @throws IOException if the file is no recording; the message has one line
   */
  public static void list(Path file, Consumer<String> lines) throws IOException {
    Recording recording;
    try {
      recording = Recording.open(file);
    } catch (IOException e) {
      throw new IOException(LogFiles.why(file, e), e);
    }
    lines.accept(
        "scheduler '%s', recorded at %s by Java %s%s"
            .formatted(
                recording.scheduler,
                recording.begun,
                recording.jdk,
                recording.isWhole() ? "" : "; its beginning was given up"));
    EventReader events = new EventReader(recording);
    for (String each = events.described(); each != null; each = events.described()) {
      lines.accept(events.count() - 1 + " " + each);
    }
    lines.accept(events.end());
  }

  /** The next event is this one; its values follow. */
  public abstract void event(EventKind kind, long who);

  /** A number. */
  public abstract long number(long real);

  /** A text that is often the same. */
  abstract String text(String real);

  /** A text. */
  public abstract String plain(String real);

  /** The bytes from the buffer's index {@code from} on. */
  public abstract void bytes(ByteBuffer buffer, int from, int count);

  /** The checksum of bytes that the program sends: a replay that has another one has diverged. */
  public abstract void checksum(long real, String what);

  /** A text that the program hands out: a replay that has another one has diverged. */
  public abstract void same(String real, String what);

  /** Whether it is a replay that has nothing more to give. */
  public boolean isOver() {
    return false;
  }

  /**
   * An event with a result, or with what the call throws. A replay does not make the call.
   *
   * @param nothing the result in a replay that has diverged: that nothing has happened
   */
  public final long call(EventKind kind, long who, long nothing, Call real) throws IOException {
    event(kind, who);
    return result(nothing, real);
  }

  /** The result of an event that was named before. */
  public final long result(long nothing, Call real) throws IOException {
    if (replays()) {
      long result = number(nothing);
      if (result == THREW) {
        throw ReplayedFailure.of(text(""), plain(""));
      }
      return result;
    }
    long result;
    try {
      result = real.call();
    } catch (IOException | RuntimeException thrown) {
      long _ = number(THREW);
      String _ = text(thrown.getClass().getName());
      String _ = plain(thrown.getMessage() == null ? "" : thrown.getMessage());
      throw thrown;
    }
    return number(result);
  }
}
