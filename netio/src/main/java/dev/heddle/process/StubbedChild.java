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
  private final Timed limit = new Limit();

  /** When the limit passes; of no meaning if none is set. */
  private long limitAt;

  /** Whether a limit is set. */
  private boolean isLimited;

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
    clearLimit();
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
    clearLimit();
    stub.kill(KILLED);
  }

  @Override
  public void dismiss() {
    // the end of the connection is always on purpose here: it is no connection of a dead parent
  }

  @Override
  public void endWithin(long millis) {
    long at = scheduler.nanoTime() + Timers.saturatedNanos(Duration.ofMillis(millis));
    if (!stub.isAlive() || (isLimited && limitAt <= at)) {
      return;
    }
    clearLimit();
    limitAt = at;
    isLimited = true;
    scheduler.setDeadline(limit, at);
  }

  private void clearLimit() {
    if (isLimited) {
      isLimited = false;
      scheduler.clearDeadline(limit);
    }
  }

  /** Kills a child that has not ended in time. */
  private final class Limit extends Timed {
    @Override
    protected void handleDeadline(Scheduler scheduler) {
      isLimited = false;
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
