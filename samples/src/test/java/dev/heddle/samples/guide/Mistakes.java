package dev.heddle.samples.guide;

import dev.heddle.actor.Actor;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Generator;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import dev.heddle.sync.Semaphore;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The mistakes in the guide's table, each made for once. */
final class Mistakes {
  private static final Object MONITOR = new Object();

  private final List<Mistake> all = new ArrayList<>();

  /** All of them, in the order of the table. */
  static List<Mistake> all() {
    Mistakes mistakes = new Mistakes();
    mistakes.ofWaiting();
    mistakes.ofThreads();
    mistakes.ofStructure();
    mistakes.ofPrimitives();
    mistakes.ofGenerators();
    mistakes.ofSockets();
    return mistakes.all;
  }

  private void made(String name, String code, Mistake.Program program) {
    all.add(new Mistake(name, code, program));
  }

  private void ofWaiting() {
    made(
        "`co.await` is forgotten",
        "`queue.put(1);`",
        co -> {
          var _ = Queue.fifo("letters", 10).put(1);
        });
    made(
        "An inner body waits by the outer `co`",
        "`spawn(inner -> co.await(...))`",
        co -> {
          Task<String> inner =
              Scheduler.current()
                  .submit(
                      "inner",
                      own -> {
                        co.await(Task.yield());
                        return "";
                      });
          co.await(inner.join());
        });
    made(
        "`Task.await` in coroutine style",
        "`co -> Task.await(...)`",
        co -> Task.await(Task.yield()));
    made(
        "Two tasks wait by one event object",
        "`var got = queue.get();`, awaited by two",
        co -> {
          var one = Timers.sleep(Duration.ofHours(1));
          Scheduler.current().spawn("first", first -> first.await(one));
          co.await(Task.yield());
          co.await(one);
        });
    made("A select of nothing", "`Select.any()`", co -> co.await(Select.any()));
    made(
        "A duration below 0",
        "`Timers.sleep(until.minus(now))`, and it is late",
        co -> co.await(Timers.sleep(Duration.ofSeconds(-1))));
    made(
        "Nobody will ever do what is waited for",
        "`co.await(queue.get())`, and nobody puts",
        co -> {
          String item = co.await(Queue.<String>fifo("letters", 10).get());
          throw new AssertionError(item);
        });
    made(
        "`Cancelled` is caught, and the task waits on",
        "`catch (Throwable t) { co.await(...); }`",
        co -> {
          Task<String> stubborn = Scheduler.current().submit("stubborn", Mistakes::swallow);
          co.await(Task.yield());
          stubborn.cancel("not needed any more");
          co.await(stubborn.join());
        });
  }

  private static String swallow(Awaiter co) {
    try {
      co.await(Timers.sleep(Duration.ofHours(1)));
    } catch (Throwable swallowed) {
      co.await(Task.yield()); // throws again
    }
    return "";
  }

  private void ofThreads() {
    made(
        "A queue is used from another thread",
        "`thread: queue.tryPut(1)`",
        co -> {
          Queue<Integer> queue = Queue.fifo("letters", 10);
          co.await(queue.put(0));
          onThread(co, () -> queue.tryPut(1));
        });
    made(
        "A task blocks the loop to wait for the loop",
        "`scheduler.call(...)` in a task",
        co -> Scheduler.current().call(() -> 1));
    made(
        "A scheduler is run by one of its tasks",
        "`scheduler.run()` in a task",
        co -> Scheduler.current().run());
    made(
        "A program's main call is made by a task",
        "`Scheduler.run(...)` in a task",
        co -> Scheduler.run(inner -> inner.await(Task.yield())));
    made(
        "Asking for the task where there is none",
        "`Task.current()` in a pool's thread",
        co -> onThread(co, () -> Task.current().name()));
    made(
        "Work for a pool that was closed",
        "`pool.apply(...)` after `close()`",
        co -> {
          ThreadPool pool = ThreadPool.platform("mill", 1);
          pool.close();
          co.await(pool.apply(() -> 1));
        });
    made(
        "A body that needs a stack, where `requireWoven` is set",
        "`synchronized (monitor) { co.await(...); }`",
        co -> {
          try (var strict = Scheduler.builder().requireWoven().build()) {
            strict.spawn(
                "saver",
                saver -> {
                  synchronized (MONITOR) {
                    saver.await(Task.yield());
                  }
                });
          }
        });
  }

  private static void onThread(Awaiter co, Callable<?> call) throws Exception {
    try (ThreadPool pool = ThreadPool.platform("mill", 1)) {
      co.await(pool.apply(call));
    }
  }

