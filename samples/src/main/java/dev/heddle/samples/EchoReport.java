package dev.heddle.samples;

import dev.heddle.net.Connection;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@link Echo} tells while it serves. */
final class EchoReport {
  @Option(
      names = "--verbose",
      description = "Tells who connects, and who has closed, and why if it was no orderly end.")
  boolean verbose;

  @Option(
      names = "--stats",
      converter = WholeNumber.Pause.class,
      paramLabel = "SECONDS",
      description = "A line of counts each so many seconds, 1 to 3600, and one at the end.")
  private @Nullable Integer seconds;

  /** In the words of the Cookbook. */
  void tell(Terminal terminal, Connection connection) {
    if (verbose) {
      String client = client(connection);
      say(terminal, "Got connection from " + client);
      connection.onClose(
          why -> say(terminal, "Client closed " + client + (why == null ? "" : " (" + why + ")")));
    }
  }

  /** Where the client is, in the words of the address; those of Unix-domain sockets are nowhere. */
  private static String client(Connection connection) {
    String address = connection.socket().remoteAddress().toString();
    return address.isEmpty() ? "a Unix-domain socket" : address.substring(address.indexOf('/') + 1);
  }

  /** A line now and then, by a daemon: it does not keep the server from its end. */
  void count(Scheduler scheduler, Terminal terminal, EchoService service) {
    if (seconds != null) {
      Duration pause = Duration.ofSeconds(seconds);
      scheduler
          .daemons()
          .spawn(
              "stats",
              co -> {
                while (true) {
                  co.await(Task.sleep(pause));
                  say(terminal, service.counts());
                }
              });
    }
  }

  void countAtTheEnd(Terminal terminal, EchoService service) {
    if (seconds != null) {
      say(terminal, service.counts());
    }
  }

  private static void say(Terminal terminal, String line) {
    terminal.say(line);
    terminal.out().flush();
  }
}
