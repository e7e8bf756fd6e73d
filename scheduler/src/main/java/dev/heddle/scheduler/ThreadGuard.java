package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.StackfulCoroutine;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which thread may use a scheduler. While the scheduler runs: the thread that carries the loop, and
 * the thread of the task that has the turn. While it does not run: its home, the thread that
 * created it or ran it last. Every other thread is foreign.
 */
final class ThreadGuard {
  private final Scheduler scheduler;
  private final Loop loop;

  /** While the scheduler runs, the thread that carries the loop; else null. */
  volatile @Nullable Thread carrier;

  /** The thread that may use the scheduler while it does not run. */
  volatile Thread home = Thread.currentThread();

  /** Whose the interrupts of the loop's thread are. Used by the loop only. */
  final Interrupts interrupts = new Interrupts();

  /** The calls of foreign threads that are under way. Used by the loop only. */
  final Set<ForeignCall<?>> calls = new LinkedHashSet<>();

  /** Whether a run has begun. Guarded by the scheduler. */
  boolean hasRun;

  /** The id of the thread that has closed the scheduler; 0 before. Guarded by the scheduler. */
  long closedBy;

  ThreadGuard(Scheduler scheduler, Loop loop) {
    this.scheduler = scheduler;
    this.loop = loop;
  }

  /** Whether another thread was faster with its close than the caller with the first run. */
  boolean closedByAnotherFirst() {
    return !hasRun && closedBy != Thread.currentThread().threadId();
  }

  /** Whether the calling thread is inside, or what it runs is driven by one that is. */
  boolean isCaller() {
    return is(Thread.currentThread()) || StackfulCoroutine.runsInTurnOf(this::is);
  }

  /**
   * Whether the caller is the loop, or the task that has the turn. For calls of any thread: between
   * two runs nobody is inside, as another may just begin one.
   */
  boolean isCallerInRun() {
    return carrier != null && isCaller();
  }

  private boolean is(Thread thread) {
    Thread loopThread = carrier;
    if (loopThread == null) {
      return thread == home;
    }
    return thread == loopThread || runsOn(loop.running(), thread);
  }

  /**
   * Read by any thread: a foreign one may see any task, but none that runs on the foreign thread.
   */
  private static boolean runsOn(@Nullable Task<?> task, Thread thread) {
    StackfulCoroutine<?, ?, ?> stack = task == null ? null : task.stack();
    return stack != null && stack.thread() == thread && stack.hasTurn();
  }

  /**
   * Makes sure that a program's main call is not made by a task, whose whole scheduler would stand
   * still until the body has ended. Who means that makes a scheduler and calls its {@code run}.
   */
  static void checkOutsideOfAll() {
    Task<?> task = Task.currentOrNull();
    Scheduler held = task == null ? Scheduler.ON_THIS_CARRIER.get() : task.scheduler;
    if (held != null) {
      throw new IllegalStateException(
          "Scheduler.run or compute inside of "
              + (task == null ? "" : task + " of ")
              + held
              + ", all of whose tasks would wait for it: start the body by"
              + " Scheduler.current().submit(body) and await its join(), or make the call in"
              + " another thread, as by pool.apply(() -> Scheduler.compute(body))");
    }
  }

  /**
   * What an await throws that the calling code may not make: names the call that is right there.
   *
   * @param by the task whose body alone may make it; null if the caller is in no task
   */
  static WrongThreadException refusedAwait(@Nullable Task<?> by, YieldEvent<?, ?> event) {
    if (ForgottenAwaits.FOUND) {
      ForgottenAwaits.begun(event); // it was not forgotten
    }
    String await = "await(" + event.described() + ")";
    Task<?> caller = Task.currentOrNull();
    if (caller != null && caller == by) {
      return new WrongThreadException("Task." + await + " in " + by + ": " + ownWay(by));
    }
    String refused =
        by == null
            ? " outside of a task in thread style; "
            : " of " + by + " called from outside of its body, by its Awaiter; ";
    return new WrongThreadException(await + refused + adviceFor(caller));
  }

