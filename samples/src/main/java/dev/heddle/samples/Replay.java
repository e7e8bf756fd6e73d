package dev.heddle.samples;

import dev.heddle.record.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a recording, or runs the recorded sample again by its option {@code --replay}. */
@Command(
    name = "replay",
    description = "Runs echo again as it was recorded by echo --record, or shows the recording.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  heddle echo --port 7007 --record echo.heddle",
      "  heddle replay echo.heddle                        what came in, a line an event",
      "  heddle replay echo.heddle -- echo --port 7007    the same run, without clients",
    })
final class Replay implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "FILE", description = "The recording.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "echo, with the options that it had; default: show the recording")
  private List<String> command = List.of();

  @Override
  public Integer call() throws IOException {
    if (command.isEmpty()) {
      EventLog.list(file, terminal::say);
      return 0;
    }
    if (!command.getFirst().equals("echo")) {
      throw terminal.refusal("'" + command.getFirst() + "' is not recorded: echo is");
    }
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--replay");
    arguments.add(file.toString());
    return terminal.command().getParent().execute(arguments.toArray(String[]::new));
  }
}
