package dev.heddle.samples;

import dev.heddle.net.echo.EchoServer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/** Which options of {@link Echo} make no sense together: each such call is refused by one line. */
final class EchoRules {
  private static final List<String> OF_TLS =
      List.of("--tls-keystore", "--tls-password-file", "--tls-password", "--tls-handshake-timeout");

  private static final List<String> OF_CONNECTIONS =
      List.of(
          "--style",
          "--loops",
          "--unix",
          "--verbose",
          "--max-connections",
          "--max-connections-per-address",
          "--max-line-length",
          "--max-pending-input",
          "--idle-timeout",
          "--line-timeout",
          "--write-timeout",
          "--drain-timeout");

  private static final List<String> NOT_RECORDED =
      List.of("--udp", "--unix", "--loops", "--tls-keystore", "--inspect");

  private static final List<String> OF_LINES = List.of("--max-line-length", "--line-timeout");

  private final Terminal terminal;

  private EchoRules(Terminal terminal) {
    this.terminal = terminal;
  }

  static void check(Terminal terminal, EchoPlaces places, EchoWays ways, EchoLimits limits) {
    EchoRules rules = new EchoRules(terminal);
    rules.checkRepeated();
    if (ways.udp) {
      rules.refuse(OF_CONNECTIONS, "cannot go with --udp: there are no connections");
      rules.refuse(OF_TLS, "cannot go with --udp: TLS is for connections");
      rules.refuse(
          ways.mode() == EchoServer.Mode.GOT, "--mode got cannot go with --udp: it is rfc862");
    }
    for (String option : List.of("--record", "--replay")) {
      if (terminal.isGiven(option)) {
        rules.refuse(
            NOT_RECORDED, "cannot go with " + option + ": only TCP on one loop is recorded");
      }
    }
    rules.refuse(
        terminal.isGiven("--record") && terminal.isGiven("--replay"),
        "--record and --replay cannot go together");
    if (ways.mode() == EchoServer.Mode.RFC862) {
      rules.refuse(OF_LINES, "cannot go with --mode rfc862: there are no lines");
    }
    rules.checkTls();
    rules.checkLimits(places, limits);
    Set<Object> seen = new HashSet<>(places.paths());
    rules.refuse(seen.size() < places.paths().size(), "a path of --unix is given twice");
    for (HostAndPort place : places.ports()) {
      rules.refuse(place.port() != 0 && !seen.add(place), place + " is given twice");
    }
  }

  /** In a group of options picocli takes the last of several values, and says nothing. */
  private void checkRepeated() {
    List<String> call = terminal.command().getParseResult().originalArgs();
    for (OptionSpec option : terminal.command().getCommandSpec().options()) {
      String name = option.longestName();
      long count = call.stream().filter(a -> a.equals(name) || a.startsWith(name + "=")).count();
      refuse(count > 1 && !option.isMultiValue(), name + " is given " + count + " times");
    }
  }

  private void checkTls() {
    if (!terminal.isGiven("--tls-keystore")) {
      refuse(OF_TLS, "needs --tls-keystore");
    }
    refuse(
        terminal.isGiven("--tls-password-file") && terminal.isGiven("--tls-password"),
        "--tls-password and --tls-password-file cannot go together");
  }

  private void checkLimits(EchoPlaces places, EchoLimits limits) {
    Integer perAddress = limits.connectionsPerAddress;
    refuse(
        perAddress != null && places.ports().isEmpty(),
        "--max-connections-per-address is for IP addresses, and there are Unix-domain sockets"
            + " only");
    refuse(
        perAddress != null && perAddress > limits.limits().maxConnections(),
        "--max-connections-per-address "
            + perAddress
            + " is more than may connect in all: "
            + limits.limits().maxConnections());
    refuse(
        limits.pendingInput != null
            && limits.lineLength != null
            && limits.pendingInput <= limits.lineLength, // which the newline follows
        "--max-pending-input has no room for one line of --max-line-length");
  }

  private void refuse(List<String> options, String why) {
    for (String option : options) {
      refuse(terminal.isGiven(option), option + " " + why);
    }
  }

  private void refuse(boolean wrong, String why) {
    if (wrong) {
      throw terminal.refusal(why);
    }
  }
}
