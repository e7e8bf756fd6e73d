package dev.heddle.test;

import dev.heddle.net.SocketProvider;
import dev.heddle.process.ChildProvider;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run of a test of an {@link Explorer}: its world, and its order of turns. What is kept from
 * one run to the next is in {@link ExplorerPlan}.
 */
final class ExploredRun {
  /** A deadline passes before a ready task, or a task is cancelled, one time in so many. */
  private static final int SELDOM = 16;

  private static final String DEADLINE = "deadline first";
  private static final String CANCEL = "cancel";
  private static final String OTHERS = "another scheduler first";

  /** The kinds of choices that are noted where they are made. */
  private static final Set<String> NOTED =
      Set.of(
          Choices.TURN,
          DEADLINE,
          CANCEL,
          OTHERS,
          Network.CUT,
          Network.MENDED,
          Network.CRASH,
          Processes.KILL);

  private static final int MOST_DUMP = 20_000;

  /** Ends a run in which only tasks could go on that are held back. */
  static final class HeldBack extends RuntimeException {
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

  /** Looks for races; null unless it is asked for. */
  private final @Nullable RaceWatch races;

  /** The names of those of {@link #without} that were seen. */
  private final Set<String> heldBack = new TreeSet<>();

  private final List<Task<?>> mayBeCancelled = new ArrayList<>(0);
  private @Nullable Scheduler scheduler;
  private @Nullable Throwable failureOfTask;

  /** Null until the test asks for it: most tests have none. */
  private @Nullable Network network;

  /** Null until there is a network. */
  private @Nullable SimulatedProvider provider;

  /** What ends the run from outside, as what another host's body has thrown; null if nothing. */
  private @Nullable Throwable hostFailure;

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
   * @param races whether it looks for races across an await
   */
  ExploredRun(
      ExplorerPlan plan, Choices choices, Set<Long> without, boolean explained, boolean races) {
    this.races = races ? new RaceWatch(plan.ignoredRaces, plan.locksHeld) : null;
    this.plan = plan;
    this.choices = choices;
    this.without = without;
    steps = explained ? new ArrayList<>() : null;
    world = new World(choices, Long.MAX_VALUE);
    poller = new SimulatedPoller(world, this::clockEnds);
  }

  /** Runs the test; returns what it failed with, or null. */
  @Nullable Throwable run(long seed) {
    if (Thread.interrupted() && plan.abandoned) { // else it was the run before that did that
      Thread.currentThread().interrupt();
    }
    world.add(poller);
    SchedulerBuilder builder =
        explored(Scheduler.builder()).name("test").poller(poller).failureReporter(this::taskFailed);
    KernelView.get().steer(builder, new ExploredOrder(this, poller, "", without));
    if (races != null) {
      KernelView.get().watchAccesses(races);
    }
    Throwable thrown = null;
    Scheduler made = builder.build();
    scheduler = made;
    plan.runs(made);
    try {
      poller.serves(made);
      ChildProvider.use(made, new SimulatedChildren(this::provider));
      plan.body.run(new Simulation(seed, choices, world.clock, made).exploredBy(this));
      if (!hasRun) {
        runTasks();
      }
    } catch (Throwable failure) {
      thrown = failure;
    } finally {
      isClosing = true;
      if (races != null) {
        races.turn(null);
      }
      choices.close();
      endNetwork();
      thrown = close(made, thrown);
      endHosts();
      if (races != null) {
        KernelView.get().watchAccesses(null);
      }
    }
    Throwable failure = hostFailure == null ? thrown : hostFailure;
    RaceWatch.RaceAcrossAwait race = races == null ? null : races.first();
    boolean saysLess = failure == null || failure instanceof ConcurrentModificationException;
    return race != null && saysLess ? race : failure;
  }

  /**
   * While this thread has the turn. Later the other schedulers go on by themselves, and who closes
   * one whose run has just ended would carry its end, and wait for a turn that nobody hands on.
   */
  private void endNetwork() {
    Network hosts = network;
    if (hosts != null && !hosts.isOver()) {
      hosts.end();
    }
  }

  /** The other schedulers take their last turns, of which nothing is recorded. */
  private void endHosts() {
    endNetwork(); // if it was first asked for at the end
    Network hosts = network;
    world.remove(poller);
    if (hosts != null) {
      // although the body has interrupted this thread: the next run must not begin beside this one
      hosts.loops().forEach(loop -> loop.awaitEnd(() -> plan.abandoned));
    }
  }

