package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.sync.Barrier;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Ways in which a body fails, for {@link TraceTableTest}. Each body says by {@link World#at} which
 * lines its trace shall show: from the outermost to the innermost.
 */
final class TraceSituations {
  private static final Duration SHORT = Duration.ofMillis(5);

  private TraceSituations() {}

  /** What a situation is given: helpers run in the style that is tested. */
  static final class World {
    private final Function<TaskBody, Body<?>> style;
    private final Deque<Integer> expected = new ArrayDeque<>();

    World(Function<TaskBody, Body<?>> style) {
      this.style = style;
    }

    /** The calling line belongs into the trace, above those before it. */
    <T> T at(T value) {
      StackTraceElement caller = new Throwable().getStackTrace()[1];
      expected.addFirst(caller.getLineNumber());
      return value;
    }

    /** Forgets the lines: what failed at them was caught. */
    void again() {
      keep(0);
    }

    /** Forgets all lines but the outermost. */
    void keep(int outermost) {
      while (expected.size() > outermost) {
        expected.removeFirst();
      }
    }

    List<Integer> expected() {
      return List.copyOf(expected);
    }

    Task<?> start(Spawner spawner, String name, TaskBody body) {
      return spawner.start(name, style.apply(body));
    }
  }

  /** Makes a body that fails. */
  interface Situation {
    TaskBody in(World world);
  }

  /** An event of the user's, with hooks that fail. */
  static final class Failing extends YieldEvent<Object, Exception> {
    private Waiter waiting;

    /** What the first hook does. */
    private final Function<Failing, Exception> hook;

    Failing(Function<Failing, Exception> hook) {
      this.hook = hook;
    }

    static Failing atOnce() {
      return new Failing(event -> new IllegalStateException("at once"));
    }

    static Failing later() {
      return new Failing(event -> null);
    }

    static Failing byThrowing() {
      return new Failing(
          event -> {
            throw new IllegalStateException("handleYield");
          });
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      waiting = waiter;
      Exception failure = hook.apply(this);
      if (failure != null) {
        fail(waiter, failure);
      }
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter waiter) {
      throw new IllegalStateException("handleResume");
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    void failNow(Exception failure) {
      fail(waiting, failure);
    }

    void resumeNow() {
      wakeToResume(waiting);
    }

    @Override
    public String describe() {
      return "an event that fails";
    }
  }

  /** Tasks: name and body. */
  static Map<String, Situation> ofTasks() {
    Map<String, Situation> all = new LinkedHashMap<>();
    all.put("an event fails at once", TraceSituations::failsAtOnce);
    all.put("an event fails later", TraceSituations::failsLater);
    all.put("a timeout of an event", TraceSituations::within);
    all.put("a timeout of a scope", TraceSituations::scopeTimeout);
    all.put("cancelled while it waits", TraceSituations::cancelled);
    all.put("cancelled before it waits", TraceSituations::cancelledBefore);
    all.put("a select's arm fails", TraceSituations::select);
    all.put("a select within a time", TraceSituations::selectWithin);
    all.put("a cancelled task is joined", TraceSituations::joinCancelled);
    all.put("a failed task is joined", TraceSituations::joinFailed);
    all.put("a child of a group fails", TraceSituations::groupFails);
    all.put("a promise fails", TraceSituations::promiseFails);
    all.put("null is awaited", TraceSituations::awaitsNull);
    all.put("a queue was shut down", TraceSituations::queueBefore);
    all.put("a queue is shut down", TraceSituations::queueWhile);
    all.put("a barrier is broken", TraceSituations::barrier);
    all.put("a part fails at its await", TraceSituations::partAtAwait);
    all.put("a part of a part fails after a wait", TraceSituations::partOfPart);
    all.put("after five waits", TraceSituations::afterFiveWaits);
    all.put("in a finally block, shielded", TraceSituations::inFinally);
    all.put("caught, and thrown after a wait", TraceSituations::thrownAgain);
    all.put("a part throws again after a wait", TraceSituations::partThrowsAgain);
    all.put("the second try fails", TraceSituations::secondTry);
    all.put("handleYield throws", TraceSituations::handleYieldThrows);
    all.put("handleResume throws", TraceSituations::handleResumeThrows);
    all.put("a generator in a task fails", TraceSituations::generatorInTask);
    return all;
  }

  static TaskBody failsAtOnce(World w) {
    return co -> {
      var _ = co.await(w.at(Failing.atOnce()));
    };
  }

  static TaskBody failsLater(World w) {
    return co -> {
      Failing event = Failing.later();
      var _ =
          w.start(
              co.task().scheduler(),
              "waker",
              waker -> {
                waker.await(Task.yield());
                event.failNow(new IllegalStateException("later"));
              });
      var _ = co.await(w.at(event));
    };
  }

  static TaskBody within(World w) {
    return co -> {
      var _ = co.await(w.at(new Promise<Object>().within(SHORT)));
    };
  }

  static TaskBody scopeTimeout(World w) {
    return co -> {
      try (var _ = CancelScope.withTimeout(SHORT)) {
        co.await(Task.yield());
        var _ = co.await(w.at(new Promise<Object>()));
      }
    };
  }

  static TaskBody cancelled(World w) {
    return co -> {
      Task<?> self = co.task();
      var _ = w.start(self.scheduler(), "canceller", canceller -> self.cancel("enough"));
      var _ = co.await(w.at(new Promise<Object>()));
    };
  }

  static TaskBody cancelledBefore(World w) {
    return co -> {
      co.task().cancel("enough");
      co.await(w.at(Task.yield()));
    };
  }

  static TaskBody select(World w) {
    return co -> {
      var _ = co.await(w.at(Select.any(new Promise<Object>(), Failing.atOnce())));
    };
  }

  static TaskBody selectWithin(World w) {
    return co -> {
      var _ = co.await(w.at(Select.any(new Promise<Object>(), Failing.later()).within(SHORT)));
    };
  }

  static TaskBody joinCancelled(World w) {
    return co -> {
      Promise<Object> never = new Promise<>();
      Task<?> child = w.start(co.task().scheduler(), "child", c -> c.await(never));
      co.await(Task.yield());
      child.cancel("enough");
      var _ = co.await(w.at(child.join()));
    };
  }

  static TaskBody joinFailed(World w) {
    return co -> {
      Task<?> child =
          w.start(
              co.task().scheduler(),
              "child",
              c -> {
                c.await(Task.yield());
                throw w.at(new IllegalStateException("in the child"));
              });
      var _ = co.await(child.join());
    };
  }

  static TaskBody groupFails(World w) {
    return co -> {
      try (var group = TaskGroup.open()) {
        var _ =
            w.start(
                group,
                "child",
                c -> {
                  c.await(Task.yield());
                  throw w.at(new IllegalStateException("in the child"));
                });
        co.await(group.join());
      }
    };
  }

  static TaskBody promiseFails(World w) {
    return co -> {
      Promise<Object> promise = new Promise<>();
      var _ =
          w.start(
              co.task().scheduler(),
              "failing",
              c -> promise.fail(w.at(new IllegalStateException("promised"))));
      var _ = co.await(promise);
    };
  }

  static TaskBody awaitsNull(World w) {
    return co -> {
      var _ = co.await(w.at((YieldEvent<Object, RuntimeException>) null));
    };
  }

  static TaskBody queueBefore(World w) {
    return co -> {
      Queue<String> queue = Queue.fifo();
      queue.shutdown();
      String _ = co.await(w.at(queue.get()));
    };
  }

  static TaskBody queueWhile(World w) {
    return co -> {
      Queue<String> queue = Queue.fifo();
      var _ = w.start(co.task().scheduler(), "closer", closer -> queue.shutdown());
      String _ = co.await(w.at(queue.get()));
    };
  }

  static TaskBody barrier(World w) {
    return co -> {
      Barrier barrier = new Barrier(2);
      var _ = w.start(co.task().scheduler(), "breaker", breaker -> barrier.abort());
      int _ = co.await(w.at(barrier.await()));
    };
  }

  private static TaskFunction<Object> failingPart(World w) {
    return co -> {
      co.await(Task.yield());
      return co.await(w.at(Failing.atOnce()));
    };
  }

  static TaskBody partAtAwait(World w) {
    return co -> {
      var _ = co.yieldFrom(w.at(failingPart(w)));
    };
  }

  private static TaskFunction<Object> throwingPart(World w) {
    return co -> {
      co.await(Task.yield());
      throw w.at(new IllegalStateException("in a part"));
    };
  }

  private static TaskFunction<Object> middlePart(World w) {
    return co -> {
      co.await(Task.yield());
      return co.yieldFrom(w.at(throwingPart(w)));
    };
  }

  static TaskBody partOfPart(World w) {
    return co -> {
      co.await(Task.yield());
      var _ = co.yieldFrom(w.at(middlePart(w)));
    };
  }

  static TaskBody afterFiveWaits(World w) {
    return co -> {
      for (int i = 0; i < 5; i++) {
        co.await(Task.yield());
      }
      throw w.at(new IllegalStateException("after five waits"));
    };
  }

  static TaskBody inFinally(World w) {
    return co -> {
      try (var _ = CancelScope.withTimeout(SHORT)) {
        try {
          var _ = co.await(new Promise<Object>());
        } finally {
          try (var _ = CancelScope.shielded()) {
            var _ = co.await(w.at(Failing.atOnce()));
          }
        }
      }
    };
  }

  static TaskBody thrownAgain(World w) {
    return co -> {
      try {
        var _ = co.await(w.at(Failing.atOnce()));
      } catch (IllegalStateException caught) {
        co.await(Task.yield());
        throw caught;
      }
    };
  }

  private static TaskFunction<Object> cleaningPart(World w) {
    return co -> {
      try {
        return co.yieldFrom(w.at(throwingPart(w)));
      } finally {
        co.await(Task.yield());
      }
    };
  }

  static TaskBody partThrowsAgain(World w) {
    return co -> {
      try {
        var _ = co.yieldFrom(w.at(cleaningPart(w)));
      } finally {
        co.await(Task.yield());
      }
    };
  }

  static TaskBody secondTry(World w) {
    return co -> {
      try {
        var _ = co.await(w.at(new Promise<Object>().within(SHORT)));
      } catch (TimeoutException e) {
        w.again();
        var _ = co.await(w.at(Failing.atOnce()));
      }
    };
  }

  static TaskBody handleYieldThrows(World w) {
    return co -> {
      var _ = co.await(w.at(Failing.byThrowing()));
    };
  }

  static TaskBody handleResumeThrows(World w) {
    return co -> {
      Failing event = Failing.later();
      var _ = w.start(co.task().scheduler(), "waker", waker -> event.resumeNow());
      var _ = co.await(w.at(event));
    };
  }

  static TaskBody generatorInTask(World w) {
    return co -> {
      co.await(Task.yield());
      Coroutine<Object, Object, Object> items = Coroutine.of(TraceGenerators.throwsAfterYields(w));
      while (w.at(items).next()) {
        w.again();
      }
    };
  }
}
