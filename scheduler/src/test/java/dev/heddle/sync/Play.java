package dev.heddle.sync;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Turn;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Tasks by name on a scheduler of a kind, and what they say, in order. */
final class Play implements AutoCloseable {
  final Scheduler scheduler;
  final List<String> said = new ArrayList<>();
  private final Kind kind;

  /** Of tasks that nobody joined: assertions that did not hold, mostly. */
  private final List<Throwable> failures = new ArrayList<>();

  Play(Kind kind) {
    this(kind, new VirtualTime());
  }

  Play(Kind kind, VirtualTime time) {
    this.kind = kind;
    scheduler =
        kind.builder()
            .name("play")
            .clock(time)
            .poller(time)
            .failureReporter((task, failure) -> report(failure))
            .build();
  }

  /** A failure that belongs to the play: it fails no test if nobody joins the task. */
  static final class Mishap extends Exception {
    Mishap(String message) {
      super(message);
    }
  }

  /** What a task does. */
  interface Part {
    void play(Player me) throws Exception;
  }

  /** A task that plays this part. */
  @CanIgnoreReturnValue
  Task<?> task(String name, Part part) {
    return task(scheduler, name, part);
  }

  /** The same in a group. */
  @CanIgnoreReturnValue
  Task<?> task(Spawner spawner, String name, Part part) {
    return kind.spawn(spawner, name, co -> part.play(new Player(this, name, co)));
  }

  /** What a task of this name would run, for those who start it themselves. */
  Body<?> body(String name, Part part) {
    return kind.body(co -> part.play(new Player(this, name, co)));
  }

  /** A task that says what it awaited, and when it could not. */
  @CanIgnoreReturnValue
  Task<?> awaits(String name, YieldEvent<?, ?> event) {
    return task(
        name,
        me -> {
          me.await(event);
          me.say("through");
        });
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

  private void report(Throwable failure) {
    if (!(failure instanceof Mishap)) {
      failures.add(failure);
    }
  }

  private void checkFailures() {
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("tasks failed, the first", failures.getFirst());
      failures.clear();
      throw error;
    }
  }

  /** Who plays a part. */
  record Player(Play play, String name, Turn co) {
    @CanIgnoreReturnValue
    <T, X extends Exception> T await(YieldEvent<T, X> event) throws X {
      return co.await(event);
    }

    /** An event of which nobody knows what it fails with. */
    @CanIgnoreReturnValue
    Object awaits(YieldEvent<?, ?> event) throws Exception {
      return co.await(event);
    }

    void yields(int times) {
      for (int i = 0; i < times; i++) {
        co.await(Task.yield());
      }
    }

    void say(Object what) {
      play.said.add(name + ": " + what);
    }

    /** Does what only the task itself may. */
    void does(Runnable action) throws Exception {
      co.inside(
          () -> {
            action.run();
            return null;
          });
    }

    <T> T gets(Callable<T> call) throws Exception {
      return co.inside(call);
    }

    Task<?> task() {
      return co.task();
    }
  }
}
