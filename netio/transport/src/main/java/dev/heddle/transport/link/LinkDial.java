package dev.heddle.transport.link;

import dev.heddle.net.StreamSocket;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Timers;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.link.LinkFrame.Hello;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Connects, again and again, with growing pauses. */
final class LinkDial implements LinkTransport.Way {
  private final SocketAddress to;
  private final LinkOptions options;
  private boolean first = true;
  private Duration pause;

  LinkDial(SocketAddress to, LinkOptions options) {
    this.to = to;
    this.options = options;
    this.pause = options.firstPause();
  }

  @Override
  public LinkTransport.Connected connect(Awaiter co, LinkTransport link) throws IOException {
    long since = link.scheduler().nanoTime();
    if (link.hasProgressed()) {
      pause = options.firstPause();
    }
    while (true) {
      if (!first) {
        co.await(Timers.sleep(pause));
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(options.longestPause()) < 0 ? twice : options.longestPause();
      }
      first = false;
      if (link.isClosed()) {
        throw new TransportClosedException(link.name() + " is closed");
      }
      try {
        return dial(co, link);
      } catch (IOException | TimeoutException e) {
        link.failed(e);
        long silent = link.scheduler().nanoTime() - since;
        if (silent > Timers.saturatedNanos(options.resumeWithin())) {
          throw new TransportClosedException(
              "no connection to " + to + " for " + options.resumeWithin() + ": " + e.getMessage());
        }
      }
    }
  }

  private LinkTransport.Connected dial(Awaiter co, LinkTransport link)
      throws IOException, TimeoutException {
    TcpSocket tcp = co.await(TcpSocket.connect(to).within(options.connectTimeout()));
    boolean done = false;
    try {
      StreamSocket socket =
          options.tls() == null ? tcp : co.await(TlsSocket.client(tcp, options.tls()));
      LinkLine line = new LinkLine(socket, options.limits());
      line.send(co, link.hello(), options.connectTimeout());
      Hello hello = line.hello(co, options.connectTimeout());
      done = true;
      return new LinkTransport.Connected(line, hello, false);
    } finally {
      if (!done) {
        tcp.close();
      }
    }
  }

  @Override
  public String target() {
    return String.valueOf(to);
  }

  @Override
  public void closed(LinkTransport link) {}
}
