package dev.heddle.actor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
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
 * Actors that know each other by name and that run as long as messages are in flight.
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
 * <p>An actor that sends to itself is a loop, not a recursion: a million messages need no more
 * stack than one. The actors are daemons; when no message is in flight they wait for the next
 * {@link #run}.
 *
 * <p>A message is in flight from its sending until its actor asks for the next one, or has ended.
 * So a run goes on while an actor awaits something else in the middle of a message. When an actor
 * crashes, the messages that it had not received are in flight no more ({@link Actor#unhandled} has
 * them), and the other actors go on. Its failure is reported like that of any task that nobody
 * joins.
 *
 * <p>Fairness: an actor has its turn after all others that have messages; messages from one actor
 * to another keep their order. Threads: as {@link Actor}.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.12. There, a message to an unknown name is
 * ignored; here it throws.
 *
 * @param <M> the messages of all actors
 */
public final class ActorScheduler<M> {
  private final Scheduler scheduler;
  private final InFlightCounter inFlight = new InFlightCounter();
  private final Map<String, Actor<M>> actors = new LinkedHashMap<>();

  /** Makes one without actors. */
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

  /**
   * Starts an actor with a body in coroutine style, which is run again after a crash as the
   * supervision says. A crash that is escalated is reported like that of any task that nobody
   * joins.
   *
   * @throws IllegalArgumentException if another actor has the name and has not ended
   */
  @CanIgnoreReturnValue
  public Actor<M> start(String name, TaskBody body, Supervision supervision) {
    Actor<M> actor = fresh(name);
    actor.start(scheduler.daemons(), body, supervision);
    return named(actor);
  }

  /** Like {@link #start(String, TaskBody, Supervision)}, in thread style. */
  @CanIgnoreReturnValue
  public Actor<M> start(String name, ThreadBody body, Supervision supervision) {
    Actor<M> actor = fresh(name);
    actor.start(scheduler.daemons(), body, supervision);
    return named(actor);
  }

  /**
   * Starts an actor with a body in any style.
   *
   * @param name the name of the actor and of its task
   * @throws IllegalArgumentException if another actor has the name and has not ended
   */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Actor<M> start(String name, Body<T> body) {
    Actor<M> actor = fresh(name);
    Task<T> _ = actor.start(scheduler.daemons(), body);
    return named(actor);
  }

  private Actor<M> fresh(String name) {
    scheduler.checkInside("start");
    Actor<M> holder = actors.get(name);
    if (holder != null && !holder.mailbox.isEnded()) {
      throw new IllegalArgumentException(holder + " has the name already");
    }
    return new Actor<>(scheduler, name, 0, inFlight);
  }

  private Actor<M> named(Actor<M> actor) {
    actors.put(actor.name(), actor);
    return actor;
  }

  /**
   * The actor of this name; of several, the one started last.
   *
   * @throws NoSuchElementException if there is none
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
   * @throws NoSuchElementException if there is none
   * @throws ReceiverClosedException if it is closed or has ended
   */
  public void send(String name, M message) {
    actor(name).send(message);
  }

  /** For the task of the actor of this name: see {@link Actor#receive}. */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive(String name) {
    return actor(name).receive();
  }

  /** Waits until no message is in flight. Any number of tasks may wait. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> quiet() {
    return inFlight.forCaller();
  }

  /**
   * Runs the scheduler until no message is in flight and no other task is left.
   *
   * @throws dev.heddle.scheduler.DeadlockException if messages are in flight and all tasks wait for
   *     each other
   */
  public void run() {
    Task<@Nullable Void> _ = scheduler.spawn("run of the actors", co -> co.await(inFlight));
    scheduler.run();
  }

  @Override
  public String toString() {
    return "actors " + actors.values();
  }
}
