package dev.heddle.samples;

import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A server that answers each line with {@code GOT:} and the line (Python Cookbook 12.12).
 *
 * <p>You will see {@code listening on 127.0.0.1:16000}; then try {@code nc 127.0.0.1 16000}. It
 * serves until SIGTERM or Ctrl-C, gives the replies that it owes, and ends with exit code 0. With
 * {@code --verbose} you will also see who comes and goes, as the Cookbook's server tells it.
 */
@Command(
    name = "echo",
    description = "An echo server: answers each line with GOT: and the line.",
    abbreviateSynopsis = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  heddle echo                        on 127.0.0.1:16000; try nc 127.0.0.1 16000",
      "  heddle echo --host ::1 --port 0 --verbose",
      "  heddle echo --listen 0.0.0.0:7 --listen [::1]:7 --mode rfc862",
      "  heddle echo --udp --port 7007 --stats 10",
      "  heddle echo --unix echo.sock --idle-timeout 30s --max-connections 100",
      "  heddle echo --tls-keystore server.p12 --tls-password-file secret.txt",
      "",
      "It ends at SIGTERM or Ctrl-C: it accepts no more, gives the answers that it",
      "owes, and exits with 0; a second signal ends it at once. Exit code 1: it could",
      "not listen; 2: it was called wrongly.",
    })
@Recipe("R3")
final class Echo implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @ArgGroup(validate = false, order = 1, heading = "%nWhere it listens:%n")
  private final EchoPlaces places = new EchoPlaces();

  @ArgGroup(validate = false, order = 2, heading = "%nWhat it answers, and how:%n")
  private final EchoWays ways = new EchoWays();

  @ArgGroup(validate = false, order = 3, heading = "%nWhat it tells:%n")
  private final EchoReport report = new EchoReport();

  @ArgGroup(validate = false, order = 4, heading = "%nEncryption:%n")
  private final EchoTls tls = new EchoTls();

  @ArgGroup(
      validate = false,
      order = 5,
      heading = "%nLimits, with times such as 500ms, 30s, 5m, 2h or none:%n")
  private final EchoLimits limits = new EchoLimits();

  @Override
  public Integer call() throws IOException {
    EchoRules.check(terminal, places, ways, limits);
    try (SchedulerGroup group = ways.loops == 1 ? null : ways.group();
        Scheduler scheduler = report.scheduler()) {
      EchoService service =
          ways.udp
              ? EchoService.datagrams(scheduler, places)
              : EchoService.streams(scheduler, group, places, ways, limits, tls, report, terminal);
      report.endWhenTold(service);
      service.places().forEach(place -> terminal.say("listening on " + place));
      terminal.out().flush();
      report.begin(scheduler, terminal);
      report.count(scheduler, service);
      scheduler.run();
      if (!report.end(service)) {
        Runtime.getRuntime().halt(0); // the usual end would wait for who does not read
      }
    }
    return 0;
  }
}
