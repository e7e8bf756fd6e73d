/**
 * Leaving the loop, and coming back: what tasks and threads do for each other.
 *
 * <p>A task that computes for long, or calls what blocks, holds up all the others. It brings the
 * work to threads of its own and waits as for anything else. Four doors:
 *
 * <pre>
 *   task   --submit--> ThreadPool     --result----> task
 *   thread --submit--> TaskExecutor   --result----> thread
 *   either --put-----> PollableQueue  --get, take-> either
 *   thread ----------> Scheduler.call --result----> thread
 * </pre>
 *
 * <p>Three rules hold in the whole room.
 *
 * <ol>
 *   <li><b>A task is woken on its own loop.</b> Another thread only tells: it hands in a message by
 *       {@code Scheduler.runInside}, and the message decides. So what a cancelled task or the loser
 *       of a {@code Select} has let go of meanwhile is still there: an item in its queue, work that
 *       has not begun.
 *   <li><b>No loop waits for a lock.</b> State that threads share is guarded by {@code SpinLock},
 *       whose essay tells how a lock of the JDK would stop a loop for ever. Nobody is rung, woken
 *       or interrupted under it.
 *   <li><b>Nothing is left waiting.</b> What is closed says so to all who wait ({@link
 *       dev.heddle.pool.ClosedException}; the JDK's faces have its own exceptions). A scheduler
 *       that has ended refuses messages, and what it took before it has run.
 * </ol>
 *
 * <p>Where to read: {@code PollableQueue} tells the protocol of its {@code SharedQueue}; {@code WorkItem} has
 * the states of offloaded work, {@code WorkerThreads} its line and its threads; {@code ExecutorJob} those of a
 * command in a {@code TaskExecutor}.
 */
@NullMarked
package dev.heddle.pool;

import org.jspecify.annotations.NullMarked;
