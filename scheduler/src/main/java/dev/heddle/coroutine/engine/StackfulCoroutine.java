package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.log.LogPrinter;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine whose body has a stack of its own, so that it may yield from any call depth.
 *
 * <p>A scheduler gets one from {@link #task}; it is at the same time the body's {@link Yielder}.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
public abstract sealed class StackfulCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends Coroutine<Y, S, R> implements Yielder<Y, S>
    permits ContinuationCoroutine, HandoffCoroutine, VirtualThreadCoroutine {

  /**
   * The coroutine whose body the current thread runs. Each handoff generator and each task of
   * {@link Engine#VIRTUAL_THREAD} sets it once, on its own thread. A generator reads it to find out
   * which body asks for an item.
   */
  static final ThreadLocal<StackfulCoroutine<?, ?, ?>> ON_THIS_THREAD = new ThreadLocal<>();

  /** Says for which task the calling thread runs; it never does unless somebody wants to know. */
  static final AtomicReference<Supplier<@Nullable Object>> TASKS =
      new AtomicReference<>(() -> null);

  /**
   * How many calls deep {@link #checkRoom} looks: deeper than what the JDK calls when a turn is
   * handed over. A StackOverflowError in the midst of that would leave the turn with nobody.
   */
  private static final int ROOM_CALLS = 64;

  private static final AtomicBoolean HINT_GIVEN = new AtomicBoolean();

  private static final VarHandle HOLDS = field(MethodHandles.lookup(), "holds", int.class);

  private final CoroutineBody<Y, S, R> body;

  // The next five fields pass data between the body and its resumer. The side that has the turn
  // writes them; the other side reads them after the turn was handed over, which orders the two.

  /** What the yield returns. The resumer sets it, the body clears it. */
  private @Nullable Object sent;

  /** What the body yielded or returned. The body sets it, the resumer clears it. */
  private @Nullable Object offered;

  /** What the yield throws; null if it returns. The resumer sets it, the body clears it. */
  private @Nullable Throwable raised;

  /** What the body threw. The body sets it at its end, the resumer clears it. */
  private @Nullable Throwable failure;

  /** Whether the body has returned or thrown. The body sets it. */
  private boolean ended;

  /** How many hooks the body is in, see {@link #holdTurn}. Written by the body's thread only. */
  private int holds;

  StackfulCoroutine(CoroutineBody<Y, S, R> body) {
    this.body = body;
  }

  /** The handle of a field of the class that makes the lookup. */
  static VarHandle field(MethodHandles.Lookup lookup, String name, Class<?> type) {
    try {
      return lookup.findVarHandle(lookup.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Makes the coroutine that runs {@code body} as a task of a scheduler.
   *
   * @param name the thread's name
   * @param host who is told when the body blocks in the JDK
   * @throws IllegalArgumentException if the engine does not run tasks
   * @throws UnsupportedOperationException if the engine is not available
   */
  public static <Y, S extends @Nullable Object, R extends @Nullable Object>
      StackfulCoroutine<Y, S, R> task(
          Engine engine, String name, CoroutineBody<Y, S, R> body, EngineHost<Y> host) {
    checkAvailable(engine);
    return switch (engine) {
      case VIRTUAL_THREAD -> new VirtualThreadCoroutine<>(name, body, host);
      case HANDOFF -> new HandoffCoroutine<>(name, body, host);
      case CONTINUATION, WOVEN ->
          throw new IllegalArgumentException(engine + " does not run tasks");
    };
  }

  /**
   * Makes a coroutine that somebody resumes by hand.
   *
   * @throws IllegalArgumentException if the engine does not run such coroutines, or is {@code
   *     WOVEN}
   * @throws UnsupportedOperationException if the engine is not available
   */
  public static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> coroutine(Engine engine, CoroutineBody<Y, S, R> body) {
    if (engine == Engine.HANDOFF) {
      return new HandoffCoroutine<>("heddle-coroutine", body, null);
    }
    if (engine == Engine.CONTINUATION) {
      checkAvailable(engine);
      return ContinuationLoader.coroutine(body);
    }
    throw new IllegalArgumentException(
        engine + " runs the tasks of a scheduler only; for a coroutine take " + Engine.HANDOFF);
  }

  /** Says, once for the JVM, that a task needs a stack and which flag would make it faster. */
  public static void hintAtFasterEngine() {
    if (!HINT_GIVEN.get() && !Engine.VIRTUAL_THREAD.isAvailable() && !HINT_GIVEN.getAndSet(true)) {
      LogPrinter.print(StackfulCoroutine::logFasterEngine);
    }
  }

  private static void logFasterEngine() {
    System.getLogger("dev.heddle")
        .log(
            Level.INFO,
            "A task needs a stack and runs on the handoff engine; with the JVM flag \"{0}\" such"
                + " tasks switch faster.",
            Engine.VIRTUAL_THREAD.flag());
  }

  private static void checkAvailable(Engine engine) {
    if (!engine.isAvailable()) {
      throw new UnsupportedOperationException(
          engine + " is not available: start the JVM with " + engine.flag());
    }
  }

  /**
   * For a scheduler that checks who calls: whether the calling thread runs a coroutine's body, and
   * one of the threads that wait for that body, directly or for another body in between, is {@code
   * thread}. A body on a thread of its own may do what a body on the loop's thread may do.
   */
  public static boolean runsInTurnOf(Predicate<Thread> thread) {
    for (Thread resumer : HandoffCoroutine.resumers()) {
      if (thread.test(resumer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * From now on {@link #taskOfTurn} knows the tasks that {@code tasks} gives: for the thread that
   * asks a generator of its own thread for an item, the task that this thread runs; null if none.
   */
  public static void knowTasks(Supplier<@Nullable Object> tasks) {
    TASKS.set(tasks);
  }

  /**
   * The task in whose turn the calling thread runs the body of a generator that has a thread of its
   * own; null if in none. See {@link #knowTasks}.
   */
  public static @Nullable Object taskOfTurn() {
    return HandoffCoroutine.askedFor();
  }

  /** The thread that the body runs on: {@code Thread.currentThread()} inside it. */
  public abstract Thread thread();

  /**
   * For the body's thread: whether it has the turn. It runs without one if it went astray, see
   * {@link #rejoin}.
   */
  public boolean hasTurn() {
    return true;
  }

  /**
   * For a body that went on outside of its turn, as it can on {@link Engine#HANDOFF} after a call
   * of the JDK that blocked: waits for a turn. Does nothing where bodies run in their turn only.
   */
  public void rejoin() {}

  /**
   * For the body's thread, before anything of a wait has happened: has the turn, and room on its
   * stack to hand it over, or throws a StackOverflowError.
   */
  public void beginWait() {}

  /**
   * For the body's thread: from now on its turn does not end when it blocks in the JDK; the resumer
   * waits with it. So a hook that blocks holds up the loop, and no other task runs in its midst. To
   * be undone by as many calls of {@link #releaseTurn}.
   */
  public final void holdTurn() {
    HOLDS.setRelease(this, holds + 1);
    rejoin();
  }

  /** Undoes one {@link #holdTurn}. */
  public final void releaseTurn() {
    assert holds > 0 : "released a turn that was not held";
    HOLDS.setRelease(this, holds - 1);
  }

  /** Whether the turn is not to end by a call that blocks. Asked by the engine, from any thread. */
  final boolean holdsTurn() {
    return (int) HOLDS.getAcquire(this) > 0;
  }

  /** The whole life of the body, on its thread. */
  final void runBody() {
    assert !ended && sent == null && raised == null : "nothing is sent to an unstarted body";
    try {
      offered = body.run(this);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    ended = true;
  }

  /** For the resumer, before the body's turn: what the body's yield returns or throws. */
  final void give(@Nullable Object value, @Nullable Throwable failureToRaise) {
    assert !ended : "an ended body is not resumed";
    sent = value;
    raised = failureToRaise;
  }

  /**
   * For the resumer, after the body's turn: true if the body yielded, false if it returned; throws
   * what the body threw.
   */
  final boolean answered() throws Throwable {
    Throwable thrown = failure;
    assert thrown == null || ended : "a body that failed has ended";
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
    answer(offered);
    offered = null;
    return !ended;
  }

  final boolean hasEnded() {
    return ended;
  }

  /** For the body, before its turn ends: what it yields. */
  final void offer(@Nullable Object value) {
    offered = value;
  }

  /** For the body, after its next turn has begun: what its yield returns or throws. */
  @SuppressWarnings({"unchecked", "NullAway"}) // send() took an S, which may be a null one
  final S taken() {
    Throwable thrown = raised;
    if (thrown != null) {
      raised = null;
      throw SneakyThrow.unchecked(thrown);
    }
    S value = (S) sent;
    sent = null;
    return value;
  }

  /**
   * Throws a StackOverflowError here, where nothing has happened yet, if the stack of the calling
   * thread has not the room that the hand-over of a turn needs.
   */
  static void checkRoom() {
    long _ = useRoom(ROOM_CALLS, 0, 1, 2);
  }

  private static long useRoom(int calls, long a, long b, long c) {
    return calls == 0 ? a : useRoom(calls - 1, b, c, a) + calls;
  }

  final void checkYieldedByBody() {
    if (Thread.currentThread() != thread()) {
      throw new IllegalStateException(
          "yield called from "
              + Thread.currentThread()
              + ", not by the body, which runs on "
              + thread());
    }
  }
}
