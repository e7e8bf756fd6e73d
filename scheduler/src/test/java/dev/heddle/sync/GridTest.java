package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every primitive: each test runs for each {@link Gates.Gate} on each kind. */
@ParameterizedClass
@MethodSource("grid")
class GridTest {

  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofMinutes(1);

  @Parameter(0)
  Gates.Primitive primitive;

  @Parameter(1)
  Kind kind;

  static Stream<Arguments> grid() {
    return Gates.all().flatMap(primitive -> Kind.all().map(kind -> Arguments.of(primitive, kind)));
  }

  @Test
  void waitersAreServedInTheOrderInWhichTheyCame() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        play.task(name, me -> pass(me, gate, through));
      }
      play.task("opener", me -> opens(me, gate, 3));
      play.run();
      assertThat(through)
          .containsExactlyElementsOf(
              gate.isOpenedByTheThird() ? List.of("c", "a", "b") : List.of("a", "b", "c"));
      assertThat(gate.waiting()).isZero();
    }
  }

  @Test
  @Holds("S5")
  void aCancelledWaiterLeavesAndTheOthersAreServed() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      play.task("a", me -> pass(me, gate, through));
      Task<?> b = play.task("b", me -> pass(me, gate, through));
      play.task(
          "canceller",
          me -> {
            me.yields(2);
            int before = gate.waiting();
            me.does(() -> b.cancel("enough"));
            me.yields(1);
            assertThat(gate.waiting()).isEqualTo(before - 1);
            assertThat(b.state()).isEqualTo(Task.State.CANCELLED);
            assertThat(b.exceptionNow())
                .hasMessageContaining("cancelled: enough, by task 'canceller'; it was waiting");
            me.gets(() -> play.task("c", other -> pass(other, gate, through)));
            if (gate.isOpenedByTheThird()) {
              me.gets(() -> play.task("d", other -> pass(other, gate, through)));
            }
            opens(me, gate, 2);
          });
      play.run();
      through.remove("d"); // where it was the third
      assertThat(through).containsExactly("a", "c");
    }
  }

  @Test
  void aTaskCancelledBeforeItWaitsNeverEnters() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      Task<?> a = play.task("a", me -> pass(me, gate, through));
      a.cancel("before its first turn");
      play.run();
      assertThat(gate.waiting()).isZero();
      assertThat(through).isEmpty();
      assertThat(a.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  void aWaitWithinATimeLeavesWhenThatIsOverAndTheOthersAreServed() {
    checkLeaving((me, event) -> me.awaits(event.within(SHORT)));
  }

  @Test
  void aTimeoutAroundAWaitLeavesItAndTheOthersAreServed() {
    checkLeaving((me, event) -> inScope(me, event, SHORT));
  }

  @Test
  void theLoserOfASelectLeavesAndTheOthersAreServed() {
    checkLeaving(
        (me, event) -> {
          Select.Winner<?> first =
              me.await(Select.<Object>any(Timers.sleep(LONG), event, Timers.sleep(SHORT)));
          assertThat(first.index()).isEqualTo(2);
          throw new TimeoutException("lost");
        });
  }

  @Test
  void theWinnerOfASelectIsServedInItsPlace() {
    checkServedInOrder(
        (me, event) -> {
          Select.Winner<?> first = me.await(Select.<Object>any(Timers.sleep(LONG), event));
          assertThat(first.index()).isEqualTo(1);
          return first.value();
        });
  }

  @Test
  void whoHasTimeEnoughIsServedInItsPlace() {
    checkServedInOrder((me, event) -> me.awaits(event.within(LONG)));
    checkServedInOrder((me, event) -> inScope(me, event, LONG));
  }

  @Test
  @Holds("C11")
  void whoIsServedAndCancelledInTheSameTurnHasIt() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      Task<?> a = play.task("a", me -> pass(me, gate, through, (p, e) -> p.awaits(e.within(LONG))));
      play.task(
          "opener",
          me -> {
            me.yields(2);
            if (gate instanceof Gates.ConditionGate) { // to be signalled is not to be served
              me.does(() -> a.cancel("not served"));
              return;
            }
            me.does(gate::open);
            boolean served = gate.waiting() == 0;
            me.does(() -> a.cancel("too late if it is served"));
            me.yields(2);
            assertThat(through).hasSize(served ? 1 : 0);
          });
      play.run();
      assertThat(gate.waiting()).isZero();
    }
  }

  @Test
  @Holds("S8")
  void closingItFailsWhoWaitsAndWhoComes() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      assumeTrue(gate.closer() != null);
      List<String> through = new ArrayList<>();
      How fails =
          (me, event) -> {
            try {
              return me.awaits(event);
            } catch (IllegalStateException | BrokenBarrierException e) {
              throw new TimeoutException(e.getMessage());
            }
          };
      play.task("a", me -> pass(me, gate, through, fails));
      play.task("b", me -> pass(me, gate, through, (me2, e) -> fails.await(me2, e.within(LONG))));
      if (!gate.isOpenedByTheThird()) {
        play.task("c", me -> pass(me, gate, through, (me2, e) -> fails.await(me2, Select.any(e))));
      }
      play.task(
          "closer",
          me -> {
            me.yields(2);
            me.gets(gate.mutators().get(gate.closer()));
            assertThat(gate.waiting()).isZero();
            me.gets(() -> play.task("d", other -> pass(other, gate, through, fails)));
          });
      play.run();
      through.remove("c left");
      assertThat(through).containsExactly("a left", "b left", "d left");
    }
  }

  @Test
  @Holds("S8")
  void closingTheSchedulerLeavesNobodyWaiting() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<Task<?>> tasks = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        tasks.add(play.task(name, me -> pass(me, gate, new ArrayList<>())));
      }
      play.task(
          "closer",
          me -> {
            me.yields(3);
            play.scheduler.close();
          });
      play.run();
      assertThat(tasks).allMatch(Task::isDone);
      assertThat(gate.waiting()).isZero();
    }
  }

  @Test
  @Holds("S11")
  void aForeignThreadIsRefusedByEveryMethodThatChangesSomething() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      play.task("a", me -> pass(me, gate, new ArrayList<>()));
      play.task("opener", me -> opens(me, gate, 1));
      play.task(
          "host",
          me -> {
            me.yields(4);
            for (Map.Entry<String, Callable<?>> mutator : gate.mutators().entrySet()) {
              assertThatThrownBy(() -> Foreign.call(mutator.getValue()))
                  .describedAs(mutator.getKey())
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageContaining(mutator.getKey().split("\\(")[0])
                  .hasMessageContaining("foreign")
                  .hasMessageContaining("scheduler.execute");
            }
          });
      if (gate.isOpenedByTheThird()) {
        play.task("b", me -> pass(me, gate, new ArrayList<>()));
        play.task("c", me -> pass(me, gate, new ArrayList<>()));
      }
      play.run();
    }
  }

  @Test
  void aForeignThreadCannotAwaitItInAnyWay() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<YieldEvent<?, ?>> ways =
          List.of(gate.event(), gate.event().within(LONG), Select.any(gate.event()));
      for (YieldEvent<?, ?> way : ways) {
        assertThatThrownBy(() -> Foreign.call(() -> Task.<Object, Exception>await(any(way))))
            .isInstanceOf(WrongThreadException.class)
            .hasMessageContaining("outside of a task");
      }
      assertThat(gate.waiting()).isZero();
    }
  }

  @SuppressWarnings("unchecked") // whatever it gives
  private static YieldEvent<Object, Exception> any(YieldEvent<?, ?> event) {
    return (YieldEvent<Object, Exception>) event;
  }

  @Test
  void aForeignThreadIsRefusedBeforeATaskHasUsedIt() {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      for (Map.Entry<String, Callable<?>> mutator : gate.mutators().entrySet()) {
        assertThatThrownBy(() -> Foreign.call(mutator.getValue()))
            .describedAs(mutator.getKey())
            .isInstanceOf(WrongThreadException.class);
      }
    }
  }

  /** A way to await an event, which may be to give up. */
  private interface How {
    Object await(Play.Player me, YieldEvent<?, ?> event) throws Exception;
  }

  private static Object inScope(Play.Player me, YieldEvent<?, ?> event, Duration timeout)
      throws Exception {
    Object[] result = new Object[1];
    try (var _ = CancelScope.withTimeout(timeout)) {
      result[0] = me.awaits(event);
    }
    return result[0];
  }

  /** One of three leaves before it is open. */
  private void checkLeaving(How how) {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      play.task("a", me -> pass(me, gate, through));
      play.task("b", me -> pass(me, gate, through, how));
      play.task(
          "opener",
          me -> {
            me.yields(2);
            int before = gate.waiting();
            me.await(Timers.sleep(SHORT.multipliedBy(2)));
            assertThat(gate.waiting()).isEqualTo(before - 1);
            me.gets(() -> play.task("c", other -> pass(other, gate, through)));
            if (gate.isOpenedByTheThird()) {
              me.gets(() -> play.task("d", other -> pass(other, gate, through)));
            }
            opens(me, gate, 2);
          });
      play.run();
      through.remove("d"); // where it was the third
      assertThat(through).containsExactly("b left", "a", "c");
      assertThat(gate.waiting()).isZero();
    }
  }

  private void checkServedInOrder(How how) {
    try (Play play = new Play(kind)) {
      Gates.Gate gate = primitive.make().apply(play.scheduler);
      List<String> through = new ArrayList<>();
      play.task("a", me -> pass(me, gate, through));
      play.task("b", me -> pass(me, gate, through, how));
      play.task("c", me -> pass(me, gate, through, how));
      play.task("opener", me -> opens(me, gate, 3));
      play.run();
      assertThat(through)
          .containsExactlyElementsOf(
              gate.isOpenedByTheThird() ? List.of("c", "a", "b") : List.of("a", "b", "c"));
      assertThat(gate.waiting()).isZero();
    }
  }

  private static void pass(Play.Player me, Gates.Gate gate, List<String> through) throws Exception {
    pass(me, gate, through, Play.Player::awaits);
  }

  private static void pass(Play.Player me, Gates.Gate gate, List<String> through, How how)
      throws Exception {
    Held around =
        gate instanceof Gates.ConditionGate condition ? me.await(condition.lock().acquire()) : null;
    try {
      Object result = how.await(me, gate.event());
      through.add(me.name());
      if (result instanceof Held held) {
        me.does(held::close);
      }
    } catch (TimeoutException e) {
      through.add(me.name() + " left");
    } finally {
      if (around != null) {
        me.does(around::close);
      }
    }
  }

  /** Opens from inside, once all wait. */
  private static void opens(Play.Player me, Gates.Gate gate, int times) throws Exception {
    me.yields(2);
    for (int i = 0; i < times && gate.waiting() > 0; i++) {
      if (gate instanceof Gates.ConditionGate condition) {
        Held held = me.await(condition.lock().acquire());
        me.does(gate::open);
        me.does(held::close);
      } else {
        me.does(gate::open);
      }
      me.yields(2);
    }
  }
}
