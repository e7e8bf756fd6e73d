package dev.heddle.net;

import dev.heddle.net.replay.RecordedProvider;
import dev.heddle.record.EventLog;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the sockets of a scheduler come from: its selector and its channels. Those of the system,
 * unless a simulation gives its own before the first socket is opened. The sockets themselves know
 * of no difference.
 *
 * <pre>{@code
 * SocketProvider.use(scheduler, new SocketProvider(SelectorProvider.provider()));
 * }</pre>
 *
 * <p>It counts for the sockets that tasks of the scheduler open. What no task opens, as a listener
 * that is bound before the run, is the system's.
 */
public class SocketProvider {
  private static final SocketProvider SYSTEM = new SocketProvider(SelectorProvider.provider());

  private final SelectorProvider channels;

  /**
   * Sockets by these channels.
   *
   * @param channels opens the selector and all channels
   */
  public SocketProvider(SelectorProvider channels) {
    this.channels = channels;
  }

  /**
   * The sockets of the scheduler come from there.
   *
   * @throws IllegalStateException if the scheduler has opened sockets, or was given a provider
   */
  public static void use(Scheduler scheduler, SocketProvider provider) {
    SocketProvider used = scheduler.attachment(SocketProvider.class, () -> provider);
    if (used != provider) {
      throw new IllegalStateException(
          scheduler + " has sockets already; it is too late to say where they come from");
    }
  }

  /** What opens the selector and all channels. */
  public final SelectorProvider channels() {
    return channels;
  }

  /**
   * The addresses of a host, at once and without waiting. Default: null, then a thread asks the
   * system.
   *
   * @throws UnknownHostException if nobody knows the name
   */
  public @Nullable List<InetAddress> lookup(String host) throws UnknownHostException {
    return null;
  }

  /**
   * A socket over a channel that is connected already, as one of a pair that a simulation has made.
   * It belongs to the scheduler whose task uses it first.
   *
   * @throws IOException if the channel is closed or not connected
   */
  public static TcpSocket connected(SocketChannel channel) throws IOException {
    SocketAddress remote = channel.getRemoteAddress();
    if (remote == null) {
      throw new SocketException("a channel that is not connected: " + channel);
    }
    return new TcpSocket(channel, remote, new Endpoint(channel, "connection to", remote));
  }

  static SocketProvider of(Scheduler scheduler) {
    return scheduler.attachment(SocketProvider.class, () -> firstOf(scheduler));
  }

  private static SocketProvider firstOf(Scheduler scheduler) {
    EventLog log = EventLog.of(scheduler);
    return log == null ? SYSTEM : new SocketProvider(new RecordedProvider(log));
  }

  /** For a server of the scheduler that is made before the run: its calls are recorded, too. */
  static SocketProvider ofServer(Scheduler scheduler) {
    boolean isRecorded = EventLog.of(scheduler) != null && scheduler.isInside();
    return isRecorded ? of(scheduler) : ofCaller();
  }

  /**
   * Refuses what cannot be repeated, in a scheduler that is recorded or replayed.
   *
   * @param what in the plural
   */
  static void refuseRecorded(Scheduler scheduler, String what) throws SocketException {
    if (EventLog.of(scheduler) != null) {
      throw RecordedProvider.refused(what);
    }
  }

  /** That of the task that calls; the system's if no task does. */
  static SocketProvider ofCaller() {
    Scheduler caller;
    try {
      caller = Scheduler.current();
    } catch (WrongThreadException e) {
      return SYSTEM;
    }
    return of(caller);
  }
}
