/**
 * Several loops in one process: a {@link dev.heddle.group.SchedulerGroup} is some schedulers, each
 * with a thread of its own.
 *
 * <pre>
 *   group.spawn --least loaded--> GroupLoop --its inbox--> a task of that loop's scheduler
 *   group.on(key) --by the key--------^                         |
 *                                                              ends
 *                                                               |
 *                                                               '--> GroupTask, awaited by
 *                                          any loop: co.await(task.join())
 *                                          any thread: task.get()
 * </pre>
 *
 * <p>Nothing inside of one loop becomes atomic for it: a scheduler of a group is a scheduler like
 * any other, with its own tasks, locks and queues, none of which another loop may touch. What goes
 * from loop to loop goes through the inbox, as what any foreign thread hands in: the first message
 * of a burst wakes the loop, and the others lie there when it comes. What may be used from all
 * loops is few things: {@link dev.heddle.group.GroupTask}, {@link dev.heddle.group.GroupLoop}, a
 * {@link dev.heddle.scheduler.Promise}, an {@link dev.heddle.actor.ActorRef}.
 *
 * <p>A loop of a group goes through these states; the group's threads are the only ones that run
 * its schedulers.
 *
 * <pre>
 *   RUNNING --shutdown: the round finds no task on any loop--> ENDED   (by itself)
 *      |    --close, or the deadline: tasks are cancelled----> ENDED   (by force)
 *      '----its run throws: tasks are cancelled--------------> FAILED  (the other loops live on)
 * </pre>
 *
 * <p>Where a rule stands: where a task is placed, and what happens at the end: {@code
 * SchedulerGroup}; how a group finds out that nobody has anything to do any more: {@code
 * QuietRound}; what a loop's failure does to its tasks: {@code GroupLoop}; who hears how a task has
 * ended: {@code GroupTask}.
 */
@NullMarked
package dev.heddle.group;

import org.jspecify.annotations.NullMarked;
