package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The moving deadlines of one socket. A byte that moves costs a look at the clock, and no change in
 * the deadline queue: when the deadline passes, it is set anew for what is left.
 */
final class SocketTimeouts extends Timed {
  /** No time limit: as good as never, and far from the end of the clock's scale. */
  private static final long NEVER = Timers.saturatedNanos(ChronoUnit.FOREVER.getDuration());

  private final TcpSocket socket;
  private final Scheduler scheduler;
  private long idle = NEVER;
  private long progress = NEVER;

  /** When a byte was received, or taken to be sent, last. */
  private long movedAt;

  /** When the system took a byte last, or the task that waits to send began to. */
  private long progressAt;

  /** Whether the last write found no room. */
  private boolean full;

  SocketTimeouts(TcpSocket socket, Scheduler scheduler) {
    this.socket = socket;
    this.scheduler = scheduler;
  }

  private static long checked(String what, Duration timeout) {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException(what + " " + timeout + ": must be positive");
    }
    return Timers.saturatedNanos(timeout);
  }

  void idle(Duration timeout) {
    idle = checked("idle timeout", timeout);
    moved();
    arm();
  }

  void progress(Duration timeout) {
    progress = checked("progress timeout", timeout);
    progressAt = scheduler.nanoTime();
    arm();
  }

  /** A byte has moved. */
  void moved() {
    movedAt = scheduler.nanoTime();
    progressAt = movedAt;
    full = false;
  }

  /** The system has taken nothing: the time counts from the first such answer. */
  void sendWaits() {
    if (!full) {
      full = true;
      progressAt = scheduler.nanoTime();
    }
  }

  private void arm() {
    long now = scheduler.nanoTime();
    scheduler.setDeadline(this, now + Math.min(leftIdle(now), Math.max(1, leftProgress(now))));
  }

  private long leftIdle(long now) {
    return idle == NEVER ? NEVER : movedAt + idle - now;
  }

  /** Counted only while a task waits to send. */
  private long leftProgress(long now) {
    if (progress == NEVER) {
      return NEVER;
    }
    if (socket.endpoint().isWrittenByNobody()) {
      full = false; // the next one who finds no room begins to wait then
      return progress;
    }
    return progressAt + progress - now;
  }

  @Override
  protected void handleDeadline(Scheduler owner) {
    long now = owner.nanoTime();
    if (leftIdle(now) <= 0) {
      socket.timeOut("idle for " + Duration.ofNanos(idle));
    } else if (leftProgress(now) <= 0) {
      socket.timeOut("the peer has taken nothing for " + Duration.ofNanos(progress));
    } else {
      arm();
    }
  }
}
