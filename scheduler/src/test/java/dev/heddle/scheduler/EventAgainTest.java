package dev.heddle.scheduler;

import static dev.heddle.fixtures.EventContract.Second.NEVER_WAITS;
import static dev.heddle.fixtures.EventContract.Second.REFUSED;
import static dev.heddle.fixtures.EventContract.Second.WAITS_TOO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.EventContract;
import dev.heddle.fixtures.EventContract.Case;
import dev.heddle.fixtures.EventContract.Scene;
import dev.heddle.fixtures.EventContract.Second;
import dev.heddle.fixtures.EventContract.Stage;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.group.EventAgainAcrossLoopsTest;
import dev.heddle.sync.Barrier;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockOrder;
import dev.heddle.sync.PeriodicTimer;
import dev.heddle.sync.Queue;
import dev.heddle.sync.Semaphore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise Y1, of all events of this library. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class EventAgainTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** Give an event that was made elsewhere, or is begun already, or is a part of another. */
  private static final Set<String> NOT_MADE_THERE =
      Set.of(
          "Promise.keptBy(Task)",
          "Task.event()",
          "Task.waitingFor()",
          "TaskEvent.event()",
          "Waiter.event()");

  /** Only its own task may await it, and then it is elsewhere: {@code MoveTest} does so. */
  private static final Set<String> OF_ONE_TASK = Set.of("Task.moveTo(Scheduler)");

  @Parameter Kind kind;

  private static final Map<String, Case> CASES = new TreeMap<>();

  static void add(String event, Second second, Stage stage) {
    CASES.put(event, new Case(second, stage));
  }

  static Scheduler here(Awaiter co) {
    return co.task().scheduler();
  }

  static <T> T inside(Awaiter co, Callable<T> call) throws Exception {
    return call.call();
  }

  /** A task that ends when it is told to. */
  private static Task<String> task(Awaiter co, Event end) throws Exception {
    return inside(
        co,
        () ->
            here(co)
                .submit(
                    "joined",
                    t -> {
                      t.await(end.await());
                      return "done";
                    }));
  }

  static {
    add("Task.yield()", NEVER_WAITS, co -> new Scene(Task.yield(), t -> {}));
    add(
        "Timers.sleep(Duration)",
        REFUSED,
        co -> new Scene(Timers.sleep(LONG), t -> EventContract.pass(LONG)));
    add(
        "Task.sleep(Duration)",
        REFUSED,
        co -> new Scene(Task.sleep(LONG), t -> EventContract.pass(LONG)));
    add(
        "Task.join()",
        WAITS_TOO,
        co -> {
          Event end = new Event();
          return new Scene(task(co, end).join(), t -> set(end));
        });
    promises();
    selects();
    groups();
    primitives();
    meetings();
    EventScenes.queues();
    EventScenes.pools();
    EventScenes.actors();
  }

  static boolean set(Event event) {
    event.set();
    return true;
  }

  private static void promises() {
    add(
        "Promise.from(CompletionStage)",
        NEVER_WAITS, // whose last waiter is cancelled, is cancelled
        co -> new Scene(Promise.from(CompletableFuture.completedFuture("x")), t -> {}));
    add(
        "YieldEvent.forCaller()",
        WAITS_TOO,
        co -> {
          Promise<String> promise = new Promise<>();
          return new Scene(promise.forCaller(), t -> promise.complete("x"));
        });
    add(
        "YieldEvent.within(Duration)",
        REFUSED,
        co -> {
          Promise<String> promise = new Promise<>();
          return new Scene(promise.within(LONG), t -> promise.complete("x"));
        });
  }

  private static void selects() {
    add(
        "Select.any(YieldEvent[])",
        REFUSED,
        co -> {
          Queue<String> queue = Queue.fifo();
          return new Scene(Select.any(queue.get(), new Promise<>()), t -> put(t, queue));
        });
    Stage on =
        co -> {
          Queue<String> queue = Queue.fifo();
          return new Scene(Select.on(queue.get(), item -> {}), t -> put(t, queue));
        };
    add("Select.on(YieldEvent, Action)", REFUSED, on);
    add("SelectCases.on(YieldEvent, Action)", REFUSED, on);
    Stage map =
        co -> {
          Queue<String> queue = Queue.fifo();
          return new Scene(Select.map(queue.get(), item -> item + "!"), t -> put(t, queue));
        };
    add("Select.map(YieldEvent, Mapping)", REFUSED, map);
    add("SelectCases.map(YieldEvent, Mapping)", REFUSED, map);
  }

  static void put(Awaiter co, Queue<String> queue) throws Exception {
    boolean _ = queue.tryPut("item");
  }

  private static void groups() {
    Stage group =
        co -> {
          try (var open = TaskGroup.all()) {
            Task<String> child = open.submit("child", t -> "x");
            YieldEvent<Task<?>, Exception> next = open.next();
            assertThat(co.await(next)).isSameAs(child);
            assertThat(co.await(next)).isNull();
            assertThat(co.await(next)).isNull();
            YieldEvent<List<Task<?>>, Exception> join = open.join();
            assertThat(co.await(join)).isEqualTo(List.of(child));
            assertThat(co.await(join)).isEqualTo(List.of(child));
          }
          return new Scene(Task.yield(), t -> {});
        };
    add("TaskGroup.join()", NEVER_WAITS, group);
    add("TaskGroup.next()", NEVER_WAITS, group);
    add(
        "TaskGroup.start(String, Function)",
        NEVER_WAITS,
        co -> {
          try (var open = TaskGroup.open()) {
            YieldEvent<String, Exception> start =
                open.start("child", ready -> Body.coroutine(t -> ready.ready("x")));
            assertThat(co.await(start)).isEqualTo("x");
            assertThatThrownBy(() -> co.await(start))
                .hasMessageContaining("call group.start for each");
            co.await(open.join());
          }
          return new Scene(Task.yield(), t -> {});
        });
  }

  private static void primitives() {
    add(
        "Event.await()",
        WAITS_TOO,
        co -> {
          Event event = new Event();
          return new Scene(event.await(), t -> set(event));
        });
    add(
        "Lock.acquire()",
        WAITS_TOO,
        co -> {
          Lock lock = new Lock();
          Held held = co.await(lock.acquire());
          return new Scene(lock.acquire(), t -> held.close(), t -> lock.release());
        });
    add(
        "LockOrder.acquire(Lock[])",
        REFUSED,
        co -> {
          Lock lock = new Lock();
          Held held = co.await(lock.acquire());
          return new Scene(LockOrder.acquire(lock), t -> held.close(), t -> lock.release());
        });
    Stage semaphore =
        co -> {
          Semaphore permits = new Semaphore(0);
          return new Scene(permits.acquire(), t -> permits.release());
        };
    add("Semaphore.acquire()", WAITS_TOO, semaphore);
    add(
        "Semaphore.acquire(int)",
        WAITS_TOO,
        co -> {
          Semaphore permits = new Semaphore(0);
          return new Scene(permits.acquire(1), t -> permits.release());
        });
  }

  private static void meetings() {
    add(
        "Barrier.await()",
        NEVER_WAITS,
        co -> {
          Barrier barrier = new Barrier(1);
          return new Scene(barrier.await(), t -> {});
        });
    Stage condition =
        co -> {
          Lock lock = new Lock();
          Condition changed = new Condition(lock);
          return new Scene(
              t -> {
                Held _ = t.await(lock.acquire());
              },
              changed.await(),
              t -> {
                Held held = t.await(lock.acquire());
                changed.signal();
                held.close();
              },
              t -> lock.release());
        };
    add("Condition.await()", REFUSED, condition);
    add(
        "Condition.waitFor(BooleanSupplier)",
        REFUSED,
        co -> {
          Lock lock = new Lock();
          Condition changed = new Condition(lock);
          boolean[] holds = {false};
          return new Scene(
              t -> {
                Held _ = t.await(lock.acquire());
              },
              changed.waitFor(() -> holds[0]),
              t -> {
                Held held = t.await(lock.acquire());
                holds[0] = true;
                changed.signal();
                held.close();
              },
              t -> lock.release());
        });
    add(
        "PeriodicTimer.nextTick()",
        NEVER_WAITS,
        co -> {
          PeriodicTimer timer = inside(co, () -> new PeriodicTimer(here(co), Duration.ofMillis(1)));
          YieldEvent<Long, RuntimeException> tick = timer.nextTick();
          long first = co.await(tick);
          assertThat(co.await(tick)).isGreaterThan(first);
          return new Scene(Task.yield(), t -> {});
        });
  }

  @Holds("Y1")
  @Test
  void eachEventMeansItsOperationHoweverOftenItIsAwaited() {
    EventContract.checkAll(kind, CASES);
  }

  @Test
  void noEventIsMissingHere() throws Exception {
    Set<String> all = EventContract.eventsOf(Scheduler.class, "dev.heddle");
    all.removeAll(NOT_MADE_THERE);
    all.removeAll(OF_ONE_TASK);
    all.removeAll(EventAgainAcrossLoopsTest.EVENTS);
    assertThat(CASES.keySet()).containsExactlyElementsOf(all);
  }
}
