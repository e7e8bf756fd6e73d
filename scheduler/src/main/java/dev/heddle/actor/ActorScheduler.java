package dev.heddle.actor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.ThreadBody;
import dev.heddle.scheduler.YieldEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Actors that know each other by name, and that run as long as messages are under way.
 *
 * <pre>{@code
 * ActorScheduler<Integer> actors = new ActorScheduler<>(scheduler);
 * actors.start("printer", co -> {
 *   while (co.await(actors.receive("printer")) instanceof Integer n) {
 *     System.out.println("Got: " + n);
 *   }
 * });
 * actors.start("counter", co -> {
 *   while (co.await(actors.receive("counter")) instanceof Integer n && n > 0) {
 *     actors.send("printer", n);
 *     actors.send("counter", n - 1);
 *   }
 * });
 * actors.send("counter", 10_000);
 * actors.run();
 * }</pre>
 *
 * <p>An actor that sends to itself is a loop, not a recursion: a million hops need no more stack
 * than one. The actors are daemons; when no message is under way they wait for the next {@link
 * #run}.
 *
 * <p>A message is under way from its sending until its actor asks for the next one, or has ended.
 * So a run goes on while an actor awaits something else in the middle of a message. An actor that
 * crashes takes the messages along that it had not received ({@link Actor#unhandled}) and stops no
 * other; its failure is reported as that of any task that nobody joins.
 *
 * <p>Fairness: each actor has its turn after the others that have messages; between two actors,
 * messages keep their order. Threads: as {@link Actor}.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.12. There, sending to a name that nobody has
 * does nothing; here it throws.
 *
 * @param <M> the messages of all actors
 */
public final class ActorScheduler<M> {
  private final Scheduler scheduler;
  private final InFlightCounter underWay = new InFlightCounter();
  private final Map<String, Actor<M>> actors = new LinkedHashMap<>();

  /** No actors yet. */
  public ActorScheduler(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
  }

  /** Starts an actor with a body in coroutine style; see {@link #start(String, Body)}. */
  @CanIgnoreReturnValue
  public Actor<M> start(String name, TaskBody body) {
    return start(name, Body.coroutine(body));
  }

  /** Starts an actor with a body in thread style; see {@link #start(String, Body)}. */
  @CanIgnoreReturnValue
  public Actor<M> start(String name, ThreadBody body) {
    return start(name, Body.thread(body));
  }

  /** Starts an actor with a body in step style; see {@link #start(String, Body)}. */
  @CanIgnoreReturnValue
  public Actor<M> start(String name, Step<?> body) {
    return start(name, Body.step(body));
  }

  /**
   * Starts an actor under a name, which is that of its task too.
   *
   * @throws IllegalArgumentException if another has the name and has not ended
   */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Actor<M> start(String name, Body<T> body) {
    scheduler.checkInside("start");
    Actor<M> holder = actors.get(name);
    if (holder != null && !holder.mailbox.isEnded()) {
      throw new IllegalArgumentException(holder + " has the name already");
    }
    Actor<M> actor = new Actor<>(scheduler, name, 0, underWay);
    Task<T> _ = actor.start(scheduler.daemons(), body);
    actors.put(name, actor);
    return actor;
  }

  /**
   * The actor of this name, or the last that had it.
   *
   * @throws NoSuchElementException if there was none
   */
  public Actor<M> actor(String name) {
    Actor<M> actor = actors.get(name);
    if (actor == null) {
      throw new NoSuchElementException(
          "no actor is named '" + name + "'; the names are " + String.join(", ", actors.keySet()));
    }
    return actor;
  }

  /**
   * Sends a message to the actor of this name; does not yield.
   *
   * @throws NoSuchElementException if there was none
   * @throws ReceiverClosedException if it is closed or has ended
   */
  public void send(String name, M message) {
    actor(name).send(message);
  }

  /** For the actor of this name: {@link Actor#receive}. */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive(String name) {
    return actor(name).receive();
  }

  /** Waits until no message is under way. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> quiet() {
    return underWay;
  }

  /**
   * Runs the scheduler until no message is under way, and no other task is left.
   *
   * @throws dev.heddle.scheduler.DeadlockException if messages are, and nothing can ever bring them
   *     forward
   */
  public void run() {
    Task<@Nullable Void> _ = scheduler.spawn("run of the actors", co -> co.await(underWay));
    scheduler.run();
  }

  @Override
  public String toString() {
    return "actors " + actors.values();
  }
}
