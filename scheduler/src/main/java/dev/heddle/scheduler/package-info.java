/**
 * Tasks, the loop that gives them turns, and the door to the loop.
 *
 * <p>A task is a body in one of three styles; the loop sees it as a coroutine. In its turn the task
 * runs to its next yield. What it yields is a {@link dev.heddle.scheduler.YieldEvent}, and the
 * event decides what happens next. Behind the event stands a {@link dev.heddle.scheduler.Waiter}:
 * the task, or an arm of a select, or a time limit. The way of one wait:
 *
 * <pre>
 *   body: co.await(event)  &gt; Loop.turn &gt; TaskState.start  &gt; event.handleYield(scheduler, waiter)
 *   the thing is ready     &gt; event.wake(waiter, result)   &gt; TaskState.end &gt; ReadyQueue
 *   the next pass          &gt; Loop.turn &gt; TaskState.resume &gt; body: the result of co.await
 * </pre>
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>the order of a pass: {@code Loop}; how often the loop looks outside: {@code PollCadence};
 *   <li>the states of a task and what moves it from one to the next: {@code TaskState};
 *   <li>which scopes reach a task: {@code TaskScopes}; what a scope is: {@code CancelScope}; what a
 *       group is: {@code TaskGroup};
 *   <li>who waits in which order: {@code WaitQueue}; whose deadline comes first: {@code Deadlines};
 *   <li>how one event stands inside of another: {@code Waiter}, {@code Select}, {@code
 *       SelectCases}, {@code TimeoutEvent};
 *   <li>which thread may call: {@code ThreadGuard}; how other threads get in: {@code
 *       ForeignCall.Inbox}; how a thread waits for a task: {@code ForeignCall};
 *   <li>what becomes of a failure: {@code Failures}; how an event is found that nobody awaits:
 *       {@code ForgottenAwaits};
 *   <li>what an observer hears, and when: {@code TaskEvent};
 *   <li>what {@code dev.heddle.trace} may read of all this, and at which lines a task stands:
 *       {@code SchedulerView}.
 * </ul>
 *
 * <p>A new primitive is a class of its own that returns events. Nothing here changes for it.
 */
@NullMarked
package dev.heddle.scheduler;

import org.jspecify.annotations.NullMarked;
