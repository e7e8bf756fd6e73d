package dev.heddle.net;

import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.stats.SchedulerStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The poller of a scheduler that does I/O: tasks wait here for the readiness of sockets. The only
 * place with a {@code Selector}.
 *
 * <p>Why a request costs two system calls, and a share of one poll for all sockets that are ready:
 *
 * <ul>
 *   <li>Interest in reading stays registered from the first read of a socket on. Each change of
 *       interest costs an {@code epoll_ctl}. Interest is dropped when readiness finds nobody
 *       waiting, and after the end of the input, which stays readable for ever.
 *   <li>Readiness only makes the task ready. The task reads at the beginning of its turn, into a
 *       buffer that all sockets share. So an idle connection holds no buffer, and a task that is
 *       cancelled before its turn has lost no data.
 *   <li>A write is tried at once. Writability is waited for only after a short write.
 * </ul>
 *
 * <p>Invariants: the number of waits is that of the events that wait at this reactor's endpoints. A
 * shared buffer is lent to one at a time.
 */
final class Reactor implements Poller {
  /** The size of the shared buffers: what one read, or one write, moves at the most. */
  static final int BUFFER_SIZE = 64 * 1024;

  /** So many closed sockets may linger: peers that never end must not use up the descriptors. */
  static final int MOST_LINGERING = 256;

  /** After so many failed polls in a row the run ends. */
  private static final int MOST_FAILURES = 100;

  private static final FailureLog LOG = new FailureLog(System.getLogger("dev.heddle.net"));
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;

  /** How many events wait on endpoints of this reactor. */
  private int waiting;

  /** How many polls have failed since one has succeeded. */
  private int failuresInARow;

  /** How often the loop has polled; for the text only. */
  private long polls;

  // For ioStats(): written by the loop, read by any thread.

  private int connections;
  private int listeners;
  private int datagramSockets;
  private int lingeringNow;
  private long bytesIn;
  private long bytesOut;

  // The shared buffers are made at the first use, and direct, so that the JDK does not copy.

  private @Nullable ByteBuffer input;

  private @Nullable ByteBuffer output;

  // Those for encrypted bytes are on the heap, where the JDK's ciphers are quicker. They are empty
  // between two turns.

  private @Nullable ByteBuffer encryptedInput;

  private @Nullable ByteBuffer encryptedOutput;

  /** Whose bytes are in {@link #input}; null if no bytes there are needed any more. */
  private @Nullable InputBuffer borrower;

  /** Whose bytes are in {@link #output}; null if no bytes there are needed any more. */
  private @Nullable SocketWriter gatherer;

  /**
   * Channels that this scheduler has made and that no scheduler has used, by number, the oldest
   * first; any thread takes.
   */
  private final Map<Endpoint, Integer> kept = new ConcurrentHashMap<>();

  /** How many channels were ever kept. */
  private int keptBefore;

  /** Endpoints with something to do that no task does, by the poll under way; else empty. */
  private final List<Endpoint> atWork = new ArrayList<>();

  /** All lingering endpoints, the oldest first: at the most {@link #MOST_LINGERING}. */
  private final Set<Endpoint> lingerers = new LinkedHashSet<>();

