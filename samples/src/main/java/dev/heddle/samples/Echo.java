package dev.heddle.samples;

import dev.heddle.net.ServerLimits;
import dev.heddle.net.Signals;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A server that answers each line with {@code GOT:} and the line (Python Cookbook 12.12).
 *
 * <p>You will see {@code listening on 127.0.0.1:16000}; then try {@code nc 127.0.0.1 16000}. It
 * serves until SIGTERM or Ctrl-C, gives the replies that it owes, and ends with exit code 0.
 */
@Command(name = "echo", description = "An echo server: answers each line with GOT: and the line.")
@Recipe("R3")
final class Echo implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--host", description = "Name or address; default ${DEFAULT-VALUE}")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      converter = WholeNumber.Port.class,
      description = "0 to 65535, where 0 takes a free one; default ${DEFAULT-VALUE}")
  private int port = 16_000;

  @Option(names = "--style", converter = Style.Reader.class, description = Style.OPTION)
  private Style style = Style.COROUTINE;

  @Override
  public Integer call() throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    EchoServer.Style served = EchoServer.Style.valueOf(style.name());
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server = EchoServer.open(scheduler, address, served, ServerLimits.DEFAULT);
      Signals.onTerminate(server::shutdown);
      if (Boolean.getBoolean("heddle.ends.with.parent")) {
        ProcessHandle.current().parent().ifPresent(maven -> endWith(maven, server));
      }
      String place = host.contains(":") ? "[" + host + "]" : host;
      terminal.out().println("listening on " + place + ":" + server.localAddress().getPort());
      terminal.out().flush();
      scheduler.run();
    }
    return 0;
  }

  /** Under {@code mvn exec:exec}: a signal to Maven alone would leave the server behind. */
  private static void endWith(ProcessHandle maven, EchoServer server) {
    var _ = maven.onExit().thenRun(server::shutdown);
  }
}
