package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Play;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.CancellationModel.Cancellation;
import dev.heddle.sync.CancellationModel.Flag;
import dev.heddle.sync.CancellationModel.Frame;
import dev.heddle.sync.CancellationModel.Shelter;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The structured part of a {@link RandomProgram}: scopes and groups one inside the other, who is
 * cancelled, and a second opinion on whom that reaches.
 */
final class RandomTree {
  private static final int MOST_CHILDREN = 24;

  /** What a task does inside of a scope or as a child; {@code depth} counts those around it. */
  interface Ops {
    void act(Play.Player me, int count, int depth) throws Exception;
  }

  private interface Block {
    void run() throws Exception;
  }

  private final Random random;
  private final Ops ops;
  private final CancellationModel model;
  private final List<Task<?>> tasks = new ArrayList<>();
  private final Map<Task<?>, Frame> innermost = new HashMap<>();
  private final Map<Task<?>, Flag> cancelledTasks = new HashMap<>();

  /** Which group the task waits for. */
  private final Map<Task<?>, Frame> joining = new HashMap<>();

  /** Those that are open now, for others to cancel. */
  private final List<Runnable> cancels = new ArrayList<>();

  private int children;

  RandomTree(Random random, VirtualTime time, Ops ops) {
    this.random = random;
    this.ops = ops;
    this.model = new CancellationModel(time);
  }

  List<Task<?>> tasks() {
    return tasks;
  }

  Duration someTime() {
    return Duration.ofMillis(random.nextInt(4));
  }

  /** To be called for each task, when it is started. */
  private void add(Task<?> task, Frame around) {
    add(task, around, () -> false);
  }

  /** For one that is cancelled in yet another way. */
  private void add(Task<?> task, Frame around, BooleanSupplier abandoned) {
    Flag flag = new Flag();
    cancelledTasks.put(task, flag);
    Cancellation cancellation = () -> flag.isHard() || abandoned.getAsBoolean();
    innermost.put(task, model.frame(around, Shelter.NONE, cancellation, List.of()));
    tasks.add(task);
  }

  void addRoot(Task<?> task) {
    add(task, null);
  }

  void cancelSomebody(Play.Player me) throws Exception {
    if (!cancels.isEmpty() && random.nextBoolean()) {
      me.does(cancels.get(random.nextInt(cancels.size())));
    } else if (random.nextInt(3) == 0) {
      Task<?> victim = tasks.get(random.nextInt(tasks.size()));
      if (me.<Boolean>gets(() -> victim.cancel("by " + me.name()))) {
        cancelledTasks.get(victim).set();
      }
    }
  }

  // Scopes.

  void someScope(Play.Player me, int depth) throws Exception {
    int what = random.nextInt(6);
    Duration time = someTime();
    Block inside = () -> ops.act(me, 1 + random.nextInt(3), depth + 1);
    try {
      switch (what) {
        case 0, 1 -> inScope(me, () -> CancelScope.withTimeout(time), Shelter.NONE, inside);
        case 2, 3 ->
            inScope(me, () -> CancelScope.shielded(time.plusMillis(1)), Shelter.FROM_ALL, inside);
        case 4 -> inScope(me, CancelScope::finishing, Shelter.FROM_SOFT, inside);
        default -> inScope(me, CancelScope::open, Shelter.NONE, inside);
      }
    } catch (TimeoutException e) {
      me.say("timeout");
    }
  }

  private void inScope(
      Play.Player me, Callable<CancelScope<?>> opening, Shelter shelter, Block block)
      throws Exception {
    CancelScope<?>[] opened = new CancelScope<?>[1];
    try {
      CancelScope<?> scope = opening.call();
      opened[0] = scope;
      try (AutoCloseable _ = scope) {
        CancellationModel.OfScope cancellation = model.new OfScope(scope);
        Runnable cancel = canceller(cancellation);
        cancels.add(cancel);
        Frame around = innermost.get(me.task());
        innermost.put(me.task(), model.frame(around, shelter, cancellation, List.of()));
        try {
          if (scope.remaining() != null && random.nextInt(3) == 0) {
            move(me, scope);
          }
          block.run();
        } finally {
          innermost.put(me.task(), around);
          cancels.remove(cancel);
        }
      }
    } catch (Cancelled cancelled) {
      opened[0].swallow(cancelled);
      me.say("swallowed");
    }
  }

