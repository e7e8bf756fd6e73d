package dev.heddle.scheduler;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a body in coroutine style receives, to wait with: {@code co.await(event)}. Valid while its
 * task has the turn, in that body and in the methods to which the body hands it.
 *
 * <p>Any method with a parameter of this type may wait, and whoever calls it then waits with it:
 *
 * <pre>{@code
 * static byte[] ask(Awaiter co, TcpSocket socket) throws IOException {
 *   co.await(socket.send(message));
 *   return co.await(new Lines(socket).readLine());
 * }
 *
 * scheduler.spawn("asker", co -> print(ask(co, socket)));
 * }</pre>
 *
 * <p>Such a method is woven when a woven body first calls it, as the body is, at any depth,
 * recursion and interfaces included. It needs no stack of its own, and a call that does not wait
 * gives up no turn. Hand an awaiter on as an argument that is declared as {@code Awaiter}. A method
 * that stores it, gives it to a constructor, captures it in a lambda that is no body, or waits
 * inside {@code synchronized} cannot be woven: that method runs on a stack, with the same result.
 * {@link Body#explain} names it.
 */
public interface Awaiter {

  /**
   * Waits for an event and returns its result. If the event completes at once the task keeps its
   * turn, up to 128 times in a row: see {@link Task#yield}.
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
   * Waits for an event with a time limit, which keeps its failure type: nothing but that and a
   * {@link TimeoutException} is declared.
   *
   * <pre>{@code
   * try {
   *   print(co.await(queue.get().within(Duration.ofSeconds(1))));
   * } catch (TimeoutException e) {
   *   print("nothing yet");
   * }
   * }</pre>
   *
   * @throws X the event's failure
   * @throws TimeoutException if it is not over in time; then it has not happened
   * @throws Cancelled if the task is cancelled
   */
  default <T extends @Nullable Object, X extends Exception> T await(TimeoutEvent<T, X> event)
      throws X, TimeoutException {
    return await(TimeoutEvent.declared(event));
  }

  /**
   * Runs another body as a part of this one, in the same task: what it awaits, the task waits for;
   * gives its result. The same as the call {@code part.run(co)}: it is for parts that are given as
   * values. A method that takes {@code co} is simply called.
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
   * <p>A task that is cancelled while the part waits is cancelled at that wait: the part finds it
   * first. In a woven body, a part that cannot be woven itself runs on {@link
   * dev.heddle.coroutine.Engine#HANDOFF}, and holds up the loop if it blocks in the JDK.
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
