package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.SocketProvider;
import dev.heddle.process.ProcessDiedException.Exit;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A child of a simulation. There is no token: nobody else has the other end of its connection. All
 * its times are of the parent's scheduler, and no thread helps it.
 */
final class StubbedChild implements Child {
  /** 128 and the number of the signal, as the system has it. */
  private static final int KILLED = 128 + 9;

  private static final int TERMINATED = 128 + 15;

  private final ChildProvider.Stub stub;
  private final Scheduler scheduler;
  private final Event ended;
  private final Limit limit = new Limit();

  StubbedChild(ChildProvider.Stub stub, Scheduler scheduler) {
    this.stub = stub;
    this.scheduler = scheduler;
    ended = new Event("the exit of pid " + stub.pid());
    stub.onExit(
        () -> {
          boolean _ = scheduler.runInside(this::exited); // false at the end of the parent
        });
  }

  private void exited() {
    limit.clear();
    ended.set();
  }

  @Override
  public long pid() {
    return stub.pid();
  }

  @Override
  public FramedConnection connect() throws IOException {
    FramedConnection connection = new FramedConnection(SocketProvider.connected(stub.connection()));
    boolean connected = false;
    try {
      Message first = connection.receive();
      assert first instanceof Message.Hello : first;
      connected = true;
      return connection;
    } finally {
      if (!connected) {
        connection.close();
      }
    }
  }

  /** No deadline then, as an explorer of all orders would let it pass at once. */
  @Override
  public boolean connectsWithin(Duration limit) {
    return stub.startTime().compareTo(limit) <= 0;
  }

  @Override
  public Exit join() {
    await(ended.await());
    return new Exit(stub.exitCode().orElseThrow(), stub.lastErrors());
  }

  @Override
  public boolean isAlive() {
    return stub.isAlive();
  }

  @Override
  public boolean isGone() {
    return !stub.isAlive();
  }

  @Override
  public OptionalInt exitCode() {
    return stub.exitCode();
  }

  @Override
  public void terminate() {
    stub.kill(TERMINATED);
  }

  @Override
  public void kill() {
    limit.clear();
    stub.kill(KILLED);
  }

  @Override
  public void dismiss() {
    // a stub ends with its connection in any case, and is not asked why
  }

  @Override
  public void endWithin(long millis) {
    long at = scheduler.nanoTime() + Timers.saturatedNanos(Duration.ofMillis(millis));
    if (stub.isAlive() && !limit.isBefore(at)) {
      limit.clear();
      limit.at = at;
      scheduler.setDeadline(limit, at);
    }
  }

  /** Kills a child that has not ended in time. */
  private final class Limit extends Timed {
    /** When it passes; of no meaning while it is not set. */
    private long at;

    void clear() {
      if (hasDeadline()) {
        scheduler.clearDeadline(this);
      }
    }

    boolean isBefore(long time) {
      return hasDeadline() && at - time <= 0;
    }

    @Override
    protected void handleDeadline(Scheduler scheduler) {
      kill();
    }
  }

  @Override
  public String output() {
    return String.join("\n", stub.lastErrors());
  }

  @Override
  public String toString() {
    return "pid " + stub.pid();
  }
}
