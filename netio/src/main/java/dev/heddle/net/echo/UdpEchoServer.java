package dev.heddle.net.echo;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.LogPrinter;
import dev.heddle.net.Datagram;
import dev.heddle.net.SocketClosedException;
import dev.heddle.net.UdpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The echo service of RFC 862 over UDP: each datagram goes back to its sender as it is, also one
 * without bytes.
 *
 * <pre>{@code
 * UdpEchoServer server =
 *     UdpEchoServer.open(scheduler, List.of(new InetSocketAddress("127.0.0.1", 16000)));
 * Signals.onTerminate(server::shutdown);
 * }</pre>
 *
 * <p>Two echo servers that hear from each other would never end: anybody can have that begin, by a
 * datagram with a forged sender. So a datagram that comes from a port below 512, where such
 * services are, or from a port with the number of the server's own, is dropped. An answer that
 * cannot be sent is counted, and disturbs nobody else's.
 *
 * <p>{@link #shutdown} and {@link #stats} may be called from any thread; the rest inside of the
 * scheduler, or before it runs.
 */
public final class UdpEchoServer {
  /** Datagrams that are taken by one wait. */
  private static final int BATCH = 64;

  /** Below it are services, and no clients. */
  private static final int FIRST_CLIENT_PORT = 512;

  /** How long it waits when it cannot even receive. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final System.Logger LOG = System.getLogger("dev.heddle.net.echo");

  /**
   * What was counted since the start; a snapshot.
   *
   * @param received datagrams that have come
   * @param answered those that were sent back
   * @param dropped those that may have come from another server, and were not answered
   * @param failed answers that could not be sent
   */
  public record Stats(long received, long answered, long dropped, long failed) {}

  private final Scheduler scheduler;
  private final List<UdpSocket> sockets;

  /** Done when no socket is served any more. */
  private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

  /** How many sockets are served; the loop's. */
  private int serving;

  private final AtomicLong received = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  private UdpEchoServer(Scheduler scheduler, List<UdpSocket> sockets) {
    this.scheduler = scheduler;
    this.sockets = sockets;
    for (UdpSocket socket : sockets) {
      serving++;
      Body<?> body = Body.coroutine(co -> serve(co, socket));
      Task<?> _ = scheduler.start("echo at " + socket, body);
    }
  }

  /**
   * Opens a socket at each address, and answers what comes there in tasks of the scheduler. With
   * port 0 the system chooses a port.
   *
   * @throws IllegalArgumentException if there is no address
   * @throws IOException if one of them cannot be had; the message names it. None is open then
   */
  public static UdpEchoServer open(Scheduler scheduler, List<InetSocketAddress> addresses)
      throws IOException {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address: must be one or more");
    }
    List<UdpSocket> bound = new ArrayList<>();
    try {
      for (InetSocketAddress address : addresses) {
        bound.add(UdpSocket.bind(address));
      }
      return new UdpEchoServer(scheduler, List.copyOf(bound));
    } catch (Throwable failure) {
      bound.forEach(UdpSocket::close);
      throw failure;
    }
  }

  private void serve(Awaiter co, UdpSocket socket) {
    try {
      while (socket.isOpen()) {
        try {
          answer(co, socket, co.await(socket.recvBatch(BATCH)));
        } catch (SocketClosedException e) {
          assert !socket.isOpen() : socket + " is open, but " + e;
        } catch (Cancelled e) {
          throw e;
        } catch (Throwable failure) { // no memory, or whatever a system may think of
          report(System.Logger.Level.WARNING, socket + " pauses", failure);
          co.await(Task.sleep(PAUSE));
        }
      }
    } finally {
      socket.close();
      if (--serving == 0) {
        end.complete(null);
      }
    }
  }

  private void answer(Awaiter co, UdpSocket socket, List<Datagram> datagrams)
      throws SocketClosedException {
    received.addAndGet(datagrams.size());
    for (Datagram datagram : datagrams) {
      int port = datagram.address().getPort();
      if (port < FIRST_CLIENT_PORT || port == socket.localAddress().getPort()) {
        dropped.incrementAndGet();
        continue;
      }
      try {
        co.await(socket.send(datagram));
        answered.incrementAndGet();
      } catch (SocketClosedException e) {
        throw e;
      } catch (IOException e) {
        failed.incrementAndGet();
        report(System.Logger.Level.DEBUG, socket + " does not answer", e);
      }
    }
  }

  /** One line; a log that fails, as all do without descriptors or memory, ends nothing. */
  private static void report(System.Logger.Level level, String what, Throwable failure) {
    try {
      if (LOG.isLoggable(level)) {
        String line = what + ": " + failure;
        LogPrinter.print(() -> LOG.log(level, line));
      }
    } catch (Throwable unlogged) {
      // the server goes on
    }
  }

  /** Where it listens, in the order in which it was told. Any thread may ask. */
  public List<InetSocketAddress> localAddresses() {
    return sockets.stream().map(UdpSocket::localAddress).toList();
  }

  /** What was counted so far. Any thread may ask. */
  public Stats stats() {
    return new Stats(received.get(), answered.get(), dropped.get(), failed.get());
  }

  /**
   * Stops the server: what it has received is answered, and what the system still has for it is
   * lost, as datagrams may be. Returns at once. Any thread may call it.
   */
  public void shutdown() {
    if (!scheduler.runInside(() -> sockets.forEach(UdpSocket::close))) {
      end.complete(null);
    }
  }

  /** Waits until the server has stopped. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, Exception> end() {
    return Promise.from(end.copy()); // who stops waiting for it must not cancel it for all
  }

  @Override
  public String toString() {
    return "UDP echo server at " + sockets;
  }
}
