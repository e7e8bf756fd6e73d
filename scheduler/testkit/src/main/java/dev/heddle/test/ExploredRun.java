package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TurnOrder;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run of a test of an {@link Explorer}: its world, and its order of turns. What is kept from
 * one run to the next is in {@link ExplorerPlan}.
 */
final class ExploredRun implements TurnOrder {
  /** A deadline passes before a ready task, or a task is cancelled, one time in so many. */
  private static final int SELDOM = 16;

  private static final String DEADLINE = "deadline first";
  private static final String CANCEL = "cancel";
  private static final int MOST_DUMP = 20_000;

  /** Ends a run in which only tasks could go on that are held back. */
  private static final class HeldBack extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HeldBack() {
      super("only tasks that are held back can go on", null, false, false);
    }
  }

  /** How a step deviates from the usual one. */
  enum Deviation {
    NONE,
    /** The task overtakes others once. */
    BEFORE,
    /** The tasks that the task overtakes have no turn any more as long as others can run. */
    FALLS_BEHIND,
    /** A fault, a deadline, a cancellation. */
    FAULT
  }

  /**
   * One turn, for people; or what else was chosen before it.
   *
   * @param usual who would have had the turn, and where; empty if it does not deviate
   */
  record Step(String what, String who, String at, Deviation deviation, String usual) {
    boolean deviates() {
      return deviation != Deviation.NONE;
    }
  }

  private final ExplorerPlan plan;
  private final Choices choices;
  private final World world;
  private final SimulatedPoller poller;
  private final Set<Long> without;

  /** What happened, for people; null unless it is asked for. */
  private final @Nullable List<Step> steps;

  /** The names of those of {@link #without} that were seen. */
  private final Set<String> heldBack = new TreeSet<>();

  /** The tasks that have no turn as long as others can run; the last one comes last. */
  private final List<Task<?>> behind = new ArrayList<>(0);

  private final Ordered ordered = new Ordered();
  private final List<Task<?>> mayBeCancelled = new ArrayList<>(0);
  private @Nullable Scheduler scheduler;
  private @Nullable Throwable failureOfTask;
  private int turns;
  private boolean hasRun;
  private boolean isClosing;

  /** When the world was healed, in virtual time; -1 before. */
  private long healedAt = -1;

  /**
   * A run that has not begun.
   *
   * @param without the tasks that never have a turn, by their numbers
   * @param explained whether the steps are kept, and all that messages need
   */
  ExploredRun(ExplorerPlan plan, Choices choices, Set<Long> without, boolean explained) {
    this.plan = plan;
    this.choices = choices;
    this.without = without;
    steps = explained ? new ArrayList<>() : null;
    world = new World(choices, Long.MAX_VALUE);
    poller = new SimulatedPoller(world, () -> {});
  }

  /** Runs the test; returns what it failed with, or null. */
  @Nullable Throwable run(long seed) {
    world.add(poller);
    SchedulerBuilder builder =
        Scheduler.builder()
            .name("test")
            .clock(world.clock)
            .poller(poller)
            .watchdog(Duration.ZERO)
            .recordSites(steps != null)
            .turnBudget(plan.turnBudget)
            .findingReporter(finding -> {})
            .failureReporter(this::taskFailed);
    KernelView.get().steer(builder, this);
    Throwable thrown = null;
    Scheduler made = builder.build();
    scheduler = made;
    plan.runs(made);
    try {
      poller.serves(made);
      plan.body.run(new Simulation(seed, choices, world.clock, made).exploredBy(this));
      if (!hasRun) {
        runTasks();
      }
    } catch (Throwable failure) {
      thrown = failure;
    } finally {
      isClosing = true;
      thrown = close(made, thrown);
      world.remove(poller);
    }
    return thrown;
  }

  private static @Nullable Throwable close(Scheduler scheduler, @Nullable Throwable thrown) {
    try {
      scheduler.close();
    } catch (Throwable failure) {
      return thrown == null ? failure : thrown;
    }
    return thrown;
  }

  private void taskFailed(String task, Throwable failure) {
    if (failureOfTask == null && !isClosing) {
      failureOfTask = failure;
    }
  }

  // What a simulation passes on.

  void runTasks() throws Exception {
    hasRun = true;
    try {
      scheduler().run();
    } catch (HeldBack _) {
      // the test goes on with what the others have done
    }
    Throwable failure = failureOfTask;
    if (failure != null) {
      failureOfTask = null;
      throw SneakyThrow.of(failure);
    }
  }

  void sometimes(boolean condition, String what) {
    plan.sometimes(condition, what);
  }

  void mayCancel(Task<?> task) {
    mayBeCancelled.add(task);
  }

  void heal() {
    if (healedAt < 0) {
      healedAt = world.clock.elapsedNanos();
      choices.noMoreFaults();
    }
  }

  private Scheduler scheduler() {
    Scheduler made = scheduler;
    assert made != null : "the run has not begun";
    return made;
  }

  /** The strategy, whose faults become steps. */
  Choices.Strategy noted(Choices.Strategy strategy) {
    return new Choices.Strategy() {
      @Override
      public int pick(String kind, int n, Object who) {
        return noted(kind, who, strategy.pick(kind, n, who));
      }

      @Override
      public boolean happens(String kind, int oneIn, Object who) {
        return noted(kind, who, strategy.happens(kind, oneIn, who) ? 1 : 0) == 1;
      }

      private int noted(String kind, Object who, int answer) {
        boolean isOurs = kind.equals(Choices.TURN) || kind.equals(DEADLINE) || kind.equals(CANCEL);
        if (answer != 0 && !isOurs) {
          note(kind + (answer == 1 ? "" : " " + answer), who.toString(), "");
        }
        return answer;
      }
    };
  }

  // The order of turns.

  /** The names of the tasks that were ready, and had no turn. */
  Set<String> heldBack() {
    return heldBack;
  }

  List<Step> steps() {
    return steps == null ? List.of() : steps;
  }

  @Override
  public int next(ReadyTasks ready) {
    if (isClosing) {
      return 0;
    }
    if (++turns > plan.mostTurns) {
      throw new AssertionError(
          "the run has not ended after "
              + plan.mostTurns
              + " turns; the tasks go on without an end, or Explorer.turns(n) is too small"
              + dump());
    }
    checkTime();
    cancelSome();
    long untilDeadline = ready.nanosUntilDeadline();
    if (untilDeadline != Long.MAX_VALUE
        && untilDeadline > 0
        && choices.happens(DEADLINE, SELDOM, "time")) {
      note("time", "a deadline passes", "");
      world.clock.advanceNanos(untilDeadline);
      return LOOK;
    }
    if (without.isEmpty() && behind.isEmpty()) {
      return nextOf(ready);
    }
    ordered.begin(ready);
    return ordered.places[nextOf(ordered)];
  }

  private int nextOf(ReadyTasks ready) {
    int answer = choices.turn(ready);
    int place = answer < ready.size() ? answer : answer - ready.size() + 1;
    plan.sees(ready.get(place).id());
    if (steps != null) {
      note(ready, place, answer);
    }
    if (answer >= ready.size()) {
      for (int i = 0; i < place; i++) {
        behind.remove(ready.get(i));
        behind.add(ready.get(i));
      }
    }
    return place;
  }

  private void note(ReadyTasks ready, int place, int answer) {
    Task<?> task = ready.get(place);
    Task<?> usual = ready.get(0);
    String over = answer == 0 ? "" : usual.name() + " (" + at(usual) + ")";
    Deviation deviation =
        answer == 0
            ? Deviation.NONE
            : answer < ready.size() ? Deviation.BEFORE : Deviation.FALLS_BEHIND;
    steps().add(new Step("turn " + turns, task.name(), at(task), deviation, over));
  }

  private static String at(Task<?> task) {
    List<StackTraceElement> where = KernelView.get().where(task);
    if (where.isEmpty()) {
      return "its start";
    }
    StackTraceElement line = where.getFirst();
    return line.getFileName() == null
        ? line.getClassName()
        : line.getFileName() + ":" + line.getLineNumber();
  }

  private void note(String what, String who, String at) {
    if (steps != null) {
      steps.add(new Step(what, who, at, Deviation.FAULT, ""));
    }
  }

  private void checkTime() {
    long now = world.clock.elapsedNanos();
    if (healedAt < 0 && plan.faultsForNanos != Long.MAX_VALUE && now >= plan.faultsForNanos) {
      heal();
    }
    if (healedAt >= 0 && now - healedAt > plan.endsWithinNanos) {
      throw new AssertionError(
          "the tasks have not ended within "
              + Duration.ofNanos(plan.endsWithinNanos)
              + " of virtual time after the last fault"
              + dump());
    }
  }

  private String dump() {
    String dump = TaskDump.of(scheduler()).toString();
    return "\n" + (dump.length() > MOST_DUMP ? dump.substring(0, MOST_DUMP) + "..." : dump);
  }

  private void cancelSome() {
    for (int i = mayBeCancelled.size() - 1; i >= 0; i--) {
      Task<?> task = mayBeCancelled.get(i);
      if (task.isDone()) {
        mayBeCancelled.remove(i);
      } else if (choices.happens(CANCEL, SELDOM, task)) {
        mayBeCancelled.remove(i);
        note("cancel", task.name(), steps == null ? "" : at(task));
        task.cancel("the explorer cancels it");
      }
    }
  }

  /** The ready tasks but for those that are held back; those that fell behind come last. */
  private final class Ordered implements ReadyTasks {
    private int[] places = new int[16];
    private int size;
    private @Nullable ReadyTasks all;

    void begin(ReadyTasks ready) {
      all = ready;
      size = 0;
      if (places.length < ready.size()) {
        places = new int[2 * ready.size()];
      }
      for (int i = 0; i < ready.size(); i++) {
        Task<?> task = ready.get(i);
        if (without.contains(task.id())) {
          heldBack.add(task.name());
        } else if (!behind.contains(task)) {
          places[size++] = i;
        }
      }
      for (Task<?> task : behind) {
        addLast(task, ready);
      }
      if (size == 0) {
        throw new HeldBack();
      }
    }

    private void addLast(Task<?> task, ReadyTasks ready) {
      for (int i = 0; i < ready.size(); i++) {
        if (ready.get(i) == task) {
          places[size++] = i;
        }
      }
    }

    private ReadyTasks all() {
      return Objects.requireNonNull(all);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public Task<?> get(int place) {
      return all().get(places[place]);
    }

    @Override
    public long nanosUntilDeadline() {
      return all().nanosUntilDeadline();
    }
  }
}
