/**
 * What tasks agree by: locks, semaphores, events, conditions, barriers, queues, a rendezvous.
 *
 * <p>Between two yields a task has the scheduler to itself and needs none of these. They are for
 * what spans a yield: a section in which a task awaits and no other may enter, a limit on how many
 * do something at once, an item that one makes and another takes.
 *
 * <p>Three rules hold in the whole room.
 *
 * <ol>
 *   <li><b>What can wait is an event, what cannot is a call.</b> {@code acquire}, {@code get},
 *       {@code put}, {@code await}, {@code join} return an event that does nothing until it is
 *       yielded. {@code release}, {@code set}, {@code signal}, {@code tryGet} act at once and never
 *       give up the turn.
 *   <li><b>Who wakes a waiter hands the thing over.</b> When {@code release} returns, the lock is
 *       the waiter's, although its turn comes later; so nobody can barge in between, and a woken
 *       task never finds the thing gone:
 *       <pre>
 *   waiting --handed over--> ready, has it --its turn--> await returns it
 *      |                          |
 *      | cancelled                | cancelled: await returns it all the same, the next await throws
 *      v                          v
 *   left the queue, has nothing   passes it on when it leaves its try block
 *       </pre>
 *   <li><b>First come, first served.</b> All wait in a {@link dev.heddle.scheduler.WaitQueue}.
 * </ol>
 *
 * <p>Names are those of {@code java.util.concurrent} where it has the thing, of Python's {@code
 * asyncio} elsewhere. Where Python says {@code wait} and {@code notify} we say {@code await} and
 * {@code signal}, as {@link java.util.concurrent.locks.Condition} does: the words of {@code Object}
 * would compile and mean its monitor.
 *
 * <p>A primitive belongs to the scheduler whose task waits for it first (see {@code Identity});
 * from any thread outside of it, each method that changes something throws {@link
 * WrongThreadException}. {@code toString} and {@code stats} say who has it, who waits, and how much
 * there is.
 */
@NullMarked
package dev.heddle.sync;

import org.jspecify.annotations.NullMarked;