  private Reactor(SocketProvider provider) {
    FirstUse.prepare();
    try {
      selector = provider.channels().openSelector();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
  }

  /** The scheduler's reactor, which is made when the first task waits on a socket. */
  static Reactor of(Scheduler scheduler) {
    return scheduler.poller(Reactor.class, () -> new Reactor(SocketProvider.of(scheduler)));
  }

  /** The reactor of the task that calls; null if no task does, or its scheduler does no I/O. */
  static @Nullable Reactor ofCaller() {
    Scheduler caller;
    try {
      caller = Scheduler.current();
    } catch (WrongThreadException e) {
      return null;
    }
    try {
      return of(caller);
    } catch (IllegalStateException e) {
      return null;
    }
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
  void lendInput(@Nullable InputBuffer reader) {
    assert reader == null || borrower == null : "the input buffer is lent to two";
    borrower = reader;
  }

  /**
   * The buffer that writes come from, empty. A writer that still has bytes in the buffer moves them
   * elsewhere first. What is put into the buffer must be written, moved elsewhere, or {@linkplain
   * #lendOutput lent}, before the task gives up its turn.
   *
   * @param capacity what the buffer must have at least
   */
  ByteBuffer output(int capacity) {
    if (gatherer != null) {
      gatherer.keepRest();
    }
    if (output == null || output.capacity() < capacity) {
      output = ByteBuffer.allocateDirect(Math.max(BUFFER_SIZE, capacity));
    }
    return output.clear();
  }

  /** The bytes in the output buffer are this one's from now on; null when no bytes are left. */
  void lendOutput(@Nullable SocketWriter writer) {
    assert writer == null || gatherer == null : "the output buffer is lent to two";
    gatherer = writer;
  }

  /** A channel is open, and this reactor's, from now on; or, by -1, no longer. */
  void count(SelectableChannel channel, int more) {
    switch (channel) {
      case SocketChannel _ -> connections += more;
      case ServerSocketChannel _ -> listeners += more;
      default -> datagramSockets += more;
    }
    assert connections >= 0 && listeners >= 0 && datagramSockets >= 0 : channel + " closes twice";
  }

  void received(int bytes) {
    bytesIn += bytes;
  }

  void sent(long bytes) {
    bytesOut += bytes;
  }

  @Override
  public SchedulerStats.Io ioStats() {
    return new SchedulerStats.Io(
        connections, listeners, datagramSockets, lingeringNow, waiting, bytesIn, bytesOut);
  }

  /** The buffer that encrypted bytes are read to: as who has used it last has left it. */
  ByteBuffer encryptedInput() {
    if (encryptedInput == null) {
      encryptedInput = ByteBuffer.allocate(TlsEngine.SHARED_SIZE);
    }
    return encryptedInput;
  }

  /** The buffer that encrypted bytes are written from: as who has used it last has left it. */
  ByteBuffer encryptedOutput() {
    if (encryptedOutput == null) {
      encryptedOutput = ByteBuffer.allocate(TlsEngine.SHARED_SIZE);
    }
    return encryptedOutput;
  }

  SelectionKey register(SelectableChannel channel, int ops, Endpoint endpoint) throws IOException {
    return channel.register(selector, ops, endpoint);
  }

  /** A channel that is closed at the end, unless somebody takes it before by {@link #letGo}. */
  void keep(Endpoint made) {
    kept.put(made, keptBefore++);
  }

  /** Any thread: false if this reactor has ended and closes the channel itself. */
  boolean letGo(Endpoint made) {
    return kept.remove(made) != null;
  }

  /** In the middle of a poll: the endpoint does what there is to do when the poll is over. */
  void noteWork(Endpoint ready) {
    atWork.add(ready);
  }

  /** An endpoint lingers from now on; the oldest makes room for it. */
  void lingers(Endpoint endpoint) {
    if (lingerers.size() == MOST_LINGERING) {
      lingerers.iterator().next().endLingering();
    }
    boolean added = lingerers.add(endpoint);
    assert added : endpoint + " lingers already";
    assert lingerers.size() <= MOST_LINGERING : lingerers.size() + " linger";
    lingeringNow = lingerers.size();
  }

  void lingersNoMore(Endpoint endpoint) {
    boolean removed = lingerers.remove(endpoint);
    assert removed : endpoint + " did not linger";
    lingeringNow = lingerers.size();
  }

  void waitBegins() {
    waiting++;
  }

  void waitEnds() {
    waiting--;
    assert waiting >= 0 : "more waits ended than began";
  }

  /** The invariant. Walks all sockets. */
  private boolean valid() {
    return waiting
        == selector.keys().stream().mapToInt(key -> ((Endpoint) key.attachment()).waiting()).sum();
  }

  @Override
  public void poll(long timeoutNanos) {
    polls++;
    try {
      if (timeoutNanos == 0) {
        int _ = selector.selectNow(Reactor::noteReadiness);
      } else {
        long millis = timeoutNanos == FOREVER ? 0 : roundedUpMillis(timeoutNanos);
        int _ = selector.select(Reactor::noteReadiness, millis);
      }
      failuresInARow = 0;
    } catch (IOException e) {
      pollFailed(e);
    }
    for (int i = 0; i < atWork.size(); i++) {
      atWork.get(i).work();
    }
    atWork.clear();
  }

  /** The system may be out of memory for a moment: the next poll asks again. */
  private void pollFailed(IOException why) {
    String failed = "the selector failed: " + why.getMessage();
    if (++failuresInARow > MOST_FAILURES) {
      throw new UncheckedIOException(failed, why);
    }
    LOG.warning(failed + "; it is asked again");
    LockSupport.parkNanos(NANOS_PER_MILLI);
  }

  /** Only notes: an exception in the middle of a batch would lose the rest of the batch. */
  private static void noteReadiness(SelectionKey key) {
    ((Endpoint) key.attachment()).noteReadiness(key);
  }

  /** At least 1, as 0 would wait for ever. */
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

  /** Nobody is left who could close lingering channels later. */
  @Override
  public void endRun() {
    for (Endpoint endpoint : List.copyOf(lingerers)) {
      endpoint.endLingering();
    }
    poll(0);
  }

  @Override
  public void close() {
    List<Endpoint> open = new ArrayList<>();
    kept.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .filter(this::letGo)
        .forEach(open::add);
    selector.keys().forEach(key -> open.add((Endpoint) key.attachment()));
    IOException failed = null;
    for (Endpoint endpoint : open) {
      try {
        endpoint.schedulerEnded();
      } catch (IOException e) {
        failed = e; // the others are to be closed all the same
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      failed = e;
    }
    if (failed != null) {
      throw new UncheckedIOException("not all could be closed: " + failed.getMessage(), failed);
    }
  }

  @Override
  public String toString() {
    return "a selector with " + waiting + " waiting; " + polls + " polls";
  }
}
