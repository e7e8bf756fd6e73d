package dev.heddle.test;

import dev.heddle.process.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The child processes of a simulation. What {@code dev.heddle.process} starts, by a {@code
 * ProcessPool} or a {@code JobProcess}, is a stub here: no JVM is started. A child is a scheduler
 * on the host of its parent, on the virtual clock, whose end of the connection is in memory.
 *
 * <pre>{@code
 * ProcessPool pool = ProcessPool.open(sim.scheduler(), 2);
 * Task<Integer> call =
 *     sim.scheduler().submit("call", c -> c.await(pool.apply(Integer::bitCount, 255)));
 * co.await(Timers.sleep(Duration.ofSeconds(1)));
 * sim.processes().kill(sim.processes().running().getFirst().pid()); // as the OOM killer would
 * co.await(call.join()); // throws a ProcessDiedException: exit code 137
 * }</pre>
 *
 * <p>Arguments, results and items go through the codec as between real processes: the other side
 * gets a copy, and what cannot be sent is refused. A child that was killed has the exit code 137,
 * one that was asked to end ({@code JobProcess.terminate}) 143, one whose main task has failed 1.
 * The end of a parent, or of its host, ends its children.
 *
 * <p>What is not simulated:
 *
 * <ul>
 *   <li>Static fields, system properties, {@code System.out} and the environment are those of the
 *       test's JVM, for all children: options of the JVM, the class path and the environment in
 *       {@code ProcessOptions} mean nothing here, and a {@code System.exit} of a job ends the
 *       test's JVM.
 *   <li>A job that never awaits holds up all schedulers, as one has the turn at a time; one that
 *       never ends fails the test when its real time is over. That of a killed child goes on to its
 *       next await, and its {@code finally} blocks run; what it sends then goes nowhere.
 *   <li>{@code Parent} is for the tasks of the child, not for other threads that a job starts.
 *   <li>The standard streams of a process, as for {@code Channel.to}: {@link #channels} stands in
 *       for these.
 * </ul>
 *
 * <p>For the tasks of the simulation.
 */
public final class Processes {
  /** The kind of the choice whether a child dies that would read or write. */
  static final String DEATH = "child death";

  /** The kind of the choice whether a child is killed before a turn. */
  static final String KILL = "kill of a child";

  private static final long FIRST_PID = 1_001;

  private final Network network;

  /** Those that have not ended, in the order of their starts. */
  private final Map<Long, SimulatedChild> running = new LinkedHashMap<>();

  private long lastPid = FIRST_PID - 1;
  private int refusals;
  private Duration startTime = Duration.ZERO;

  /** How many children an explorer may still let die. */
  private int deaths;

  private int channels;

  Processes(Network network) {
    this.network = network;
  }

  /**
   * A child process.
   *
   * @param name its name: of its job, or of its place in a pool
   * @param pid its id, made up: 1001 for the first child of a simulation, and so on
   * @param host where it runs
   */
  public record Child(String name, long pid, Host host) {}

  /** Two ends of a channel: what is sent at one is received at the other. */
  public record Channels<T>(Channel<T> here, Channel<T> there) {}

  /** The children that start or run, of all hosts, in the order of their starts. */
  public List<Child> running() {
    return running.values().stream()
        .filter(SimulatedChild::isAlive)
        .map(child -> new Child(child.processName(), child.pid(), child.host()))
        .toList();
  }

  /**
   * Kills a child, as SIGKILL or the system short of memory would: what it does from now on leaves
   * it no more, its parent sees the exit code 137, and its own children end. Does not wait.
   *
   * @return false if no such child runs
   */
  public boolean kill(long pid) {
    SimulatedChild child = running.get(pid);
    if (child == null || !child.isAlive()) {
      return false;
    }
    child.kill(SimulatedChild.KILLED);
    return true;
  }

  /**
   * The next starts of a child fail, so many, with an {@code IOException}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void refuseStarts(int next) {
    if (next < 0) {
      throw new IllegalArgumentException(next + " refused starts: must be 0 or more");
    }
    refusals = next;
  }

  /**
   * How long a child takes from its start until it can connect, in virtual time. Default: no time.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void startTime(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("start time " + time + ": must be 0 or more");
    }
    startTime = time;
  }

  /**
   * In a test of an {@link Explorer}, which decides which and when: so many children may be killed,
   * before any turn of the test's own scheduler. Elsewhere does nothing; see {@link
   * Faults#childDeaths} for deaths by the seed.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void mayDie(int most) {
    if (most < 0) {
      throw new IllegalArgumentException(most + " deaths: must be 0 or more");
    }
    deaths = most;
  }

  /**
   * A channel in memory, in place of one over the streams of a process: for tests of code that
   * takes a {@code Channel}. The ends are for the tasks of one scheduler of the simulation, or of
   * one each.
   *
   * <pre>{@code
   * Processes.Channels<String> channels = sim.processes().channels(String.class);
   * sim.scheduler().spawn("other side", c -> c.await(channels.there().send("hello")));
   * String heard = co.await(channels.here().recv());
   * }</pre>
   *
   * <p>Messages go through the codec: what cannot be sent is refused with a {@code CodecException}.
   * A sender waits while 16 messages are on their way. After {@code close} of one end the other end
   * receives what was sent, and then an {@code EOFException}; a send fails with a {@code
   * QueueShutdownException}.
   *
   * @param messages the class of the messages
   */
  public <T> Channels<T> channels(Class<T> messages) {
    List<Channel<T>> ends = SimulatedChildren.pair(messages, "channel " + ++channels);
    return new Channels<>(ends.get(0), ends.get(1));
  }

  // What children and an explorer use.

  /** Refuses a start, where one is to be refused. */
  void checkStart(SimulatedProvider parent, String name) throws IOException {
    if (network.isOver() || parent.isCrashed()) {
      throw new IOException("cannot start process " + name + ": its parent ends");
    }
    if (refusals > 0) {
      refusals--;
      throw new IOException("cannot start process " + name + ": Resource temporarily unavailable");
    }
  }

  long nextPid() {
    return ++lastPid;
  }

  Duration startTime() {
    return startTime;
  }

  Faults faults() {
    return network.faults();
  }

  void add(SimulatedChild child) {
    running.put(child.pid(), child);
  }

  void remove(SimulatedChild child) {
    SimulatedChild _ = running.remove(child.pid());
  }

  /** What may happen to children before a turn. */
  void goWrong(Choices choices, int oneIn, Network.FaultListener listener) {
    for (Child child : deaths > 0 ? running() : List.<Child>of()) {
      if (deaths > 0 && choices.happens(KILL, oneIn, child.name() + " " + child.pid())) {
        deaths--;
        listener.happens(KILL, child.name() + " (pid " + child.pid() + ")", "");
        boolean _ = kill(child.pid());
      }
    }
  }

  @Override
  public String toString() {
    return "simulated processes " + running.values();
  }
}