  private void move(Play.Player me, CancelScope<?> scope) throws Exception {
    Duration time = someTime();
    me.does(
        () -> {
          if (!scope.isCancelled()) {
            scope.moveDeadline(time);
          }
        });
  }

  private Runnable canceller(CancellationModel.OfScope scope) {
    Duration grace = random.nextInt(3) == 0 ? someTime() : null;
    return () -> scope.cancel(grace);
  }

  // Groups.

  void someGroup(Play.Player me, Play play, int depth) throws Exception {
    List<Task<?>> mine = new ArrayList<>();
    try {
      try (var group = open()) {
        inGroup(me, play, group, mine, depth);
      }
    } catch (Play.Mishap | TimeoutException e) {
      me.say(e.getMessage());
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("left without group.join()");
    } catch (Cancelled e) {
      groupOf(mine, e);
      me.say("group cancelled");
    } finally {
      checkEnded(me, mine);
    }
  }

  /** Swallows what the group has caused by itself. */
  private static void groupOf(List<Task<?>> mine, Cancelled cancelled) {
    if (mine.isEmpty()) {
      throw cancelled;
    }
    mine.getFirst().group().swallow(cancelled);
  }

  private TaskGroup<?> open() {
    return switch (random.nextInt(4)) {
      case 0 -> TaskGroup.open();
      case 1 -> TaskGroup.all();
      case 2 -> TaskGroup.any();
      default -> TaskGroup.settle();
    };
  }

  /** After the block of a group the first await at the latest waits for its children. */
  private static void checkEnded(Play.Player me, List<Task<?>> mine) {
    try {
      me.yields(1);
    } finally {
      assertThat(mine).as("children of a group that was left").allMatch(Task::isDone);
    }
  }

  private void inGroup(Play.Player me, Play play, TaskGroup<?> group, List<Task<?>> mine, int depth)
      throws Exception {
    Flag flag = new Flag();
    Runnable cancel =
        () -> {
          flag.set();
          group.cancel("by somebody");
        };
    Frame around = innermost.get(me.task());
    Frame inside = model.frame(around, Shelter.NONE, flag, mine);
    innermost.put(me.task(), inside);
    cancels.add(cancel);
    try {
      for (int i = random.nextInt(4); i > 0 && children < MOST_CHILDREN; i--) {
        if (random.nextInt(4) == 0) {
          startAndWaitUntilReady(me, play, group, inside, mine, depth);
        } else {
          startChild(me, play, group, inside, mine, depth);
        }
      }
      ops.act(me, random.nextInt(3), depth + 1);
      joining.put(me.task(), inside);
      join(me, group);
    } finally {
      flag.set(); // whoever of it has not ended is cancelled when the block is left
      joining.remove(me.task());
      cancels.remove(cancel);
      innermost.put(me.task(), around);
    }
  }

  private void startChild(
      Play.Player me, Play play, TaskGroup<?> group, Frame inside, List<Task<?>> mine, int depth)
      throws Exception {
    String name = "c" + children++;
    int count = random.nextInt(6);
    boolean fails = random.nextInt(3) == 0;
    try {
      Task<?> child =
          me.gets(
              () ->
                  play.task(
                      group,
                      name,
                      other -> {
                        ops.act(other, count, depth + 1);
                        if (fails) {
                          throw new Play.Mishap(name + " fails");
                        }
                      }));
      mine.add(child);
      add(child, inside);
    } catch (IllegalStateException e) {
      assertThat(e.getMessage())
          .containsAnyOf("is cancelled and accepts no more tasks", "is closed; nothing can be");
      me.say("refused");
    }
  }

