package dev.heddle.test;

import dev.heddle.net.SocketProvider;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A machine in a simulated {@link Network}: an address, ports, descriptors, and schedulers.
 *
 * <pre>{@code
 * Host server = sim.network().host("server");
 * server.start(c -> serve(c));
 * server.crash(); // its tasks are gone, its peers hear nothing
 * server.start(c -> serve(c)); // up again
 * }</pre>
 *
 * <p>Invariant: a channel counts as one of the open ones once, from its opening on until it is
 * closed or the host crashes; then no more are open than there are descriptors.
 */
public final class Host {
  private static final int FIRST_EPHEMERAL = 49_152;
  private static final int MOST_PORT = 65_535;
  private static final int DESCRIPTORS = 65_536;

  private final Network network;
  private final String name;
  private final InetAddress ip;

  /** Who listens, by port. */
  private final Map<Integer, SimulatedListener> listeners = new LinkedHashMap<>();

  /** The open channels. */
  private final Set<SimulatedChannel> open = new LinkedHashSet<>();

  /** Its schedulers, that have not ended. */
  private final Set<HostLoop> loops = new LinkedHashSet<>();

  private int nextPort = FIRST_EPHEMERAL;
  private int descriptors = DESCRIPTORS;
  private boolean up = true;

  Host(Network network, String name, int number) {
    this.network = network;
    this.name = name;
    try {
      ip = InetAddress.getByAddress(name, new byte[] {10, 0, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  /** Opens simulated channels, and looks up names of hosts. */
  private static final class Sockets extends SocketProvider {
    private final Host host;

    Sockets(Host host, SimulatedProvider channels) {
      super(channels);
      this.host = host;
    }

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
      return List.of(host.network.lookup(host, name));
    }
  }

  /** The host itself, as the owner of its schedulers. */
  private final class Own implements HostLoop.Owner {
    @Override
    public String title() {
      return name;
    }

    @Override
    public boolean isProcess() {
      return false;
    }

    @Override
    public void failed(Throwable e) {
      network.failed(e);
    }

    @Override
    public void ended(HostLoop loop) {
      loops.remove(loop);
    }

    @Override
    public void left() {
      // nobody waits for it
    }
  }

  /** What a scheduler of this host opens its sockets by. */
  SocketProvider sockets(SimulatedProvider channels) {
    return new Sockets(this, channels);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** A port of the host, to be connected to, or listened on. */
  public InetSocketAddress address(int port) {
    return new InetSocketAddress(ip, port);
  }

  /**
   * Starts a scheduler on this host, which runs the body, in a thread of its own; the schedulers of
   * a simulation take turns. When the body has ended the scheduler is closed. What the body throws
   * fails the test, unless the host has crashed. A host that has crashed is up again. When the test
   * itself has ended, nothing is started.
   */
  public void start(TaskBody body) {
    Objects.requireNonNull(body, "body");
    if (network.isOver()) {
      return;
    }
    up = true;
    network.sendAgain();
    HostLoop loop = new HostLoop(this, new Own());
    loop.runs(body);
    loops.add(loop);
    loop.start();
    network.started(loop);
  }

  /**
   * The host loses its power. Its listeners and connections are gone without a word: a peer notices
   * when it is not answered, or when the host is up again. Its tasks are cancelled; what they send
   * now goes nowhere, and what they throw concerns nobody.
   *
   * @throws IllegalStateException if no scheduler runs on it, as on the host of the test itself
   */
  public void crash() {
    if (loops.isEmpty()) {
      throw new IllegalStateException(
          "host " + name + " cannot crash: no scheduler was started on it, or all have ended");
    }
    up = false;
    for (SimulatedChannel channel : List.copyOf(open)) {
      channel.vanish();
    }
    listeners.clear();
    List.copyOf(loops).forEach(HostLoop::crash);
  }

  boolean canCrash() {
    return up && !loops.isEmpty();
  }

  /** Whether the host has power: from the beginning, and again after a {@link #start}. */
  public boolean isUp() {
    return up;
  }

  /**
   * How many sockets the host may have open. A further one cannot be opened or accepted: "Too many
   * open files". Default: 65,536.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void descriptors(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("descriptors " + most + ": must be 0 or more");
    }
    descriptors = most;
  }

  /** How many sockets are open: listeners and connections, also those that no task has yet. */
  public int openSockets() {
    return open.size();
  }

  // What channels and schedulers use.

  Network network() {
    return network;
  }

  InetAddress ip() {
    return ip;
  }

  void opened(SimulatedChannel channel, String call) throws IOException {
    if (!up) {
      throw new SocketException(call + ": host " + name + " has crashed");
    }
    int oneIn = network.faults().outOfDescriptors();
    if (open.size() >= descriptors || network.happens("no descriptor", oneIn, this)) {
      throw new SocketException(call + ": Too many open files");
    }
    boolean isNew = open.add(channel);
    assert isNew && open.size() <= descriptors : this + " has " + open.size() + " channels open";
  }

  void closed(SimulatedChannel channel) {
    open.remove(channel);
  }

  boolean owns(InetAddress address) {
    return address.equals(ip) || address.isLoopbackAddress() || address.isAnyLocalAddress();
  }

  @Nullable SimulatedListener listenerAt(int port) {
    return listeners.get(port);
  }

  /** The port, or a free one for 0; -1 if it is in use. */
  int bind(int port, SimulatedListener listener) throws BindException {
    int bound = port == 0 ? freePort() : port;
    return listeners.putIfAbsent(bound, listener) == null ? bound : -1;
  }

  void unbind(int port, SimulatedListener listener) {
    listeners.remove(port, listener);
  }

  /** A port that nobody listens at. */
  int freePort() throws BindException {
    for (int tries = FIRST_EPHEMERAL; tries <= MOST_PORT; tries++) {
      nextPort = nextPort == MOST_PORT ? FIRST_EPHEMERAL : nextPort + 1;
      if (!listeners.containsKey(nextPort)) {
        return nextPort;
      }
    }
    throw new BindException("Address already in use: host " + name + " has no free port");
  }

  @Override
  public String toString() {
    return name;
  }
}
