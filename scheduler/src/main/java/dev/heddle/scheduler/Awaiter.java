package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What a body in coroutine style receives, to wait with: {@code co.await(event)}. Valid inside that
 * body only, while its task has the turn.
 */
public interface Awaiter {

  /**
   * Waits for an event and returns its result.
   *
   * <pre>{@code
   * scheduler.spawn("greeter", co -> {
   *   co.await(Timers.sleep(Duration.ofSeconds(1)));
   *   System.out.println("hello");
   * });
   * }</pre>
   *
   * @throws X the event's failure
   * @throws Cancelled if the task is cancelled, before the event is started or while it waits; what
   *     that loses, the event's own documentation says
   * @throws WrongThreadException if called by anybody but the body of this task
   */
  <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event) throws X;

  /** The task that runs the body. */
  Task<?> task();
}
