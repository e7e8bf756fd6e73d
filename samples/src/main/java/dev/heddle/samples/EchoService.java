package dev.heddle.samples;

import dev.heddle.group.SchedulerGroup;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.Signals;
import dev.heddle.net.TlsOptions;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.net.echo.UdpEchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server of {@link Echo}, whether of streams or of datagrams.
 *
 * @param places where it listens, for people
 * @param stats what it has counted
 * @param shutdown ends it, in an orderly way
 */
record EchoService(List<String> places, Supplier<Record> stats, Runnable shutdown) {

  /** Over TCP and Unix-domain sockets, encrypted or not; the group, if there is one, serves. */
  static EchoService streams(
      Scheduler scheduler,
      @Nullable SchedulerGroup group,
      EchoPlaces places,
      EchoWays ways,
      EchoLimits limits,
      EchoTls tls,
      EchoReport report,
      Terminal terminal)
      throws IOException {
    TlsOptions encryption = tls.options(terminal);
    ServerBuilder builder =
        EchoServer.on(scheduler, ways.style(), ways.mode())
            .limits(limits.limits())
            .onOpen(connection -> report.tell(connection));
    if (encryption != null) {
      builder.tls(encryption);
    }
    if (group != null) {
      builder.dealTo(group);
    }
    Server server = builder.bind(places.addresses());
    return new EchoService(
        marked(places.named(places.bound(server.listeners())), encryption == null ? "" : " (TLS)"),
        server::stats,
        server::shutdown);
  }

  /** Over UDP. */
  static EchoService datagrams(Scheduler scheduler, EchoPlaces places) throws IOException {
    UdpEchoServer server =
        UdpEchoServer.open(scheduler, places.ports().stream().map(HostAndPort::address).toList());
    return new EchoService(
        marked(places.named(server.localAddresses()), " (UDP)"), server::stats, server::shutdown);
  }

  private static List<String> marked(List<String> places, String mark) {
    return places.stream().map(place -> place + mark).toList();
  }

  /** A line for people and programs: {@code stats: accepted=3, open=1, ...}. */
  String counts() {
    String record = stats.get().toString();
    return "stats: " + record.substring(record.indexOf('[') + 1, record.length() - 1);
  }

  /**
   * At a signal; and under {@code mvn exec:exec}, where a signal to Maven alone would leave the
   * server behind, when Maven ends.
   */
  void endWhenTold() {
    Signals.onTerminate(shutdown);
    if (Boolean.getBoolean("heddle.ends.with.parent")) {
      ProcessHandle.current()
          .parent()
          .ifPresent(
              maven -> {
                var _ = maven.onExit().thenRun(shutdown);
              });
    }
  }
}
