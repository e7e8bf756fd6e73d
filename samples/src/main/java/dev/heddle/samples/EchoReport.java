package dev.heddle.samples;

import dev.heddle.net.Connection;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.trace.Inspector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What {@link Echo} tells while it serves: by a thread of its own, as a terminal may be stopped.
 */
final class EchoReport {
  /** How long the end of the server waits for who reads what it has told. */
  private static final Duration LONGEST_END = Duration.ofSeconds(2);

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

  @Option(
      names = "--inspect",
      arity = "0..1",
      fallbackValue = "0",
      converter = WholeNumber.Port.class,
      paramLabel = "PORT",
      description =
          "A live page about its tasks, for a browser on this machine; prints the address, which"
              + " holds a secret. Default a free port.")
  private @Nullable Integer inspectorPort;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description =
          "Records what comes in, in up to 64 MiB, so that it can be repeated: see heddle replay.")
  private @Nullable Path recording;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description =
          "Repeats what was recorded instead of serving: the same tasks take the same turns, in a"
              + " debugger too, and there is no network. The other options must be those of the"
              + " recording.")
  private @Nullable Path replayed;

  /** Made when the server begins. */
  private @Nullable LinePrinter printer;

  /** The scheduler that serves. */
  Scheduler scheduler() {
    SchedulerBuilder builder = Scheduler.builder();
    if (recording != null) {
      builder = builder.record(recording);
    } else if (replayed != null) {
      builder = builder.replay(replayed);
    }
    return builder.build();
  }

  /** When the server ends: at a signal or, in a replay, where the recorded one ended. */
  void endWhenTold(EchoService service) {
    if (replayed == null) {
      service.endWhenTold();
    } else { // the call waits until the recording comes to it
      Thread _ = Thread.ofPlatform().daemon().name("shutdown").start(service.shutdown());
    }
  }

  /** From now on the lines are printed there, and the live page is served if it was asked for. */
  void begin(Scheduler scheduler, Terminal terminal) throws IOException {
    if (inspectorPort != null) {
      terminal.say("inspector at " + Inspector.start(scheduler, inspectorPort).uri());
      terminal.out().flush();
    }
    printer =
        new LinePrinter(
            line -> {
              terminal.say(line);
              terminal.out().flush();
            });
  }

  /** In the words of the Cookbook. */
  void tell(Connection connection) {
    if (verbose) {
      String client = client(connection);
      say("Got connection from " + client);
      connection.onClose(
          why -> say("Client closed " + client + (why == null ? "" : " (" + why + ")")));
    }
  }

  /** Where the client is, in the words of the address; those of Unix-domain sockets are nowhere. */
  private static String client(Connection connection) {
    String address = connection.socket().remoteAddress().toString();
    return address.isEmpty() ? "a Unix-domain socket" : address.substring(address.indexOf('/') + 1);
  }

  /** A line now and then, by a daemon: it does not keep the server from its end. */
  void count(Scheduler scheduler, EchoService service) {
    if (seconds != null) {
      Duration pause = Duration.ofSeconds(seconds);
      scheduler
          .daemons()
          .spawn(
              "stats",
              co -> {
                while (true) {
                  co.await(Task.sleep(pause));
                  say(service.counts());
                }
              });
    }
  }

  /**
   * The counts at the end, and the end.
   *
   * @return false if nobody takes what was told
   */
  boolean end(EchoService service) {
    if (seconds != null) {
      say(service.counts());
    }
    return Objects.requireNonNull(printer, "has begun").end(LONGEST_END);
  }

  private void say(String line) {
    Objects.requireNonNull(printer, "has begun").say(line);
  }
}
