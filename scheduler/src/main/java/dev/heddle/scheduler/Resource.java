package dev.heddle.scheduler;

import java.util.List;

/**
 * Something that tasks wait for, and may hold: a lock, the permits of a semaphore, the items of a
 * queue. What an event waits for it names by {@link YieldEvent#resource}; who holds it tells {@link
 * Task#hold}. From the two follows who waits for whom.
 */
public interface Resource {

  /** What {@link #order} says of a resource that has no place in an order. */
  long UNORDERED = 0;

  /** As it stands in messages and dumps: {@code "lock 'db'"}. */
  String describe();

  /**
   * The tasks any of which could end a wait for it, longest holder first; none if that is not
   * known.
   */
  List<Task<?>> holders();

  /**
   * A task has ended that held it. Called once, after the task's last turn and before those who
   * join it are woken.
   */
  void holderEnded(Task<?> holder);

  /**
   * Whether a wait for it needs all the holders, as the join of a group does, and not just any one
   * of them, as one for a permit; here false.
   */
  default boolean needsAllHolders() {
    return false;
  }

  /** Whether others than its holders may end a wait for it, as with a semaphore; here false. */
  default boolean isGivenByAnybody() {
    return false;
  }

  /**
   * Its place in the order in which a task that needs several should acquire them, so that tasks
   * which do cannot deadlock; here {@link #UNORDERED}.
   */
  default long order() {
    return UNORDERED;
  }
}
