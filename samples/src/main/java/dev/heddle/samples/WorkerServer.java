package dev.heddle.samples;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The echo server on a pool made by hand: threads that take clients from a queue (Python Cookbook
 * 12.7). A baseline; {@code pool-server} has it from the JDK.
 *
 * <p>You will see {@code listening on 127.0.0.1:15000}, and who connects; clients are served as
 * there.
 */
@Command(name = "worker-server", description = "Baseline: threads that take clients from a queue.")
@Recipe("R12")
final class WorkerServer implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final ThreadServer server = new ThreadServer();

  @Option(
      names = "--threads",
      converter = WholeNumber.Threads.class,
      description = "1 to 10000; default ${DEFAULT-VALUE}")
  private int threads = 128;

  private final BlockingQueue<Socket> clients = new LinkedBlockingQueue<>();

  @Override
  public Integer call() throws IOException {
    for (int n = 0; n < threads; n++) {
      Thread.ofPlatform().daemon().name("worker " + n).start(this::work);
    }
    server.accept(terminal, clients::add);
    return 0;
  }

  private void work() {
    try {
      while (true) {
        ThreadServer.echo(terminal, clients.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // told to end
    }
  }
}
