package dev.heddle.process;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The calls that no child has yet, first come, first served, and those who wait: workers for a
 * call, submitters for room.
 *
 * <p>Invariants: workers wait only while there is no call, submitters only while there is no room.
 * A call whose caller waits for its result takes no room: its task is all that it costs.
 */
final class Backlog {
  private final int capacity;
  private final Queue<Call> calls = new ArrayDeque<>();
  private final WaitQueue workers = new WaitQueue();
  private final WaitQueue submitters = new WaitQueue();
  private final Take take = new Take();

  /** No call comes any more; workers are told once there is none. */
  private boolean closed;

  Backlog(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds a call; does not wait.
   *
   * @throws PoolClosedException if it is closed
   */
  void add(Call call) throws PoolClosedException {
    if (closed) {
      throw new PoolClosedException();
    }
    Waiter worker = workers.poll();
    if (worker == null) {
      calls.add(call);
    } else {
      take.give(worker, call);
    }
  }

  /** Waits for a call. */
  YieldEvent<Call, PoolClosedException> take() {
    return take;
  }

  /** Waits for room and adds a call. */
  <R extends @Nullable Object> YieldEvent<Promise<R>, IOException> submit(
      Call call, Promise<R> result) {
    return new Submit<>(call, result);
  }

  int size() {
    return calls.size();
  }

  /** No more calls; those that are there will be done. */
  void close() {
    closed = true;
    for (Waiter task = submitters.peek(); task != null; task = submitters.peek()) {
      Submit<?> submit = (Submit<?>) Objects.requireNonNull(submitters.peekEvent());
      boolean _ = submitters.remove(task);
      submit.refuse(task);
    }
    tellWorkers();
  }

  private void tellWorkers() {
    for (Waiter task = workers.poll(); task != null; task = workers.poll()) {
      take.refuse(task);
    }
  }

  /** Takes out what is there. */
  List<Call> drain() {
    List<Call> drained = List.copyOf(calls);
    calls.clear();
    return drained;
  }

  private @Nullable Call next() {
    Call call;
    do {
      call = calls.poll();
    } while (call != null && call.isOver());
    admit();
    return call;
  }

  private void admit() {
    while (!closed
        && calls.size() < capacity
        && submitters.peekEvent() instanceof Submit<?> first) {
      Waiter task = submitters.poll();
      assert task != null : "an event without a task";
      first.admit(task);
    }
  }

  /** The pool is closed. */
  static final class PoolClosedException extends IOException {
    PoolClosedException() {
      super("the process pool is closed");
    }
  }

  /** One for all workers. */
  private final class Take extends YieldEvent<Call, PoolClosedException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      Call call = next();
      if (call != null) {
        wake(task, call);
      } else if (closed) {
        refuse(task);
      } else {
        workers.add(task);
      }
    }

    void give(Waiter task, Call call) {
      wake(task, call);
    }

    void refuse(Waiter task) {
      fail(task, new PoolClosedException());
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return workers.remove(task);
    }

    @Override
    public String describe() {
      return "a job for a process";
    }
  }

  private final class Submit<R extends @Nullable Object>
      extends YieldEvent<Promise<R>, IOException> {
    private final Call call;
    private final Promise<R> result;

    Submit(Call call, Promise<R> result) {
      this.call = call;
      this.result = result;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (closed) {
        refuse(task);
      } else if (calls.size() < capacity) {
        admit(task);
      } else {
        submitters.add(task);
      }
    }

    void admit(Waiter task) {
      try {
        add(call);
        wake(task, result);
      } catch (PoolClosedException e) {
        fail(task, e);
      }
    }

    void refuse(Waiter task) {
      fail(task, new PoolClosedException());
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return submitters.remove(task);
    }

    @Override
    public String describe() {
      return "room among " + calls.size() + " queued jobs";
    }
  }
}
