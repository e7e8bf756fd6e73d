package dev.heddle.scheduler;

import java.util.List;

/**
 * Something that tasks hold and others wait for: a lock, the permits of a semaphore. What an event
 * waits for it names by {@link YieldEvent#resource}; who holds it tells {@link Task#hold}. From the
 * two follows who waits for whom.
 */
public interface Resource {

  /** As it stands in messages and dumps: {@code "lock 'db'"}. */
  String describe();

  /** The tasks any of which could end a wait for it, longest holder first. */
  List<Task<?>> holders();

  /**
   * A task has ended that held it. Called once, after the task's last turn and before those who
   * join it are woken.
   */
  void holderEnded(Task<?> holder);
}
