package dev.heddle.test;

import dev.heddle.process.ChildProvider;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A child process of a simulation: another scheduler on the host of its parent, and a connection to
 * the parent that no fault of the network concerns.
 *
 * <pre>
 *   new --start--> starting --time--> running --its main task ends--> ended
 *                     '--kill--> ended   '--kill--> killed --its tasks end--> ended
 * </pre>
 *
 * <p>From the kill on nothing of what the child does leaves it, but its tasks have their last turns
 * before it has ended.
 */
final class SimulatedChild implements ChildProvider.Stub, HostLoop.Owner {
  /** The exit code after SIGKILL. */
  static final int KILLED = 137;

  private static final int FAILED = 1;

  private final SimulatedChildren siblings;
  private final Processes processes;
  private final Host host;
  private final String name;
  private final long pid;
  private final SimulatedConnection pipe;
  private final SimulatedSocket parentEnd;
  private final SimulatedSocket childEnd;
  private final HostLoop loop;

  private final Duration startTime;

  /** Whether its scheduler was started. */
  private boolean started;

  private boolean killed;
  private boolean ended;

  /** The exit code that it has or will have; of no meaning before the end, or before the kill. */
  private int code;

  /** What its main task has thrown; null if nothing. */
  private @Nullable Throwable failure;

  /** Hears of the end; null before it is known. */
  private @Nullable Runnable onExit;

  SimulatedChild(
      SimulatedChildren siblings,
      SimulatedProvider parent,
      String name,
      Function<SocketChannel, TaskBody> child) {
    this.siblings = siblings;
    this.host = parent.host;
    this.name = name;
    processes = host.network().processes();
    pid = processes.nextPid();
    startTime = processes.startTime();
    pipe =
        SimulatedConnection.pipe(host.network(), host, address("parent of " + name), address(name));
    pipe.server.isOfChild(this);
    parentEnd = SimulatedSocket.end(parent, pipe.client);
    loop = new HostLoop(host, this);
    childEnd = SimulatedSocket.end(loop.provider(), pipe.server);
    loop.runs(child.apply(childEnd));
  }

  private InetSocketAddress address(String of) {
    return InetSocketAddress.createUnresolved(of, (int) (pid % 0x10000));
  }

  /** Begins to start. */
  void start() {
    processes.add(this);
    if (startTime.isZero()) {
      begin();
    } else {
      host.network().after(startTime, this::begin);
    }
  }

  private void begin() {
    if (!ended && !host.network().isOver()) {
      started = true;
      loop.start();
      host.network().started(loop);
    }
  }

  Host host() {
    return host;
  }

  String processName() {
    return name;
  }

  /** It is about to read or write: whether it dies by that. */
  void mayDie() {
    if (!killed
        && host.network().happens(Processes.DEATH, processes.faults().childDeaths(), this)) {
      kill(KILLED);
    }
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public SocketChannel connection() {
    return parentEnd;
  }

  @Override
  public Duration startTime() {
    return startTime;
  }

  @Override
  public OptionalInt exitCode() {
    return ended ? OptionalInt.of(code) : OptionalInt.empty();
  }

  @Override
  public boolean isAlive() {
    return !killed && !ended;
  }

  @Override
  public List<String> lastErrors() {
    return failure == null ? List.of() : List.of(failure.toString());
  }

  @Override
  public void kill(int exitCode) {
    if (!isAlive()) {
      return;
    }
    killed = true;
    code = exitCode;
    pipe.server.cut();
    if (started) {
      loop.crash();
    } else {
      left();
    }
  }

  @Override
  public void onExit(Runnable action) {
    onExit = action;
    if (ended) {
      action.run();
    }
  }

  // What its scheduler tells.

  @Override
  public String title() {
    return name + ", pid " + pid;
  }

  @Override
  public boolean isProcess() {
    return true;
  }

  @Override
  public void failed(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  @Override
  public void ended(HostLoop itsOwn) {
    // its other tasks have not ended yet
  }

  @Override
  public void left() {
    if (ended) {
      return;
    }
    ended = true;
    if (!killed) {
      code = failure == null ? 0 : FAILED;
    }
    try {
      childEnd.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a channel in memory", e);
    }
    siblings.ended(this);
    processes.remove(this);
    if (onExit != null) {
      onExit.run();
    }
  }

  @Override
  public String toString() {
    return name + " (pid " + pid + ")";
  }
}
