package dev.heddle.record;

import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets in what was written down.
 *
 * <pre>
 *   replays --the program asks for another event, or the file ends--> over
 * </pre>
 *
 * <p>Once over, it answers that nothing happens: time goes on from the last one, sockets are not
 * ready, no message comes. The loop is told by an exception when it asks for the next turn, or
 * looks into its inbox; at the end of the scheduler, when the tasks have their {@code finally}
 * blocks, no second time.
 */
final class Replayer extends EventLog {
  private static final System.Logger LOG = System.getLogger("dev.heddle");
  private static final long SHORT_NANOS = 50_000;
  private static final long TOLD_AFTER_NANOS = 2_000_000_000;

  /** So long a message of another thread is waited for; a stop of the JVM does not count. */
  private final long mostWaitNanos = 1_000_000_000L * Integer.getInteger("heddle.replay.wait", 60);

  private final Scheduler scheduler;
  private final EventReader events;

  /** The time that was read last. Any thread may read it. */
  private volatile long lastTime;

  /** The number of the event that was asked for last. */
  private long number;

  /** Why nothing is replayed any more; null as long as something is. */
  private @Nullable String over;

  /** The JVM's time when it was over. */
  private long overSince;

  private boolean isThrown;
  private boolean ends;

  Replayer(Recording recording, Scheduler scheduler) {
    this.scheduler = scheduler;
    this.events = new EventReader(recording);
  }

  @Override
  public boolean replays() {
    return true;
  }

  // The doors of the kernel.

  @Override
  public long nanoTime(Clock real) {
    event(EventKind.CLOCK, 0);
    if (over == null) {
      long before = lastTime; // nobody else writes it
      lastTime = before + number(0);
    }
    return aside(real);
  }

  @Override
  public long aside(Clock real) {
    return over == null ? lastTime : lastTime + (System.nanoTime() - overSince);
  }

  @Override
  public boolean sees(Fact fact, BooleanSupplier real) {
    if (fact != Fact.PROMISE_DONE) { // which a task asks for
      throwIfOver();
    }
    event(Recorder.kindOf(fact), 0);
    boolean was = number(real.getAsBoolean() ? 1 : 0) != 0;
    boolean mayBeLate = fact == Fact.CLOSED || fact == Fact.PROMISE_DONE;
    if (over == null && was && mayBeLate) {
      Boolean _ = await(() -> real.getAsBoolean() ? true : null, () -> "it to be so, as it was");
    }
    return was;
  }

  @Override
  public void drains(int messages) {}

  @Override
  public @Nullable Runnable message(
      Queue<Runnable> messages, Function<Runnable, @Nullable Sender> sender) {
    throwIfOver();
    if (over != null) {
      return messages.poll();
    }
    Runnable forNobody = take(messages, sender, null);
    if (forNobody != null) {
      return forNobody;
    }
    if (!events.isNext(EventKind.MESSAGE)) {
      event(EventKind.DRAINED, 0);
      throwIfOver();
      return null;
    }
    Sender from = value(new Sender("", 0), events::message);
    Runnable message =
        await(
            () -> take(messages, sender, from),
            () -> "a message of another thread for task " + from.who() + ", from " + from.what());
    throwIfOver();
    return message;
  }

  /** The first message that comes from there. */
  private static @Nullable Runnable take(
      Queue<Runnable> messages,
      Function<Runnable, @Nullable Sender> sender,
      @Nullable Sender from) {
    for (Iterator<Runnable> each = messages.iterator(); each.hasNext(); ) {
      Runnable message = each.next();
      Sender its = sender.apply(message);
      if (from == null ? its == null : from.equals(its)) {
        each.remove();
        return message;
      }
    }
    return null;
  }

