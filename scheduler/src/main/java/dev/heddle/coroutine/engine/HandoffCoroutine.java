package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body on a stock virtual thread that runs strictly in turn with the thread that resumes it. The
 * resumer parks while the body runs, and the body parks at its yield. The engine needs only public
 * methods of the JDK, and a turn costs two unparks.
 *
 * <p>If a task's body blocks in the JDK, the loop cannot go on; if the body waits for a monitor
 * that another task holds, the loop would wait for ever. So the {@link HandoffWatch} ends such a
 * turn, and the body is then <i>astray</i>: the JDK decides when the body goes on, and the body
 * runs beside the loop until it yields, ends or {@linkplain #rejoin asks for a turn}. Handoff
 * cannot keep this one thing in order; {@link Engine#VIRTUAL_THREAD} can.
 *
 * <p>A generator that a task of {@link Engine#VIRTUAL_THREAD} asks for its first item runs on the
 * loop's thread of that task, see {@link VirtualThreadCoroutine}. A generator's thread is therefore
 * made in its first turn. A generator whose first turn was elsewhere keeps its thread: then the
 * task holds the loop's thread and spins for the item, until the generator's body has been blocked
 * in the JDK for two ticks of the watch.
 *
 * <pre>
 *  RESUMER --advance--> BODY --yield, end--> RESUMER
 *                       |  ^
 *     watch: blocked    |  |  the body does something: {@link #hasTurn}
 *                       v  |
 *                     SUSPECT --yield, end--> RESUMER
 *                        |
 *                        | watch: blocked still
 *                        v
 *                      ASTRAY --advance tells the host--> AWAY
 *                        |                                 |
 *                        +-----------yield, end------------+--> ANSWERED --advance--> RESUMER
 *                        |                                 |
 *                        '------------rejoin---------------'--> ASKING ----advance--> BODY
 * </pre>
 *
 * <p>SUSPECT makes it safe for the watch to take the turn away. A body that calls the scheduler
 * first calls {@link #hasTurn}, which sets the turn back to BODY. So a body that is SUSPECT at two
 * looks of the watch has not called the scheduler between them.
 *
 * <p>This file is long because both sides of the turn, the resumer's and the body's, are in it.
 */
final class HandoffCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> {

  /** The states above. In RESUMER the body has not started, waits at a yield, or has ended. */
  private enum Turn {
    RESUMER,
    BODY,
    SUSPECT,
    ASTRAY,
    AWAY,
    ANSWERED,
    ASKING
  }

  private static final VarHandle TURN = field(MethodHandles.lookup(), "turn", Turn.class);

  private final String name;

  /**
   * The body's thread. A task's is made at once, a generator's by the resumer in the first turn;
   * null before. The watch reads it.
   */
  private volatile @Nullable Thread thread;

  /** Whether the thread was started. Only the resumer reads and writes it. */
  private boolean started;

  /** The scheduler of a task; null for a generator. Only a body that has a host goes astray. */
  private final @Nullable EngineHost<Y> host;

  /**
   * Whose turn it is. Only the resumer leaves RESUMER, ANSWERED and ASKING, and only the body
   * leaves AWAY. Several threads may leave BODY, SUSPECT and ASTRAY, so each does it by
   * compare-and-set.
   */
  private volatile Turn turn = Turn.RESUMER;

  /**
   * The task of {@link Engine#VIRTUAL_THREAD} on whose loop this generator was last asked, directly
   * or by another generator; null if there is none. The resumer writes it before it wakes the body.
   */
  private volatile @Nullable VirtualThreadCoroutine<?, ?, ?> task;

  /**
   * What the JDK hands to {@link #execute} to run the thread: one object for the thread's life.
   * Null for a stock thread, and before the first turn.
   */
  private @Nullable Runnable continuation;

  /** The thread that waits for the answer. That thread writes it before it gives the turn away. */
  private @Nullable Thread resumer;

  /**
   * The generator whose body resumed this generator; null if the resumer is no generator's body.
   * The resumer writes it before it gives the turn away. For {@link #resumers}.
   */
  private @Nullable HandoffCoroutine<?, ?, ?> outer;

  /**
   * What {@link EngineHost#blocked} gave for the last stop; valid while AWAY. The resumer writes it
   * before it sets AWAY.
   */
  private @Nullable Y token;

  /**
   * For which task the resumer asks this generator, by {@link #TASKS}; null outside of its turn.
   * The resumer writes it.
   */
  private @Nullable Object askedFor;

  /**
   * On what the body waits while its stack is too deep for the JDK to take the thread off its
   * carrier; else null. The body writes it.
   */
  private volatile @Nullable Object monitor;

  HandoffCoroutine(String name, CoroutineBody<Y, S, R> body, @Nullable EngineHost<Y> host) {
    super(body);
    this.name = name;
    this.host = host;
    this.thread = host == null ? null : stock();
  }

  /** For the watch: the body's thread; null before a generator's first turn. */
  @Nullable Thread startedThread() {
    return thread;
  }

  @Override
  public Thread thread() {
    Thread made = thread;
    if (made == null) {
      throw new IllegalStateException("the body has not started, it has no thread");
    }
    return made;
  }

  @Override
  protected List<StackTraceElement> lines() {
    return UserFrames.users(thread().getStackTrace());
  }

  private void live() {
    if (host == null) {
      ON_THIS_THREAD.set(this);
    }
    runBody();
    handBack();
  }

  /**
   * The threads that wait for the calling thread, innermost first. The calling thread runs in their
   * turn. Empty if the caller is not the body of a generator.
   */
  static Iterable<Thread> resumers() {
    List<Thread> threads = new ArrayList<>();
    HandoffCoroutine<?, ?, ?> body = generator(ON_THIS_THREAD.get());
    for (; body != null && body.resumer != null; body = body.outer) {
      threads.add(body.resumer);
    }
    return threads;
  }

  /** The task in whose turn the calling thread runs the body of a generator; null if in none. */
  static @Nullable Object askedFor() {
    HandoffCoroutine<?, ?, ?> body = generator(ON_THIS_THREAD.get());
    return body == null ? null : body.askedFor;
  }

  // The resumer's side.

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    assert !isBodysTurn() && turn != Turn.ASTRAY && turn != Turn.AWAY : "resumed while " + turn;
    if (turn == Turn.ANSWERED) { // the body yielded or ended while it was astray
      turn = Turn.RESUMER;
      return answered();
    }
    EngineHost<Y> watched = host;
    if (watched == null) {
      checkRoom(); // who asks for an item may stand deep; the loop does not
    }
    give(sent, raised);
    resumer = Thread.currentThread();
    turn = Turn.BODY;
    if (watched == null) {
      askedFor = TASKS.get().get();
      try {
        advanceGenerator(ON_THIS_THREAD.get());
      } finally {
        askedFor = null;
      }
      return answered();
    }
    HandoffWatch.begin(watched, this);
    wakeBody();
    parkWhile(true);
    assert !isBodysTurn() : turn;
    return turn == Turn.RESUMER ? answered() : stopBlocked(watched);
  }

  private void advanceGenerator(@Nullable StackfulCoroutine<?, ?, ?> asking) {
    outer = generator(asking);
    task = taskOf(asking);
    VirtualThreadCoroutine<?, ?, ?> inTurnOf = task;
    if (inTurnOf == null) {
      wakeBody();
      parkWhile(true);
      return;
    }
    inTurnOf.asksGenerator(true);
    wakeBody();
    if (continuation == null) {
      spinWhileBodyRuns();
    }
    parkWhile(true);
    inTurnOf.asksGenerator(false);
  }

  private static @Nullable HandoffCoroutine<?, ?, ?> generator(
      @Nullable StackfulCoroutine<?, ?, ?> body) {
    return body instanceof HandoffCoroutine<?, ?, ?> generator ? generator : null;
  }

  /** The task in whose turn {@code body} runs: the body's own, or the one that asks the body. */
  private static @Nullable VirtualThreadCoroutine<?, ?, ?> taskOf(
      @Nullable StackfulCoroutine<?, ?, ?> body) {
    return switch (body) {
      case VirtualThreadCoroutine<?, ?, ?> itself -> itself;
      case HandoffCoroutine<?, ?, ?> generator when generator.continuation != null ->
          generator.task;
      case null, default -> null;
    };
  }

  private void wakeBody() {
    Thread body = thread;
    if (body == null) {
      body = task == null ? stock() : VirtualThreads.unstarted(name, this::execute, this::live);
      thread = body;
    }
    Object deep = monitor;
    if (deep != null) {
      synchronized (deep) {
        deep.notifyAll();
      }
    } else if (started) {
      LockSupport.unpark(body);
    } else {
      started = true;
      body.start();
    }
  }

  private Thread stock() {
    return Thread.ofVirtual()
        .name(name)
        .inheritInheritableThreadLocals(false)
        .unstarted(this::live);
  }

  /**
   * Called by the JDK, from any thread, if this generator's thread was made in a task's turn: that
   * thread can go on, or a virtual thread that the body has started can.
   */
  private void execute(Runnable runnable) {
    VirtualThreadCoroutine<?, ?, ?> asking = task;
    if (continuation == null) {
      continuation = runnable;
    }
    if (runnable == continuation && asking != null && isBodysTurn()) {
      asking.runInTurn(runnable);
    } else {
      StrayVirtualThreads.run(runnable);
    }
  }

  private void spinWhileBodyRuns() {
    long end = System.nanoTime() + 2 * HandoffWatch.TICK_MILLIS * 1_000_000L;
    while (isBodysTurn() && (System.nanoTime() < end || !HandoffWatch.isBlocked(this))) {
      Thread.onSpinWait();
    }
  }

  /** Ends the turn of a body that the watch found blocked. */
  private boolean stopBlocked(EngineHost<Y> watched) {
    Y blocked = watched.blocked(thread());
    answer(blocked);
    token = blocked;
    if (!TURN.compareAndSet(this, Turn.ASTRAY, Turn.AWAY)) {
      assert turn == Turn.ANSWERED || turn == Turn.ASKING : turn;
      watched.unblocked(blocked); // the body has come back already
    }
    return true;
  }

  private boolean isBodysTurn() {
    Turn now = turn;
    return now == Turn.BODY || now == Turn.SUSPECT;
  }

  /** Parks the resumer while it is the body's turn, or the body while it is not. */
  private void parkWhile(boolean bodysTurn) {
    boolean interrupted = false;
    boolean patient = bodysTurn && !Thread.currentThread().isVirtual();
    StaticInitializer initializer = null;
    while (isBodysTurn() == bodysTurn) {
      if (patient) {
        initializer = parkPatiently(initializer);
      } else if (bodysTurn) {
        LockSupport.park(this);
      } else {
        parkBody();
      }
      interrupted |= Thread.interrupted(); // a pending interrupt would make park a spin
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The JDK cannot take a thread off its carrier whose stack is very deep, and then throws. On the
   * carrier of a task, which the resumer needs, the body takes the turn back and learns of it.
   * Elsewhere the body waits all the same, and keeps its carrier meanwhile.
   */
  private void parkBody() {
    try {
      LockSupport.park(this);
    } catch (StackOverflowError tooDeep) {
      if (continuation != null && TURN.compareAndSet(this, Turn.RESUMER, Turn.BODY)) {
        throw tooDeep;
      }
      waitOnCarrier();
    }
  }

  private void waitOnCarrier() {
    boolean interrupted = false;
    Object deep = new Object();
    synchronized (deep) {
      monitor = deep;
      while (!isBodysTurn()) {
        try {
          deep.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      monitor = null;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Parks the resumer, a platform thread, and looks after a while whether the body can go on at
   * all. A virtual thread would pay for a limit of the time.
   */
  private @Nullable StaticInitializer parkPatiently(@Nullable StaticInitializer known) {
    long start = System.nanoTime();
    long patience = StaticInitializer.BETWEEN_LOOKS.toNanos();
    LockSupport.parkNanos(this, patience);
    if (!isBodysTurn() || System.nanoTime() - start < patience) {
      return known;
    }
    StaticInitializer initializer = known == null ? new StaticInitializer() : known;
    initializer.look(innermost());
    return initializer;
  }

  /** The thread of the generator for which the body waits, directly or not; else the body's own. */
  private Thread innermost() {
    Thread body = thread();
    return LockSupport.getBlocker(body) instanceof HandoffCoroutine<?, ?, ?> asked && asked != this
        ? asked.innermost()
        : body;
  }

  /**
   * Called by the watch when it sees the body blocked for the first time in a turn. A body that
   * waits on its carrier for its turn, and has it now, is about to wake up.
   */
  void suspect() {
    if (monitor == null) {
      TURN.compareAndSet(this, Turn.BODY, Turn.SUSPECT);
    }
  }

  /**
   * Called by the watch when it sees a suspect still blocked: takes the turn away, if the body has
   * not called the scheduler in the meantime.
   */
  boolean goAstray() {
    assert host != null : "a generator never goes astray";
    boolean taken = TURN.compareAndSet(this, Turn.SUSPECT, Turn.ASTRAY);
    if (taken) {
      LockSupport.unpark(resumer);
    }
    return taken;
  }

  // The body's side.

  @Override
  public S yield(Y value) {
    checkYieldedByBody();
    if (host == null) {
      checkRoom(); // else beginWait has looked, before the wait was started
    }
    offer(value);
    handBack();
    parkWhile(false);
    return taken();
  }

  @Override
  public boolean hasTurn() {
    return turn == Turn.BODY || TURN.compareAndSet(this, Turn.SUSPECT, Turn.BODY);
  }

  @Override
  public void beginWait() {
    checkRoom();
    rejoin();
  }

  @Override
  public void rejoin() {
    if (Thread.currentThread() == thread && !hasTurn()) {
      checkRoom();
      comeBack(Turn.ASKING);
      parkWhile(false);
    }
  }

  private void handBack() {
    assert isBodysTurn() || turn == Turn.ASTRAY || turn == Turn.AWAY : "handed back while " + turn;
    Thread waiting = resumer;
    if (TURN.compareAndSet(this, Turn.BODY, Turn.RESUMER)
        || TURN.compareAndSet(this, Turn.SUSPECT, Turn.RESUMER)) {
      LockSupport.unpark(waiting);
    } else {
      comeBack(Turn.ANSWERED);
    }
  }

  /**
   * A body that is astray or away now asks for a turn. If it is still ASTRAY, the resumer is inside
   * {@link #stopBlocked} and will tell the host; if it is AWAY, the body tells the host.
   */
  @SuppressWarnings("NullAway") // only a coroutine with a host goes astray; AWAY has a token
  private void comeBack(Turn as) {
    assert host != null && (turn == Turn.ASTRAY || turn == Turn.AWAY) : turn;
    if (!TURN.compareAndSet(this, Turn.ASTRAY, as)) {
      Y blocked = token;
      turn = as;
      host.unblocked(blocked);
    }
  }
}
