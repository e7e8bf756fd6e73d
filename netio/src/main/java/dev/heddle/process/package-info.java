/**
 * Child processes: jobs in other JVMs, queues and pipes between processes, and messages over
 * standard input and output.
 *
 * <p>Who talks to whom:
 *
 * <pre>
 *  parent JVM, one scheduler                        child JVM, one scheduler
 *
 *  task -- pool.apply(job, argument)                task: job.run(argument)
 *             |          ^ result                      |   ^
 *         CallQueue     Call                           |   | queue.get()
 *             |          |                             |   | RemoteCall
 *       ChildWorker -- ChildProcess                    |   |
 *                        |                         ChildSession
 *                        |                             |
 *                 FramedConnection === socket === FramedConnection
 *                        |             a Unix-domain socket in a folder of the parent;
 *                        |             the folder is deleted as soon as the child has connected
 *  task -- queue --- SharedServer: one task for each RemoteCall
 *          lock, semaphore, event, barrier, map: each a Hosted
 *                        |
 *                        +-- stdin: the token, then held open ---> ChildMain ends when it closes
 *                        +-- OutputTail &lt;-- stdout and stderr ---- whatever the child prints
 * </pre>
 *
 * <p>Where each rule is written:
 *
 * <ul>
 *   <li>which values may travel, and which objects a message may create: {@link
 *       dev.heddle.process.codec};
 *   <li>what happens when a user's codec makes a mistake: {@code GuardedCodec};
 *   <li>what may be a job, and how a child finds it: {@code JobClass}, {@code StaticMethod};
 *   <li>which messages parent and child exchange: {@code Message};
 *   <li>how a child starts, and how its death is reported: {@code ChildProcess}; what the system
 *       has to do for that: {@code Child}, of which there are JVMs, and stubs in a simulation,
 *       whose socket is a connection in memory: {@link dev.heddle.process.ChildProvider};
 *   <li>why no child outlives its parent: {@code ChildMain};
 *   <li>why a child that prints much is never held up: {@code OutputTail};
 *   <li>who waits while all children are busy: {@code CallQueue};
 *   <li>why a cancelled task loses no item of a queue: {@code RemoteCall}, {@code SharedServer};
 *   <li>what parent and child can share: {@link dev.heddle.process.Shareable}; how one mechanism
 *       serves all of it: {@code Hosted}; what a child that dies leaves behind: each thing's own
 *       documentation;
 *   <li>how to wait for streams, which have no selector: {@code StreamChannel}, {@code StreamPump}.
 * </ul>
 *
 * <p>The room follows Python's {@code multiprocessing} with three differences. A job is a class or
 * a static method and never a lambda, because a new JVM must find the job by its name. Data travels
 * and objects do not, and Java's serialization is never used. A child asks for a shared thing by
 * its name, because such a thing cannot be an argument.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
