package dev.heddle.test;

import dev.heddle.scheduler.Timers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network of a simulation: hosts, and what happens between them, by a script or by the seed.
 *
 * <pre>{@code
 * Network network = sim.network();
 * Host server = network.host("server");
 * server.start(c -> serve(c)); // binds port 80 of its own host
 * TcpSocket socket = co.await(TcpSocket.connect(server.address(80)));
 * network.partition(sim.host(), server);
 * co.await(Timers.sleep(Duration.ofMinutes(1)));
 * network.heal();
 * }</pre>
 *
 * <p>Connections are like TCP's: bytes come in order, once, or not at all. Between hosts that are
 * cut off from each other nothing arrives; it is sent again when they are not any more, and after
 * 15 minutes without an answer a connection has timed out. A host that has crashed answers nothing.
 *
 * <p>What {@code dev.heddle.net} does with TCP works here: connections, listeners, servers, lines,
 * TLS, {@code sendFile}. UDP, multicast and Unix-domain sockets are refused with an exception that
 * says so. To be used by the tasks of the simulation. A host that another simulation has made is
 * refused with an {@code IllegalArgumentException}.
 */
public final class Network {
  static final String CUT = "partition";
  static final String MENDED = "end of a partition";
  static final String CRASH = "crash";
  private static final int MOST_HOSTS = 250;

  /** How long a packet takes, unless told otherwise. */
  private static final Duration LATENCY = Duration.ofMillis(1);

  final World world;

  /** Hears what fails a host. */
  private final Consumer<Throwable> failureReporter;

  /** All that were started, ended ones too. */
  private final List<HostLoop> loops = new CopyOnWriteArrayList<>();

  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<InetAddress, Host> byAddress = new LinkedHashMap<>();

  /** Whether the simulation is over. */
  private volatile boolean over;

  /** Pairs that are cut off, one way each: from, to. */
  private final Set<Path> cut = new HashSet<>();

  private final Map<Path, Duration> latencies = new LinkedHashMap<>();
  private final Map<Path, Long> bandwidths = new LinkedHashMap<>();

  /** When the path is free for the next bytes, where its bandwidth is limited. */
  private final Map<Path, Long> busyUntil = new LinkedHashMap<>();

  /** All that are not over, in the order in which they were made. */
  final Set<SimulatedConnection> connections = new LinkedHashSet<>();

  /** How many connections there were. */
  int connectionCount;

  /** The run of an explorer; null in other tests. */
  private @Nullable ExploredRun explored;

  /** Pairs that may be cut off by themselves, one way each. */
  private final List<Path> mayBeCut = new ArrayList<>(0);

  /** Hosts that may crash by themselves. */
  private final List<Host> mayCrash = new ArrayList<>(0);

  private final Processes processes = new Processes(this);
  private Faults faults = Faults.NONE;
  private Duration latency = LATENCY;

  /** From one host to another. */
  private record Path(Host from, Host to) {
    @Override
    public String toString() {
      return from + " and " + to;
    }
  }

  Network(World world, Consumer<Throwable> failureReporter) {
    this.world = world;
    this.failureReporter = failureReporter;
  }

