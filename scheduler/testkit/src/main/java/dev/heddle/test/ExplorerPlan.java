package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All options of an {@link Explorer}, expanded, and what is kept from one run to the next. */
final class ExplorerPlan {
  final ExplorerBody body;
  final long seed;
  final int turnBudget;
  final int mostTurns;
  final long faultsForNanos;
  final long endsWithinNanos;

  /** Whether races across an await are failures. */
  final boolean races;

  /** The fields whose races are none. */
  final Set<String> ignoredRaces;

  /** Whether a lock that is held over a wait for the outside is a failure. */
  final boolean locksHeld;

  /** Whether a failure is made smaller. */
  final boolean shrinks;

  /** How often each {@link Simulation#sometimes} was so. */
  private final Map<String, Integer> sometimes = new LinkedHashMap<>();

  /** How many runs have begun. Written by the exploration, read by the thread that waits for it. */
  volatile long begun;

  /** The scheduler of the run. Written by the exploration, read by the thread that waits for it. */
  volatile @Nullable Scheduler running;

  /** Whether nobody waits for the exploration any more. Written by the thread that has waited. */
  volatile boolean abandoned;

  /** The most tasks that a run has spawned. */
  private long spawned;

  /** Whether a run had several schedulers. */
  private volatile boolean hosts;

  ExplorerPlan(
      ExplorerBody body,
      long seed,
      int turnBudget,
      int mostTurns,
      @Nullable Duration faultsFor,
      Duration endsWithin,
      boolean races,
      Set<String> ignoredRaces,
      boolean locksHeld,
      boolean shrinks) {
    this.locksHeld = locksHeld;
    this.shrinks = shrinks;
    this.races = races;
    this.ignoredRaces = Set.copyOf(ignoredRaces);
    this.body = body;
    this.seed = seed;
    this.turnBudget = turnBudget;
    this.mostTurns = mostTurns;
    faultsForNanos = faultsFor == null ? Long.MAX_VALUE : Timers.saturatedNanos(faultsFor);
    endsWithinNanos = Timers.saturatedNanos(endsWithin);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
  void runs(Scheduler scheduler) {
    running = scheduler;
    begun++;
  }

  void sees(long taskId) {
    spawned = Math.max(spawned, taskId);
  }

  void seesHosts() {
    hosts = true;
  }

  boolean hasHosts() {
    return hosts;
  }

  long spawned() {
    return spawned;
  }

  void sometimes(boolean condition, String what) {
    Integer times = sometimes.get(what);
    if (times == null) {
      sometimes.put(what, condition ? 1 : 0);
    } else if (condition) {
      sometimes.put(what, times + 1);
    }
  }

  /** What was asked for and was never so. */
  List<String> never() {
    return sometimes.entrySet().stream()
        .filter(each -> each.getValue() == 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public String toString() {
    return "seed(%d) turnBudget(%d) turns(%d) faultsFor(%s) endsWithin(%s) races(%b)"
        .formatted(
            seed,
            turnBudget,
            mostTurns,
            faultsForNanos == Long.MAX_VALUE ? "ever" : Duration.ofNanos(faultsForNanos),
            Duration.ofNanos(endsWithinNanos),
            races);
  }
}
