package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Each primitive as a {@link Gate}: something that tasks wait at until it is opened. {@link
 * GridTest} tests what must hold for all of them. A new primitive gets a line in {@link #all}.
 */
final class Gates {
  private Gates() {}

  /** A primitive in a state in which nobody passes, until {@link #open} has been called. */
  interface Gate {
    /** What a task awaits to pass: a new event for each wait. */
    YieldEvent<?, ?> event();

    /** Lets the task through that has waited longest, or all tasks. */
    void open();

    /** How many tasks wait. */
    int waiting();

    /** Each call that changes something, by the name that its error message has. */
    Map<String, Callable<?>> mutators();

    /** The mutator that fails who waits and who comes later; null if there is none. */
    default @Nullable String closer() {
      return null;
    }

    /**
     * Whether no call opens the gate, but the task that comes third: it passes and does not wait.
     */
    default boolean isOpenedByTheThird() {
      return false;
    }
  }

  record Primitive(String name, Function<Scheduler, Gate> make) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** One of each primitive, and of each of its operations that wait. */
  static Stream<Primitive> all() {
    return Stream.of(
        new Primitive("Lock", s -> lock(s, new Lock("gate"))),
        new Primitive("RLock", s -> lock(s, new RLock("gate"))),
        new Primitive("LockOrder", Gates::lockOrder),
        new Primitive("Semaphore", s -> semaphore(new Semaphore("gate", 0))),
        new Primitive("bounded semaphore", Gates::bounded),
        new Primitive("Event", s -> event()),
        new Primitive("Condition", Gates::condition),
        new Primitive("Barrier", s -> new BarrierGate(new Barrier("gate", 3))),
        new Primitive("Queue.get", s -> getting()),
        new Primitive("Queue.put", s -> putting()),
        new Primitive("rendezvous.get", s -> meeting(true)),
        new Primitive("rendezvous.put", s -> meeting(false)),
        new Primitive("Queue.join", s -> joining()),
        new Primitive("PeriodicTimer", Gates::timer));
  }

  /** A gate that is opened by one call. */
  record Simple(
      Supplier<YieldEvent<?, ?>> waits,
      Runnable opener,
      IntSupplier count,
      Map<String, Callable<?>> mutators,
      @Nullable String closer)
      implements Gate {

    Simple(
        Supplier<YieldEvent<?, ?>> waits,
        Runnable opener,
        IntSupplier count,
        Map<String, Callable<?>> mutators) {
      this(waits, opener, count, mutators, null);
    }

    Simple closedBy(String mutator) {
      assert mutators.containsKey(mutator) : mutator;
      return new Simple(waits, opener, count, mutators, mutator);
    }

    @Override
    public YieldEvent<?, ?> event() {
      return waits.get();
    }

    @Override
    public void open() {
      opener.run();
    }

    @Override
    public int waiting() {
      return count.getAsInt();
    }
  }

  /** A barrier for three tasks. */
  record BarrierGate(Barrier barrier) implements Gate {
    @Override
    public YieldEvent<?, ?> event() {
      return barrier.await();
    }

    @Override
    public void open() {
      // the third task does
    }

    @Override
    public boolean isOpenedByTheThird() {
      return true;
    }

    @Override
    public int waiting() {
      return barrier.stats().waiters().size();
    }

    @Override
    public Map<String, Callable<?>> mutators() {
      return Map.of("abort()", call(barrier::abort), "reset()", call(barrier::reset));
    }

    @Override
    public String closer() {
      return "abort()";
    }
  }

  /** A condition: its waiters hold the lock when they begin, and again when they have passed. */
  record ConditionGate(Lock lock, Condition condition) implements Gate {
    @Override
    public YieldEvent<?, ?> event() {
      return condition.await();
    }

    @Override
    public void open() {
      condition.signal();
    }

    @Override
    public int waiting() {
      return condition.stats().waiters().size();
    }

    @Override
    public Map<String, Callable<?>> mutators() {
      return Map.of("signal()", call(condition::signal), "signal(all)", call(condition::signalAll));
    }
  }

  private static Callable<?> call(Runnable runnable) {
    return () -> {
      runnable.run();
      return null;
    };
  }

  /** Held by a task of its own until it is opened; then each who gets it gives it back. */
  private static Gate lock(Scheduler scheduler, Lock lock) {
    Event opened = new Event("opened");
    scheduler
        .daemons()
        .spawn(
            "holder",
            co -> {
              Held held = co.await(lock.acquire());
              try {
                co.await(opened.await());
              } finally {
                held.close();
              }
            });
    return new Simple(
        () -> lock.acquire(),
        opened::set,
        () -> lock.stats().waiters().size(),
        Map.of("tryAcquire()", lock::tryAcquire, "release()", call(lock::release)));
  }

  private static Gate lockOrder(Scheduler scheduler) {
    Lock lock = new Lock("gate");
    Lock behind = new Lock("behind");
    Gate inner = lock(scheduler, lock);
    return new Simple(
        () -> LockOrder.acquire(lock, behind), inner::open, inner::waiting, inner.mutators());
  }

  private static Gate semaphore(Semaphore semaphore) {
    return new Simple(
        () -> semaphore.acquire(),
        semaphore::release,
        () -> semaphore.stats().waiters().size(),
        Map.of(
            "tryAcquire()",
            semaphore::tryAcquire,
            "tryAcquire(2)",
            () -> semaphore.tryAcquire(2),
            "release()",
            call(semaphore::release)));
  }

  private static Gate bounded(Scheduler scheduler) {
    Semaphore semaphore = Semaphore.bounded("gate", 2);
    scheduler.daemons().spawn("taker", co -> co.await(semaphore.acquire(2)));
    return semaphore(semaphore);
  }

  private static Gate event() {
    Event event = new Event("gate");
    return new Simple(
        () -> event.await(),
        event::set,
        () -> event.stats().waiters().size(),
        Map.of("set()", call(event::set), "clear()", call(event::clear)));
  }

  private static Gate condition(Scheduler scheduler) {
    Lock lock = new Lock("db");
    return new ConditionGate(lock, new Condition(lock, "gate"));
  }

  private static Map<String, Callable<?>> mutators(Queue<Integer> queue) {
    return Map.of(
        "tryPut()", () -> queue.tryPut(1),
        "tryGet()", queue::tryGet,
        "taskDone()", call(queue::taskDone),
        "shutdown()", call(queue::shutdown),
        "shutdown(now)", call(queue::shutdownNow));
  }

  private static Gate getting() {
    Queue<Integer> queue = Queue.fifo("gate", 1);
    return new Simple(
            () -> queue.get(),
            () -> assertThat(queue.tryPut(1)).isTrue(),
            () -> queue.stats().getters().size(),
            mutators(queue))
        .closedBy("shutdown()");
  }

  private static Gate meeting(boolean getting) {
    Queue<Integer> gate = Queue.rendezvous("gate");
    return new Simple(
            () -> getting ? gate.get() : gate.put(1),
            () -> assertThat(getting ? gate.tryPut(1) : gate.tryGet() != null).isTrue(),
            () -> gate.stats().getters().size() + gate.stats().putters().size(),
            Map.of(
                "tryPut()",
                () -> gate.tryPut(1),
                "tryGet()",
                gate::tryGet,
                "shutdown()",
                call(gate::shutdown)))
        .closedBy("shutdown()");
  }

  private static Gate putting() {
    Queue<Integer> queue = Queue.fifo("gate", 1);
    assertThat(queue.tryPut(0)).isTrue();
    return new Simple(
            () -> queue.put(1),
            () -> assertThat(queue.tryGet()).isNotNull(),
            () -> queue.stats().putters().size(),
            mutators(queue))
        .closedBy("shutdown()");
  }

  private static Gate joining() {
    Queue<Integer> queue = Queue.fifo("gate", 1);
    assertThat(queue.tryPut(0)).isTrue();
    return new Simple(
        () -> queue.join(), queue::taskDone, () -> queue.stats().joiners().size(), mutators(queue));
  }

  private static Gate timer(Scheduler scheduler) {
    PeriodicTimer timer = new PeriodicTimer(scheduler, Duration.ofSeconds(1), "gate");
    return new Simple(
            () -> timer.nextTick(),
            () -> {},
            () -> timer.stats().waiters().size(),
            Map.of("close()", call(timer::close)))
        .closedBy("close()");
  }
}
