package dev.heddle.trace;

import dev.heddle.stats.SchedulerStats;

/**
 * A scheduler as JConsole, JDK Mission Control and other JMX clients see it, under the name {@code
 * dev.heddle:type=Scheduler,name=NAME}; a second one of the same name has {@code ,number=2}.
 *
 * <p>It is there from the scheduler's first run until its close, if it was asked for: by {@code
 * SchedulerBuilder.mxBean(true)}, by {@code -Dheddle.mxbean=true} for all schedulers, or from
 * another process, of which nothing need be prepared:
 *
 * <pre>{@code
 * System.out.println(AttachedJvm.ask(4711, "mxbean")); // the names of the beans
 * }</pre>
 *
 * <p>What each number means, {@link SchedulerStats} says.
 */
public interface SchedulerMXBean {
  /** The scheduler's name. */
  String getName();

  /** Whether a run is under way. */
  boolean isRunning();

  /** All numbers of one moment; the others are here one by one, for charts. */
  SchedulerStats getStats();

  /** See {@link SchedulerStats.Loop#turns}. */
  long getTurns();

  /** See {@link SchedulerStats.Loop#ready}. */
  int getReady();

  /** See {@link SchedulerStats.Loop#mostReady}. */
  int getMostReady();

  /** See {@link SchedulerStats.Loop#busyNanos}. */
  long getBusyNanos();

  /** See {@link SchedulerStats.Loop#asleepNanos}. */
  long getAsleepNanos();

  /** See {@link SchedulerStats.Loop#longestRoundNanos}. */
  long getLongestRoundNanos();

  /** See {@link SchedulerStats.Tasks#alive}. */
  int getTasks();

  /** See {@link SchedulerStats.Tasks#waiting}. */
  int getWaiting();

  /** What all tasks do: {@link TaskDump} as text. */
  String dump();

  /** The tasks as a tree, a line for each. */
  String tree();
}
