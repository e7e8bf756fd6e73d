package dev.heddle.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.net.blocking.BlockingCalls;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The event that connects to a host by its name: looks the name up, and connects to the first of
 * its addresses that answers.
 *
 * <pre>{@code
 * TcpSocket socket = co.await(Connect.to("example.org", 80).timeout(Duration.ofSeconds(5)));
 * }</pre>
 *
 * <p>The name is looked up by another thread, so that the loop goes on. Of several addresses, those
 * of IPv6 and of IPv4 take turns, and the next is tried when one has failed or has not answered for
 * 250 ms, while the earlier ones go on (RFC 8305, "happy eyeballs"). The first connection counts;
 * the others are closed. A cancelled caller has no connection.
 *
 * <p>If no address answers, it fails as {@link TcpSocket#connect} does, in a message that lists
 * what was tried. A connection to itself, which the system makes now and then to a free port of
 * this machine, counts as refused.
 *
 * <p>What is to be said of the connection is said before the await. The event may be awaited again,
 * which connects once more.
 *
 * <p>This file is long because what is chosen and the states of one wait stand side by side.
 *
 * <p>Invariant: a look-up, attempts, addresses that are left and a deadline there are only while
 * somebody waits.
 */
public final class Connect extends SingleWaiterEvent<TcpSocket, IOException> {

  /** Finds the addresses of a name. */
  @FunctionalInterface
  public interface Resolver {
    /**
     * Looks the name up. Called by a thread of its own, and may block.
     *
     * @param host not an address
     * @return at least one address, the best first
     * @throws UnknownHostException if nobody knows the name
     */
    List<InetAddress> lookup(String host) throws UnknownHostException;
  }

  private static final int MOST_PORT = 65_535;
  private static final Duration DELAY = Duration.ofMillis(250);
  private static final Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /** What is connected to, as in messages. */
  private final String target;

  /** The name that is looked up; null if the address is known. */
  private final @Nullable String host;

  private final int port;

  /** The address; null if it must be looked up. */
  private final @Nullable SocketAddress known;

  private Resolver resolver = SYSTEM;
  private @Nullable Duration timeout;
  private Duration delay = DELAY;
  private @Nullable InetSocketAddress source;
  private final Map<SocketOption<?>, Object> options = new LinkedHashMap<>();

  // Of the wait that is under way.

  /** The look-up under way; null if none is. */
  private @Nullable Lookup lookup;

  /** Addresses that were not tried yet, in order. */
  private final Deque<SocketAddress> left = new ArrayDeque<>();

  private final List<ConnectAttempt> running = new ArrayList<>();

  /** What has failed so far: each address, with the reason. */
  private final List<String> failures = new ArrayList<>();

  private @Nullable IOException lastFailure;
  private @Nullable SocketAddress lastFailed;
  private long timeoutAt;
  private long nextAt;

  /** Whether an attempt has failed since the last one began: then the next one need not wait. */
  private boolean failedSince;

  private Connect(SocketAddress address, @Nullable String host) {
    this.target = Addresses.text(address);
    this.host = host;
    this.port = address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    this.known = host == null ? address : literal(host, port);
  }

  /** Refuses before an event is made: one that was made and not awaited is reported. */
  static Connect checked(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    if (!(address instanceof InetSocketAddress) && !(address instanceof UnixDomainSocketAddress)) {
      throw new IllegalArgumentException(
          "cannot connect to "
              + address
              + ": must be an InetSocketAddress or a UnixDomainSocketAddress");
    }
    boolean named = address instanceof InetSocketAddress inet && inet.isUnresolved();
    String host = named ? checkedHost(((InetSocketAddress) address).getHostString()) : null;
    return new Connect(address, host);
  }

  /**
   * Connects to a port of a host.
   *
   * @param host a name, or an address: {@code "example.org"}, {@code "127.0.0.1"}, {@code "::1"},
   *     {@code "[::1]"}
   * @param port 1 to 65,535
   * @throws IllegalArgumentException if the host is empty, or the port out of its range
   */
  public static Connect to(String host, int port) {
    if (port < 1 || port > MOST_PORT) {
      throw new IllegalArgumentException("port " + port + ": must be from 1 to " + MOST_PORT);
    }
    return checked(InetSocketAddress.createUnresolved(unbracketed(checkedHost(host)), port));
  }

  private static String checkedHost(String host) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host '" + host + "': must be a name or an address");
    }
    return host;
  }

  private static String unbracketed(String host) {
    boolean brackets = host.startsWith("[") && host.endsWith("]");
    return brackets ? host.substring(1, host.length() - 1) : host;
  }

  private static @Nullable SocketAddress literal(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException e) {
      return null; // a name
    }
  }

  /**
   * How long it may take in all: look-up and attempts. Then it fails with a {@link
   * SocketTimedOutException} that lists what was tried. Without it, {@code within} ends the wait
   * too, and says less.
   *
   * @throws IllegalArgumentException if the time is not positive
   */
  @CanIgnoreReturnValue
  public Connect timeout(Duration longest) {
    if (!longest.isPositive()) {
      throw new IllegalArgumentException("connect timeout " + longest + ": must be positive");
    }
    timeout = longest;
    return checkIdle();
  }

  /**
   * How long an address may be silent until the next is tried, too; 250 ms unless set.
   *
   * @throws IllegalArgumentException if the time is not positive
   */
  @CanIgnoreReturnValue
  public Connect delay(Duration silence) {
    if (!silence.isPositive()) {
      throw new IllegalArgumentException("connect delay " + silence + ": must be positive");
    }
    delay = silence;
    return checkIdle();
  }

  /**
   * The address of this side; port 0 lets the system choose one. Only addresses of the same family
   * are tried.
   */
  @CanIgnoreReturnValue
  public Connect from(InetSocketAddress local) {
    if (local.isUnresolved()) {
      throw new IllegalArgumentException("source " + Addresses.text(local) + ": not an address");
    }
    source = local;
    return checkIdle();
  }

  /** An option that the socket has from before it connects on; see {@link TcpSocket#setOption}. */
  @CanIgnoreReturnValue
  public <T> Connect option(SocketOption<T> option, T value) {
    options.put(option, Objects.requireNonNull(value, "value"));
    return checkIdle();
  }

  /** Another way to look names up than the system's. */
  @CanIgnoreReturnValue
  public Connect resolver(Resolver other) {
    resolver = Objects.requireNonNull(other, "resolver");
    return checkIdle();
  }

  private Connect checkIdle() {
    if (waiter() != null) {
      throw new IllegalStateException(describe() + " is under way: too late to change it");
    }
    return this;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    assert isIdle() : this + " begins before its last wait is over";
    timeoutAt = timeout == null ? 0 : scheduler.nanoTime() + Timers.saturatedNanos(timeout);
    failures.clear();
    lastFailure = null;
    if (known == null) {
      lookUp(scheduler);
    } else {
      left.add(known);
      proceed(scheduler);
    }
  }

  private void lookUp(Scheduler scheduler) {
    Lookup begun = new Lookup(scheduler);
    lookup = begun;
    try {
      if (!begun.isAtOnce()) {
        BlockingCalls.LOOKUPS.submit(begun);
        arm(scheduler);
      }
    } catch (RuntimeException | Error fault) { // as by a network that fails, or without threads
      giveUp();
      throw fault;
    }
  }

  /** Calls the resolver, in a thread of its own, and tells the loop. */
  private final class Lookup implements Runnable {
    private final Scheduler scheduler;

    Lookup(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    /** Whether the scheduler's own network knows, or says that nobody does. */
    boolean isAtOnce() {
      if (resolver != SYSTEM) {
        return false;
      }
      try {
        List<InetAddress> found = SocketProvider.of(scheduler).lookup(String.valueOf(host));
        if (found != null) {
          lookedUp(found, null);
        }
        return found != null;
      } catch (UnknownHostException unknown) {
        lookedUp(List.of(), unknown);
        return true;
      }
    }

    @Override
    public void run() {
      List<InetAddress> found = List.of();
      Throwable failure = null;
      try {
        found = resolver.lookup(Objects.requireNonNull(host));
      } catch (Throwable thrown) {
        failure = thrown;
      }
      List<InetAddress> addresses = found;
      Throwable thrown = failure;
      boolean _ = scheduler.runInside(() -> lookedUp(addresses, thrown));
    }

    private void lookedUp(List<InetAddress> addresses, @Nullable Throwable thrown) {
      if (lookup != this) {
        return; // nobody waits for it any more
      }
      lookup = null;
      if (thrown instanceof UnknownHostException || (thrown == null && addresses.isEmpty())) {
        giveUp();
        fail(Addresses.unknownHost(String.valueOf(host), thrown));
      } else if (thrown != null) {
        giveUp();
        failWith(thrown);
      } else {
        left.addAll(inTurn(addresses));
        proceed(scheduler);
      }
    }
  }

  /** The families take turns, and IPv6 begins. */
  private List<SocketAddress> inTurn(List<InetAddress> addresses) {
    Deque<InetAddress> six = new ArrayDeque<>();
    Deque<InetAddress> four = new ArrayDeque<>();
    for (InetAddress address : addresses) {
      (address instanceof Inet6Address ? six : four).add(address);
    }
    InetAddress from = source == null ? null : source.getAddress();
    if (from != null && !from.isAnyLocalAddress()) {
      (from instanceof Inet6Address ? four : six).clear();
    }
    List<SocketAddress> all = new ArrayList<>();
    while (!six.isEmpty() || !four.isEmpty()) {
      for (Deque<InetAddress> family : List.of(six, four)) {
        InetAddress next = family.poll();
        if (next != null) {
          all.add(new InetSocketAddress(next, port));
        }
      }
    }
    return all;
  }

  /** Looks at the attempts, begins the next one if it is time, and ends the wait if it can. */
  private void proceed(Scheduler scheduler) {
    try {
      TcpSocket made = finished();
      boolean isTime = running.isEmpty() || failedSince || nextAt - scheduler.nanoTime() <= 0;
      while (made == null && isTime && !left.isEmpty()) {
        begin(left.remove(), scheduler);
        made = finished();
        isTime = running.isEmpty();
      }
      if (made != null) {
        giveUp();
        assert made.isOpen() : this + " gives a connection that is closed";
        wake(made);
      } else if (running.isEmpty()) {
        giveUp();
        fail(allFailed());
      } else {
        arm(scheduler);
      }
    } catch (RuntimeException | Error fault) {
      giveUp();
      failWith(fault);
    }
  }

  private void begin(SocketAddress address, Scheduler scheduler) {
    failedSince = false;
    try {
      running.add(ConnectAttempt.begin(this, address, source, options, scheduler));
      nextAt = scheduler.nanoTime() + Timers.saturatedNanos(delay);
    } catch (IOException e) {
      failed(address, e);
    }
  }

  /** The first attempt that has made its connection; null if none has. */
  private @Nullable TcpSocket finished() {
    for (ConnectAttempt attempt : List.copyOf(running)) {
      if (!attempt.isReady()) {
        continue;
      }
      try {
        TcpSocket made = attempt.finish();
        if (made != null) {
          running.remove(attempt);
          return made;
        }
      } catch (IOException e) {
        running.remove(attempt);
        failedSince = true;
        failed(attempt.address(), e);
      }
    }
    return null;
  }

  private void failed(SocketAddress address, IOException e) {
    if (lastFailure != null && lastFailed != null) {
      failures.add(Addresses.text(lastFailed) + ": " + lastFailure.getMessage());
    }
    lastFailure = e;
    lastFailed = address;
  }

  private IOException allFailed() {
    IOException last = lastFailure;
    SocketAddress address = lastFailed;
    if (last == null || address == null) {
      return new UnknownHostException(
          "cannot connect to " + target + ": no address of the family of the source address");
    }
    if (host == null || address.equals(known)) {
      return Addresses.unconnected(last, "cannot connect to " + Addresses.text(address));
    }
    failures.add(Addresses.text(address));
    return Addresses.unconnected(last, "cannot connect to " + target + ": tried " + tried());
  }

  private String tried() {
    return String.join("; ", failures);
  }

  private IOException timedOut() {
    if (lastFailure != null && lastFailed != null) {
      failures.add(Addresses.text(lastFailed) + ": " + lastFailure.getMessage());
    }
    for (ConnectAttempt attempt : running) {
      failures.add(Addresses.text(attempt.address()) + ": no answer");
    }
    String how = lookup == null ? "tried " + tried() : "the name was not looked up by then";
    return new SocketTimedOutException(
        "cannot connect to " + target + " within " + timeout + ": " + how);
  }

  private void arm(Scheduler scheduler) {
    boolean next = !left.isEmpty();
    if (timeout != null && (!next || timeoutAt - nextAt <= 0)) {
      scheduler.setDeadline(this, timeoutAt);
    } else if (next) {
      scheduler.setDeadline(this, nextAt);
    } else {
      scheduler.clearDeadline(this);
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    proceed(scheduler);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    if (timeout != null && timeoutAt - scheduler.nanoTime() <= 0) {
      IOException failure = timedOut();
      giveUp();
      fail(failure);
    } else {
      proceed(scheduler);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    giveUp();
    return true;
  }

  /** Nothing of the wait stays: no look-up, no attempt, no deadline. */
  private void giveUp() {
    if (lookup != null) {
      BlockingCalls.LOOKUPS.forget(lookup);
      lookup = null;
    }
    left.clear();
    for (ConnectAttempt attempt : running) {
      attempt.giveUp("another was quicker, or nobody waits for it");
    }
    running.clear();
    Waiter waiter = waiter();
    if (waiter != null) {
      waiter.task().scheduler().clearDeadline(this);
    }
    assert isIdle() : this + " is over and something of it stays";
  }

  /** What the invariant says of a connect for which nobody waits. */
  private boolean isIdle() {
    return lookup == null && left.isEmpty() && running.isEmpty() && !hasDeadline();
  }

  Waiter waiting() {
    Waiter waiter = waiter();
    assert waiter != null : this + " is waited for by nobody";
    return waiter;
  }

  /** An attempt is ready: the task goes on at the beginning of its turn. */
  void attemptReady() {
    wakeToResume(waiting());
  }

  @Override
  protected boolean isWokenFromOutside() {
    return lookup != null;
  }

  @Override
  public String describe() {
    return "the connection to " + target;
  }
}