  private void ofStructure() {
    made(
        "A group is left without `join`",
        "`try (var group = TaskGroup.open()) { group.spawn(...); }`",
        co -> {
          try (var group = TaskGroup.open()) {
            group.spawn("child", child -> child.await(Task.yield()));
          }
        });
    made(
        "A task is started in a group that was cancelled",
        "`group.cancel(why); group.spawn(...)`",
        co -> {
          try (var group = TaskGroup.open()) {
            group.cancel("enough");
            group.spawn(child -> {});
          }
        });
    made(
        "A task is started in a group that has ended",
        "`co.await(group.join()); group.spawn(...)`",
        co -> {
          try (var group = TaskGroup.open()) {
            co.await(group.join());
            group.spawn(child -> {});
          }
        });
    made(
        "`next()` of a group that keeps no tasks",
        "`TaskGroup.open()`, `group.next()`",
        co -> {
          try (var group = TaskGroup.open()) {
            co.await(group.next());
          }
        });
    made(
        "Scopes are left in the wrong order",
        "`outer.close()` inside of `inner`",
        co -> {
          var outer = CancelScope.open();
          var inner = CancelScope.open();
          outer.close();
          inner.close();
        });
    made(
        "A result is asked for too early",
        "`task.resultNow()` before `join`",
        co -> {
          Task<Integer> sum = Scheduler.current().submit("sum", child -> 1);
          throw new AssertionError(sum.resultNow());
        });
  }

  private void ofPrimitives() {
    made(
        "A lock is taken twice by one task",
        "`lock.acquire()` inside of `lock.acquire()`",
        co -> {
          Lock lock = new Lock("door");
          co.await(lock.acquire());
          co.await(lock.acquire());
        });
    made(
        "A lock is released by another task",
        "`lock.release()` without `acquire`",
        co -> {
          Lock lock = new Lock("door");
          Scheduler.current().daemons().spawn("holder", holder -> hold(holder, lock));
          co.await(Task.yield());
          lock.release();
        });
    made(
        "Two tasks take two locks in two orders",
        "a: `left`, `right`; b: `right`, `left`",
        co -> {
          Lock left = new Lock("left");
          Lock right = new Lock("right");
          Scheduler.current().spawn("other", other -> takeBoth(other, right, left));
          takeBoth(co, left, right);
        });
    made(
        "A condition is used without its lock",
        "`condition.signal()` outside of the lock",
        co -> new Condition(new Lock("stock"), "changed").signal());
    made(
        "A permit is released that nobody has",
        "`semaphore.release()` once too often",
        co -> Semaphore.bounded("slots", 2).release());
    made(
        "An item for a queue that was shut down",
        "`queue.put(1)` after `shutdown()`",
        co -> {
          Queue<Integer> queue = Queue.fifo("letters", 10);
          queue.shutdown();
          co.await(queue.put(1));
        });
    made(
        "`taskDone` is called too often",
        "`queue.taskDone()` twice for an item",
        co -> Queue.fifo("letters", 10).taskDone());
    made(
        "A message for an actor that was closed",
        "`actor.send(m)` after `close()`",
        co -> {
          Actor<String> actor = new Actor<>(Scheduler.current(), "clerk");
          actor.close();
          actor.send("late");
        });
  }

  private static void hold(Awaiter co, Lock lock) {
    try (var held = co.await(lock.acquire())) {
      co.await(Timers.sleep(Duration.ofHours(1)));
    }
  }

  private static void takeBoth(Awaiter co, Lock first, Lock second) {
    try (var outer = co.await(first.acquire())) {
      co.await(Task.yield());
      try (var inner = co.await(second.acquire())) {
        throw new AssertionError(inner);
      }
    }
  }

  private void ofGenerators() {
    made(
        "A generator is run twice",
        "two `for` loops over one `Generator`",
        co -> {
          Generator<Integer> once = Generator.of(y -> y.yield(1));
          once.forEach(item -> {});
          once.forEach(item -> {});
        });
    made(
        "A value is sent before the first `next`",
        "`coroutine.send(1)` first of all",
        co -> {
          Coroutine<Integer, Integer, Integer> adder = Coroutine.of(y -> y.yield(0));
          adder.send(1);
        });
    made(
        "A scope is open while a generator yields",
        "`try (var scope = ...) { y.yield(1); }`",
        co -> {
          Generator<Integer> numbers =
              Generator.of(
                  y -> {
                    try (var scope = CancelScope.open()) {
                      y.yield(1);
                    }
                  });
          numbers.forEach(item -> {});
        });
    made(
        "A generator's body asks itself for an item",
        "`self.next()` in its own body",
        co -> {
          List<Coroutine<Integer, Integer, Integer>> self = new ArrayList<>();
          self.add(
              Coroutine.of(
                  y -> {
                    self.getFirst().next();
                    return 1;
                  }));
          self.getFirst().next();
        });
  }

  private void ofSockets() {
    made(
        "Two tasks read from one socket",
        "`socket.recv(...)` in two tasks",
        co -> {
          try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
              var socket = co.await(TcpSocket.connect(listener.localAddress()))) {
            Scheduler.current()
                .spawn("reader", reader -> reader.await(socket.recv(ByteBuffer.allocate(9))));
            co.await(Task.yield());
            co.await(socket.recv(ByteBuffer.allocate(9)));
          }
        });
    made(
        "A buffer without room",
        "`socket.recv(full)`",
        co -> {
          try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
              var socket = co.await(TcpSocket.connect(listener.localAddress()))) {
            co.await(socket.recv(ByteBuffer.allocate(0)));
          }
        });
    made(
        "A port that somebody has",
        "`TcpListener.bind(address)` twice",
        co -> {
          try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0))) {
            TcpListener.bind(listener.localAddress()).close();
          }
        });
  }
}
