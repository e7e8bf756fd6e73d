package dev.heddle.coroutine.engine;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds handoff bodies that have blocked in the JDK while their loop waits for them. One daemon
 * thread for the JVM looks every {@value #TICK_MILLIS} ms at each loop that has used the engine.
 *
 * <p>A body that is blocked at two looks in the same turn loses the turn and is astray. A timed
 * park of the loop could do without this thread, but would cost the loop 20 to 40 microseconds a
 * turn; the watch costs the loop the write of a few fields. A body that is parked at its own yield
 * is not blocked: its loop has not unparked it yet, which can take long on a busy machine.
 *
 * <p>A program may make thousands of schedulers, one after the other: one that has ended is dropped
 * at the next look, and no loop waits while others begin.
 */
final class HandoffWatch implements Runnable {
  static final int TICK_MILLIS = 5;

  private static final HandoffWatch WATCH = new HandoffWatch();

  /** A host, and what the last look at it found. Only the watch's thread uses it. */
  private static final class Watched extends WeakReference<EngineHost<?>> {
    /** The body that was blocked at the last look; null if none was. */
    @Nullable HandoffCoroutine<?, ?, ?> suspect;

    /** The value of {@link EngineHost#turns} when {@link #suspect} was set. */
    long suspectTurn;

    Watched(EngineHost<?> host) {
      super(host);
    }

    boolean hasEnded() {
      EngineHost<?> host = get();
      return host == null || host.ended;
    }
  }

  /** Those that have begun since the last look. */
  private final Queue<Watched> begun = new ConcurrentLinkedQueue<>();

  /** Those that are looked at. Only the watch's thread uses them. */
  private final List<Watched> hosts = new ArrayList<>();

  /** How many hosts the last look left; any thread reads. */
  private volatile int left;

  private HandoffWatch() {
    Thread.ofPlatform().daemon().name("heddle-handoff-watch").start(this);
  }

  /** Called by the loop when it gives the turn to {@code body}. */
  static void begin(EngineHost<?> host, HandoffCoroutine<?, ?, ?> body) {
    assert !body.hasEnded() : "an ended body gets no turn";
    host.turns++;
    host.inTurn = body; // volatile: publishes the count too
    if (!host.watched) {
      host.watched = true;
      WATCH.begun.add(new Watched(host));
    }
  }

  @Override
  public void run() {
    while (true) {
      LockSupport.parkNanos(TICK_MILLIS * 1_000_000L);
      for (Watched next = begun.poll(); next != null; next = begun.poll()) {
        hosts.add(next);
      }
      hosts.removeIf(Watched::hasEnded);
      left = hosts.size();
      for (Watched watched : hosts) {
        EngineHost<?> host = watched.get();
        if (host != null) {
          look(watched, host.inTurn, host.turns);
        }
      }
    }
  }

  private static void look(Watched watched, @Nullable HandoffCoroutine<?, ?, ?> body, long turn) {
    if (body == null || body.holdsTurn() || !isBlocked(body)) {
      watched.suspect = null;
    } else if (watched.suspect != body || watched.suspectTurn != turn) {
      watched.suspect = body;
      watched.suspectTurn = turn;
      body.suspect();
    } else if (!body.goAstray()) {
      body.suspect(); // the body has made progress since: the suspicion begins anew
    }
  }

  /**
   * Whether the body has blocked in the JDK. If the body waits for a generator's item, it is
   * blocked if the generator's body is.
   */
  static boolean isBlocked(HandoffCoroutine<?, ?, ?> body) {
    Thread thread = body.startedThread();
    return thread != null && isBlocked(thread, body);
  }

  /** The same of a body on {@code thread}, which parks at its yield with itself as the blocker. */
  static boolean isBlocked(Thread thread, StackfulCoroutine<?, ?, ?> body) {
    return switch (thread.getState()) {
      case BLOCKED, WAITING, TIMED_WAITING -> {
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker instanceof HandoffCoroutine<?, ?, ?> asked && asked != body) {
          yield isBlocked(asked);
        }
        yield blocker != body;
      }
      case NEW, RUNNABLE, TERMINATED -> false;
    };
  }

  /** How many hosts are watched, as of the last look. */
  static int watched() {
    return WATCH.left;
  }
}
