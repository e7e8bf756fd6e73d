package dev.heddle.bench;

import dev.heddle.bench.report.Comparison;
import dev.heddle.bench.report.ReportFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Two reports side by side. */
@Command(
    name = "compare",
    description = "Says what changed from one report to another by more than noise.")
final class CompareCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "A.json", description = "The raw data of the one before")
  private Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "B.json", description = "The raw data of the one after")
  private Path after = Path.of("");

  @Override
  public Integer call() throws IOException {
    new Comparison(ReportFile.read(before), ReportFile.read(after)).print(terminal.out());
    return 0;
  }
}
