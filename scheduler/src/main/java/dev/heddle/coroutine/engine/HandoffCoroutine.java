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
 * A body on a stock virtual thread that runs strictly in turn with the one who resumes it: the
 * resumer parks while the body runs, and the body parks at its yield. It needs nothing of the JDK
 * that is not public, and costs two unparks a turn.
 *
 * <p>A body of a scheduler that blocks in the JDK would stop the loop, and for ever if it waits for
 * a monitor that another task holds. So the {@link HandoffWatch} ends such a turn from aside, and
 * the body is <i>astray</i>: the JDK lets it go on at a time of its own, beside the loop, until it
 * yields or ends or {@linkplain #rejoin asks for a turn}. This is the one thing that handoff cannot
 * keep in order; {@link Engine#VIRTUAL_THREAD} can.
 *
 * <p>A generator that is asked by a task of {@link Engine#VIRTUAL_THREAD} runs on that task's loop,
 * see there; so its thread is made when it is first asked. One that was begun elsewhere keeps the
 * thread it has; then the task holds the loop and spins for the item, unless the body blocks in the
 * JDK for longer than the watch lets one.
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
 * <p>SUSPECT is what makes it safe to take the turn away from aside: between the two looks the body
 * has not been in the scheduler, or it would have said so.
 */
final class HandoffCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> {

  private enum Turn {
    RESUMER,
    BODY,
    SUSPECT,
    ASTRAY,
    AWAY,
    ANSWERED,
    ASKING
  }

  private static final VarHandle TURN;

  static {
    try {
      TURN = MethodHandles.lookup().findVarHandle(HandoffCoroutine.class, "turn", Turn.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;

  /** A generator's is made in its first turn. The watch looks at it too. */
  private volatile @Nullable Thread thread;

  /** Whether the thread runs; the resumer's. */
  private boolean started;

  /** The scheduler, or null for a coroutine of somebody who just waits for its answer. */
  private final @Nullable EngineHost<Y> host;

  /** Whose turn it is; see the picture. */
  private volatile Turn turn = Turn.RESUMER;

  /** The task, on the engine VIRTUAL_THREAD, that has resumed it or its resumer; else null. */
  private volatile @Nullable VirtualThreadCoroutine<?, ?, ?> task;

  /** What the JDK gave us to run the thread; null for a stock one. */
  private @Nullable Runnable continuation;

  /** The thread that waits for the answer; written by it before it gives the turn away. */
  private @Nullable Thread resumer;

  /** The body that the resumer is itself the thread of, if it is one: see {@link #resumers}. */
  private @Nullable HandoffCoroutine<?, ?, ?> outer;

  /**
   * While away: what {@link EngineHost#blocked} gave. Written by the resumer before it sets AWAY.
   */
  private @Nullable Y token;

  HandoffCoroutine(String name, CoroutineBody<Y, S, R> body, @Nullable EngineHost<Y> host) {
    super(body);
    this.name = name;
    this.host = host;
    this.thread = host == null ? null : stock();
  }

  /** For the watch: its thread, or null. */
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
  protected List<StackTraceElement> frames() {
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
   * The threads that wait for the calling one, innermost first: while it runs, it has their turn.
   * Empty if the caller is not the body of a coroutine.
   */
  static Iterable<Thread> resumers() {
    List<Thread> threads = new ArrayList<>();
    HandoffCoroutine<?, ?, ?> body = generator(ON_THIS_THREAD.get());
    for (; body != null && body.resumer != null; body = body.outer) {
      threads.add(body.resumer);
    }
    return threads;
  }

  // The resumer's side.

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    if (turn == Turn.ANSWERED) { // it came to a yield, or its end, while it was astray
      turn = Turn.RESUMER;
      return answered();
    }
    give(sent, raised);
    resumer = Thread.currentThread();
    turn = Turn.BODY;
    EngineHost<Y> watched = host;
    if (watched == null) {
      advanceGenerator(ON_THIS_THREAD.get());
      return answered();
    }
    HandoffWatch.begin(watched, this);
    wakeBody();
    parkWhileBodyRuns();
    return turn == Turn.RESUMER ? answered() : stopBlocked(watched);
  }

  private void advanceGenerator(@Nullable StackfulCoroutine<?, ?, ?> asking) {
    outer = generator(asking);
    task = taskOf(asking);
    VirtualThreadCoroutine<?, ?, ?> inTurnOf = task;
    if (inTurnOf == null) {
      wakeBody();
      parkWhileBodyRuns();
      return;
    }
    inTurnOf.asksGenerator(true);
    wakeBody();
    if (continuation == null) {
      spinWhileBodyRuns();
    }
    parkWhileBodyRuns();
    inTurnOf.asksGenerator(false);
  }

  private static @Nullable HandoffCoroutine<?, ?, ?> generator(
      @Nullable StackfulCoroutine<?, ?, ?> body) {
    return body instanceof HandoffCoroutine<?, ?, ?> generator ? generator : null;
  }

  /** The task on whose loop a body runs: that of the task, or that of a generator it asks. */
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
    if (started) {
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
   * Called by the JDK for a thread that was made in a task: it can go on, or one it has started.
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
      watched.unblocked(blocked); // it is back already
    }
    return true;
  }

  private boolean isBodysTurn() {
    Turn now = turn;
    return now == Turn.BODY || now == Turn.SUSPECT;
  }

  private void parkWhileBodyRuns() {
    boolean interrupted = false;
    while (isBodysTurn()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // a pending interrupt would make park a spin
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called by the watch, which saw the body blocked. */
  void suspect() {
    TURN.compareAndSet(this, Turn.BODY, Turn.SUSPECT);
  }

  /** Called by the watch, which saw the suspect blocked still: takes the turn away. */
  boolean goAstray() {
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
    offer(value);
    handBack();
    parkUntilResumed();
    return taken();
  }

  @Override
  public boolean hasTurn() {
    return turn == Turn.BODY || TURN.compareAndSet(this, Turn.SUSPECT, Turn.BODY);
  }

  @Override
  public void rejoin() {
    if (Thread.currentThread() == thread && !hasTurn()) {
      comeBack(Turn.ASKING);
      parkUntilResumed();
    }
  }

  private void handBack() {
    Thread waiting = resumer;
    if (TURN.compareAndSet(this, Turn.BODY, Turn.RESUMER)
        || TURN.compareAndSet(this, Turn.SUSPECT, Turn.RESUMER)) {
      LockSupport.unpark(waiting);
    } else {
      comeBack(Turn.ANSWERED);
    }
  }

  /** The body leaves its stray way: tells the host, or leaves that to a resumer not yet through. */
  @SuppressWarnings("NullAway") // AWAY is set by one who has a host and a token
  private void comeBack(Turn as) {
    if (!TURN.compareAndSet(this, Turn.ASTRAY, as)) {
      Y blocked = token;
      turn = as;
      host.unblocked(blocked);
    }
  }

  private void parkUntilResumed() {
    boolean interrupted = false;
    while (!isBodysTurn()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
