package dev.heddle.transport.link;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.net.StreamSocket;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Queue;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.link.LinkFrame.Hello;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The side of links that listens. Each process that connects is one link, however often its
 * connection is cut.
 *
 * <pre>{@code
 * TcpListener listener = TcpListener.bind(address);
 * LinkListener links = LinkListener.open(scheduler, listener, LinkOptions.DEFAULT);
 * LinkTransport link = co.await(links.accept());
 * }</pre>
 *
 * <p>A peer that does not say hello in time, says something else, or is one link too many, is
 * refused with one line, which {@link #lastRefusal} has too; the other links do not notice.
 */
public final class LinkListener implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Scheduler scheduler;
  private final TcpListener listener;
  private final LinkOptions options;
  private final Map<UUID, Accepted> links = new LinkedHashMap<>();
  private final Queue<LinkTransport> fresh;

  /** Connections that have not said hello. */
  private int greeting;

  private long refused;
  private @Nullable String lastRefusal;

  private LinkListener(Scheduler scheduler, TcpListener listener, LinkOptions options) {
    this.scheduler = scheduler;
    this.listener = listener;
    this.options = options;
    this.fresh = Queue.fifo("new links", options.maxLinks());
  }

  /** Listens from now on. */
  public static LinkListener open(Scheduler scheduler, TcpListener listener, LinkOptions options) {
    LinkListener links = new LinkListener(scheduler, listener, options);
    scheduler.daemons().spawn("listener of links", links::acceptAll);
    return links;
  }

  /** Waits for the next process that connects. A cancelled caller loses none. */
  @CheckReturnValue
  public YieldEvent<LinkTransport, RuntimeException> accept() {
    return fresh.get();
  }

  /** Where it listens. */
  public InetSocketAddress localAddress() {
    return listener.localAddress();
  }

  /** How many connections were refused. */
  public long refused() {
    return refused;
  }

  /** Why the last connection was refused; null if none was. */
  public @Nullable String lastRefusal() {
    return lastRefusal;
  }

  /** Ends listening, and all links. */
  @Override
  public void close() {
    listener.close();
    List.copyOf(links.values()).forEach(accepted -> accepted.link().close());
  }

  /** For tests: it knows of no link any more, as after a restart. */
  void forget() {
    links.clear();
  }

  private void acceptAll(Awaiter co) {
    while (listener.isOpen()) {
      try {
        TcpSocket socket = co.await(listener.accept());
        if (greeting >= options.maxLinks()) {
          refuse("one connection too many: at most " + options.maxLinks() + " may say hello");
          socket.close();
        } else {
          greeting++;
          scheduler.daemons().spawn("hello of " + socket, c -> greet(c, socket));
        }
      } catch (IOException e) {
        if (listener.isOpen()) {
          co.await(Timers.sleep(PAUSE)); // no descriptor is left
        }
      }
    }
  }

  private void refuse(String why) {
    refused++;
    lastRefusal = why;
  }

  private void greet(Awaiter co, TcpSocket tcp) {
    boolean isHandedOn = false;
    try {
      StreamSocket socket =
          options.tls() == null ? tcp : co.await(TlsSocket.server(tcp, options.tls()));
      LinkLine line = new LinkLine(socket, options.limits());
      try {
        Hello hello = line.hello(co, options.connectTimeout());
        LinkLine.checkLimits(hello, options.limits());
        Accepted accepted = accepted(hello.session(), String.valueOf(socket.remoteAddress()));
        accepted.handOver(new LinkTransport.Connected(line, hello, true));
        isHandedOn = true;
      } catch (ProtocolException e) {
        refuse(String.valueOf(e.getMessage()));
        line.send(co, new LinkFrame.Refused(String.valueOf(e.getMessage())), PAUSE);
      }
    } catch (IOException e) {
      refuse(String.valueOf(e.getMessage()));
    } finally {
      greeting--;
      if (!isHandedOn) {
        tcp.close();
      }
    }
  }

  private Accepted accepted(UUID session, String peer) throws ProtocolException {
    Accepted known = links.get(session);
    if (known != null) {
      return known;
    }
    if (links.size() >= options.maxLinks() || !listener.isOpen()) {
      throw new ProtocolException(
          "a new link is one too many: " + links.size() + " of " + options.maxLinks());
    }
    Accepted made = new Accepted(session, peer);
    links.put(session, made);
    made.link.start();
    boolean _ = fresh.tryPut(made.link);
    return made;
  }

  /** A link that waits for its peer to connect. */
  private final class Accepted implements LinkTransport.Way {
    private final UUID session;
    private final String peer;
    private final Queue<LinkTransport.Connected> next = Queue.fifo("connections of a link", 1);
    private final LinkTransport link;

    Accepted(UUID session, String peer) {
      this.session = session;
      this.peer = peer;
      this.link = new LinkTransport(scheduler, options, session, this);
    }

    LinkTransport link() {
      return link;
    }

    /** A newer connection takes the place of all before. */
    void handOver(LinkTransport.Connected connected) {
      LinkTransport.Connected older = next.tryGet();
      if (older != null) {
        older.line().socket().close();
      }
      boolean _ = next.tryPut(connected);
      link.cut();
    }

    @Override
    public LinkTransport.Connected connect(Awaiter co, LinkTransport user) throws IOException {
      try {
        return co.await(next.get().within(options.resumeWithin()));
      } catch (TimeoutException e) {
        throw new TransportClosedException(
            peer + " was not connected for " + options.resumeWithin());
      }
    }

    @Override
    public String target() {
      return peer;
    }

    @Override
    public void closed(LinkTransport user) {
      links.remove(session, this);
      LinkTransport.Connected left = next.tryGet();
      if (left != null) {
        left.line().socket().close();
      }
      next.shutdown();
    }
  }
}
