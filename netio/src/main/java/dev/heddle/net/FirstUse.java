package dev.heddle.net;

import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK opens, or loads, at the first use is opened here at the start: a server that has no
 * descriptors left still has to log that, and to poll.
 *
 * <p>A class whose initialiser has failed once is lost for the rest of the JVM's life. So it is
 * with {@code sun.nio.ch.Poller}, which opens descriptors of its own and serves virtual threads,
 * and with the time zone that the JDK's log formatter reads from a file.
 */
final class FirstUse {
  private static final AtomicBoolean DONE = new AtomicBoolean();

  /** How long to wait for the thread to wait. */
  private static final long MOST_NANOS = 100_000_000;

  private FirstUse() {}

  /** Does it once. What cannot be had is not needed: nothing is thrown. */
  static void prepare() {
    if (!DONE.getAndSet(true)) {
      tryTo(FirstUse::formatLogRecord);
      tryTo(() -> Class.forName("sun.nio.ch.Poller"));
      tryTo(FirstUse::waitInVirtualThread);
      tryTo(() -> Class.forName(SocketBytes.Discard.class.getName())); // of a close that lingers
      tryTo(() -> new SocketResetException("").toString());
      tryTo(() -> new InputMemoryException("").toString());
      tryTo(() -> new LineTooLongException("").toString());
      tryTo(() -> Addresses.explained(new IOException("no descriptors"), "first use").toString());
      Thread.Builder aside = Thread.ofPlatform().daemon().name("heddle-first-use");
      tryTo(() -> aside.start(() -> tryTo(FirstUse::rehearseTheEnd)));
    }
  }

  /**
   * Loads what schedulers need when tasks fail, run out of time and are cancelled at the end, by
   * doing all of that once. On a thread of its own: nobody waits for it.
   */
  private static @Nullable Object rehearseTheEnd() {
    try (Scheduler scheduler =
        Scheduler.builder()
            .name("first use")
            .failureReporter((task, failure) -> {})
            .watchdog(Duration.ZERO)
            .build()) {
      scheduler.spawn("fails", new Rehearsal(Promise.from(failedFuture(new IOException()))));
      scheduler.spawn("is late", new Rehearsal(new Promise<>().within(Duration.ofNanos(1))));
      scheduler.daemons().spawn("waits", new Rehearsal(new Promise<>()));
      scheduler.daemons().spawn("sleeps", new Rehearsal(Timers.sleep(Duration.ofHours(1))));
      scheduler.run();
    }
    return null;
  }

  /** Awaits an event. */
  private static final class Rehearsal extends Step<@Nullable Void> {
    private final YieldEvent<?, ?> event;
    private boolean begun;

    Rehearsal(YieldEvent<?, ?> event) {
      this.event = event;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      boolean first = !begun;
      begun = true;
      return first ? event : null;
    }
  }

  private interface Action {
    @Nullable Object run() throws Exception;
  }

  private static void tryTo(Action action) {
    try {
      Object _ = action.run();
    } catch (Throwable e) {
      // then it is used, or missed, as the JDK likes
    }
  }

  /** By reflection, as the module of the JDK's log need not be there. */
  private static Object formatLogRecord() throws ReflectiveOperationException {
    Class<?> level = Class.forName("java.util.logging.Level");
    Class<?> logRecord = Class.forName("java.util.logging.LogRecord");
    Class<?> formatter = Class.forName("java.util.logging.SimpleFormatter");
    Object warning = level.getField("WARNING").get(null);
    Object made = logRecord.getConstructor(level, String.class).newInstance(warning, "first use");
    Object _ =
        logRecord
            .getMethod("setThrown", Throwable.class)
            .invoke(made, new UncheckedIOException(new IOException("first use")));
    return formatter
        .getMethod("format", logRecord)
        .invoke(formatter.getConstructor().newInstance(), made);
  }

  /** The JDK starts the threads that poll for virtual threads at the first wait of one. */
  private static @Nullable Object waitInVirtualThread() throws IOException, InterruptedException {
    Pipe pipe = Pipe.open();
    try (Pipe.SourceChannel source = pipe.source();
        Pipe.SinkChannel sink = pipe.sink()) {
      Thread reads =
          Thread.ofVirtual().start(() -> tryTo(() -> source.read(ByteBuffer.allocate(1))));
      long start = System.nanoTime();
      while (reads.getState() != Thread.State.WAITING && System.nanoTime() - start < MOST_NANOS) {
        Thread.yield();
      }
      int _ = sink.write(ByteBuffer.allocate(1));
      reads.join(1000);
    }
    return null;
  }
}
