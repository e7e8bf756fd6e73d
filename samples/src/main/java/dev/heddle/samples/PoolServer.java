package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A server that sends back what it gets, on a pool of threads (Python Cookbook 12.7): a baseline
 * for {@code echo}.
 *
 * <p>You will see {@code listening on 127.0.0.1:15000}, and who connects. It serves 128 clients at
 * once; one more waits, connected and unanswered, until one of them leaves. {@code echo} has no
 * such bound.
 */
@Command(name = "pool-server", description = "Baseline: the echo server on a pool of 128 threads.")
@Recipe("R12")
final class PoolServer implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final ThreadServer server = new ThreadServer();

  @Option(
      names = "--threads",
      converter = WholeNumber.Threads.class,
      description = "1 to 10000; default ${DEFAULT-VALUE}")
  private int threads = 128;

  @Override
  public Integer call() throws IOException {
    ExecutorService pool =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    server.accept(terminal, client -> pool.execute(() -> ThreadServer.echo(terminal, client)));
    return 0;
  }
}
