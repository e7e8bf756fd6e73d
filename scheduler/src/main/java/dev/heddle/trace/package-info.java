/**
 * Looking at a scheduler from aside: what its tasks do, which of them wait for each other, and why
 * a run cannot go on.
 *
 * <pre>{@code
 * System.err.println(TaskDump.of(scheduler)); // from any thread
 * Deadlock.find(scheduler).forEach(System.err::println); // in a task
 * DeadlockCheck.start(scheduler, Duration.ofSeconds(10)); // now and then, by the loop
 * }</pre>
 *
 * <p>This package stands on {@code scheduler}, and the kernel does not know it. What it reads
 * beyond the public methods is listed in {@code dev.heddle.scheduler.view.KernelView}. Looking
 * costs what it costs; while nobody looks, the tasks pay nothing for it.
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>how a wait is read, though the event is a user's and may throw: {@code WaitReader};
 *   <li>which tasks wait for each other: {@code WaitGraph};
 *   <li>what the exception says when nothing can run: {@code Standstill}, and how it says it:
 *       {@code Explanation};
 *   <li>what a thread outside of the scheduler sees: {@code DumpMaker}; how it is printed: {@code
 *       DumpText}, {@code JsonDump};
 *   <li>when a loop is said to stand still, and which schedulers run: {@code Watchdog};
 *   <li>what another process is told: {@code Answers}; how it asks: {@code AttachedJvm};
 *   <li>what JMX shows: {@code SchedulerMXBean}; what the Flight Recorder is told of tasks: {@code
 *       RecordedTasks}; what a timeline shows: {@code Timeline}, in which form: {@code
 *       TimelineJson};
 *   <li>the live page: {@code Inspector}; who is answered and what: {@code InspectorHttp}; what it
 *       shows: {@code LiveView}, {@code LiveGraph}, {@code LiveLints}, {@code LiveTask}; the page
 *       itself: {@code inspector.html}.
 * </ul>
 *
 * <p>The hook for those who want to hear of each turn is {@link
 * dev.heddle.scheduler.SchedulerBuilder#observer}.
 */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;
