package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import dev.heddle.trace.LiveView.Filter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the live page says of tasks of each kind. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LiveViewTest {
  private static final Filter ALL = new Filter("", "");

  @Parameter Kind kind;

  private LiveLoops loops;
  private Map<?, ?> seen;

  /** What was found of the task number 1, at the end. */
  private Map<?, ?> first;

  /** Runs tasks, and looks from another thread until it has found what is looked for. */
  private void look(Filter filter, Consumer<Scheduler> tasks, Predicate<Map<?, ?>> found)
      throws Exception {
    Promise<String> end = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      loops = new LiveLoops(scheduler, false);
      KernelView.get().watch(scheduler, loops.own().history);
      tasks.accept(scheduler);
      kind.spawn(
          scheduler,
          "last",
          co -> {
            co.await(end);
            scheduler.close();
          });
      var outside = Foreign.start("looks", () -> look(filter, found, end));
      scheduler.run();
      Foreign.get(outside);
    }
  }

  private void look(Filter filter, Predicate<Map<?, ?>> found, Promise<String> end) {
    LiveView live = loops.own().live;
    try {
      do {
        seen = (Map<?, ?>) JsonReader.parse(live.new Look().json(filter));
      } while (!found.test(seen));
      String json = LiveTask.of(loops.own(), loops, 1, 30_000);
      first = json == null ? Map.of() : (Map<?, ?>) JsonReader.parse(json);
    } finally {
      end.complete("seen");
    }
  }

  private static List<Map<?, ?>> list(Map<?, ?> view, String name) {
    List<Map<?, ?>> some = new ArrayList<>();
    ((List<?>) view.get(name)).forEach(each -> some.add((Map<?, ?>) each));
    return some;
  }

  private static boolean hasLint(Map<?, ?> view, String kind, String words) {
    return list(view, "lints").stream()
        .anyMatch(
            each -> each.get("kind").equals(kind) && each.get("text").toString().contains(words));
  }

  /** A turn is counted a moment after the task has begun to wait. */
  private static boolean waitsAndIsCounted(Map<?, ?> row) {
    return row.get("for") != null && row.get("turns") instanceof Long turns && turns > 0;
  }

  private static Promise<String> never() {
    return new Promise<>();
  }

  @Test
  void theTreeHasTheTasksOfAGroupBelowTheirOwnerWithStateWaitAndCounts() throws Exception {
    look(
        ALL,
        scheduler ->
            kind.spawn(
                scheduler,
                "owner",
                co -> {
                  try (var group = TaskGroup.open()) {
                    for (int i = 0; i < 60; i++) {
                      kind.spawn(group, "child " + i, child -> child.await(never()));
                    }
                    co.await(group.join());
                  }
                }),
        view ->
            list(view, "rows").size() == 52
                && list(view, "rows").getFirst().get("children").equals(60L)
                && list(view, "rows").stream().allMatch(LiveViewTest::waitsAndIsCounted));
    List<Map<?, ?>> rows = list(seen, "rows");
    assertThat(rows.getFirst().get("name")).isEqualTo("owner");
    assertThat(rows.getFirst().get("children")).isEqualTo(60L);
    assertThat(rows.getFirst().get("childrenShown")).isEqualTo(50L);
    assertThat(rows.get(1).get("level")).isEqualTo(1L);
    assertThat(rows.get(1).get("for")).isEqualTo("a promise");
    assertThat(rows.get(1).get("turns")).isEqualTo(1L);
    assertThat(rows.get(51).get("name")).isEqualTo("last");
    assertThat(seen.get("shown")).isEqualTo(52L);
    assertThat(seen.get("fitting")).isEqualTo(62L);
  }

  @Test
  void aFilterFindsTasksByNameNumberAndState() throws Exception {
    Consumer<Scheduler> two =
        scheduler -> {
          kind.spawn(scheduler, "Anna", co -> co.await(never()));
          kind.spawn(scheduler, "Bert", co -> co.await(never()));
        };
    look(new Filter("ANN", ""), two, view -> list(view, "rows").size() == 1);
    assertThat(list(seen, "rows").getFirst().get("name")).isEqualTo("Anna");
    look(new Filter("2", ""), two, view -> list(view, "rows").size() == 1);
    assertThat(list(seen, "rows").getFirst().get("name")).isEqualTo("Bert");
    look(new Filter("", "WAITING"), two, view -> list(view, "rows").size() == 3);
    look(new Filter("e", "READY"), two, view -> list(view, "rows").isEmpty());
  }

  @Test
  void aCycleIsInTheGraphWithTheLinesAtWhichItsTasksWait() throws Exception {
    Lock left = new Lock("left");
    Lock right = new Lock("right");
    look(
        ALL,
        scheduler -> {
          kind.spawn(scheduler, "lefty", co -> both(co, left, right));
          kind.spawn(scheduler, "righty", co -> both(co, right, left));
        },
        view ->
            list((Map<?, ?>) view.get("graph"), "nodes").stream()
                    .filter(node -> node.get("cycle").equals(true) && node.get("at") != null)
                    .count()
                == 2);
    assertThat(hasLint(seen, "cycle", "'lefty', task 'righty' wait for each other")).isTrue();
    assertThat(list((Map<?, ?>) seen.get("graph"), "edges"))
        .hasSize(4)
        .allMatch(edge -> edge.get("cycle").equals(true));
  }

  private static void both(Awaiter co, Lock one, Lock other) throws Exception {
    co.await(one.acquire());
    co.await(Task.yield());
    co.await(other.acquire());
  }

  @Test
  void aTaskThatHoldsALockWhileItWaitsIsBlamedForThoseWhoWaitForTheLock() throws Exception {
    Lock lock = new Lock("db");
    look(
        ALL,
        scheduler -> {
          kind.spawn(
              scheduler,
              "holder",
              co -> {
                co.await(lock.acquire());
                co.await(never());
              });
          kind.spawn(scheduler, "victim", co -> co.await(lock.acquire()));
        },
        view -> hasLint(view, "held over an await", "1 task waits for it"));
    assertThat(hasLint(seen, "held over an await", "task 'holder' holds lock 'db'")).isTrue();
    assertThat(first.get("name")).isEqualTo("holder");
    assertThat(list(first, "holds").getFirst().get("resource")).isEqualTo("lock 'db'");
  }

  @Test
  void aQueueAtItsLimitNamesWhoTookSomethingOutLast() throws Exception {
    Queue<Integer> queue = Queue.fifo("q", 1);
    look(
        ALL,
        scheduler -> {
          kind.spawn(
              scheduler,
              "putter",
              co -> {
                for (int i = 0; i < 4; i++) {
                  co.await(queue.put(i));
                }
              });
          kind.spawn(
              scheduler,
              "slow",
              co -> {
                co.await(Task.yield());
                int _ = co.await(queue.get());
                co.await(never());
              });
        },
        view -> hasLint(view, "at its limit", "task 'slow' took something out last"));
    assertThat(hasLint(seen, "at its limit", "task 'putter' waits for room in queue 'q'")).isTrue();
    assertThat(list((Map<?, ?>) first.get("history"), "wakes").getFirst().get("by"))
        .isEqualTo("slow");
  }

  @Test
  void aTaskThatGivesUpItsTurnAgainAndAgainAndOneThatKeepsItAreNamed() throws Exception {
    boolean[] seenIt = new boolean[1];
    look(
        ALL,
        scheduler -> {
          kind.spawn(
              scheduler,
              "hog",
              co -> {
                long from = System.nanoTime();
                while (System.nanoTime() - from < 110_000_000) {
                  Thread.onSpinWait();
                }
                co.await(Task.yield());
                co.await(never());
              });
          kind.spawn(
              scheduler.daemons(),
              "spinner",
              co -> {
                while (true) {
                  co.await(Task.yield());
                }
              });
        },
        view -> {
          seenIt[0] |= hasLint(view, "never yields", "task 'hog' has kept its turn for");
          return seenIt[0] && hasLint(view, "wakes itself", "task 'spinner' has given up");
        });
    assertThat((Long) ((Map<?, ?>) first.get("history")).get("longest"))
        .isGreaterThan(100_000_000L);
  }

  @Test
  void aBodyThatIsNotWovenIsNamedWithTheReason() throws Exception {
    List<Awaiter> kept = new ArrayList<>();
    look(
        ALL,
        scheduler ->
            scheduler.spawn(
                co -> {
                  kept.add(co);
                  co.await(never());
                }),
        view -> hasLint(view, "not woven", "its Awaiter is passed to add() (LiveViewTest.java:"));
    assertThat(hasLint(seen, "not woven", "a body has a stack of its own")).isTrue();
    assertThat(kept).hasSize(1);
  }

  @Test
  void oneTaskIsShownWithItsScopesAndItsLines() throws Exception {
    look(
        ALL,
        scheduler ->
            kind.spawn(
                scheduler,
                "scoped",
                co -> {
                  try (var scope = CancelScope.withTimeout(Duration.ofHours(1))) {
                    co.await(never());
                  }
                }),
        view -> list(view, "rows").stream().allMatch(row -> row.get("for") != null));
    assertThat(first.get("caution")).isNull();
    assertThat(list(first, "scopes").getFirst().get("kind")).isEqualTo("plain");
    assertThat(Long.parseLong(list(first, "scopes").getFirst().get("millisLeft").toString()))
        .isBetween(1L, 3_600_000L);
    assertThat(list(first, "frames")).isNotEmpty();
  }

  @Test
  void aWovenTaskIsShownWithTheVariablesThatItsCodeWillReadAgain() throws Exception {
    List<Integer> many = IntStream.range(0, 1000).boxed().toList();
    look(
        ALL,
        scheduler ->
            scheduler.spawn(
                "woven",
                co -> {
                  int order = 42;
                  co.await(never());
                  assertThat(many).hasSize(order);
                }),
        view -> list(view, "rows").stream().allMatch(row -> row.get("for") != null));
    assertThat(list(first, "frames").getFirst().get("values").toString())
        .contains("{name=order, value=42}", "value=ListN of 1000");
  }

  @Test
  void namesOfAnyLengthAndKindAreCutAndStayText() throws Exception {
    String name = "<img src=x onerror=alert(1)>\u2028\"" + "n".repeat(1000);
    look(
        ALL,
        scheduler -> kind.spawn(scheduler, name, co -> co.await(never())),
        view -> list(view, "rows").getFirst().get("for") != null);
    assertThat(list(seen, "rows").getFirst().get("name")).isEqualTo(name.substring(0, 200) + "...");
  }
}
