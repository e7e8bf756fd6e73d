package dev.heddle.process;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The calls that no child has begun, first come, first served. Workers wait here for a call, and
 * submitters wait here for room.
 *
 * <p>Invariants: workers wait only while there is no call; submitters wait only while there is no
 * room; nobody waits after the close.
 *
 * <p>{@link ProcessPool#apply} adds its call without waiting for room: its task waits for the
 * result anyway, so the number of tasks bounds the number of these calls.
 */
final class CallQueue {
  private final int capacity;
  private final Queue<Call<?>> calls = new ArrayDeque<>();
  private final WaitQueue workers = new WaitQueue();
  private final WaitQueue submitters = new WaitQueue();
  private final Take take = new Take();

  /** No call is added any more. The calls that are here can still be taken. */
  private boolean closed;

  CallQueue(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds a call, whether there is room or not. Does not wait.
   *
   * @throws ProcessPoolClosedException if the queue is closed
   */
  void add(Call<?> call) throws ProcessPoolClosedException {
    if (closed) {
      throw new ProcessPoolClosedException();
    }
    Waiter worker = workers.poll();
    if (worker == null) {
      calls.add(call);
    } else {
      worker.wake(call);
    }
    assert valid();
  }

  /** Waits for a call. Any number of workers may await this event at once. */
  YieldEvent<Call<?>, ProcessPoolClosedException> take() {
    return take.forCaller();
  }

  /** Waits for room, adds the call, and gives the promise of its result. */
  <R extends @Nullable Object> YieldEvent<Promise<R>, IOException> submit(
      Call<R> call, Promise<R> result) {
    return new Submit<>(call, result);
  }

  /** How many calls that somebody still wants have not begun. */
  int size() {
    return (int) calls.stream().filter(call -> !call.isOver()).count();
  }

  /**
   * Refuses further calls. Workers and submitters that wait get the {@link
   * ProcessPoolClosedException}.
   */
  void close() {
    closed = true;
    failAll(submitters);
    failAll(workers);
    assert valid();
  }

  private static void failAll(WaitQueue waiters) {
    waiters.failAll(ProcessPoolClosedException::new);
  }

  /** Removes all calls and returns them. */
  List<Call<?>> drain() {
    assert closed : "submitters would wait although there is room";
    List<Call<?>> drained = List.copyOf(calls);
    calls.clear();
    return drained;
  }

  private boolean hasRoom() {
    return calls.size() < capacity;
  }

  /**
   * The next call that somebody still wants; null if there is none. Each call that is taken out
   * makes room for a submitter, whose call may be the next one.
   */
  private @Nullable Call<?> next() {
    Call<?> call;
    do {
      call = calls.poll();
      admit();
    } while (call != null && call.isOver());
    assert valid();
    return call;
  }

  private void admit() {
    while (hasRoom() && submitters.poll() instanceof Waiter first) {
      Submit<?> submit = (Submit<?>) first.event();
      assert submit != null : first + " waits for nothing";
      calls.add(submit.call);
      first.wake(submit.result);
    }
  }

  private boolean valid() {
    return (calls.isEmpty() || workers.peek() == null)
        && (!hasRoom() || submitters.peek() == null)
        && (!closed || (workers.peek() == null && submitters.peek() == null));
  }

  private final class Take extends YieldEvent<Call<?>, ProcessPoolClosedException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      Call<?> call = next();
      if (call != null) {
        wake(waiter, call);
      } else if (closed) {
        fail(waiter, new ProcessPoolClosedException());
      } else {
        workers.add(waiter);
        assert valid();
      }
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a job for a process";
    }
  }

  private final class Submit<R extends @Nullable Object>
      extends YieldEvent<Promise<R>, IOException> {
    private final Call<R> call;
    private final Promise<R> result;

    Submit(Call<R> call, Promise<R> result) {
      this.call = call;
      this.result = result;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (!closed && !hasRoom()) {
        submitters.add(waiter);
        assert valid();
        return;
      }
      try {
        add(call);
        wake(waiter, result);
      } catch (ProcessPoolClosedException e) {
        fail(waiter, e);
      }
    }

    @Override
    public String describe() {
      return "room among " + calls.size() + " queued jobs";
    }
  }
}