  /** Some are never ready, some fail before, and some of those who wait do not wait long. */
  private void startAndWaitUntilReady(
      Play.Player me, Play play, TaskGroup<?> group, Frame inside, List<Task<?>> mine, int depth)
      throws Exception {
    String name = "s" + children++;
    Flag ready = new Flag();
    Task<?> starter = me.task();
    BooleanSupplier abandoned = () -> !ready.isHard() && !waitsUntilReady(starter, name);
    YieldEvent<Integer, Exception> start =
        group.start(
            name,
            readiness ->
                play.body(
                    name,
                    other -> {
                      mine.add(other.task());
                      add(other.task(), inside, abandoned);
                      ops.act(other, random.nextInt(3), depth + 1);
                      if (random.nextInt(4) > 0) {
                        other.does(
                            () -> {
                              if (!abandoned.getAsBoolean()) {
                                ready.set();
                              }
                              readiness.ready(mine.size());
                            });
                      }
                      ops.act(other, random.nextInt(3), depth + 1);
                      if (random.nextInt(4) == 0) {
                        throw new Play.Mishap(name + " fails");
                      }
                    }));
    Duration longest = someTime();
    try {
      me.say(me.await(random.nextBoolean() ? start : start.within(longest)));
    } catch (Play.Mishap e) {
      me.say(e.getMessage() + " before it is ready");
    } catch (IllegalStateException e) {
      assertThat(e.getMessage())
          .containsAnyOf(
              "is cancelled and accepts no more tasks",
              "ended before it was ready",
              "is closed; nothing can be spawned");
      me.say("not ready");
    }
  }

  /** Who does no more, though the child has not said that it is ready, has cancelled it. */
  private static boolean waitsUntilReady(Task<?> starter, String child) {
    YieldEvent<?, ?> event = starter.waitingFor();
    return event != null && event.describe().contains("task '" + child + "' to be ready");
  }

  private void join(Play.Player me, TaskGroup<?> group) throws Exception {
    YieldEvent<?, ?> join = group.join();
    Block block = () -> me.await(join);
    Duration time = someTime();
    switch (random.nextInt(6)) {
      case 0 -> me.await(join.within(time));
      case 1 -> me.say("leaves");
      case 2 -> inScope(me, () -> CancelScope.withTimeout(time), Shelter.NONE, block);
      case 3 -> inScope(me, () -> CancelScope.shielded(time), Shelter.FROM_ALL, block);
      default -> block.run();
    }
  }

  // The second opinion.

  /** To be called after a sleep, see {@link CancellationModel#hasNoticed}. */
  void hasNoticed(long nanoTime) {
    model.hasNoticed(nanoTime);
  }

  /** Who is inside of a cancelled scope does not wait, but for what cannot be undone at once. */
  void checkCancelledDoNotWait() {
    for (Task<?> task : tasks) {
      if (task.state() == Task.State.WAITING && innermost.get(task).surelyReached()) {
        assertThat(task.waitingFor().describe())
            .as("%s is cancelled and waits: %s", task, innermost.get(task).describe())
            .containsAnyOf("the tasks of ", ", to leave ");
        Frame group = joining.get(task);
        assertThat(group != null && !group.perhapsReached() && !group.isShaken())
            .as("%s joins, though cancelled %s", task, TaskDump.of(task.scheduler()))
            .isFalse();
      }
    }
  }

  void checkEnd() {
    assertThat(tasks).allMatch(Task::isDone);
    assertThat(cancels).isEmpty();
    for (Task<?> task : tasks) {
      if (task.state() == Task.State.FAILED) {
        assertThat(task.exceptionNow()).isInstanceOf(Play.Mishap.class);
      }
    }
  }

  /** Sleeps, so that time passes for others. */
  void sleep(Play.Player me) {
    me.await(Timers.sleep(someTime()));
  }
}
