package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks another process by {@link OtherProcess}. */
@Command(name = "tree", description = "Prints the tasks of a running program below their owners.")
final class Tree implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final OtherProcess process = new OtherProcess();

  @Override
  public Integer call() throws IOException {
    terminal.say(process.ask("tree"));
    return 0;
  }
}