  private static String ownWay(Task<?> task) {
    return task.coroutine instanceof Body.StepCoroutine
        ? "in a Step return the event from step()"
        : "in a body `co -> ...` call co.await; a method that waits for it takes co as a parameter";
  }

  /** What code should call that waits for a task which is not its own. */
  private static String adviceFor(@Nullable Task<?> caller) {
    if (caller != null) {
      return caller
          + " waits by its own: a body `inner -> ...` calls inner.await, by its parameter, a body"
          + " `() -> ...` Task.await; in a Step return the event";
    }
    if (StackfulCoroutine.runsInTurnOf(_ -> true)) {
      return "the body of a generator that has a stack of its own cannot wait for a task: await in"
          + " the task that asks the generator, or let a task put the items into a Queue";
    }
    return "in a body `co -> ...` call co.await, in a Step return the event, elsewhere spawn a"
        + " task; in thread "
        + Thread.currentThread().getName()
        + ", if it is to wait for one, scheduler.call(co -> ...)";
  }

  /**
   * Tells an interrupt of the loop's thread by another thread, which is for the whole run, from one
   * by a task in its turn, which is that task's own: promise Y6. An interrupted task that has no
   * thread of its own finds the thread interrupted in each of its turns, until it clears that, and
   * no other task does.
   *
   * <p>The JDK does not say who interrupts. But when another thread interrupts one that is inside
   * of a channel, the JDK closes the channel; not when a thread interrupts itself. So during a run
   * the loop's thread is inside of a channel that does nothing.
   */
  static final class Interrupts {
    private static final class Channel extends AbstractInterruptibleChannel {
      @Override
      protected void implCloseChannel() {}

      /** Closes the channel if the thread is interrupted. */
      void enter() {
        begin();
      }

      void leave() {
        try {
          end(true);
        } catch (AsynchronousCloseException e) {
          // which isOpen tells, too
        }
      }
    }

    private Channel channel = new Channel();

    /**
     * Between turns: whether the run was interrupted since the last call. Enters the channel anew,
     * as whatever blocks in a channel of its own leaves ours. Clears the thread's flag.
     */
    boolean ofRun() {
      channel.enter();
      if (channel.isOpen()) {
        return false;
      }
      boolean _ = Thread.interrupted();
      channel = new Channel();
      channel.enter();
      return true;
    }

    /** The run ends: whether it was interrupted since the last look. */
    boolean ofEndingRun() {
      channel.leave();
      boolean interrupted = !channel.isOpen();
      if (interrupted) {
        channel = new Channel();
      }
      return interrupted;
    }

    /** The thread is interrupted in the turn of this task. */
    void turnEnds(Task<?> task) {
      if (channel.isOpen()) {
        boolean _ = Thread.interrupted();
        task.marks |= Task.INTERRUPTED;
      }
    }

    /** The turn of a task begins, which was perhaps interrupted in an earlier one. */
    static void turnBegins(Task<?> task) {
      if ((task.marks & Task.INTERRUPTED) != 0) {
        task.marks &= ~Task.INTERRUPTED;
        Thread.currentThread().interrupt();
      }
    }
  }

  /** {@link Scheduler#checkInside}. */
  void check(String call) {
    if (isCaller()) {
      return;
    }
    Task<?> task = Task.ON_THIS_THREAD.get();
    StackfulCoroutine<?, ?, ?> stack = task == null ? null : task.stack();
    if (stack != null && task.scheduler == scheduler) {
      stack.rejoin();
    }
    if (!isCaller()) {
      String where = scheduler + " from " + Thread.currentThread().getName();
      throw new WrongThreadException(
          call + " on " + where + ", which is outside of it; use scheduler.execute(() -> ...)");
    }
  }
}
