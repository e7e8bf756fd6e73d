package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of tasks and scopes, one inside the other, end together: nothing in the kernel calls
 * itself for each of them, and nothing looks at all of them for each. The numbers are such that the
 * one would overflow the stack, and the other take longer than a test may.
 */
@Holds("S12")
class StormTest {
  private static final int DEEP = 10_000;
  private static final int SCOPES = 30_000;

  private final List<String> failed = new ArrayList<>();

  /** How many bodies are through. */
  private int through;

  private Scheduler scheduler() {
    return Scheduler.builder()
        .findingReporter(finding -> {})
        .failureReporter((name, thrown) -> failed.add(name + ": " + thrown))
        .build();
  }

  /** A wait that only a cancellation ends. */
  private static final class Never extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler yieldedIn, Waiter waiter) {}

    @Override
    protected boolean handleCancel(Scheduler yieldedIn, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "what never comes";
    }
  }

  /** A group in a group, as deep as that; each task works beside its child. */
  private TaskBody nested(int depth, TaskBody innermost, TaskBody others) {
    return co -> {
      try (var group = TaskGroup.open()) {
        if (depth > 1) {
          group.spawn("sub", nested(depth - 1, innermost, others));
          others.run(co);
        } else {
          innermost.run(co);
        }
        co.await(group.join());
      } finally {
        through++;
      }
    };
  }

  private static void turns(Awaiter co, int count) {
    for (int i = 0; i < count; i++) {
      co.await(Task.yield());
    }
  }

  @Test
  void tenThousandNestedGroupsEndByOneCancel() {
    Scheduler scheduler = scheduler();
    TaskBody works = co -> co.await(new Never());
    Task<Void> top = scheduler.spawn("top", nested(DEEP, works, works));
    scheduler.spawn(
        "canceller",
        co -> {
          turns(co, 2 * DEEP);
          assertThat(top.cancel("enough")).isTrue();
        });
    Task<String> bystander = scheduler.submit("bystander", co -> "unharmed");
    scheduler.run();
    assertThat(top.state()).isEqualTo(Task.State.CANCELLED);
    assertThat(bystander.resultNow()).isEqualTo("unharmed");
    assertThat(through).isEqualTo(DEEP);
    assertThat(failed).isEmpty();
  }

  @Test
  void tenThousandNestedGroupsEndWhenTheInnermostTaskReturns() {
    Scheduler scheduler = scheduler();
    Task<Void> top = scheduler.spawn("top", nested(DEEP, co -> {}, co -> {}));
    scheduler.run();
    assertThat(top.state()).isEqualTo(Task.State.SUCCEEDED);
    assertThat(through).isEqualTo(DEEP);
  }

  @Test
  void aFailureTravelsFromTheInnermostOfTenThousandGroupsToTheOutermost() {
    Scheduler scheduler = scheduler();
    IllegalStateException why = new IllegalStateException("the innermost has failed");
    TaskBody fails =
        co -> {
          throw why;
        };
    Task<Void> top = scheduler.spawn("top", nested(DEEP, fails, co -> co.await(new Never())));
    scheduler.run();
    assertThat(top.state()).isEqualTo(Task.State.FAILED);
    assertThat(top.exceptionNow()).isSameAs(why);
    assertThat(through).isEqualTo(DEEP);
  }

  /** A step cannot wait in close(): its body is through before its child is. */
  @Test
  void tenThousandTasksWhoseBodiesAreThroughEndTogetherWithTheInnermost() {
    Scheduler scheduler = scheduler();
    List<Task<?>> tasks = new ArrayList<>();
    scheduler.start("top", Body.step(new Leaves(DEEP, tasks)));
    scheduler.run();
    assertThat(tasks).hasSize(DEEP - 1).allMatch(Task::isDone);
    assertThat(failed).isEmpty();
  }

  /** Opens a group, starts the next in it, and ends when all have started. */
  private static final class Leaves extends Step<@Nullable Void> {
    private final int depth;
    private final List<Task<?>> tasks;
    private boolean started;

    Leaves(int depth, List<Task<?>> tasks) {
      this.depth = depth;
      this.tasks = tasks;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (!started && depth > 1) {
        tasks.add(TaskGroup.open().start("sub", Body.step(new Leaves(depth - 1, tasks))));
      }
      started = true;
      return tasks.size() < DEEP - 1 ? Task.yield() : null;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) {
      return null;
    }
  }

  /** What undoes the wait of each of them cancels the next one. */
  @Test
  void tenThousandTasksEachOfWhichWaitsUntilItsChildIsReadyEndByOneCancel() {
    Scheduler scheduler = scheduler();
    Task<Void> top = scheduler.spawn("top", starting(DEEP));
    scheduler.spawn(
        "canceller",
        co -> {
          turns(co, 2 * DEEP);
          top.cancel("enough");
        });
    scheduler.run();
    assertThat(top.state()).isEqualTo(Task.State.CANCELLED);
    assertThat(through).isEqualTo(DEEP);
    assertThat(failed).isEmpty();
  }

  private TaskBody starting(int depth) {
    return co -> {
      try (var group = TaskGroup.open()) {
        if (depth == 1) {
          co.await(new Never());
        }
        co.await(
            group.<String>start(
                "sub", _ -> Body.coroutine(inner -> starting(depth - 1).run(inner))));
      } finally {
        through++;
      }
    };
  }

  /** Innermost first is the worst: each cancellation is around all that know one already. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thirtyThousandNestedScopesAreCancelledOneByOneInAnyOrder(boolean innermostFirst) {
    Scheduler scheduler = scheduler();
    List<CancelScope<?>> scopes = new ArrayList<>();
    Task<String> host =
        scheduler.submit(
            "host",
            co -> {
              for (int i = 0; i < SCOPES; i++) {
                scopes.add(CancelScope.open());
              }
              List<CancelScope<?>> order = innermostFirst ? scopes.reversed() : scopes;
              order.forEach(scope -> scope.cancel("enough"));
              for (CancelScope<?> scope : scopes.reversed()) {
                assertThatThrownBy(() -> throwIfCancelled(Task.current())).hasMessage("cancelled");
                scope.close();
              }
              throwIfCancelled(Task.current());
              return "out";
            });
    scheduler.run();
    assertThat(host.resultNow()).isEqualTo("out");
  }

  private static void throwIfCancelled(Task<?> task) {
    if (task.cancelledBy() != null) {
      throw new IllegalStateException("cancelled");
    }
  }

  @Test
  void ofThirtyThousandNestedTimeoutsThatAreOverTheOutermostReports() {
    Scheduler scheduler = scheduler();
    Task<Void> host =
        scheduler.spawn(
            "host",
            co -> {
              CancelScope<?> outermost = CancelScope.withTimeout(Duration.ofNanos(7));
              assertThat(outermost.isCancelled()).isFalse();
              for (int i = 0; i < SCOPES; i++) {
                CancelScope<?> _ = CancelScope.withTimeout(Duration.ofNanos(i % 5));
              }
              co.await(new Never());
            });
    scheduler.run();
    assertThat(host.exceptionNow()).hasMessageStartingWith("timed out after PT0.000000007S");
  }

  /** Reach: "the outermost is the same for both", compared with a walk over all scopes. */
  @Test
  void whatReachesAScopeIsWhatAWalkToTheRootFinds() {
    Scheduler scheduler = scheduler();
    for (int seed = 0; seed < 60; seed++) {
      RandomScopes random = new RandomScopes(seed);
      scheduler.spawn("seed " + seed, co -> random.run(co, 3));
      scheduler.run();
    }
    assertThat(failed).isEmpty();
  }

  /** Opens, leaves and cancels scopes in random order, in a tree of tasks. */
  private static final class RandomScopes {
    private final Random random;
    private final List<CancelScope<?>> all = new ArrayList<>();

    RandomScopes(int seed) {
      random = new Random(seed);
    }

    void run(Awaiter co, int levels) {
      Deque<AutoCloseable> open = new ArrayDeque<>();
      Task<?> task = Task.current();
      for (int i = 0; i < 40; i++) {
        act(task, open, levels);
        check(task);
        try {
          if (random.nextInt(4) == 0) {
            co.await(Task.yield());
          }
        } catch (Cancelled swallowed) {
          assertThat(task.isReached()).isTrue();
        }
        check(task);
      }
      while (!open.isEmpty()) {
        leave(open.pop());
        check(task);
      }
    }

    private void act(Task<?> task, Deque<AutoCloseable> open, int levels) {
      switch (random.nextInt(9)) {
        case 0 -> push(CancelScope.open(), open);
        case 1 -> push(CancelScope.shielded(), open);
        case 2 -> push(CancelScope.finishing(), open);
        case 3 -> start(open, levels);
        case 4, 5 -> {
          if (!open.isEmpty()) {
            leave(open.pop());
          }
        }
        case 6 -> cancelSome(scope -> scope.cancel("softly", Duration.ofHours(1)));
        case 7 -> cancelSome(scope -> scope.cancel("for good"));
        default -> {
          if (random.nextInt(20) == 0) {
            task.cancel("the task");
          }
        }
      }
    }

    private void push(CancelScope<?> scope, Deque<AutoCloseable> open) {
      open.push(scope);
      all.add(scope);
    }

    private void cancelSome(Consumer<CancelScope<?>> how) {
      if (!all.isEmpty()) {
        how.accept(all.get(random.nextInt(all.size())));
      }
    }

    private void start(Deque<AutoCloseable> open, int levels) {
      if (levels == 0) {
        return;
      }
      TaskGroup<?> group = TaskGroup.settle();
      open.push(group);
      try {
        for (int i = random.nextInt(3); i >= 0; i--) {
          group.spawn(co -> run(co, levels - 1));
        }
      } catch (IllegalStateException refused) {
        assertThat(refused).hasMessageContaining("cancelled");
      }
    }

    private static void leave(AutoCloseable scope) {
      try {
        scope.close();
      } catch (Exception forgotten) {
        assertThat(forgotten).hasMessageContaining("without group.join()");
      }
    }

    private void check(Task<?> task) {
      assertThat(task.isReached()).isEqualTo(byWalking(task.scope) != null);
      for (CancelScope<?> scope = task.scope; scope != null; scope = scope.parent) {
        if (random.nextInt(2) == 0 && isOpen(scope)) { // not each: a look shortens ways
          assertThat(Reach.isReached(scope)).isEqualTo(byWalking(scope) != null);
          assertThat(Reach.outermost(scope)).isSameAs(byWalking(scope));
        }
      }
    }
  }

  /** Whether no scope around it was left, which then learns nothing any more. */
  private static boolean isOpen(CancelScope<?> innermost) {
    CancelScope<?> scope = innermost;
    while (scope != null && !scope.toString().contains(", closed")) {
      scope = scope.parent;
    }
    return scope == null;
  }

  /** The outermost cancelled scope that reaches the inside, by the words of {@link CancelScope}. */
  private static @Nullable CancelScope<?> byWalking(@Nullable CancelScope<?> innermost) {
    CancelScope<?> found = null;
    boolean finishing = false;
    for (CancelScope<?> scope = innermost; scope != null; scope = scope.parent) {
      found = scope.reaches(finishing) ? scope : found;
      if (scope.kind == CancelScope.Kind.SHIELDED) {
        break;
      }
      finishing |= scope.kind == CancelScope.Kind.FINISHING;
    }
    return found;
  }
}