  /** Waits for other threads, which do again what they did. */
  private <T> @Nullable T await(Supplier<@Nullable T> come, Supplier<String> what) {
    boolean interrupted = false;
    long waited = 0;
    long last = System.nanoTime();
    boolean tells = true;
    T result = come.get();
    while (result == null && over == null && waited < mostWaitNanos) {
      LockSupport.parkNanos(this, SHORT_NANOS);
      interrupted |= Thread.interrupted(); // it would keep the thread from parking
      long now = System.nanoTime();
      waited += Math.min(now - last, 100 * SHORT_NANOS);
      last = now;
      result = come.get();
      if (tells && result == null && waited > TOLD_AFTER_NANOS) {
        tells = false;
        String line = this + " waits at event " + events.count() + " for " + what.get();
        LogPrinter.print(() -> LOG.log(Level.INFO, line));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (result == null && over == null) {
      end("the recording waits at event " + events.count() + " for " + what.get() + ", in vain");
    }
    return result;
  }

  @Override
  public int next(ReadyTasks ready) {
    throwIfOver();
    Task<?> next = ready.get(0);
    if (over == null) {
      expect(EventKind.TURN, next.id(), next);
      throwIfOver();
    }
    return 0;
  }

  @Override
  public void ends() {
    ends = true;
  }

  @Override
  public void close() {
    event(EventKind.END, 0);
    if (over == null) {
      end("the scheduler has ended");
    } else if (!isThrown) {
      throwIfOver();
    }
  }

  private void throwIfOver() {
    String why = over;
    if (why != null && !(ends && isThrown)) {
      isThrown = true;
      String message = "the replay of " + events + " has ended: " + why;
      throw new UncheckedIOException(message, new IOException(message));
    }
  }

  // The values.

  @Override
  public void event(EventKind kind, long who) {
    if (over == null) {
      expect(kind, who, null);
    }
  }

  private void expect(EventKind kind, long who, @Nullable Task<?> next) {
    number = events.count();
    if (!events.begin(kind, who)) {
      Task<?> task = next == null ? KernelView.get().running(scheduler) : next;
      diverged(events.described(), EventReader.describe(kind, who), task);
    }
  }

  private void diverged(@Nullable String recorded, String asked, @Nullable Task<?> task) {
    String what = asked + (task == null ? "" : ", in " + task + lineOf(task));
    String at = " at event " + number;
    end(
        recorded == null
            ? events.end() + at + "; the program asked for " + what
            : "it diverged"
                + at
                + ": the recording has "
                + recorded
                + ", the program asked for "
                + what);
  }

  private static String lineOf(Task<?> task) {
    List<StackTraceElement> lines = KernelView.get().where(task, Replayer.class, EventLog.class);
    return lines.isEmpty() ? "" : " at " + lines.getFirst();
  }

  private void end(String why) {
    overSince = System.nanoTime();
    over = why;
  }

  /** The value of the event that has begun, unless the file lacks it. */
  private <T> T value(T nothing, Supplier<T> read) {
    if (over != null) {
      return nothing;
    }
    try {
      return read.get();
    } catch (EventReader.Broken broken) {
      end(broken.getMessage() + ", at event " + events.count());
      return nothing;
    }
  }

  @Override
  public long number(long real) {
    return value(real, events::number);
  }

  @Override
  String text(String real) {
    return value(real, events::text);
  }

  @Override
  public String plain(String real) {
    return value(real, events::plain);
  }

  @Override
  public void bytes(ByteBuffer buffer, int from, int count) {
    byte[] bytes = value(new byte[0], () -> events.bytes(count));
    if (bytes.length > buffer.limit() - from) {
      String room = "a read of " + (buffer.limit() - from) + " bytes at the most";
      diverged("a read of " + count + " bytes", room, KernelView.get().running(scheduler));
    } else {
      buffer.put(from, bytes);
    }
  }

  @Override
  public void checksum(long real, String what) {
    long was = number(real);
    if (over == null && was != real) {
      diverged("other bytes", what, KernelView.get().running(scheduler));
    }
  }

  @Override
  public void same(String real, String what) {
    String was = plain(real);
    if (over == null && !was.equals(real)) {
      diverged(what + " with " + was, what + " with " + real, KernelView.get().running(scheduler));
    }
  }

  @Override
  public boolean isOver() {
    return over != null;
  }

  @Override
  public String toString() {
    return "the replay of " + events;
  }
}
