package dev.heddle.actor;

import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.ThreadBody;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The body of an actor, run again after each crash as its {@link Supervision} says. */
final class SupervisedBody {
  private final Actor<?> actor;
  private final Scheduler scheduler;
  private final Supervision supervision;

  /** When the restarts were that still count, oldest first; at most as many as are allowed. */
  private final ArrayDeque<Long> restarts = new ArrayDeque<>();

  SupervisedBody(Actor<?> actor, Scheduler scheduler, Supervision supervision) {
    this.actor = actor;
    this.scheduler = scheduler;
    this.supervision = supervision;
  }

  /** In coroutine style. */
  TaskBody of(TaskBody body) {
    return co -> {
      while (true) {
        Duration pause;
        try {
          body.run(co);
          return;
        } catch (Cancelled cancelled) {
          throw cancelled;
        } catch (Throwable crash) {
          pause = crashed(crash);
        }
        if (pause == null) {
          return;
        }
        co.await(Timers.sleep(pause));
      }
    };
  }

  /** In thread style. */
  ThreadBody of(ThreadBody body) {
    return () -> {
      while (true) {
        Duration pause;
        try {
          body.run();
          return;
        } catch (Cancelled cancelled) {
          throw cancelled;
        } catch (Throwable crash) {
          pause = crashed(crash);
        }
        if (pause == null) {
          return;
        }
        Task.await(Timers.sleep(pause));
      }
    };
  }

  /**
   * Decides about a crash.
   *
   * @return how long to wait before the restart; null if the actor stops
   * @throws Exception the crash itself, if it is escalated
   */
  private @Nullable Duration crashed(Throwable crash) throws Exception {
    Supervision.Directive directive = supervision.directiveFor(crash);
    int before = 0;
    if (directive == Supervision.Directive.RESTART) {
      before = restartsInWindow();
      if (before >= supervision.maxRestarts()) {
        directive = Supervision.Directive.ESCALATE;
      }
    }
    if (directive == Supervision.Directive.ESCALATE) {
      throw thrown(crash);
    }
    if (directive == Supervision.Directive.STOP) {
      scheduler.reportFailure(actor.describe() + ", which stops,", crash);
      return null;
    }
    restarts.add(scheduler.nanoTime());
    scheduler.reportFailure(actor.describe() + ", which restarts,", crash);
    actor.mailbox.restarted(crash);
    return supervision.pauseAfter(before);
  }

  private int restartsInWindow() {
    long now = scheduler.nanoTime();
    while (!restarts.isEmpty() && isOver(now - restarts.getFirst())) {
      restarts.removeFirst();
    }
    return restarts.size();
  }

  private boolean isOver(long nanos) {
    return Duration.ofNanos(nanos).compareTo(supervision.window()) >= 0;
  }

  private static Exception thrown(Throwable crash) {
    if (crash instanceof Error error) {
      throw error;
    }
    return (Exception) crash;
  }
}
