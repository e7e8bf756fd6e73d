package dev.heddle.bench;

import dev.heddle.bench.report.Effort;
import dev.heddle.bench.report.ReportFile;
import dev.heddle.bench.report.ReportOutput;
import dev.heddle.bench.report.ReportRun;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every suite beside its peers, as raw data, as a page with pictures, and as a table. */
@Command(
    name = "report",
    description = {
      "Measures every suite beside its peers and says which targets are met.",
      "Leaves DATE-CPU.json with every sample, DATE-CPU.html and plots. Measure on a quiet machine."
    },
    sortOptions = false)
final class ReportCommand implements Callable<Integer> {
  private static final int MOST_MINUTES = 24 * 60;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--quick", description = "Within 5 minutes; this is the default")
  private boolean quick;

  @Option(
      names = "--full",
      description = "For results that are kept, with curves; hours: see --minutes")
  private boolean full;

  @Option(names = "--tiny", hidden = true, description = "Says only whether all of it runs")
  private boolean tiny;

  @Option(
      names = "--only",
      paramLabel = "SUITES",
      description = "Some suites, separated by commas: turn,queue,echo")
  private @Nullable String only;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Begins no round after the first that would end later, 1 to 1440")
  private @Nullable Integer minutes;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Measures nothing: makes page and plots of this raw data anew")
  private @Nullable Path from;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go, made if need be; default heddle-bench-report")
  private Path folder = Path.of("heddle-bench-report");

  @Override
  public Integer call() throws IOException {
    if ((quick ? 1 : 0) + (full ? 1 : 0) + (tiny ? 1 : 0) > 1) {
      throw terminal.refusal("--quick and --full exclude each other");
    }
    SequencedSet<String> suites = suites();
    ReportOutput output = new ReportOutput(folder, terminal.out());
    if (from != null) {
      if (quick || full || tiny || only != null || minutes != null) {
        throw terminal.refusal(
            "--from measures nothing: --quick, --full, --minutes and --only are for a run");
      }
      output.write(ReportFile.read(from));
      return 0;
    }
    output.prepare();
    Effort effort = full ? Effort.FULL : tiny ? Effort.TINY : Effort.QUICK;
    if (minutes != null) {
      if (minutes < 1 || minutes > MOST_MINUTES) {
        throw terminal.refusal("--minutes " + minutes + ": must be 1 to " + MOST_MINUTES);
      }
      effort = effort.within(Duration.ofMinutes(minutes));
    }
    ReportRun run =
        new ReportRun(
            effort, terminal.out(), terminal.command().getErr(), isTerminal(), Clock.systemUTC());
    List<String> servers = Arrays.asList(Terminal.plainServers().split(","));
    output.writeAll(run.run(suites, Bench.class.getName(), servers));
    return run.isComplete() ? 0 : 1;
  }

  private SequencedSet<String> suites() {
    SequencedSet<String> known = ReportRun.suites();
    if (only == null) {
      return known;
    }
    SequencedSet<String> chosen = new LinkedHashSet<>();
    for (String name : only.split(",", -1)) {
      if (!known.contains(name.strip())) {
        throw terminal.refusal(
            "--only: no suite is named '" + name + "'; there are " + String.join(",", known));
      }
      chosen.add(name.strip());
    }
    return chosen;
  }

  @SuppressWarnings("SystemConsoleNull") // on 25 it is null again where there is no terminal
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
