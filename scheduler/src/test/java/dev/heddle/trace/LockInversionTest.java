package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockInversion;
import dev.heddle.sync.LockOrder;
import dev.heddle.sync.RLock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of locks is learned while nothing deadlocks. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LockInversionTest {
  @Parameter Kind kind;

  private final Lock a = new Lock("a");
  private final Lock b = new Lock("b");
  private final Lock c = new Lock("c");
  private final Lock gate = new Lock("gate");
  private final List<Finding> reported = new ArrayList<>();
  private Scheduler scheduler;

  /** Made by the thread of the test, which is not that of its preparation. */
  private Scheduler scheduler() {
    if (scheduler == null) {
      scheduler = kind.builder().recordSites(true).findingReporter(reported::add).build();
    }
    return scheduler;
  }

  @AfterEach
  void close() {
    if (scheduler != null) {
      scheduler.close();
    }
  }

  /** Runs a task to its end that takes these one after the other and gives them back. */
  private void takes(String task, Lock... locks) {
    runs(task, inTurn(Stream.of(locks).map(Lock::acquire).toList()));
  }

  private static Script inTurn(List<YieldEvent<Held, RuntimeException>> acquires) {
    return co -> {
      List<Held> held = new ArrayList<>();
      for (YieldEvent<Held, RuntimeException> acquire : acquires) {
        held.add(co.await(acquire));
      }
      for (Held last : held.reversed()) {
        last.close();
      }
    };
  }

  private void runs(String task, Script script) {
    kind.spawn(scheduler(), task, script);
    scheduler().run();
  }

  private LockInversion reported() {
    assertThat(reported).hasSize(1);
    return (LockInversion) reported.getFirst();
  }

  @Test
  void twoOrdersOfTwoTasksAreReportedWithAllPlacesAlthoughNothingDeadlocked() {
    takes("one", a, b);
    assertThat(reported).isEmpty();
    takes("other", b, a);
    LockInversion inversion = reported();
    assertThat(inversion.message())
        .startsWith("2 locks are acquired in different orders, which can deadlock although it has")
        .contains("\n  task 'other' held lock 'b' and asked for lock 'a'\n    acquired at ")
        .contains("\n  task 'one' held lock 'a' and asked for lock 'b'\n    acquired at ")
        .contains("\n    asked at ")
        .endsWith("\nAcquire them in one order, or with LockOrder.acquire.");
    for (LockInversion.Step step : inversion.steps()) {
      assertThat(step.heldAt()).isNotEmpty();
      assertThat(step.askedAt()).isNotEmpty();
    }
  }

  @Test
  void aGateThatIsLeftOutOnceByTheSameTaskIsNoneAnyMore() {
    runs(
        "one",
        co -> {
          inTurn(List.of(gate.acquire(), a.acquire(), b.acquire())).run(co);
          co.await(Task.yield());
          inTurn(List.of(a.acquire(), b.acquire())).run(co);
        });
    assertThat(reported).isEmpty();
    reported.clear();
    takes("other", gate, b, a);
    reported();
  }

  @Test
  void anInversionIsFoundWhenTheGateIsLeftOutLast() {
    kind.spawn(
        scheduler(),
        "one",
        co -> {
          inTurn(List.of(gate.acquire(), a.acquire(), b.acquire())).run(co);
          co.await(Task.yield());
          assertThat(reported).isEmpty();
          inTurn(List.of(a.acquire(), b.acquire())).run(co);
        });
    takes("other", gate, b, a);
    reported();
  }

  @Test
  void twoTasksAreToldOfWhereTheFirstHasDoneBoth() {
    kind.spawn(
        scheduler(),
        "one",
        co -> {
          inTurn(List.of(gate.acquire(), a.acquire(), b.acquire())).run(co);
          inTurn(List.of(a.acquire(), b.acquire())).run(co);
          co.await(Task.yield());
          inTurn(List.of(b.acquire(), a.acquire())).run(co);
        });
    takes("other", a, b);
    assertThat(reported().steps().stream().map(LockInversion.Step::task))
        .containsExactlyInAnyOrder("one", "other");
  }

  @Test
  void waysThatLeadNowhereAreNotPartOfWhatIsReported() {
    takes("first", a, b);
    for (int i = 0; i < 8; i++) {
      takes("aside " + i, b, new Lock("aside " + i));
    }
    takes("second", b, c);
    takes("third", c, a);
    assertThat(reported().steps()).hasSize(3);
  }

  @Test
  void anInversionIsReportedOnce() {
    for (int i = 0; i < 3; i++) {
      takes("one", a, b);
      takes("other", b, a);
    }
    reported();
  }

  @Test
  void anInversionIsReportedAlsoWhenItDeadlocks() {
    kind.spawn(scheduler().daemons(), "one", yieldBetween(a, b));
    kind.spawn(scheduler().daemons(), "other", yieldBetween(b, a));
    runs("clock", inTurn(List.of()));
    runs(
        "clock",
        co -> {
          for (int i = 0; i < 4; i++) {
            co.await(Task.yield());
          }
        });
    reported();
  }

  private static Script yieldBetween(Lock one, Lock other) {
    return co -> {
      co.await(one.acquire());
      co.await(Task.yield());
      co.await(other.acquire());
    };
  }

  @Test
  void aCircleOfThreeIsReported() {
    takes("one", a, b);
    takes("two", b, c);
    assertThat(reported).isEmpty();
    takes("three", c, a);
    assertThat(reported().steps().stream().map(LockInversion.Step::task))
        .containsExactly("three", "one", "two");
  }

  @Test
  void oneOrderIsFine() {
    takes("one", a, b, c);
    takes("two", a, c);
    takes("three", b, c);
    assertThat(reported).isEmpty();
  }

  @Test
  void oneTaskThatDoesBothCannotWaitForItself() {
    Script both =
        co -> {
          inTurn(List.of(a.acquire(), b.acquire())).run(co);
          inTurn(List.of(b.acquire(), a.acquire())).run(co);
        };
    runs("one", both);
    assertThat(reported).isEmpty();
    runs("two", both);
    reported();
  }

  @Test
  void aGateThatIsHeldEachTimeLetsOneInOnly() {
    takes("one", gate, a, b);
    takes("two", gate, b, a);
    assertThat(reported).isEmpty();
    takes("three", b, a); // beside the gate
    assertThat(reported()).isNotNull();
  }

  @Test
  void askingAgainForWhatOneHoldsIsNoInversion() {
    RLock monitor = new RLock("monitor");
    for (String task : List.of("one", "two")) {
      takes(task, monitor, a, monitor);
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void whatDoesNotWaitMakesNoOrder() {
    takes("one", a, b);
    runs(
        "two",
        co -> {
          Held held = co.await(b.acquire());
          assertThat(a.tryAcquire()).isTrue();
          a.release();
          held.close();
        });
    assertThat(reported).isEmpty();
  }

  private static Lock account() {
    return new Lock();
  }

  @Test
  void locksOfOneKindMayBeTakenInTheOrderOfLockOrder() {
    List<Lock> accounts = Stream.generate(LockInversionTest::account).limit(4).toList();
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        if (i != j) {
          runs(
              i + " to " + j, inTurn(List.of(LockOrder.acquire(accounts.get(i), accounts.get(j)))));
        }
      }
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void locksOfOneKindInTwoOrdersAreAnInversion() {
    List<Lock> accounts = Stream.generate(LockInversionTest::account).limit(3).toList();
    takes("0 to 1", accounts.get(0), accounts.get(1));
    takes("1 to 2", accounts.get(1), accounts.get(2));
    assertThat(reported).isEmpty();
    takes("1 to 0", accounts.get(1), accounts.get(0));
    reported();
  }

  private static Lock session() {
    return new Lock("session");
  }

  private static Lock log() {
    return new Lock("log");
  }

  @Test
  void twoRequestsWithLocksOfTheirOwnTeachTheOrderOfTheKinds() {
    takes("request 1", session(), log());
    assertThat(reported).isEmpty();
    takes("request 2", log(), session());
    reported();
  }

  @Test
  void aConditionTakesItsLockBackAfterWhatIsHeldMeanwhile() {
    Condition changed = new Condition(a, "changed");
    kind.spawn(
        scheduler(),
        "listener",
        co -> {
          Held outer = co.await(a.acquire());
          Held inner = co.await(b.acquire());
          co.await(changed.await()); // gives a back and takes it again with b in hand
          inner.close();
          outer.close();
        });
    runs(
        "speaker",
        co -> {
          co.await(Task.yield());
          Held held = co.await(a.acquire());
          changed.signal();
          held.close();
        });
    assertThat(reported).isEmpty(); // the listener alone cannot
    takes("one", a, b);
    assertThat(reported().steps().stream().map(LockInversion.Step::task))
        .containsExactlyInAnyOrder("one", "listener");
  }

  @Test
  void nothingIsLearnedUnlessAskedFor() {
    try (Scheduler quiet =
        kind.builder().recordSites(false).findingReporter(reported::add).build()) {
      kind.spawn(quiet, "one", inTurn(List.of(a.acquire(), b.acquire())));
      kind.spawn(quiet, "two", inTurn(List.of(b.acquire(), a.acquire())));
      quiet.run();
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void underAssertionsItIsAskedFor() {
    try (Scheduler plain = kind.scheduler()) {
      assertThat(plain.recordsSites()).isTrue();
    }
  }

  @Test
  void locksWithoutEndDoNotFillTheMemory() {
    int many = kind.style() == Kind.Style.STEP ? 12_000 : 100;
    runs(
        "maker",
        co -> {
          for (int i = 0; i < many; i++) {
            inTurn(List.of(new Lock("x" + i).acquire(), new Lock("y" + i).acquire())).run(co);
          }
        });
    assertThat(reported).isEmpty();
  }
}
