package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The echo server with a thread for each client and no limit (Python Cookbook 12.7, which warns of
 * it): a baseline.
 *
 * <p>You will see {@code listening on 127.0.0.1:15000}, and who connects. All clients are served at
 * once, each for the price of a thread: a storm of them takes the machine down, where {@code echo}
 * refuses those over its limit.
 */
@Command(name = "thread-server", description = "Baseline: a thread for each client, without limit.")
@Recipe("R12")
final class ThreadPerClient implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final ThreadServer server = new ThreadServer();

  @Override
  public Integer call() throws IOException {
    server.accept(
        terminal,
        client -> Thread.ofPlatform().daemon().start(() -> ThreadServer.echo(terminal, client)));
    return 0;
  }
}
