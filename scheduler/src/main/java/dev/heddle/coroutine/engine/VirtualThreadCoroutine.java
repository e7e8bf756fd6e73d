package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.CoroutineBody;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body on a virtual thread whose executor is this very object: the JDK hands each piece of the
 * thread to {@link #execute}, and {@link #advance} runs it on the loop's thread, the carrier.
 *
 * <p>A yield is {@code Thread.yield()}, not a park: a thread that yields cannot be made runnable by
 * a stray {@code unpark} or an interrupt, and where it cannot unmount (a native frame, a class
 * initializer) the call returns, so that we can say so instead of hanging the carrier.
 *
 * <p>When a turn ends without a yield, the body has blocked in the JDK. Then {@code execute} is
 * called when it can go on: by the JDK's own threads, by any thread that unparks it, or inside the
 * loop, while another task is the current thread. That call may come before the loop has noticed
 * that the body blocked, hence the small handshake on {@link #token}:
 *
 * <pre>
 *   null --advance: blocked--> token --execute--> null, host.unblocked(token)
 *   null --execute--> EARLY --advance: blocked--> null, host.unblocked(token)
 * </pre>
 *
 * <p>A body that {@linkplain #holdTurn holds its turn} does not end it by blocking: the loop waits
 * for EARLY, and goes on with the body.
 *
 * <p>A body that asks a handoff generator for an item waits for another thread, but its turn must
 * not end there: no other task may run inside of {@code next()}. So the generator's body, and those
 * of the generators it asks in turn, run on the loop's thread too, within the task's turn: what of
 * this family can go on is queued in {@link #family}, and {@link #runFamily} runs it until the
 * task's own body yields. Only when a generator's body has blocked in the JDK is the turn over.
 */
final class VirtualThreadCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> implements Executor {
  private static final Object EARLY = new Object();
  private static final VarHandle TOKEN;

  static {
    try {
      TOKEN =
          MethodHandles.lookup().findVarHandle(VirtualThreadCoroutine.class, "token", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EngineHost<Y> host;
  private final Thread thread;

  /** What the JDK gave us to run the thread: one object for its whole life. Null until started. */
  private @Nullable Runnable continuation;

  /** True from the body's yield until its next turn; the JDK's {@code execute} is then ours. */
  private boolean atYield;

  /**
   * See the essay: null, {@link #EARLY}, or what {@link EngineHost#blocked} gave for the body's
   * stop.
   */
  @SuppressWarnings("UnusedVariable") // read through TOKEN
  private volatile @Nullable Object token;

  /** The loop's thread while it waits in {@link #awaitBlocked}; null otherwise. The loop's. */
  private volatile @Nullable Thread holder;

  /** Whether the body waits inside of a generator's {@code next()}; written by the body. */
  private boolean asksGenerator;

  /** While it does: the threads, its own included, that can go on. Null before the first time. */
  private volatile @Nullable Queue<Runnable> family;

  VirtualThreadCoroutine(String name, CoroutineBody<Y, S, R> body, EngineHost<Y> host) {
    super(body);
    this.host = host;
    this.thread = VirtualThreads.unstarted(name, this, this::live);
  }

  private void live() {
    ON_THIS_THREAD.set(this);
    runBody();
  }

  @Override
  public Thread thread() {
    return thread;
  }

  @Override
  protected List<StackTraceElement> frames() {
    return UserFrames.users(thread.getStackTrace());
  }

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    give(sent, raised);
    Runnable turn = continuation;
    if (turn == null) {
      thread.start(); // calls execute(), which keeps the continuation
      turn = java.util.Objects.requireNonNull(continuation);
    }
    atYield = false;
    do {
      if (!asksGenerator) {
        turn.run();
      }
      if (asksGenerator) {
        runFamily();
      }
    } while (holdsTurn() && !atYield && !hasEnded() && awaitBlocked());
    if (atYield || hasEnded()) {
      return answered();
    }
    stopBlocked();
    return true;
  }

  /**
   * The body has blocked in the JDK and holds its turn: the loop waits until the JDK lets the body
   * go on.
   */
  private boolean awaitBlocked() {
    boolean interrupted = false;
    holder = Thread.currentThread();
    while (!TOKEN.compareAndSet(this, EARLY, null)) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // a pending interrupt would make park a spin
    }
    holder = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** Runs who can go on, until the body is back from its generator or all of them block. */
  @SuppressWarnings("NullAway") // there is a family since a generator was asked
  private void runFamily() {
    Queue<Runnable> runnable = family;
    while (asksGenerator) {
      Runnable next = runnable.poll();
      if (next != null) {
        next.run();
      } else if (!TOKEN.compareAndSet(this, EARLY, null)) {
        return; // blocked; should one be queued just now, stopBlocked finds EARLY
      }
    }
  }

  /**
   * The body is about to ask a generator, or is back from it. Called by the body; by the body of a
   * generator that asks another it may be called too, and means nothing.
   */
  void asksGenerator(boolean asks) {
    if (Thread.currentThread() != thread) {
      return;
    }
    asksGenerator = asks;
    if (asks && family == null) {
      family = new ConcurrentLinkedQueue<>();
    } else if (!asks) {
      TOKEN.compareAndSet(this, EARLY, null); // said of somebody who has been run since
    }
  }

  /**
   * One of the family can go on: in this turn or, if that is over, in one the host is asked for.
   */
  @SuppressWarnings({"NullAway", "unchecked"}) // as above; stopBlocked() stored a Y
  void runInTurn(Runnable runnable) {
    family.add(runnable);
    Object seen = token;
    while (seen != EARLY && !TOKEN.compareAndSet(this, seen, seen == null ? EARLY : null)) {
      seen = token;
    }
    if (seen != null && seen != EARLY) {
      host.unblocked((Y) seen);
    } else {
      LockSupport.unpark(holder);
    }
  }

  private void stopBlocked() {
    Y blocked = host.blocked(thread);
    answer(blocked);
    if (!TOKEN.compareAndSet(this, null, blocked)) {
      token = null;
      host.unblocked(blocked);
    }
  }

  /** Called by the JDK, from any thread: the body, or a thread that the body started, can run. */
  @Override
  public void execute(Runnable runnable) {
    if (continuation == null) {
      continuation = runnable;
    } else if (runnable != continuation) {
      StrayVirtualThreads.run(runnable);
    } else if (asksGenerator) {
      runInTurn(runnable);
    } else if (!atYield && !TOKEN.compareAndSet(this, null, EARLY)) {
      unblock();
    } else {
      LockSupport.unpark(holder);
    }
  }

  @SuppressWarnings("unchecked") // stopBlocked() stored a Y
  private void unblock() {
    Object blocked = TOKEN.getAndSet(this, (Object) null);
    assert blocked != null && blocked != EARLY : "the JDK let the body go on twice: " + blocked;
    host.unblocked((Y) blocked);
  }

  @Override
  public S yield(Y value) {
    checkYieldedByBody();
    offer(value);
    atYield = true;
    Thread.yield();
    if (atYield) {
      atYield = false;
      throw new IllegalStateException(
          "cannot yield here: "
              + thread.getName()
              + " is pinned to the loop's thread by a native frame or a class initializer");
    }
    return taken();
  }
}
