package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlocks of some tasks, while others run. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class FindDeadlocksTest {
  private static final Duration DAY = Duration.ofDays(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<List<Deadlock>> found = new ArrayList<>();
  private final Lock first = new Lock("first");
  private final Lock second = new Lock("second");

  private Scheduler scheduler() {
    return kind.builder().clock(time).poller(time).recordSites(false).build();
  }

  /** A task that looks after some turns, and so lets the daemons be. */
  private void look(Scheduler scheduler, int turns) {
    kind.spawn(
        scheduler,
        "looker",
        co -> {
          for (int i = 0; i < turns; i++) {
            co.await(Task.yield());
          }
          found.add(Deadlock.find(scheduler));
        });
  }

  private List<Deadlock> foundAfter(Scheduler scheduler, int turns) {
    look(scheduler, turns);
    scheduler.run();
    return found.removeLast();
  }

  private static Script takes(Lock one, Lock other) {
    return co -> {
      co.await(one.acquire());
      co.await(Task.yield());
      co.await(other.acquire());
    };
  }

  private static List<String> names(Deadlock deadlock) {
    return deadlock.cycle().stream().map(wait -> wait.task().name()).toList();
  }

  @Test
  void aCycleIsFoundWhileOtherTasksRun() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(scheduler.daemons(), "b", takes(second, first));
      kind.spawn(scheduler.daemons(), "behind", co -> co.await(first.acquire()));
      List<Deadlock> deadlocks = foundAfter(scheduler, 4);
      assertThat(deadlocks).hasSize(1);
      Deadlock deadlock = deadlocks.getFirst();
      assertThat(names(deadlock)).containsExactly("a", "b");
      assertThat(deadlock.isCertain()).isTrue();
      assertThat(deadlock.message())
          .startsWith(
              "Two tasks wait for each other:\n  task 'a' waits for lock 'second' held by task 'b'")
          .contains("if lock 'first' is always acquired before lock 'second'; task 'b' acquired");
    }
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    try (Scheduler scheduler = scheduler()) {
      Event never = new Event("never");
      kind.spawn(
          scheduler.daemons(),
          "holder",
          co -> {
            co.await(first.acquire());
            co.await(never.await()); // somebody may yet set it
          });
      kind.spawn(scheduler.daemons(), "waiter", co -> co.await(first.acquire()));
      assertThat(foundAfter(scheduler, 4)).isEmpty();
    }
  }

  @Test
  void aWaitThatEndsByADeadlineIsInNoCycle() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(
          scheduler.daemons(),
          "b",
          co -> {
            co.await(second.acquire());
            co.await(Task.yield());
            co.await(new For(() -> first, true));
          });
      assertThat(foundAfter(scheduler, 4)).isEmpty();
    }
  }

  @Test
  void aWaitInAScopeThatHasADeadlineIsInNoCycle() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(
          scheduler.daemons(),
          "b",
          co -> {
            try (var _ = CancelScope.withTimeout(DAY)) {
              takes(second, first).run(co);
            }
          });
      assertThat(foundAfter(scheduler, 4)).isEmpty();
    }
  }

  @Test
  void aWaitThatMayEndFromOutsideIsInNoCycle() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(
          scheduler.daemons(),
          "b",
          co -> {
            co.await(second.acquire());
            co.await(Task.yield());
            For lock = new For(() -> first, false);
            lock.fromOutside = true;
            co.await(lock);
          });
      assertThat(foundAfter(scheduler, 4)).isEmpty();
    }
  }

  @Test
  void aPermitOfWhichOneHolderGoesOnIsNoDeadlockUntilHeWaitsToo() {
    try (Scheduler scheduler = scheduler()) {
      Semaphore pool = new Semaphore("pool", 2);
      kind.spawn(
          scheduler.daemons(),
          "a",
          co -> {
            co.await(pool.acquire());
            co.await(Task.yield());
            co.await(first.acquire());
          });
      kind.spawn(
          scheduler.daemons(),
          "b",
          co -> {
            co.await(first.acquire());
            co.await(Task.yield());
            co.await(pool.acquire());
          });
      kind.spawn(
          scheduler.daemons(),
          "c",
          co -> {
            co.await(pool.acquire());
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            co.await(first.acquire());
          });
      assertThat(foundAfter(scheduler, 5)).isEmpty();
      kind.spawn(scheduler, "clock", co -> co.await(Timers.sleep(Duration.ofSeconds(2))));
      scheduler.run();
      List<Deadlock> deadlocks = foundAfter(scheduler, 5);
      assertThat(deadlocks).hasSize(2);
      assertThat(names(deadlocks.getFirst())).containsExactly("a", "b");
      assertThat(names(deadlocks.getLast())).containsExactly("b", "c");
      assertThat(deadlocks.getFirst().isCertain()).isFalse();
    }
  }

  @Test
  void whatNeedsAllItsHoldersIsStuckWithTheFirstThatIs() {
    try (Scheduler scheduler = scheduler()) {
      Task<?>[] task = new Task<?>[3];
      AtomicBoolean all = new AtomicBoolean(true);
      task[0] =
          kind.spawn(
              scheduler.daemons(),
              "parent",
              co -> co.await(new For(() -> new Thing(List.of(task[1], task[2]), all), false)));
      task[1] = kind.spawn(scheduler.daemons(), "stuck", co -> co.await(task[0].join()));
      task[2] =
          kind.spawn(
              scheduler.daemons(),
              "going",
              co -> {
                while (true) {
                  co.await(Task.yield());
                }
              });
      assertThat(foundAfter(scheduler, 4).stream().map(FindDeadlocksTest::names))
          .containsExactly(List.of("parent", "stuck"));
      all.set(false);
      assertThat(foundAfter(scheduler, 4)).isEmpty();
    }
  }

  @Test
  void severalCyclesAreFoundTheShortestFirst() {
    try (Scheduler scheduler = scheduler()) {
      Task<?>[] task = new Task<?>[5];
      int[] joins = {1, 2, 0, 4, 3};
      for (int i = 0; i < joins.length; i++) {
        int next = joins[i];
        task[i] = kind.spawn(scheduler.daemons(), "t" + i, co -> co.await(task[next].join()));
      }
      assertThat(foundAfter(scheduler, 4).stream().map(FindDeadlocksTest::names))
          .containsExactly(List.of("t3", "t4"), List.of("t0", "t1", "t2"));
    }
  }

  /** The second is found from its second member, as the shortest through the first is another. */
  @Test
  void aCycleIsToldFromItsOldestTaskOnWhereverItWasFound() {
    try (Scheduler scheduler = scheduler()) {
      Task<?>[] task = new Task<?>[4];
      int[][] holders = {{1, 2}, {0}, {3}, {0}};
      for (int i = 0; i < task.length; i++) {
        int[] of = holders[i];
        For wait =
            new For(
                () ->
                    new Thing(
                        IntStream.of(of).<Task<?>>mapToObj(h -> task[h]).toList(),
                        new AtomicBoolean()),
                false);
        task[i] = kind.spawn(scheduler.daemons(), "t" + i, co -> co.await(wait));
      }
      assertThat(foundAfter(scheduler, 2).stream().map(FindDeadlocksTest::names))
          .containsExactly(List.of("t0", "t1"), List.of("t0", "t2", "t3"));
    }
  }

  /** From each of it a search would go through all the rest, and give up before the cycle. */
  @Test
  void aLongQueueBehindACycleDoesNotHideIt() {
    try (Scheduler scheduler = scheduler()) {
      Task<?>[] task = new Task<?>[2000];
      for (int i = 0; i < task.length; i++) {
        int next = i == task.length - 1 ? i - 1 : i + 1;
        task[i] = kind.spawn(scheduler.daemons(), "t" + i, co -> co.await(task[next].join()));
      }
      assertThat(foundAfter(scheduler, 2).stream().map(FindDeadlocksTest::names))
          .containsExactly(List.of("t1998", "t1999"));
    }
  }

  /** Compared with what follows from the definitions, tried out on all subsets. */
  @Test
  void whatIsFoundInRandomGraphsIsWhatFollowsFromTheDefinition() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int size = 2 + random.nextInt(6);
      List<List<Integer>> holders = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        List<Integer> of = new ArrayList<>();
        for (int n = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(2); n > 0; n--) {
          of.add(random.nextInt(size));
        }
        holders.add(of.stream().distinct().toList());
      }
      try (Scheduler scheduler = scheduler()) {
        Task<?>[] task = new Task<?>[size];
        for (int i = 0; i < size; i++) {
          int me = i;
          task[i] =
              kind.spawn(
                  scheduler.daemons(),
                  "" + i,
                  co ->
                      co.await(
                          new For(
                              () ->
                                  new Thing(
                                      holders.get(me).stream().<Task<?>>map(h -> task[h]).toList(),
                                      new AtomicBoolean()),
                              false)));
        }
        List<Deadlock> deadlocks = foundAfter(scheduler, 2);
        int shortest = shortestCycle(holders, stuck(holders));
        assertThat(deadlocks.isEmpty()).as("seed %s: %s", seed, holders).isEqualTo(shortest == 0);
        if (shortest > 0) {
          assertThat(deadlocks.getFirst().cycle())
              .as("seed %s: %s", seed, holders)
              .hasSize(shortest);
        }
        for (Deadlock deadlock : deadlocks) {
          assertIsCycle(deadlock, holders);
        }
      }
    }
  }

  private static void assertIsCycle(Deadlock deadlock, List<List<Integer>> holders) {
    List<Integer> cycle = names(deadlock).stream().map(Integer::valueOf).toList();
    assertThat(cycle).doesNotHaveDuplicates();
    for (int i = 0; i < cycle.size(); i++) {
      assertThat(holders.get(cycle.get(i))).contains(cycle.get((i + 1) % cycle.size()));
    }
  }

  /** As bits: the largest set in which each has holders, all of them in the set. */
  private static int stuck(List<List<Integer>> holders) {
    int stuck = 0;
    for (int set = 0; set < 1 << holders.size(); set++) {
      int candidate = set;
      boolean closed = true;
      for (int i = 0; i < holders.size(); i++) {
        boolean in = ((candidate >> i) & 1) == 1;
        boolean holdersIn = holders.get(i).stream().allMatch(h -> ((candidate >> h) & 1) == 1);
        closed &= !in || (holdersIn && !holders.get(i).isEmpty());
      }
      stuck |= closed ? set : 0;
    }
    return stuck;
  }

  /** 0 if there is none. */
  private static int shortestCycle(List<List<Integer>> holders, int stuck) {
    int size = holders.size();
    for (int length = 1; length <= size; length++) {
      for (int start = 0; start < size; start++) {
        int reached = stuck & (1 << start);
        for (int step = 0; step < length; step++) {
          int next = 0;
          for (int i = 0; i < size; i++) {
            if (((reached >> i) & 1) == 1) {
              for (int holder : holders.get(i)) {
                next |= 1 << holder;
              }
            }
          }
          reached = next & stuck;
        }
        if (((reached >> start) & 1) == 1) {
          return length;
        }
      }
    }
    return 0;
  }

  @Test
  void aForeignThreadMayNotLook() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      Foreign.run(
          () ->
              assertThatThrownBy(() -> Deadlock.find(scheduler))
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageContaining("Deadlock.find"));
    }
  }

  /** A wait for something of a user's own. */
  private static final class For extends YieldEvent<Void, RuntimeException> {
    private final Supplier<Resource> resource;
    private final boolean hasDeadline;
    private boolean fromOutside;

    For(Supplier<Resource> resource, boolean hasDeadline) {
      this.resource = resource;
      this.hasDeadline = hasDeadline;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (hasDeadline) {
        scheduler.setDeadline(this, scheduler.nanoTime() + 1_000_000_000_000L);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      scheduler.clearDeadline(this);
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return fromOutside;
    }

    @Override
    public Resource resource() {
      return resource.get();
    }

    @Override
    public String describe() {
      return resource().describe();
    }
  }

  /** Held by some. */
  private record Thing(List<Task<?>> holders, AtomicBoolean needsAll) implements Resource {
    @Override
    public String describe() {
      return "a thing";
    }

    @Override
    public void holderEnded(Task<?> holder) {}

    @Override
    public EndedBy endedBy() {
      return needsAll.get() ? EndedBy.ALL_HOLDERS : EndedBy.ANY_HOLDER;
    }
  }
}
