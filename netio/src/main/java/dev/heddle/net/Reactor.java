package dev.heddle.net;

import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * The poller of a scheduler that does I/O: parks tasks on the readiness of sockets. The only place
 * with a {@code Selector}.
 *
 * <p>How it comes to two system calls a request, and a share of one poll for all that are ready:
 *
 * <ul>
 *   <li>Interest in reading stays registered from the first read of a socket on. It is dropped when
 *       readiness finds nobody waiting, and after the end of the input, which stays readable for
 *       ever; each change costs an {@code epoll_ctl}, no change costs nothing.
 *   <li>Readiness only makes the task ready. The read is done at the beginning of the task's turn,
 *       into one buffer that all sockets share and that the task empties in the same turn. So an
 *       idle connection holds no buffer, and a task cancelled before its turn has lost no data.
 *   <li>A write is tried at once; writability is waited for only after a short write.
 * </ul>
 */
final class Reactor implements Poller {
  /** The size of the shared buffers: what one read, or one write, moves at the most. */
  static final int BUFFER_SIZE = 64 * 1024;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;

  /** How many events wait on endpoints of this reactor. */
  private int waiting;

  /**
   * How often it polled, and found nothing though it was to wait: a wakeup, a deadline, or no
   * cause.
   */
  private long polls;

  private long emptyPolls;

  /** Made at first use: direct, so that the JDK does not copy. */
  private @Nullable ByteBuffer input;

  private @Nullable ByteBuffer output;

  /** Whose bytes are in {@link #input}; null if no bytes there are needed any more. */
  private @Nullable LineBuffer borrower;

  private Reactor() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
  }

  /** The scheduler's reactor; the first socket brings it. */
  static Reactor of(Scheduler scheduler) {
    return scheduler.poller(Reactor.class, Reactor::new);
  }

  /**
   * The buffer that reads go to, empty. A borrower that still has bytes in the buffer moves them
   * elsewhere first.
   */
  ByteBuffer input() {
    if (borrower != null) {
      borrower.keepRest();
    }
    if (input == null) {
      input = ByteBuffer.allocateDirect(BUFFER_SIZE);
    }
    return input.clear();
  }

  /** The bytes in the input buffer are this one's from now on; null when no bytes are left. */
  void lendInput(@Nullable LineBuffer reader) {
    borrower = reader;
  }

  /**
   * The buffer that writes come from, empty. What is put into the buffer must be written, or moved
   * elsewhere, before the task gives up its turn.
   *
   * @param capacity what the buffer must have at least
   */
  ByteBuffer output(int capacity) {
    if (output == null || output.capacity() < capacity) {
      output = ByteBuffer.allocateDirect(Math.max(BUFFER_SIZE, capacity));
    }
    return output.clear();
  }

  SelectionKey register(SelectableChannel channel, int ops, Endpoint endpoint) throws IOException {
    return channel.register(selector, ops, endpoint);
  }

  void waitBegins() {
    waiting++;
  }

  void waitEnds() {
    waiting--;
    assert waiting >= 0 : "more waits ended than began";
  }

  /** The count of waits is that of the endpoints' events. Walks all sockets. */
  private boolean valid() {
    return waiting
        == selector.keys().stream().mapToInt(key -> ((Endpoint) key.attachment()).waiting()).sum();
  }

  @Override
  public void poll(long timeoutNanos) {
    polls++;
    try {
      if (timeoutNanos == 0) {
        selector.selectNow(Reactor::noteReadiness);
      } else {
        long millis = timeoutNanos == FOREVER ? 0 : roundedUpMillis(timeoutNanos);
        if (selector.select(Reactor::noteReadiness, millis) == 0) {
          emptyPolls++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector failed: " + e.getMessage(), e);
    }
  }

  /** Only notes: an exception in the middle of a batch would lose the rest of it. */
  private static void noteReadiness(SelectionKey key) {
    ((Endpoint) key.attachment()).noteReadiness(key);
  }

  /** At least 1: 0 would wait for ever. */
  private static long roundedUpMillis(long nanos) {
    return 1 + (nanos - 1) / NANOS_PER_MILLI;
  }

  @Override
  public void wakeup() {
    selector.wakeup();
  }

  @Override
  public boolean hasWaiters() {
    assert valid() : this + " counts wrongly";
    return waiting > 0;
  }

  /** Closes the selector, and every socket that is still open. */
  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys().toArray(SelectionKey[]::new)) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the selector could not be closed: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "a selector with " + waiting + " waiting; " + polls + " polls, " + emptyPolls + " empty";
  }
}
