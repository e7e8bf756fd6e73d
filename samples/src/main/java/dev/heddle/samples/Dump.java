package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks another process by {@link OtherProcess}. */
@Command(name = "dump", description = "Prints all that is known of a running program's tasks.")
final class Dump implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final OtherProcess process = new OtherProcess();

  @Option(names = "--json", description = "As a JSON array, an object for each scheduler")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    terminal.say(process.ask(json ? "json" : "dump"));
    return 0;
  }
}
