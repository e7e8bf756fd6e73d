package dev.heddle.bench.peers;

import dev.heddle.net.ServerLimits;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** Our own, as it is shipped: limits and idle deadline are on. */
public final class HeddlePeer implements Peer {
  private final EchoServer.Style style;

  /** The echo server in this style. */
  public HeddlePeer(EchoServer.Style style) {
    this.style = style;
  }

  @Override
  public int start() {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("heddle").start(() -> serve(port));
    return port.join();
  }

  private void serve(CompletableFuture<Integer> port) {
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server =
          EchoServer.open(
              scheduler, new InetSocketAddress("127.0.0.1", 0), style, ServerLimits.DEFAULT);
      port.complete(server.localAddress().getPort());
      scheduler.run();
    } catch (IOException e) {
      port.completeExceptionally(e);
    }
  }
}
