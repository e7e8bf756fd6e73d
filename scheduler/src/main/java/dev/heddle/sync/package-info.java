/**
 * Locks, semaphores, events, conditions, barriers, queues and rendezvous: the primitives by which
 * tasks of one scheduler wait for each other.
 *
 * <p>Between two yields a task has the scheduler to itself and needs none of these. They are for
 * what lasts longer than a turn: a section in which a task awaits and no other task may enter, a
 * limit on how many tasks do something at a time, an item that one task makes and another takes.
 *
 * <p>Three rules hold for all primitives.
 *
 * <ol>
 *   <li><b>Operations that can wait are events; operations that cannot are calls.</b> {@code
 *       acquire}, {@code get}, {@code put}, {@code await} and {@code join} return an event that
 *       does nothing until it is yielded. {@code release}, {@code set}, {@code signal} and {@code
 *       tryGet} act at once and never give up the turn.
 *   <li><b>The task that wakes a waiter hands the thing over.</b> When {@code release} returns, the
 *       waiter has the lock, although its turn comes later. So no other task can take the lock in
 *       between, and a woken task never finds it gone:
 *       <pre>
 *   waiting --handed over--> ready, has it --its turn--> await returns it
 *      |                          |
 *      | cancelled                | cancelled: await returns it all the same, the next await throws
 *      v                          v
 *   left the queue, has nothing   passes it on when it leaves its try block
 *       </pre>
 *   <li><b>First come, first served.</b> Waiters stand in a {@link dev.heddle.scheduler.WaitQueue}.
 * </ol>
 *
 * <p>Names are those of {@code java.util.concurrent} where it has the thing, and else of Python's
 * {@code asyncio}. Where Python says {@code wait} and {@code notify} we say {@code await} and
 * {@code signal}, as {@link java.util.concurrent.locks.Condition} does: methods of the other two
 * names would hide those of {@code Object}, which are about its monitor.
 *
 * <p>A primitive belongs to the scheduler of the first task that waits for it. From any thread
 * outside of that scheduler, each method that changes something throws {@link
 * WrongThreadException}. {@code toString} and {@code stats} tell who holds the primitive, who
 * waits, and how much there is.
 */
@NullMarked
package dev.heddle.sync;

import org.jspecify.annotations.NullMarked;
