package dev.heddle.test;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All options of an {@link Explorer}, expanded, and what is kept from one run to the next. */
final class ExplorerPlan {
  final ExplorerBody body;
  final long seed;
  final int turnBudget;
  final int mostTurns;
  final long faultsForNanos;
  final long endsWithinNanos;

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

  ExplorerPlan(
      ExplorerBody body,
      long seed,
      int turnBudget,
      int mostTurns,
      @Nullable Duration faultsFor,
      Duration endsWithin) {
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
    return "seed(%d) turnBudget(%d) turns(%d) faultsFor(%s) endsWithin(%s)"
        .formatted(
            seed,
            turnBudget,
            mostTurns,
            faultsForNanos == Long.MAX_VALUE ? "ever" : Duration.ofNanos(faultsForNanos),
            Duration.ofNanos(endsWithinNanos));
  }
}
