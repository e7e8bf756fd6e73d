package dev.heddle.scheduler;

/** A task in thread style: {@code () -> { ... await(event) ... }}, at any call depth. */
@FunctionalInterface
public interface ThreadBody {
  /**
   * Runs once.
   *
   * @throws Exception anything: it is the task's failure
   */
  void run() throws Exception;
}
