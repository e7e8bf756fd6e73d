/**
 * Child processes: jobs in other JVMs, queues and pipes between them, messages over standard input
 * and output.
 *
 * <p>Who talks to whom:
 *
 * <pre>
 *  parent JVM, one scheduler                             child JVM, one scheduler
 *
 *  task -- pool.apply(job, argument)                     task: job.run(argument)
 *             |          ^ result                           |  ^
 *          Backlog    Call                                  |  | queue.get()
 *             |          |                                  |  | Question
 *          Worker --- Child --- Link ==== socket ==== Link -+--+- Conversation
 *                       |       Unix-domain, a folder of ours, gone once it is connected
 *  task -- queue ----- QueueServer: a task for each question
 *                       |
 *                       +-- stdin  ---- token, then held open ----> ChildMain: ends with it
 *                       +-- Tail &lt;---- stdout, stderr ------------- whatever it prints
 * </pre>
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>what may travel, and what is made of what arrives: {@code DataCodec}, {@code Encoder},
 *       {@code Decoder}, {@code Types.reachable};
 *   <li>what a codec of the user's may do wrong: {@code Coding};
 *   <li>what may be a job, and how a child finds it: {@code JobClass}, {@code StaticMethod};
 *   <li>what the two sides say to each other: {@code Message};
 *   <li>how a child starts, and what its death is called: {@code Child};
 *   <li>a child outlives its parent by a moment, however that ended: {@code ChildMain};
 *   <li>nothing printed fills a pipe: {@code Tail};
 *   <li>who waits while all children are at work: {@code Backlog};
 *   <li>an item belongs to one process or the other, also when a task is cancelled: {@code
 *       Question}, {@code QueueServer};
 *   <li>streams, which cannot be selected: {@code StreamChannel}, {@code FramePump}.
 * </ul>
 *
 * <p>After Python's {@code multiprocessing}, with three differences that Java asks for: a job is a
 * class or a static method, which have names, and no lambda, as there is no fork; data travels,
 * objects do not, and never by Java's serialization; queues are known by their names, as they
 * cannot be arguments.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
