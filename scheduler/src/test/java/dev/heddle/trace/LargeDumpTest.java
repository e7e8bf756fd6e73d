package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Semaphore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dumps and explanations of thousands of tasks: no recursion, no square, and a bounded text. */
class LargeDumpTest {
  private static final int DEEP = 10_000;
  private static final int HOLDERS = 4_000;

  private TaskDump dump;

  private static TaskBody nested(int depth, TaskBody innermost) {
    return co -> {
      try (var group = TaskGroup.open()) {
        group.spawn(depth == 2 ? innermost : nested(depth - 1, innermost));
        co.await(group.join());
      }
    };
  }

  private TaskDump deep() {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("top", nested(DEEP, co -> dump = TaskDump.of(scheduler)));
      scheduler.run();
    }
    return dump;
  }

  @Test
  @Holds("S12")
  void tenThousandNestedGroupsAreDumpedWithTheirLevelsAndBoundedIndentation() {
    String text = deep().toString();
    assertThat(text).contains("10,000 tasks", "\n" + " ".repeat(42) + "(level 9999) #");
    assertThat(text.length()).isLessThan(DEEP * 600);
  }

  @Test
  void theJsonOfTenThousandNestedGroupsIsAHundredLevelsDeep() {
    Map<?, ?> root = (Map<?, ?>) JsonReader.parse(JsonDump.of(deep()));
    List<?> tasks = (List<?>) root.get("tasks");
    for (int level = 1; level < 100; level++) {
      Map<?, ?> task = (Map<?, ?>) tasks.getFirst();
      assertThat(task.containsKey("owner")).isFalse();
      tasks = (List<?>) task.get("owned");
    }
    Map<?, ?> last = (Map<?, ?>) tasks.getFirst();
    List<?> below = (List<?>) last.get("owned");
    assertThat(below).hasSize(DEEP - 100);
    Object owner = last.get("id");
    for (Object each : below) {
      Map<?, ?> task = (Map<?, ?>) each;
      assertThat(task.get("owner")).isEqualTo(owner);
      assertThat(task.get("owned")).isEqualTo(List.of());
      owner = task.get("id");
    }
  }

  private static void waiters(Scheduler scheduler, Semaphore permits) {
    Event never = new Event("never");
    for (int i = 0; i < HOLDERS; i++) {
      scheduler.spawn(
          "holder",
          co -> {
            co.await(permits.acquire());
            co.await(never.await());
          });
    }
    for (int i = 0; i < DEEP; i++) {
      scheduler.spawn("waiter", co -> co.await(permits.acquire()));
    }
  }

  @Test
  @Holds("S12")
  void tenThousandTasksBehindFourThousandHoldersAreExplainedInAFewLines() {
    Scheduler scheduler = Scheduler.create();
    waiters(scheduler, new Semaphore("permits", HOLDERS));
    assertThatThrownBy(scheduler::run)
        .isInstanceOfSatisfying(
            DeadlockException.class,
            thrown -> {
              assertThat(thrown.getMessage()).contains("14,000 tasks wait").hasSizeLessThan(20_000);
              assertThat(thrown.waits().getLast().holders())
                  .hasSize(HOLDERS)
                  .isSameAs(thrown.waits().get(HOLDERS).holders());
            });
  }

  @Test
  void theJsonNamesTwentyHoldersOfEachWaitAndTheirNumber() {
    Scheduler scheduler = Scheduler.create();
    waiters(scheduler, new Semaphore("permits", HOLDERS));
    scheduler.spawn("looks", co -> dump = TaskDump.of(scheduler));
    assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
    String json = JsonDump.of(dump);
    assertThat(json.length()).isLessThan((DEEP + HOLDERS) * 1_000);
    List<?> tasks = (List<?>) ((Map<?, ?>) JsonReader.parse(json)).get("tasks");
    Map<?, ?> waiting = (Map<?, ?>) ((Map<?, ?>) tasks.get(HOLDERS)).get("waiting");
    assertThat(waiting.get("holderCount")).isEqualTo((long) HOLDERS);
    assertThat((List<?>) waiting.get("holders")).hasSize(20);
  }

  @Test
  @Holds("S12")
  void aCycleOfTenThousandTasksIsExplainedInAFewLines() {
    Scheduler scheduler = Scheduler.create();
    List<Lock> locks = IntStream.range(0, DEEP).mapToObj(i -> new Lock("l" + i)).toList();
    for (int i = 0; i < DEEP; i++) {
      int mine = i;
      int other = i % 2 == 0 ? (i + 3) % DEEP : (i + DEEP - 1) % DEEP; // 0 3 2 5 4 7 6 ...
      scheduler.spawn(
          "philosopher",
          co -> {
            co.await(locks.get(mine).acquire());
            co.await(Task.yield());
            co.await(locks.get(other).acquire());
          });
    }
    assertThatThrownBy(scheduler::run)
        .isInstanceOfSatisfying(
            DeadlockException.class,
            thrown -> {
              assertThat(thrown.cycle()).hasSize(DEEP);
              assertThat(thrown.getMessage())
                  .contains("This cannot happen if", "and 4,9")
                  .hasSizeLessThan(40_000);
            });
  }

  @Test
  void aResourceThatCannotDescribeItselfSpoilsNoDump() {
    Resource broken =
        new Resource() {
          @Override
          public String describe() {
            throw new IllegalStateException("no words");
          }

          @Override
          public List<Task<?>> holders() {
            throw new IllegalStateException("no holders");
          }

          @Override
          public void holderEnded(Task<?> holder) {}
        };
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          "holder",
          co -> {
            Task.current().hold(broken);
            dump = TaskDump.of(scheduler);
            Task.current().letGo(broken);
          });
      scheduler.run();
    }
    String says = "which cannot describe itself: java.lang.IllegalStateException: no words";
    assertThat(dump.toString()).contains("'holder'", says);
    assertThat(JsonDump.of(dump)).contains(says);
  }

  /** Counts what the loop tells between two turns of another task. */
  private final class Probe {
    @Override
    public String toString() {
      toldInTurn.merge(turns, 1, Integer::sum);
      return "probe";
    }
  }

  private final Map<Integer, Integer> toldInTurn = new HashMap<>();
  private int turns;

  /** A loop that is held up for a second tells nothing, and of all it tells for some seconds. */
  private boolean dumpsInTime(Scheduler scheduler) {
    boolean _ = scheduler.runInside(toldInTurn::clear); // behind what was asked for in vain
    dump = TaskDump.withValues(scheduler);
    return ("" + dump.caution()).endsWith(" tasks the loop tells some at a time");
  }

  @Test
  void theLoopTellsAnotherThreadOfManyTasksInPartsAndServesItsTasksBetween() throws Exception {
    int many = 2_000;
    Promise<String> end = new Promise<>();
    try (Scheduler scheduler = Scheduler.create()) {
      for (int i = 0; i < many; i++) {
        scheduler.spawn(
            co -> {
              Probe probe = new Probe();
              co.await(end);
              assertThat(probe).isNotNull();
            });
      }
      scheduler
          .daemons()
          .spawn(
              co -> {
                while (true) {
                  turns++;
                  co.await(Task.yield());
                }
              });
      var outside =
          Foreign.start(
              "outside",
              () -> {
                Until.true_("all wait", () -> scheduler.stats().tasks().waiting() == many);
                Until.true_("the machine is quick enough", () -> dumpsInTime(scheduler));
                end.complete("seen");
              });
      scheduler.run();
      Foreign.get(outside);
    }
    assertThat(dump.caution()).isEqualTo("of 2001 tasks the loop tells some at a time");
    assertThat(dump.tasks().subList(0, many))
        .allMatch(task -> task.at().getFirst().getMethodName().startsWith("lambda$theLoopTells"))
        .allMatch(task -> task.values().getFirst().containsValue("probe"));
    assertThat(toldInTurn.values().stream().mapToInt(told -> told).sum()).isEqualTo(many);
    assertThat(toldInTurn.values()).as("some parts may come together").allMatch(told -> told < 400);
  }
}
