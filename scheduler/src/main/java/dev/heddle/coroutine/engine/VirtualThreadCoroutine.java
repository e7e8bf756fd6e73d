package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.CoroutineBody;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body on a virtual thread whose executor is this very object. The JDK calls {@link #execute}
 * each time that the thread can run, and {@link #advance} runs the thread's continuation on the
 * loop's thread, which is the carrier.
 *
 * <p>A yield is {@code Thread.yield()}, not a park, for two reasons. Neither a stray {@code unpark}
 * nor an interrupt makes a thread that yields runnable. And where the thread cannot unmount (a
 * native frame, a class initializer) {@code Thread.yield()} returns, so that the body gets an
 * exception instead of a carrier that hangs.
 *
 * <p>When a turn ends without a yield, the body has blocked in the JDK. The JDK calls {@code
 * execute} when the body can go on: on a thread of the JDK, on the thread that unparks the body, or
 * on the loop's thread while another task runs. That call may come before the loop has noticed that
 * the body blocked. The field {@link #token} orders the two:
 *
 * <pre>
 *   null --advance: blocked--> token --execute--> null, host.unblocked(token)
 *   null --execute--> EARLY --advance: blocked--> null, host.unblocked(token)
 * </pre>
 *
 * <p>Who asks the JDK for the stack of a thread that could run, as a dump from outside does, stops
 * the thread meanwhile, and the JDK calls {@code execute} once more when it has the stack. A thread
 * so stopped does not run: {@code run} returns, and nothing has happened. So {@link #advance} runs
 * a body that {@link #yields} until the body has taken its turn. The call of {@code execute} comes
 * at any time later and may be one too many: EARLY is then there already, or nothing of the body's
 * is at an end, and the turn that it brings finds the body blocked as before.
 *
 * <p>A body that {@linkplain #holdTurn holds its turn} does not end the turn by blocking: the loop
 * waits for EARLY, and then goes on with the body.
 *
 * <p>A body that asks a handoff generator for an item waits for another thread. The turn must not
 * end there, because no other task may run inside {@code next()}. So the generator's body, and the
 * bodies of the generators that it asks in turn, run on the loop's thread too, within the task's
 * turn. The threads among them that can go on are queued in {@link #family}, and {@link #runFamily}
 * runs them until the task's own body has its item. The turn ends early only if all of them block
 * in the JDK.
 */
final class VirtualThreadCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> implements Executor, Runnable {
  /** The value of {@link #token} when the JDK let the body go on before the loop saw it block. */
  private static final Object EARLY = new Object();

  private static final VarHandle TOKEN = field(MethodHandles.lookup(), "token", Object.class);

  private final EngineHost<Y> host;
  private final Thread thread;

  /**
   * What the JDK hands to {@link #execute} to run the thread: one object for the thread's life.
   * Written once, on the loop's thread, when the thread is started; null before.
   */
  private @Nullable Runnable continuation;

  /** Whether the body is in a yield of ours; see {@link #yields}. */
  private enum Yields {
    /** No: it runs, has blocked, has ended or has not begun. */
    NO,
    /** It has yielded, and the turn is the resumer's. */
    YES,
    /** It has the next turn, and has not run yet. */
    RESUMED
  }

  /**
   * Written on the loop's thread, on which the body runs too. While it is not NO, a call of {@link
   * #execute} comes from our own {@code Thread.yield()}, or from who looks at the stack, and means
   * nothing.
   */
  private Yields yields = Yields.NO;

  /**
   * Null, {@link #EARLY}, or what {@link EngineHost#blocked} gave for the body's stop: see the
   * class comment. Any thread writes it, through {@link #TOKEN}.
   */
  @SuppressWarnings("UnusedVariable") // read through TOKEN
  private volatile @Nullable Object token;

  /** The loop's thread while it waits in {@link #awaitBlocked}, else null. The loop writes it. */
  private volatile @Nullable Thread holder;

  /** Whether the body waits inside a generator's {@code next()}. Only the body writes it. */
  private boolean asksGenerator;

  /**
   * The continuations of the body's own thread and of its generators' threads that can go on while
   * the body waits inside {@code next()}. The body makes it the first time, and it stays; null
   * before. Any thread adds to it, the loop takes from it.
   */
  private volatile @Nullable Queue<Runnable> family;

  VirtualThreadCoroutine(String name, CoroutineBody<Y, S, R> body, EngineHost<Y> host) {
    super(body);
    this.host = host;
    this.thread = VirtualThreads.unstarted(name, this, this);
  }

  /** The thread's life. No lambda: its frame would be on the stack of each task that waits. */
  @Override
  public void run() {
    ON_THIS_THREAD.set(this);
    runBody();
  }

  @Override
  public Thread thread() {
    return thread;
  }

  @Override
  protected List<StackTraceElement> lines() {
    return UserFrames.users(thread.getStackTrace());
  }

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    give(sent, raised);
    Runnable turn = continuation;
    if (turn == null) {
      thread.start(); // calls execute(), which keeps the continuation
      turn = Objects.requireNonNull(continuation);
    }
    if (yields == Yields.YES) {
      resumeYield(turn);
    } else {
      runBodyOnce(turn);
    }
    while (holdsTurn() && yields == Yields.NO && !hasEnded()) {
      awaitBlocked();
      runBodyOnce(turn);
    }
    assert continuation == turn : "the JDK runs a thread by one continuation";
    if (yields == Yields.YES || hasEnded()) {
      return answered();
    }
    stopBlocked();
    return true;
  }

  /** Lets a body that has yielded go on. While somebody looks at its stack, it cannot. */
  private void resumeYield(Runnable turn) {
    assert !asksGenerator : "a body that yields waits for no item";
    yields = Yields.RESUMED;
    runBodyOnce(turn);
    while (yields == Yields.RESUMED) {
      Thread.yield(); // some microseconds: the one who looks may need this processor
      runBodyOnce(turn);
    }
  }

  /** Lets the body run until it yields, ends, or blocks in the JDK. */
  private void runBodyOnce(Runnable turn) {
    if (!asksGenerator) {
      turn.run();
    }
    if (asksGenerator) {
      runFamily();
    }
  }

  /**
   * The body has blocked in the JDK and holds its turn: the loop waits until the JDK lets the body
   * go on.
   */
  private void awaitBlocked() {
    assert holder == null : "the loop waits once";
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
  }

  /** Runs the family's threads that can go on, until the body has its item or all of them block. */
  @SuppressWarnings("NullAway") // the body made the family before it asked a generator
  private void runFamily() {
    Queue<Runnable> runnable = family;
    while (asksGenerator) {
      Runnable next = runnable.poll();
      if (next != null) {
        next.run();
      } else if (!TOKEN.compareAndSet(this, EARLY, null)) {
        if (HandoffWatch.isBlocked(thread, this)) {
          return; // all block; if one is queued just now, stopBlocked finds EARLY
        }
        Thread.yield(); // somebody looks at the stack of the one that could run
      }
    }
  }

  /**
   * The body is about to ask a generator for an item, or has the item. The body calls it. The body
   * of a generator that asks another generator calls it too; such a call does nothing.
   */
  void asksGenerator(boolean asks) {
    if (Thread.currentThread() != thread) {
      return;
    }
    assert asks != asksGenerator : "a body asks one generator at a time";
    asksGenerator = asks;
    if (asks && family == null) {
      family = new ConcurrentLinkedQueue<>();
    } else if (!asks) {
      TOKEN.compareAndSet(this, EARLY, null); // left by a thread that has run since
    }
  }

  /**
   * A thread of the family can go on: in this turn or, if this turn is over, in one that the host
   * gives. Called from any thread.
   */
  @SuppressWarnings("NullAway") // there is a family
  void runInTurn(Runnable runnable) {
    assert family != null : "the body makes the family before it asks";
    family.add(runnable);
    unblock();
  }

  /** The body's turn can go on, or it needs another. Called from any thread. */
  @SuppressWarnings("unchecked") // stopBlocked() stored a Y
  private void unblock() {
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

  /** Ends the turn of a body that has blocked in the JDK. */
  private void stopBlocked() {
    assert yields == Yields.NO && !hasEnded() : "a body that yielded or ended has not blocked";
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
    } else if (yields == Yields.NO) {
      unblock();
    }
  }

  @Override
  public S yield(Y value) {
    checkYieldedByBody();
    assert yields == Yields.NO && !asksGenerator : "a body that yields runs, and asks for no item";
    offer(value);
    yields = Yields.YES;
    try {
      Thread.yield();
    } catch (StackOverflowError tooDeep) { // for the JDK to take the thread off the loop's
      yields = Yields.NO;
      throw tooDeep;
    }
    boolean pinned = yields == Yields.YES;
    yields = Yields.NO;
    if (pinned) {
      throw new IllegalStateException(
          "cannot yield here: "
              + thread.getName()
              + " is pinned to the loop's thread by a native frame or a class initializer");
    }
    return taken();
  }
}
