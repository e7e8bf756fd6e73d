package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What a task waits for that has blocked in the JDK: {@code Thread.sleep}, a monitor, a socket of
 * its own. The engine yields it in the body's place; the JDK ends it, by the engine, from any
 * thread.
 */
final class JdkWait extends YieldEvent<JdkWait, RuntimeException> {
  private final Thread thread;
  private @Nullable Task<?> task;
  // What the task was at when its body blocked: its own code (RUNNING), or a hook of an event.
  private byte phaseBefore;
  private @Nullable YieldEvent<?, ?> eventBefore;

  // How that event was completed while the hook was still blocked in the JDK.
  private @Nullable Object value;
  private @Nullable Throwable failure;
  private boolean failedHere;

  JdkWait(Thread thread) {
    this.thread = thread;
  }

  /** The body of this task has blocked, in its own code or in a hook of an event that it awaits. */
  void begin(Task<?> blocked, byte phase, @Nullable YieldEvent<?, ?> event) {
    phaseBefore = phase;
    eventBefore = event;
    task = blocked; // who ends it before this comes through the inbox, and so after this
  }

  /** The event in whose hook the body has blocked; null if it was in its own code. */
  @Nullable YieldEvent<?, ?> hook() {
    return eventBefore;
  }

  /** The event is over before its hook is through; the task finds that when it goes on. */
  void complete(@Nullable Object result, @Nullable Throwable thrown, boolean here) {
    phaseBefore = Phase.COMPLETED;
    eventBefore = null;
    value = result;
    failure = thrown;
    failedHere = here;
  }

  /** The event wants its handleResume, after the hook that is still blocked. */
  void resumeLater() {
    if (phaseBefore == Phase.STARTING) {
      phaseBefore = Phase.RESTARTING;
    }
  }

  /** The body goes on: the task is again what it was. */
  void restore(Turns<?> blocked) {
    blocked.phase = phaseBefore;
    blocked.event = eventBefore;
    blocked.find(value, failure, failedHere);
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiting) {
    throw new AssertionError("yielded by engines only");
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
    wake(waiting, this);
  }

  /** The JDK's wait is not ours to undo; the cancellation meets the task at its next await. */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiting) {
    return false;
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    StackTraceElement[] stack = thread.getStackTrace();
    return "a call of the JDK that blocks" + (stack.length == 0 ? "" : ": " + caller(stack));
  }

  /** The deepest frame that is not the JDK's: the line that the user knows. */
  private static StackTraceElement caller(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (!frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk.")) {
        return frame;
      }
    }
    return stack[0];
  }
}
