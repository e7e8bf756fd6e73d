package dev.heddle.trace;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.RLock;
import dev.heddle.sync.Semaphore;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines of source that messages and dumps show are the user's, in each style. */
@ParameterizedClass
@MethodSource("engines")
class PlacesTest {
  @Parameter Engine engine;

  private final Lock lock = new Lock("db");
  private final Event event = new Event("go");
  private final Semaphore pool = new Semaphore("pool", 2);

  static List<Engine> engines() {
    return Kind.engines();
  }

  private Scheduler scheduler() {
    return Scheduler.builder().engine(engine).recordSites(true).build();
  }

  /** The only task's entry, while it waits for the event. */
  private TaskDump.Entry entry(Scheduler scheduler) {
    TaskDump[] dump = new TaskDump[1];
    scheduler.spawn(
        "looker",
        co -> {
          for (int i = 0; i < 5; i++) {
            co.await(Task.yield());
          }
          dump[0] = TaskDump.of(scheduler);
          event.set();
        });
    scheduler.run();
    return dump[0].tasks().getFirst();
  }

  private static List<String> methods(List<StackTraceElement> frames) {
    return frames.stream().map(StackTraceElement::getMethodName).toList();
  }

  private static int line(List<StackTraceElement> frames) {
    StackTraceElement first = frames.getFirst();
    assertThat(first.getClassName()).isEqualTo(PlacesTest.class.getName());
    assertThat(first.getFileName()).isEqualTo("PlacesTest.java");
    return first.getLineNumber();
  }

  @Test
  void aWovenBodyShowsTheLineAtWhichItIsSuspended() {
    try (Scheduler scheduler = scheduler()) {
      int start = new Throwable().getStackTrace()[0].getLineNumber();
      scheduler.spawn(
          co -> {
            try (var held = co.await(lock.acquire())) {
              assertThat(pool.tryAcquire()).isTrue();
              co.await(event.await());
              pool.release();
            }
          });
      TaskDump.Entry entry = entry(scheduler);
      assertThat(entry.engine()).isEqualTo("woven");
      assertThat(line(entry.holds().get(0).acquiredAt())).isEqualTo(start + 3);
      assertThat(line(entry.holds().get(1).acquiredAt())).isEqualTo(start + 4);
      assertThat(line(entry.at())).isEqualTo(start + 5);
    }
  }

  @Test
  void aThreadBodyShowsItsCallsInnermostFirst() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(this::outer);
      TaskDump.Entry entry = entry(scheduler);
      assertThat(entry.engine()).isEqualTo(engine == Engine.HANDOFF ? "handoff" : "virtual thread");
      assertThat(methods(entry.holds().get(0).acquiredAt())).containsExactly("inner", "outer");
      assertThat(methods(entry.holds().get(1).acquiredAt())).containsExactly("inner", "outer");
      assertThat(methods(entry.at())).containsExactly("inner", "outer");
      int first = line(entry.holds().get(0).acquiredAt());
      assertThat(line(entry.holds().get(1).acquiredAt())).isEqualTo(first + 1);
      assertThat(line(entry.at())).isEqualTo(first + 2);
    }
  }

  private void outer() {
    inner();
  }

  private void inner() {
    try (var held = await(lock.acquire())) {
      assertThat(pool.tryAcquire()).isTrue();
      await(event.await());
      pool.release();
    }
  }

  @Test
  void aLockThatWasHandedOverWasAcquiredWhereItsHolderWaited() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(this::passesOn);
      scheduler.spawn(this::outer);
      TaskDump[] dump = new TaskDump[1];
      scheduler.spawn(
          "looker",
          co -> {
            for (int i = 0; i < 5; i++) {
              co.await(Task.yield());
            }
            dump[0] = TaskDump.of(scheduler);
            event.set();
          });
      scheduler.run();
      TaskDump.Entry entry = dump[0].tasks().getFirst();
      assertThat(methods(entry.holds().get(0).acquiredAt())).containsExactly("inner", "outer");
    }
  }

  private void passesOn() {
    try (var held = await(lock.acquire())) {
      await(Task.yield());
    }
  }

  @Test
  void aCoroutineBodyThatIsNotWovenShowsItsCallsToo() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(co -> helper(co));
      TaskDump.Entry entry = entry(scheduler);
      assertThat(methods(entry.at()).getFirst()).isEqualTo("helper");
    }
  }

  private void helper(Awaiter co) {
    co.await(event.await());
  }

  @Test
  void ofADeepStackTheInnermostSixteenLinesAreShown() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(() -> deep(30));
      assertThat(methods(entry(scheduler).at())).hasSize(16).containsOnly("deep");
    }
  }

  private void deep(int calls) {
    if (calls > 0) {
      deep(calls - 1);
    } else {
      await(event.await());
    }
  }

  @Test
  void aLockThatExtendsAnotherShowsItsUsersLineToo() {
    RLock rlock = new RLock("twice");
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          () -> {
            assertThat(rlock.tryAcquire()).isTrue();
            await(event.await());
            rlock.release();
          });
      TaskDump.Entry entry = entry(scheduler);
      assertThat(line(entry.holds().getFirst().acquiredAt())).isEqualTo(line(entry.at()) - 1);
    }
  }

  @Test
  void aStepIsNamedByItsClass() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(new Waits());
      TaskDump.Entry entry = entry(scheduler);
      assertThat(entry.engine()).isEqualTo("step");
      assertThat(entry.at().getFirst().toString())
          .isEqualTo(Waits.class.getName() + ".step(Unknown Source)");
    }
  }

  private final class Waits extends Step<Void> {
    private boolean waited;

    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      if (waited) {
        return null;
      }
      waited = true;
      return event.await();
    }
  }
}
