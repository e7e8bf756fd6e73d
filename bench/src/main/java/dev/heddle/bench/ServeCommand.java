package dev.heddle.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * One server in this process, until its standard input ends: so it never outlives the benchmark
 * that started it, however that one ends.
 */
@Command(name = "serve", description = "Runs one of the servers; used by echo.")
final class ServeCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(paramLabel = "SERVER", description = "Its name, see echo --help")
  private String name = "";

  @Override
  public Integer call() throws IOException {
    int port = terminal.server(name).peer().start();
    terminal.out().println(ServerProcess.LISTENING + port);
    terminal.out().flush();
    while (System.in.read() >= 0) {
      // nothing is said to us
    }
    return 0;
  }
}
