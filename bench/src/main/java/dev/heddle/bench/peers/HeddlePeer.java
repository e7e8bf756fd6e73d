package dev.heddle.bench.peers;

import dev.heddle.group.SchedulerGroup;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.TlsOptions;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Our own, as it is shipped: limits and idle deadline are on. */
public final class HeddlePeer implements Peer {
  private final EchoServer.Style style;
  private final boolean encrypts;
  private final Look look;

  /** How many loops serve; with more than one, another one accepts. */
  private final int loops;

  /** The echo server in this style. */
  public HeddlePeer(EchoServer.Style style) {
    this(style, false, Look.WATCHDOG, 1);
  }

  private HeddlePeer(EchoServer.Style style, boolean encrypts, Look look, int loops) {
    this.style = style;
    this.encrypts = encrypts;
    this.look = look;
    this.loops = loops;
  }

  /** The echo server in this style, with TLS. */
  public static HeddlePeer encrypted(EchoServer.Style style) {
    return new HeddlePeer(style, true, Look.WATCHDOG, 1);
  }

  /** The echo server in coroutine style, looked at in this way. */
  public static HeddlePeer lookedAt(Look look) {
    return new HeddlePeer(EchoServer.Style.COROUTINE, false, look, 1);
  }

  /** The echo server in coroutine style whose connections are dealt to so many loops. */
  public static HeddlePeer onLoops(int loops) {
    return new HeddlePeer(EchoServer.Style.COROUTINE, false, Look.WATCHDOG, loops);
  }

  @Override
  public int start() {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("heddle").start(() -> serve(port));
    return port.join();
  }

  private void serve(CompletableFuture<Integer> port) {
    try (Scheduler scheduler = look.builder().build()) {
      look.begin(scheduler);
      ServerBuilder server = EchoServer.on(scheduler, style, EchoServer.Mode.GOT);
      if (loops > 1) {
        server.dealTo(SchedulerGroup.builder().name("echo").loops(loops).daemon(true).open());
      }
      if (encrypts) {
        server.tls(TlsOptions.forServer(Tls.ofServer()));
      }
      var address = new InetSocketAddress("127.0.0.1", 0);
      port.complete(server.bind(List.of(address)).localAddress().getPort());
      scheduler.run();
    } catch (IOException e) {
      port.completeExceptionally(e);
    }
  }
}
