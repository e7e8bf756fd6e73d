package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Backlog.PoolClosedException;
import dev.heddle.scheduler.Cancelled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pool: a task that keeps a child and gives it one call after the other. A child that
 * dies is replaced at once, so that the next call finds a warm one; if that fails, when the next
 * call comes, and that call is told why.
 */
final class Worker {
  private final String name;
  private final Backlog backlog;
  private final ProcessOptions options;

  /** Null while there is none, and while it starts. */
  private @Nullable Child child;

  /** The call that it is at. */
  private @Nullable Call current;

  private boolean closed;
  private int started;

  Worker(String name, Backlog backlog, ProcessOptions options) {
    this.name = name;
    this.backlog = backlog;
    this.options = options;
  }

  /** The task: until the pool is closed and there is no call left. */
  void run() throws IOException {
    try {
      warmUp();
      while (true) {
        perform(await(backlog.take()));
        if (!hasChild() && !closed) {
          warmUp();
        }
      }
    } catch (PoolClosedException e) {
      if (child != null) {
        child.close();
        var _ = child.join();
      }
    } catch (Cancelled e) {
      kill();
      throw e;
    }
  }

  /** Why it did not start shows when the next call tries. */
  private void warmUp() {
    try {
      start();
    } catch (IOException e) {
      child = null;
    }
  }

  private Child start() throws IOException {
    drop();
    Child fresh = Child.start(name, options);
    child = fresh;
    started++;
    if (closed) {
      fresh.kill();
    }
    return fresh;
  }

  private void drop() {
    if (child != null) {
      child.kill();
      child = null;
    }
  }

  private void perform(Call call) {
    if (call.isOver()) {
      return; // given up while the call was on its way here
    }
    current = call;
    try {
      Child ready = child;
      call.runIn(ready != null && ready.isAlive() ? ready : start());
    } catch (IOException e) {
      call.failed(e);
    } finally {
      current = null;
    }
  }

  private boolean hasChild() {
    return child != null && child.isAlive();
  }

  /** How many children it has had. */
  int started() {
    return started;
  }

  /** The child that is ready or at work; null if there is none. */
  @Nullable Child child() {
    return child;
  }

  /** At once, whatever it does; does not wait. */
  void kill() {
    closed = true;
    Call abandoned = current;
    if (abandoned != null) {
      abandoned.failed(new PoolClosedException());
    }
    if (child != null) {
      child.kill();
    }
  }
}
