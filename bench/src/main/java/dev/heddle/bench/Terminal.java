package dev.heddle.bench;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands have in common: where they print, and how they refuse what they were given. */
final class Terminal {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // picocli asks for it
  @Option(names = "--help", usageHelp = true, description = "Prints this, and ends.")
  private boolean help;

  CommandLine command() {
    return Objects.requireNonNull(spec, "set by picocli").commandLine();
  }

  PrintWriter out() {
    return command().getOut();
  }

  /** Called wrongly: exit code 2. */
  ParameterException refusal(String why) {
    return new ParameterException(command(), why);
  }

  /** An option's whole number, in its range. */
  int number(String option, String text, int least, int most) {
    try {
      int number = Integer.parseInt(text.strip());
      if (least <= number && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw refusal(option + ": '" + text + "' is not a whole number from " + least + " to " + most);
  }

  /** A server by its name. */
  Server server(String name) {
    Server server =
        Server.named(name.strip())
            .orElseThrow(
                () -> refusal("no server is named '" + name + "'; there are " + allServers()));
    if (!server.isAvailable()) {
      throw refusal("the server " + server + " needs " + server.missing());
    }
    return server;
  }

  /** What to throw if none of these servers is left. */
  ParameterException cannotServe(String servers) {
    return refusal(
        servers + " cannot serve so many clients or such lines: see the table in bench/README.md");
  }

  /** Those that run here. */
  static String allServers() {
    return names(Server::isAvailable);
  }

  /** Those of them that do not encrypt, and can be compared. */
  static String plainServers() {
    return names(server -> server.isAvailable() && !server.isExtra());
  }

  /** What does not run here, and why; empty if all do. */
  static String leftOut() {
    return Arrays.stream(Server.values())
        .filter(server -> !server.isAvailable())
        .map(server -> server + ", which needs " + server.missing())
        .collect(Collectors.joining("; "));
  }

  private static String names(Predicate<Server> wanted) {
    return Arrays.stream(Server.values())
        .filter(wanted)
        .map(Server::toString)
        .collect(Collectors.joining(","));
  }
}
