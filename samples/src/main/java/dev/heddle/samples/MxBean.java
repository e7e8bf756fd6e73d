package dev.heddle.samples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks another process by {@link OtherProcess}. */
@Command(
    name = "mxbean",
    description = "Makes a running program show its schedulers to JConsole and other JMX clients.")
final class MxBean implements Callable<Integer>, Tool {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final OtherProcess process = new OtherProcess();

  @Override
  public Integer call() throws IOException {
    terminal.say(process.ask("mxbean"));
    return 0;
  }
}
