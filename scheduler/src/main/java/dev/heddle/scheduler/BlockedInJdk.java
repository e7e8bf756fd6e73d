package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.EngineHost;
import dev.heddle.coroutine.engine.UserFrames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task waits for whose body has blocked in the JDK: {@code Thread.sleep}, a monitor, a
 * socket of its own. The engine yields it in the body's place; the JDK ends it, by the engine, from
 * any thread. In a hook the body keeps its turn, so a hook never waits by one.
 */
final class BlockedInJdk extends YieldEvent<@Nullable Void, RuntimeException> {
  private final Thread thread;

  /** Who waits; null until the loop has seen that the body blocked. */
  private @Nullable Task<?> task;

  BlockedInJdk(Thread thread) {
    this.thread = thread;
  }

  /** The loop has seen that the task's body has blocked. */
  void begin(Task<?> blocked) {
    task = blocked; // an unblock that came earlier is queued in the inbox, so it runs after this
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    throw new AssertionError("yielded by engines only");
  }

  /** 0 if no task waits yet. */
  long taskNumber() {
    Task<?> waiting = task;
    return waiting == null ? 0 : waiting.id();
  }

  boolean isWaitedFor() {
    return task != null;
  }

  /** The run is over: asks the body to stop waiting in the one way the JDK has. */
  void interrupt() {
    thread.interrupt();
  }

  /** The loop: the body can go on. */
  void unblocked() {
    Task<?> waiting = task;
    assert waiting != null : "unblocked before the loop saw it blocked";
    wake(waiting, null);
  }

  /** The JDK's wait is not ours to undo; the cancellation meets the task at its next await. */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return false;
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    List<StackTraceElement> lines = UserFrames.users(thread.getStackTrace());
    return "a call of the JDK that blocks" + (lines.isEmpty() ? "" : ": " + lines.getFirst());
  }

  /** The scheduler as its engines see it. */
  static final class Host extends EngineHost<YieldEvent<?, ?>> {
    private final Scheduler scheduler;

    Host(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    protected YieldEvent<?, ?> blocked(Thread thread) {
      return new BlockedInJdk(thread);
    }

    /** From the loop, from a task that lets another go on, or from any other thread. */
    @Override
    protected void unblocked(YieldEvent<?, ?> token) {
      BlockedInJdk wait = (BlockedInJdk) token;
      if (scheduler.inside.isCallerInRun() && wait.isWaitedFor()) {
        wait.unblocked(); // as quick as a wake among tasks: the inbox would cost twice as much
      } else {
        scheduler.post(wait::unblocked);
      }
    }
  }
}