  /**
   * The host of this name; made at the first use. It has an address of its own, 10.0.0.1 for the
   * first, and can be looked up by its name.
   *
   * @throws IllegalArgumentException if the name is blank, or {@code localhost}
   * @throws IllegalStateException if there are 250 hosts
   */
  public Host host(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank() || name.equals("localhost")) {
      throw new IllegalArgumentException(
          "host '" + name + "': must be a name, and not that by which each host calls itself");
    }
    Host known = hosts.get(name);
    if (known != null) {
      return known;
    }
    if (hosts.size() == MOST_HOSTS) {
      throw new IllegalStateException("host '" + name + "' is one too many: at most " + MOST_HOSTS);
    }
    Host made = new Host(this, name, hosts.size() + 1);
    hosts.put(name, made);
    byAddress.put(made.ip(), made);
    assert byAddress.size() == hosts.size() : "two hosts have one address: " + byAddress;
    return made;
  }

  private Path path(Host from, Host to) {
    checkOurs(from);
    checkOurs(to);
    return new Path(from, to);
  }

  private void checkOurs(Host host) {
    if (Objects.requireNonNull(host, "host").network() != this) {
      throw new IllegalArgumentException(
          "host " + host + " is one of another simulation, as of an earlier run");
    }
  }

  /** All hosts, in the order in which they were made. */
  public List<Host> hosts() {
    return List.copyOf(hosts.values());
  }

  // The script.

  /** How long a packet takes from any host to any other. Default: 1 ms; within a host: nothing. */
  public void latency(Duration time) {
    latency = notNegative(time);
  }

  /** How long a packet takes between two hosts, each way. */
  public void latency(Host a, Host b, Duration time) {
    latencies.put(path(a, b), notNegative(time));
    latencies.put(path(b, a), time);
  }

  private static Duration notNegative(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("latency " + time + ": must be 0 or more");
    }
    return time;
  }

  /**
   * How many bytes a second go between two hosts, each way; all connections share them. Default: no
   * limit.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public void bandwidth(Host a, Host b, long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("bandwidth " + bytesPerSecond + ": must be 1 or more");
    }
    bandwidths.put(path(a, b), bytesPerSecond);
    bandwidths.put(path(b, a), bytesPerSecond);
  }

  /** Nothing arrives between the two any more, until {@link #heal}. */
  public void partition(Host a, Host b) {
    partitionOneWay(a, b);
    partitionOneWay(b, a);
  }

  /** What {@code from} sends does not arrive at {@code to} any more, until {@link #heal}. */
  public void partitionOneWay(Host from, Host to) {
    cut.add(path(from, to));
  }

  /** What is cut off is so no more; what was sent meanwhile arrives. */
  public void heal() {
    cut.clear();
    sendAgain();
  }

  /** The two are not cut off any more; what was sent meanwhile arrives. */
  public void heal(Host a, Host b) {
    cut.remove(path(a, b));
    cut.remove(path(b, a));
    sendAgain();
  }

  /** Resets all connections between the two, at once. */
  public void reset(Host a, Host b) {
    checkOurs(a);
    checkOurs(b);
    for (SimulatedConnection connection : List.copyOf(connections)) {
      if (connection.isBetween(a, b)) {
        connection.reset();
      }
    }
  }

  /**
   * In a test of an {@link Explorer}, which decides when: the two may be cut off from each other,
   * before any turn, and be so no more later. Elsewhere does nothing.
   */
  public void mayPartition(Host a, Host b) {
    mayBeCut.add(path(a, b));
  }

  /**
   * In a test of an {@link Explorer}, which decides when: the host may {@linkplain Host#crash
   * crash}, before any turn. It is up again when the test {@linkplain Host#start starts} it.
   * Elsewhere does nothing.
   */
  public void mayCrash(Host host) {
    checkOurs(host);
    mayCrash.add(host);
  }

  /** Which faults are drawn from the seed from now on. Default: {@link Faults#NONE}. */
  public void faults(Faults drawn) {
    faults = Objects.requireNonNull(drawn, "faults");
  }

  /** Ends all faults: none are drawn, nothing is cut off. */
  public void calm() {
    faults = Faults.NONE;
    heal();
  }

  /** The child processes of all hosts. */
  Processes processes() {
    return processes;
  }

  // What an explorer uses.

  void explored(ExploredRun run) {
    explored = run;
  }

  @Nullable ExploredRun explored() {
    return explored;
  }

  /** Hears of a fault: what, whom, and where. */
  interface FaultListener {
    void happens(String what, String who, String at);
  }

  /** What may happen to hosts before a turn. */
  void goWrong(Choices choices, int oneIn, FaultListener listener) {
    for (Path path : mayBeCut) {
      boolean isCut = cut.contains(path);
      if (choices.happens(isCut ? MENDED : CUT, oneIn, path)) {
        listener.happens(isCut ? MENDED : CUT, path.toString(), "");
        if (isCut) {
          heal(path.from, path.to);
        } else {
          partition(path.from, path.to);
        }
      }
    }
    for (Host host : List.copyOf(mayCrash)) {
      if (host.canCrash() && choices.happens(CRASH, oneIn, host)) {
        listener.happens(CRASH, host.name(), "");
        mayCrash.remove(host);
        host.crash();
      }
    }
    processes.goWrong(choices, oneIn, listener);
  }

  // What the hosts and connections use.

  void sendAgain() {
    List.copyOf(connections).forEach(SimulatedConnection::sendAgain);
  }

  /** The action happens after this time. */
  void after(Duration time, Runnable action) {
    world.after(Timers.saturatedNanos(time), action);
  }

  boolean isOver() {
    return over;
  }

  void started(HostLoop loop) {
    loops.add(loop);
    if (over) { // by now, because its real time is over
      loop.end();
    }
  }

  /** The simulation is over: ends all schedulers, and no other one is started. */
  void end() {
    over = true;
    loops.forEach(HostLoop::end);
  }

  List<HostLoop> loops() {
    return loops;
  }

  void failed(Throwable e) {
    failureReporter.accept(e);
  }

  Faults faults() {
    return faults;
  }

  boolean happens(String kind, int oneIn, Object who) {
    return world.choices.happens(kind, oneIn, who);
  }

  /** One number from 1 to {@code most}. */
  int some(String kind, int most, Object who) {
    int some = 1 + world.choices.choose(kind, Math.min(most, 8), who) * most / 8;
    assert some >= 1 && some <= most : some + " of " + most;
    return some;
  }

  boolean isCut(Host from, Host to) {
    return !to.isUp() || cut.contains(new Path(from, to));
  }

  /** In how many nanoseconds so many bytes that leave now arrive, with the faults of the way. */
  long nanosFor(Host from, Host to, int bytes, Object who) {
    Path path = new Path(from, to);
    Duration way = from == to ? Duration.ZERO : latencies.getOrDefault(path, latency);
    long nanos = Timers.saturatedNanos(way);
    Long rate = bandwidths.get(path);
    if (rate != null) {
      long begins = Math.max(world.now(), busyUntil.getOrDefault(path, world.now()));
      long ends = plus(begins, (long) (bytes * 1e9 / rate));
      busyUntil.put(path, ends);
      nanos = plus(nanos, ends - world.now());
    }
    if (happens("delay", faults.delays(), who)) {
      long longest = Timers.saturatedNanos(faults.longestDelay());
      nanos = plus(nanos, longest / 8 * (1 + world.choices.choose("how long", 8, who)));
    }
    assert nanos >= 0 : "what is sent arrives " + -nanos + " ns before";
    return nanos;
  }

  /** The sum of two times, or the longest there is. */
  private static long plus(long nanos, long more) {
    return nanos > Long.MAX_VALUE - more ? Long.MAX_VALUE : nanos + more;
  }

  /** The host with this address, as seen from one of them; null if nobody has it. */
  @Nullable Host at(Host from, InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return null;
    }
    return ip.isLoopbackAddress() || ip.isAnyLocalAddress() ? from : byAddress.get(ip);
  }

  InetAddress lookup(Host from, String name) throws UnknownHostException {
    Host found = name.equals("localhost") ? from : hosts.get(name);
    if (found != null) {
      return found.ip();
    }
    throw new UnknownHostException("no host of the simulation is named " + name);
  }

  @Override
  public String toString() {
    return "simulated network of " + hosts.values();
  }
}
