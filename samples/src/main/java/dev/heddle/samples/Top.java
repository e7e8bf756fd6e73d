package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks another process by {@link OtherProcess}, again and again. */
@Command(name = "top", description = "Prints which tasks of a running program have the turn.")
final class Top implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final OtherProcess process = new OtherProcess();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      converter = WholeNumber.Look.class,
      description = "How long it looks each time, 1 to 60; default 1")
  private int seconds = 1;

  @Option(
      names = "--times",
      paramLabel = "N",
      converter = WholeNumber.Times.class,
      description = "How often, 1 to 1000000; default until Ctrl-C")
  private int times = 1_000_000;

  @Override
  public Integer call() throws IOException, InterruptedException {
    process.watch("top " + 1000 * seconds, this::print);
    return 0;
  }

  private boolean print(String answer) {
    terminal.say(answer);
    terminal.out().flush();
    return --times > 0;
  }
}
