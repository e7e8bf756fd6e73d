package dev.heddle.actor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Actors and tasks of a kind on one scheduler, and what they say, in order. */
final class Troupe implements AutoCloseable {
  final Scheduler scheduler;
  final VirtualTime time = new VirtualTime();
  final List<String> said = new ArrayList<>();
  private final Kind kind;

  /** Of tasks that nobody joined. */
  final List<Throwable> failures = new ArrayList<>();

  Troupe(Kind kind) {
    this.kind = kind;
    scheduler =
        kind.builder()
            .name("troupe")
            .clock(time)
            .poller(time)
            .failureReporter((task, failure) -> failures.add(failure))
            .build();
  }

  /** What a task does. */
  interface Part {
    void play(Player me) throws Exception;
  }

  /** What an actor does with a message. */
  interface Handler<M> {
    void handle(Player me, M message) throws Exception;
  }

  @CanIgnoreReturnValue
  Task<?> task(String name, Part part) {
    return kind.spawn(scheduler, name, co -> part.play(new Player(this, name, co)));
  }

  /** An actor with a body of this kind. */
  @CanIgnoreReturnValue
  Task<?> start(Actor<?> actor, Part part) {
    return start(actor, scheduler, part);
  }

  @CanIgnoreReturnValue
  Task<?> start(Actor<?> actor, Spawner spawner, Part part) {
    Spawner asActor =
        new Spawner() {
          @Override
          public <T> Task<T> start(String name, Body<T> body) {
            return actor.start(spawner, body);
          }
        };
    return kind.spawn(asActor, actor.name(), co -> part.play(new Player(this, actor.name(), co)));
  }

  /** An actor that handles message by message until it is closed. */
  <M> Actor<M> actor(String name, int maxSize, Handler<M> handler) {
    Actor<M> actor = new Actor<>(scheduler, name, maxSize);
    start(actor, me -> me.handles(actor, handler));
    return actor;
  }

  /** An actor that says what it receives. */
  <M> Actor<M> printer(String name) {
    return actor(name, 0, Player::say);
  }

  /** Runs all tasks to their end and gives what they said. */
  @CanIgnoreReturnValue
  List<String> run() {
    scheduler.run();
    checkFailures();
    return said;
  }

  @Override
  public void close() {
    scheduler.close();
    checkFailures();
  }

  private void checkFailures() {
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("tasks failed, the first", failures.getFirst());
      failures.clear();
      throw error;
    }
  }

  /** Who plays a part. */
  record Player(Troupe troupe, String name, Awaiter co) {
    @CanIgnoreReturnValue
    <T, X extends Exception> T await(YieldEvent<T, X> event) throws X {
      return co.await(event);
    }

    <M> void handles(Actor<M> actor, Handler<M> handler) throws Exception {
      for (M message; (message = await(actor.receive())) != null; ) {
        handler.handle(this, message);
      }
    }

    void yields(int times) {
      for (int i = 0; i < times; i++) {
        co.await(Task.yield());
      }
    }

    void say(Object what) {
      troupe.said.add(name + ": " + what);
    }

    /** Does what only the task itself may. */
    void does(Runnable action) throws Exception {
      action.run();
    }

    <T> T gets(Callable<T> call) throws Exception {
      return call.call();
    }
  }
}
