/**
 * Tasks, the loop that gives them turns, and the door to it.
 *
 * <p>A task is a body in one of three styles, seen by the loop as a coroutine. In its turn it runs
 * to its next yield; what it yields is a {@link dev.heddle.scheduler.YieldEvent}, and the event
 * decides what happens next. The way of one wait:
 *
 * <pre>
 *   body: co.await(event) -> Loop.turn -> Task.start -> event.handleYield   (keeps task and thing)
 *   the thing is ready    -> event.wake(task, result) -> Task.wake -> ReadyQueue
 *   the next pass         -> Loop.turn -> Task.resume -> body: the result of co.await
 * </pre>
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>the order of a pass: {@code Loop}; how often it looks outside: {@code Cadence};
 *   <li>the states of a task and what moves it from one to the next: {@code Turns};
 *   <li>who waits in which order: {@code WaitQueue}; who wakes when: {@code Deadlines};
 *   <li>who may call from which thread: {@code ThreadGuard}; the one exception: {@code Inbox}; how
 *       a thread waits for a task: {@code ForeignCall};
 *   <li>which scope reaches whom: {@code Cancellation}; what a group is: {@code TaskGroup};
 *   <li>how an event can be a part of another: {@code Compound};
 *   <li>what becomes of a failure: {@code Failures.Failure}, {@code Failures}, {@code Join};
 *   <li>what an observer hears, and when: {@code ObserverQueue};
 *   <li>at which lines a task stands: {@code StackLines};
 *   <li>what {@code dev.heddle.trace} may read, to tell which task waits for which: {@code
 *       SchedulerView}.
 * </ul>
 *
 * <p>A new primitive is a class of its own that returns events; it needs nothing here to change.
 */
@NullMarked
package dev.heddle.scheduler;

import org.jspecify.annotations.NullMarked;
