package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.scheduler.Cancelled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One of the places of a pool: a task that keeps a child and gives it one call after the other. A
 * child that dies at work is replaced at once, so that the next call finds a warm one. If the new
 * child does not start, the next call starts another one, and is told why if that fails too. A
 * child that dies while it is idle is replaced by the next call: a watch would start children for
 * ever where each of them dies soon.
 */
final class ChildWorker {
  private final String name;
  private final CallQueue queue;
  private final ProcessOptions options;

  /** The child that is ready or at work, or that has died; null while a child starts. */
  private @Nullable ChildProcess child;

  /** The call that the child is at; null between two calls. */
  private @Nullable Call<?> current;

  /** Whether {@link #kill} was called. */
  private boolean closed;

  private int started;

  ChildWorker(String name, CallQueue queue, ProcessOptions options) {
    this.name = name;
    this.queue = queue;
    this.options = options;
  }

  /** The body of the task. Ends when the pool is closed and no call is left. */
  void run() throws IOException {
    try {
      warmUp();
      while (true) {
        perform(await(queue.take()));
        if (!hasChild() && !closed) {
          warmUp();
        }
      }
    } catch (ProcessPoolClosedException e) {
      if (child != null) {
        child.close();
        child.join();
      }
    } catch (Cancelled e) {
      kill();
      throw e;
    }
  }

  /** Starts a child; a failure is not reported, because the next call tries again. */
  private void warmUp() {
    try {
      start();
    } catch (Cancelled e) {
      throw e;
    } catch (Throwable thrown) {
      child = null;
    }
  }

  private ChildProcess start() throws IOException {
    if (child != null) {
      child.kill();
      child = null;
    }
    ChildProcess fresh = ChildProcess.start(name, options);
    child = fresh;
    started++;
    if (closed) {
      fresh.kill();
    }
    return fresh;
  }

  private void perform(Call<?> call) {
    if (call.isOver()) {
      return; // abandoned while the call was on its way here
    }
    assert current == null : name + " is at two calls";
    current = call;
    try {
      ChildProcess ready = child;
      if (ready == null || !ready.isReady()) {
        ready = start();
        if (call.isOver()) {
          return; // abandoned while the child started: it never begins
        }
      }
      call.runIn(ready);
    } catch (Cancelled e) {
      throw e;
    } catch (Throwable thrown) { // no memory, no threads: this call fails, the place is kept
      call.failed(thrown);
    } finally {
      current = null;
    }
  }

  private boolean hasChild() {
    return child != null && child.isAlive();
  }

  /** How many children the worker has started. */
  int started() {
    return started;
  }

  @Nullable ChildProcess child() {
    return child;
  }

  /** Fails the current call and kills the child. Does not wait. */
  void kill() {
    closed = true;
    if (current != null) {
      current.failed(new ProcessPoolClosedException());
    }
    if (child != null) {
      child.kill();
    }
  }
}
