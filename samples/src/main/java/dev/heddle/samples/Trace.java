package dev.heddle.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks another process by {@link OtherProcess}. */
@Command(
    name = "trace",
    description =
        "Writes what the tasks of a running program do, for Perfetto or chrome://tracing.")
final class Trace implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final OtherProcess process = new OtherProcess();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      converter = WholeNumber.Look.class,
      description = "How long it looks, 1 to 60; default 5")
  private int seconds = 5;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write; a file that is there is replaced; default trace.json")
  private Path file = Path.of("trace.json");

  @Override
  public Integer call() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new IOException("'" + file + "' is no file that can be written");
    }
    String json = process.ask("trace " + 1000 * seconds);
    Files.writeString(file, json);
    terminal.say(file + ": " + json.length() + " characters; open it in https://ui.perfetto.dev");
    return 0;
  }
}
