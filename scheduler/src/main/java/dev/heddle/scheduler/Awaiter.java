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

  /**
   * Runs another body as a part of this one, in the same task: what it awaits, the task waits for;
   * gives its result. So bodies in coroutine style call each other and stay woven, where handing on
   * {@code co} would make that impossible.
   *
   * <pre>{@code
   * static TaskFunction<String> name(TcpSocket socket) {
   *   return co -> {
   *     co.await(socket.send(message));
   *     return new String(co.await(new Lines(socket).readLine()));
   *   };
   * }
   *
   * String name = co.yieldFrom(name(socket));
   * }</pre>
   *
   * <p>Cancelled while the part waits, it is the part that finds it first. In a woven body, a part
   * that cannot be woven itself runs on {@link dev.heddle.coroutine.Engine#HANDOFF}, and holds up
   * the loop if it blocks in the JDK.
   *
   * <p>After Python's {@code yield from}.
   *
   * @throws Exception what the part throws
   */
  default <T extends @Nullable Object> T yieldFrom(TaskFunction<T> part) throws Exception {
    return part.run(this);
  }

  /**
   * Runs another body without a result as a part of this one: see {@link #yieldFrom(TaskFunction)}.
   *
   * @throws Exception what the part throws
   */
  @SuppressWarnings("overloads") // a lambda that could be either is told apart by a cast
  default void yieldFrom(TaskBody part) throws Exception {
    part.run(this);
  }

  /** The task that runs the body. */
  Task<?> task();
}
