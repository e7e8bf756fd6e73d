package dev.heddle.samples;

import dev.heddle.net.Server;
import dev.heddle.net.Signals;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A server of HTTP/1.1 on the public reader and writer of a connection: {@link WebServer}.
 *
 * <p>You will see {@code listening on 127.0.0.1:8080}; then try {@code curl http://127.0.0.1:8080/}
 * and {@code curl --data hello http://127.0.0.1:8080/echo}. It ends at SIGTERM or Ctrl-C, when the
 * answers that it owes are sent. A sample, not a product: it has no cache, no ranges, no routes.
 */
@Command(name = "http", description = "HTTP/1.1: the files of a folder, and /echo.")
final class Http implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--listen",
      converter = HostAndPort.Reader.class,
      paramLabel = "HOST:PORT",
      description = "Where it listens; port 0 takes a free one. Default 127.0.0.1:8080.")
  private HostAndPort place = new HostAndPort("127.0.0.1", 8080);

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Whose files are served; default the current one.")
  private Path folder = Path.of(".");

  @Mixin private final HttpLimits limits = new HttpLimits();

  @Override
  public Integer call() throws IOException {
    WebServer web = limits.serverOf(new WebFolder(folder));
    try (Scheduler scheduler = Scheduler.create()) {
      Server server =
          Server.on(scheduler, web::serve)
              .name("http")
              .limits(limits.ofConnections())
              .answers(_ -> null) // it has its own
              .bind(List.of(place.address()));
      Signals.onTerminate(server::shutdown);
      int port = server.localAddress().getPort();
      terminal.say("listening on " + new HostAndPort(place.host(), port));
      terminal.out().flush();
      scheduler.run();
    }
    return 0;
  }
}
