package dev.heddle.process;

/**
 * What a process opens and shares with its children, by a name: {@link
 * ProcessOptions#sharing(Shareable...)}. A job in a child gets the thing by its name from {@link
 * Parent}.
 *
 * <table>
 * <caption>What can be shared</caption>
 * <tr><th>thing</th><th>opened by</th><th>in a child</th></tr>
 * <tr><td>queue</td><td>{@link ProcessQueue#open}</td><td>{@link Parent#queue}</td></tr>
 * <tr><td>pipe</td><td>{@link Pipe#open}</td><td>{@link Parent#pipe}</td></tr>
 * <tr><td>lock</td><td>{@link ProcessLock#open}</td><td>{@link Parent#lock}</td></tr>
 * <tr><td>semaphore</td><td>{@link ProcessSemaphore#open}</td><td>{@link Parent#semaphore}</td></tr>
 * <tr><td>event</td><td>{@link ProcessEvent#open}</td><td>{@link Parent#event}</td></tr>
 * <tr><td>barrier</td><td>{@link ProcessBarrier#open}</td><td>{@link Parent#barrier}</td></tr>
 * <tr><td>map</td><td>{@link ProcessMap#open}</td><td>{@link Parent#map}</td></tr>
 * <tr><td>array</td><td>{@link ProcessArray#open}</td><td>{@link Parent#array}</td></tr>
 * </table>
 *
 * <p>The process that has opened a thing keeps its state, but for the elements of an array, which
 * are in memory that all processes have. A child's operation is a message to that process and its
 * answer. In the process that has opened it, a thing belongs to the scheduler whose task uses it
 * first.
 */
public sealed interface Shareable
    permits ProcessQueue,
        Pipe,
        ProcessLock,
        ProcessSemaphore,
        ProcessEvent,
        ProcessBarrier,
        ProcessMap,
        ProcessArray {
  /** The name by which children ask for it. */
  String name();
}
