package dev.heddle.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * One server in this process, until its standard input ends: so it never outlives the benchmark
 * that started it, however that one ends. A line {@code memory} there is answered with a {@link
 * Memory}.
 */
@Command(name = "serve", description = "Runs one of the servers; used by echo and idle.")
final class ServeCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(paramLabel = "SERVER", description = "Its name, see echo --help")
  private String name = "";

  @Override
  public Integer call() throws IOException {
    int port = terminal.server(name).peer().start();
    PrintWriter out = terminal.out();
    out.println(ServerProcess.LISTENING + port);
    out.flush();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(ServerProcess.MEMORY)) {
        out.println(Memory.now());
        out.flush();
      }
    }
    return 0;
  }
}
