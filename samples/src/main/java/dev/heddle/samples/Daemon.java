package dev.heddle.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A server in the background: {@code heddle daemon start --pid-file echo.pid --log-file echo.log --
 * echo}, later {@code status} and {@code stop} (Python Cookbook 12.14).
 *
 * <p>You will see {@code Started} when the server listens, or why it does not; {@code Already
 * running} when started twice; {@code Stopped} when it has ended, or {@code Not running}. What it
 * prints goes to the log. {@code stop} sends SIGTERM. The daemon removes its pid file when it ends;
 * one whose process was killed, or is another by now, counts for nothing: {@link PidFile}.
 *
 * <p>Exit codes: of {@code status} 0, 1 for a daemon that ended without {@code stop}, 3 for none.
 */
@Command(name = "daemon", description = "A server in the background: start, stop, status.")
@Recipe("R18")
final class Daemon implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "start|stop|status", converter = DaemonAction.Reader.class)
  private DaemonAction action = DaemonAction.STATUS;

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "To start: a sample, a server or heartbeat, behind --: -- echo --port 16000")
  private List<String> command = List.of();

  @Option(names = "--pid-file", required = true, description = "Where it keeps who the daemon is")
  private Path pidFile = Path.of("");

  @Mixin private final DaemonFiles files = new DaemonFiles();

  @Option(
      names = "--limit",
      converter = WholeNumber.Seconds.class,
      description = "Seconds it may take to start, or to stop; default ${DEFAULT-VALUE}")
  private int limit = 30;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PidFile file = PidFile.of(pidFile);
    Duration patience = Duration.ofSeconds(limit);
    return switch (action) {
      case START -> {
        List<String> checked = checkedCommand();
        files.check(terminal);
        yield DaemonAction.start(terminal, file, files, checked, patience);
      }
      case STOP -> DaemonAction.stop(terminal, file, patience);
      case STATUS -> DaemonAction.status(terminal, file);
    };
  }

  private List<String> checkedCommand() {
    if (command.isEmpty()) {
      throw terminal.refusal("start needs a command, for example: -- echo --port 16000");
    }
    if (!terminal.command().getParent().getSubcommands().containsKey(command.getFirst())) {
      throw terminal.refusal("'" + command.getFirst() + "' is not a sample; heddle list has them");
    }
    return command;
  }
}
