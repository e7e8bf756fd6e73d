package dev.heddle.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which logs are searched: those of a folder, or some that are made up. */
final class LogsChoice {
  private static final int MADE = 8;
  private static final long SEED = 2012;

  @Parameters(arity = "0..1", description = "With *.log.gz in it; default: 8 logs are made up")
  private @Nullable Path folder;

  @Option(
      names = "--lines",
      converter = WholeNumber.Lines.class,
      description = "In each log made up, 1 to 1000000; default ${DEFAULT-VALUE}")
  private int lines = 100_000;

  /** The logs; those that are made up are written into this folder. */
  List<String> in(TemporaryFolder made) throws IOException {
    if (folder != null) {
      return ApacheLogs.in(folder);
    }
    ApacheLogs.write(made.path(), MADE, lines, SEED);
    return ApacheLogs.in(made.path());
  }
}