  // The network.

  /** The host on which the test's own tasks are. */
  Host host() {
    Network known = network;
    if (known == null) {
      known = new Network(world, this::hostFailed);
      known.explored(this);
      network = known;
      Host made = known.host("test");
      provider = new SimulatedProvider(made, poller);
      SocketProvider.use(scheduler(), made.sockets(provider));
    }
    return known.host("test");
  }

  /** What the test's own tasks open their channels by. */
  private SimulatedProvider provider() {
    Host _ = host();
    return Objects.requireNonNull(provider, "provider");
  }

  /** What differs from the defaults in each scheduler of the run. */
  SchedulerBuilder explored(SchedulerBuilder builder) {
    return builder
        .clock(world.clock)
        .watchdog(Duration.ZERO)
        .recordSites(steps != null)
        .turnBudget(plan.turnBudget)
        .findingReporter(finding -> {});
  }

  /** The same, with the order of turns, for a scheduler of another host. */
  void explored(SchedulerBuilder builder, SimulatedPoller loop, String name) {
    plan.seesHosts();
    if (races != null) {
      KernelView.get().watchAccesses(races);
    }
    KernelView.get().steer(explored(builder), new ExploredOrder(this, loop, name + "/", Set.of()));
  }

  private void hostFailed(Throwable failure) {
    if (hostFailure == null && !isClosing) {
      hostFailure = failure;
      scheduler().close();
    }
  }

  private void clockEnds() {
    hostFailed(
        new AssertionError(
            "the clock has come to its end, 292 years after its start; the tasks wait for what"
                + " comes later\n"
                + TaskDump.of(scheduler(), Duration.ZERO)));
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
    Throwable failure = hostFailure == null ? failureOfTask : hostFailure;
    if (failure != null) {
      failureOfTask = null;
      throw Rethrow.of(failure);
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
      if (network != null) {
        network.heal();
      }
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
        if (answer != 0 && kind.equals(World.LOOP)) {
          note("host", "another scheduler goes on first", "");
        } else if (answer != 0 && !NOTED.contains(kind)) {
          note(kind + (answer == 1 ? "" : " " + answer), who.toString(), "");
        }
        return answer;
      }
    };
  }

  // What the orders of turns ask.

  /** The names of the tasks that were ready, and had no turn. */
  Set<String> heldBack() {
    return heldBack;
  }

  List<Step> steps() {
    return steps == null ? List.of() : steps;
  }

  boolean isExplained() {
    return steps != null;
  }

  boolean isClosing() {
    return isClosing;
  }

  Choices choices() {
    return choices;
  }

  /** The task has the turn from now on. */
  void has(Task<?> task) {
    if (races != null) {
      races.turn(task);
    }
  }

  void sees(long taskId) {
    plan.sees(taskId);
  }

  /** A turn of one of the schedulers. */
  int nextTurn() {
    if (++turns > plan.mostTurns) {
      throw new AssertionError(
          "the run has not ended after "
              + plan.mostTurns
              + " turns; the tasks go on without an end, or Explorer.turns(n) is too small"
              + dump());
    }
    checkTime();
    return turns;
  }

  /** What may go wrong by itself, before a turn of the test's own scheduler. */
  void goWrong() {
    cancelSome();
    Network hosts = network;
    if (hosts != null) {
      hosts.goWrong(choices, SELDOM, this::note);
    }
  }

  /**
   * Whether the loop is to look at the outside before the turn: time passes although tasks are
   * ready, or another scheduler goes on first.
   */
  boolean looksFirst(SimulatedPoller loop, long untilDeadline) {
    long until = Math.min(untilDeadline, world.nanosUntilPlanned());
    boolean comes = until > 0 && until < world.nanosUntilEnd();
    if (comes && choices.happens(DEADLINE, SELDOM, "time")) {
      note("time", "a deadline passes", "");
      world.clock.advanceNanos(until);
      return true;
    }
    if (world.othersCanGoOn(loop) && choices.happens(OTHERS, SELDOM, "time")) {
      note("host", "another scheduler goes on first", "");
      return true;
    }
    return false;
  }

  void note(Step step) {
    if (steps != null) {
      steps.add(step);
    }
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
        note("cancel", task.name(), steps == null ? "" : ExploredOrder.at(task));
        // at once, or before the next turn of the other host whose task it is
        boolean _ = task.scheduler().runInside(() -> task.cancel("the explorer cancels it"));
      }
    }
  }
}
