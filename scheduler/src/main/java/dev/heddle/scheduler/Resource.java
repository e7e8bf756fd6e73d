package dev.heddle.scheduler;

import java.util.List;

/**
 * Something that tasks wait for, and may hold: a lock, the permits of a semaphore, the items of a
 * queue. An event names what it waits for by {@link YieldEvent#resource}; a task holds a resource
 * from {@link Task#hold} to {@link Task#letGo}. From the two follows which task waits for which.
 */
public interface Resource {

  /** Who can end a wait for a resource. */
  enum EndedBy {
    /** Any one of its holders, as with a lock. */
    ANY_HOLDER,
    /** All of its holders together, as with the join of a group. */
    ALL_HOLDERS,
    /** Any one of its holders, and any other task too, as with a semaphore. */
    ANYBODY,
    /** Any one of its holders and nobody else; they may be tasks of another scheduler. */
    HOLDER_OUTSIDE
  }

  /** What {@link #order} says of a resource that has no place in an order. */
  long UNORDERED = 0;

  /** The resource in messages and dumps: {@code "lock 'db'"}. */
  String describe();

  /** The tasks that could end a wait for it, longest holder first; none if that is not known. */
  List<Task<?>> holders();

  /**
   * A task that held it has ended. Called once, after the task's last turn and before the tasks
   * that join it are woken.
   */
  void holderEnded(Task<?> holder);

  /** Who can end a wait for it; here any one of the holders. */
  default EndedBy endedBy() {
    return EndedBy.ANY_HOLDER;
  }

  /**
   * Whether its holder may take it along to another scheduler: see {@link Task#moveTo}. Here false:
   * what a task holds belongs to the task's scheduler.
   */
  default boolean mayMove(Task<?> holder, Scheduler target) {
    return false;
  }

  /**
   * The holder takes it along. Called on the scheduler that the holder leaves, as its last act
   * there; and once more the other way round, if the target turns out to have ended.
   */
  default void moves(Task<?> holder, Scheduler target) {}

  /**
   * Its place in the order in which a task that needs several resources should acquire them; tasks
   * that keep to the order cannot deadlock. Here {@link #UNORDERED}.
   */
  default long order() {
    return UNORDERED;
  }
}
