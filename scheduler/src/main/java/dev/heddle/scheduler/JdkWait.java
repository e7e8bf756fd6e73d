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
  private int phaseBefore = Turns.RUNNING;
  private @Nullable YieldEvent<?, ?> eventBefore;

  JdkWait(Thread thread) {
    this.thread = thread;
  }

  /** The body of this task has blocked, in its own code or in a hook of an event that it awaits. */
  void begin(Task<?> blocked, int phase, @Nullable YieldEvent<?, ?> event) {
    phaseBefore = phase;
    eventBefore = event;
    task = blocked; // who ends it before this comes through the inbox, and so after this
  }

  int phaseBefore() {
    return phaseBefore;
  }

  @Nullable YieldEvent<?, ?> eventBefore() {
    return eventBefore;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> waiting) {
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
  protected boolean handleCancel(Scheduler scheduler, Task<?> waiting) {
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
