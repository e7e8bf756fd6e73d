/**
 * Work outside of the loop: what tasks and threads do for each other.
 *
 * <p>A task that computes for long, or calls something that blocks, holds up all other tasks. It
 * gives such work to other threads and awaits the result. There are four ways:
 *
 * <pre>
 *   task   --submit--> ThreadPool     --result----> task
 *   thread --submit--> TaskExecutor   --result----> thread
 *   either --put-----> PollableQueue  --get, take-> either
 *   thread ----------> Scheduler.call --result----> thread
 * </pre>
 *
 * <p>Three rules hold in the whole package.
 *
 * <ol>
 *   <li><b>A task is woken on its own loop.</b> Another thread only sends a message to the loop by
 *       {@code Scheduler.runInside}, and the message decides. So if the task was cancelled
 *       meanwhile, or its event has lost a {@code Select}, nothing is lost: the item is still in
 *       its queue, the work has not begun.
 *   <li><b>No loop waits for a lock.</b> State that threads share is guarded by {@code SpinLock},
 *       whose Javadoc tells how a lock of the JDK would stop a loop for ever. No thread or task is
 *       woken or interrupted under it.
 *   <li><b>Nothing is left waiting.</b> Whatever is closed tells all that wait for it, by a {@link
 *       dev.heddle.pool.PoolClosedException}, a queue by a {@link
 *       dev.heddle.sync.QueueShutdownException}, and by the JDK's own exceptions where the
 *       interface is the JDK's. A scheduler that has ended refuses messages; messages that it took
 *       before have run.
 * </ol>
 *
 * <p>Where to read: {@code PollableQueue} tells the protocol of its {@code SharedQueue}; {@code
 * WorkItem} has the states of work in a pool, {@code WorkerThreads} its queue and its threads;
 * {@code ExecutorJob} the states of a command in a {@code TaskExecutor}.
 */
@NullMarked
package dev.heddle.pool;

import org.jspecify.annotations.NullMarked;
