package dev.heddle.test;

import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.trace.TaskDump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a test in many orders of turns, looks for one in which it fails, and shows the smallest
 * deviation from first in, first out that makes it fail.
 *
 * <pre>{@code
 * Explorer.of(sim -> {
 *   int[] balance = new int[1];
 *   for (String name : List.of("A", "B")) {
 *     sim.scheduler().spawn(name, co -> {
 *       int before = balance[0];
 *       co.await(Task.yield()); // another task may change the balance meanwhile
 *       balance[0] = before + 10;
 *     });
 *   }
 *   sim.run();
 *   if (balance[0] != 20) {
 *     throw new AssertionError("the balance is " + balance[0]);
 *   }
 * }).runs(100_000).within(Duration.ofSeconds(10)).check();
 * }</pre>
 *
 * <p>What is explored: which of the ready tasks has the next turn; whether a deadline passes before
 * a task that is ready; whether and when a task is cancelled for which the test has called {@link
 * Simulation#mayCancel}; each fault of the simulated {@linkplain Simulation#network network}; and
 * whatever else asks the {@link Choices} of the simulation. All follows from the seed. A failure is
 * what the test throws, a deadlock, and a {@linkplain #races race} across an await. A test that
 * reads the time of the machine, starts threads, or depends on what an earlier run has left, cannot
 * be repeated; one run in ten is made twice to find that out.
 *
 * <p>Default: first the usual way; then, in turn, a run of each of four searches: all schedules
 * that deviate from it once, and then twice; random walk; PCT(3); POS. When all schedules were seen
 * it ends.
 *
 * <p>The runs have a thread of their own; the calling thread waits. Not for several threads at
 * once.
 *
 * <p>This file is long because each option stands here with its limits, for who looks for one.
 */
public final class Explorer {
  private static final int MOST_DEVIATIONS = 10;
  private static final int MOST_DEPTH = 100;
  private static final int FEW_DEVIATIONS = 2;
  private static final int DEFAULT_DEPTH = 3;

  /**
   * What an exploration that found nothing has seen.
   *
   * @param runs how many runs there were
   * @param schedules how many of them were different, counted up to a million
   * @param estimated how many different ones there may be; NaN if nothing is known
   * @param complete whether all were seen
   * @param hash one number for all choices of all runs
   * @param text all of it and all options, in a line
   */
  public record Report(
      long runs, long schedules, double estimated, boolean complete, long hash, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private final ExplorerBody body;
  private long seed = Long.getLong("heddle.seed", 0);
  private long runs = 10_000;
  private Duration within = Duration.ofSeconds(10);
  private Duration runWithin = Duration.ofSeconds(10);
  private int turns = 100_000;
  private int turnBudget = 128;
  private @Nullable Duration faultsFor;
  private Duration endsWithin = Duration.ofDays(1);
  private boolean races = true;
  private boolean locksHeld;
  private boolean shrinks = true;
  private final Set<String> ignoredRaces = new HashSet<>();
  private @Nullable Path traces;
  private Consumer<? super String> printer = System.out::println;
  private String strategy = "default";
  private Supplier<Search> search =
      () ->
          new Search.Mixed(
              new Search.Deepening(FEW_DEVIATIONS),
              new Search.RandomWalk(),
              new Search.Pct(DEFAULT_DEPTH),
              new Search.Pos());

  private Explorer(ExplorerBody body) {
    this.body = Objects.requireNonNull(body, "body");
  }

  /** Will explore this test. */
  public static Explorer of(ExplorerBody test) {
    return new Explorer(test);
  }

  /** Will explore a test whose body is a task, too; the run ends with its last task. */
  public static Explorer of(SimulationBody test) {
    Objects.requireNonNull(test, "test");
    return new Explorer(
        sim -> {
          Task<?> _ = sim.scheduler().spawn("main", co -> test.run(co, sim));
        });
  }

  /** What all runs follow from. Default: 0, or what {@code -Dheddle.seed=42} gives. */
  public Explorer seed(long number) {
    seed = number;
    return this;
  }

  /**
   * How many runs at most. Default: 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Explorer runs(long most) {
    runs = atLeastOne("runs", most);
    return this;
  }

  /**
   * How long, in real time, it begins new runs; so the number of runs may depend on the machine,
   * and what each run does, does not. Default: 10 seconds.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Explorer within(Duration realTime) {
    within = positive("within", realTime);
    return this;
  }

  /**
   * How long, in real time, a single run may take; one that takes longer is a failure that says
   * which task has the turn. Default: 10 seconds.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Explorer runWithin(Duration realTime) {
    runWithin = positive("runWithin", realTime);
    return this;
  }

  /**
   * How many turns a run may have; one with more is a failure, as its tasks may go on without an
   * end. Default: 100,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Explorer turns(int most) {
    turns = (int) atLeastOne("turns", most);
    return this;
  }

  /**
   * How many awaits may complete at once in one turn, as {@code SchedulerBuilder.turnBudget}. With
   * 1, each await ends the turn, so that there are more schedules: among them some that a scheduler
   * with the default would need 128 such awaits for. Default: 128.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Explorer turnBudget(int completions) {
    turnBudget = (int) atLeastOne("turnBudget", completions);
    return this;
  }

  /**
   * In each run faults happen for so long, in virtual time; then none happens any more, as after
   * {@link Simulation#heal}. Default: for ever.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Explorer faultsFor(Duration virtualTime) {
    if (virtualTime.isNegative()) {
      throw new IllegalArgumentException("faultsFor " + virtualTime + ": must be 0 or more");
    }
    faultsFor = virtualTime;
    return this;
  }

  /**
   * How long after the last fault, in virtual time, all tasks must have ended; see {@link
   * #faultsFor} and {@link Simulation#heal}. If they have not, the failure shows what each waits
   * for. Default: a day.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Explorer endsWithin(Duration virtualTime) {
    endsWithin = positive("endsWithin", virtualTime);
    return this;
  }

  /**
   * Whether a race across an await is a failure, also if the test passes. Default: yes.
   *
   * <p>A task has read a field or an element of an array before an await, and writes it after it;
   * another task has written it meanwhile. {@code balance is read at Account.java:12 by A, written
   * at Account.java:15, and changed by B at Account.java:15 between}. Likewise a task goes through
   * a collection, waits, and goes on although another task has changed the collection. A task that
   * reads again after its await is not reported.
   *
   * <p>Woven bodies are looked at, and the methods that they call with their awaiter, in the first
   * 64 runs and in one of 16 after that. What other methods read and write is not known: a getter,
   * a thread-style body.
   */
  public Explorer races(boolean fail) {
    races = fail;
    return this;
  }

  /**
   * Whether it is a failure, too, that a task holds a lock while it waits for what other machines,
   * threads or processes do: all who want the lock wait for these then. Default: no, as a lock may
   * be there for just that. Needs {@link #races}.
   */
  public Explorer locksOverForeignAwaits(boolean fail) {
    locksHeld = fail;
    return this;
  }

  /**
   * Races on this field are none: those who write it do not go by what they have read.
   *
   * @param field its name, or {@code Account.balance}; of an array or a collection, the name of the
   *     variable or field that has it
   */
  public Explorer ignoreRacesOn(String field) {
    ignoredRaces.add(Objects.requireNonNull(field, "field"));
    return this;
  }

  /**
   * Only schedules that deviate so often at most from first in, first out and no fault: all of
   * them, those with the fewest first.
   *
   * @param most 0 to 10
   * @throws IllegalArgumentException if it is out of this range
   */
  public Explorer byFewDeviations(int most) {
    if (most < 0 || most > MOST_DEVIATIONS) {
      throw new IllegalArgumentException(
          "deviations " + most + ": must be 0 to " + MOST_DEVIATIONS);
    }
    return by("byFewDeviations(" + most + ")", () -> new Search.Deepening(most));
  }

  /** Only by chance, where each way to go on is as likely as each other. */
  public Explorer byRandomWalk() {
    return by("byRandomWalk()", Search.RandomWalk::new);
  }

  /**
   * Only by priorities of the tasks that chance has drawn, after the paper by Burckhardt et al.: a
   * bug that needs {@code depth} orders of two turns each is found with a known probability.
   *
   * @param depth 1 to 100
   * @throws IllegalArgumentException if it is out of this range
   */
  public Explorer byPct(int depth) {
    if (depth < 1 || depth > MOST_DEPTH) {
      throw new IllegalArgumentException("depth " + depth + ": must be 1 to " + MOST_DEPTH);
    }
    return by("byPct(" + depth + ")", () -> new Search.Pct(depth));
  }

  /**
   * Only by priorities of the single turns that chance has drawn, after the paper by Yuan et al.
   */
  public Explorer byPos() {
    return by("byPos()", Search.Pos::new);
  }

  private Explorer by(String name, Supplier<Search> made) {
    strategy = name;
    search = made;
    return this;
  }

  /** A failure is reported as it was found: for tests that ask only whether there is one. */
  Explorer unshrunk() {
    shrinks = false;
    return this;
  }

  /**
   * The folder for the traces of failures. Default: {@code target} or {@code build}, if it is
   * there.
   */
  public Explorer traces(Path folder) {
    traces = Objects.requireNonNull(folder, "folder");
    return this;
  }

  /** Who gets the line that tells what was explored, if nothing failed. Default: prints it. */
  public Explorer printer(Consumer<? super String> lines) {
    printer = Objects.requireNonNull(lines, "lines");
    return this;
  }

  /**
   * Explores.
   *
   * @return what it has seen
   * @throws ScheduleFailure if the test fails in some run
   * @throws AssertionError if a run cannot be repeated, does not end, or if something that the test
   *     {@linkplain Simulation#sometimes sometimes} expects was so in none
   */
  public Report check() {
    ExplorerPlan plan = plan();
    Exploration exploration =
        new Exploration(
            plan, search.get(), runs, Timers.saturatedNanos(within), options(plan), folder());
    Report report = onItsThread(plan, exploration::explore);
    printer.accept(report.text());
    return report;
  }

  /**
   * The same test along the choices of a file that a failure has written. See {@link
   * #replay(Path)}.
   */
  public static String replay(Path file, ExplorerBody test) throws IOException {
    return of(test).replay(file);
  }

  /**
   * Runs the test along the choices of a file. Where the test has other choices than the file, as
   * the program has changed, it goes on first in, first out.
   *
   * @return both schedules side by side, and where they have diverged
   * @throws ScheduleFailure if the test fails, with the same text
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is no trace
   */
  public String replay(Path file) throws IOException {
    Trace trace = Trace.read(file);
    ExplorerPlan plan = plan();
    Search.Replayed replayed = new Search.Replayed(trace);
    Exploration.Told told =
        onItsThread(plan, () -> Exploration.tell(plan, seed, replayed, trace.without()));
    String divergence = replayed.divergence();
    String text =
        "replay of "
            + file
            + (told.failure() == null ? " passes" : " fails by " + told.failure())
            + (divergence == null ? "" : "\n" + divergence + "; first in, first out from there")
            + "\n"
            + (told.failure() == null ? "" : told.conditions() + "\n")
            + told.need()
            + told.table();
    if (told.failure() != null) {
      int deviations = Shrinker.deviations(Shrinker.trimmed(told.choices()));
      throw new ScheduleFailure(text, told.failure(), seed, 0, deviations, file);
    }
    return text;
  }

  private ExplorerPlan plan() {
    return new ExplorerPlan(
        body,
        seed,
        turnBudget,
        turns,
        faultsFor,
        endsWithin,
        races,
        ignoredRaces,
        locksHeld,
        shrinks);
  }

  private String options(ExplorerPlan plan) {
    return "%s runs(%d) within(%s) runWithin(%s) %s"
        .formatted(strategy, runs, within, runWithin, plan);
  }

  private Path folder() {
    if (traces != null) {
      return traces;
    }
    for (String made : List.of("target", "build")) {
      if (Files.isDirectory(Path.of(made))) {
        return Path.of(made, "heddle-explorer");
      }
    }
    return Path.of(System.getProperty("java.io.tmpdir"), "heddle-explorer");
  }

  /** On a thread of the kind that the engine resumes tasks from without a change of threads. */
  private <T> T onItsThread(ExplorerPlan plan, Supplier<T> work) {
    Thread caller = Thread.currentThread();
    List<T> result = new ArrayList<>(1);
    List<Throwable> thrown = new ArrayList<>(1);
    Runnable carried =
        () -> {
          try {
            result.add(work.get());
          } catch (Throwable failure) {
            thrown.add(failure);
          }
        };
    Thread.Builder builder =
        Engine.fastest() == Engine.HANDOFF ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    Thread thread = builder.name("heddle-explorer").unstarted(carried);
    thread.setContextClassLoader(caller.getContextClassLoader());
    thread.start();
    await(plan, thread);
    if (!thrown.isEmpty()) {
      throw Rethrow.of(thrown.getFirst());
    }
    return result.getFirst();
  }

  private void await(ExplorerPlan plan, Thread thread) {
    try {
      long begun = plan.begun;
      while (!thread.join(runWithin)) {
        if (begun > 0 && plan.begun == begun) { // on a busy machine, the first may begin late
          throw doesNotEnd(plan, thread);
        }
        begun = plan.begun;
      }
    } catch (InterruptedException e) {
      plan.abandoned = true;
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new AssertionError("the exploration was interrupted; " + options(plan), e);
    }
  }

  private AssertionError doesNotEnd(ExplorerPlan plan, Thread thread) {
    Scheduler scheduler = plan.running;
    String holder = scheduler == null ? null : TaskDump.holder(scheduler);
    StackTraceElement[] stack = thread.getStackTrace();
    String dump = scheduler == null ? "" : "\n" + TaskDump.of(scheduler, Duration.ZERO);
    plan.abandoned = true;
    thread.interrupt();
    AssertionError error =
        new AssertionError(
            "run %d has not ended within %s; %s; its thread is left behind; %s%s"
                .formatted(
                    plan.begun,
                    runWithin,
                    holder == null
                        ? "no task has the turn, as with tasks that wait for another thread"
                        : holder,
                    options(plan),
                    dump));
    error.setStackTrace(stack);
    return error;
  }

  private static long atLeastOne(String what, long number) {
    if (number < 1) {
      throw new IllegalArgumentException(what + " " + number + ": must be 1 or more");
    }
    return number;
  }

  private static Duration positive(String what, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(what + " " + time + ": must be more than 0");
    }
    return time;
  }
}
