package dev.heddle.coroutine.engine;

import java.lang.ref.WeakReference;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks from aside whether a handoff body has blocked in the JDK while its loop waits for it. One
 * daemon thread for the JVM, which looks every {@value #TICK_MILLIS} ms at each loop that has used
 * the engine.
 *
 * <p>A body found blocked at two looks in one and the same turn is let go astray. A timed park of
 * the loop would do without this thread, but costs the loop 20 to 40 microseconds a turn; this
 * costs it one field written. A body that is parked at its own yield is not blocked: the loop has
 * just not come to unpark it, which can take long on a machine that is busy.
 */
final class HandoffWatch implements Runnable {
  static final int TICK_MILLIS = 5;

  private static final HandoffWatch WATCH = new HandoffWatch();

  /** A host, and the body that was seen blocked in its turn at the last look. */
  private static final class Watched extends WeakReference<EngineHost<?>> {
    @Nullable HandoffCoroutine<?, ?, ?> suspect;
    long suspectTurn;

    Watched(EngineHost<?> host) {
      super(host);
    }
  }

  private final CopyOnWriteArrayList<Watched> hosts = new CopyOnWriteArrayList<>();

  private HandoffWatch() {
    Thread.ofPlatform().daemon().name("heddle-handoff-watch").start(this);
  }

  /** The loop gives the turn to this body. */
  static void begin(EngineHost<?> host, HandoffCoroutine<?, ?, ?> body) {
    host.turns++;
    host.inTurn = body; // volatile: publishes the count with it
    if (!host.watched) {
      host.watched = true;
      WATCH.hosts.add(new Watched(host));
    }
  }

  @Override
  public void run() {
    while (true) {
      LockSupport.parkNanos(TICK_MILLIS * 1_000_000L);
      for (Watched watched : hosts) {
        EngineHost<?> host = watched.get();
        if (host == null) {
          hosts.remove(watched);
        } else {
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
      body.suspect(); // it has done something since, and may have blocked only then
    }
  }

  /** A body that waits for a generator's item is blocked if the generator's body is. */
  static boolean isBlocked(HandoffCoroutine<?, ?, ?> body) {
    Thread thread = body.startedThread();
    if (thread == null) {
      return false;
    }
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
}
