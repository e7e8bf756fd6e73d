package dev.heddle.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/**
 * {@code heddle-bench.jar}. Exit code 0 when all went well, 1 when something could not be measured
 * or a reply was wrong, 2 when it was called wrongly.
 */
@Command(
    name = "heddle-bench",
    description = "Measures Heddle beside its peers.",
    subcommands = {
      CompareCommand.class,
      CpuCommand.class,
      EchoCommand.class,
      FirstUseCommand.class,
      FramesCommand.class,
      IdleCommand.class,
      JmhCommand.class,
      OpenLoopCommand.class,
      ReportCommand.class,
      RobotsCommand.class,
      ServeCommand.class,
      Sha512Command.class,
      SleepersCommand.class,
      TransportsCommand.class
    })
final class Bench implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  static void main(String[] args) throws IOException {
    if (args.length > 0 && args[0].equals("jmh")) {
      // Everything behind is JMH's, --help too.
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    System.exit(run(writer(FileDescriptor.out), writer(FileDescriptor.err), args));
  }

  private static PrintWriter writer(FileDescriptor file) {
    return new PrintWriter(new FileOutputStream(file), true, StandardCharsets.UTF_8);
  }

  /** Runs a command line and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Bench())
        .setOut(out)
        .setErr(err)
        .setUnmatchedOptionsArePositionalParams(true) // -1 is a bad number, not an option
        .setParameterExceptionHandler((wrong, _) -> usageError(wrong))
        .setExecutionExceptionHandler((failure, command, _) -> runtimeError(failure, command))
        .execute(args);
  }

  @Override
  public void run() {
    throw terminal.refusal(
        "no command; the commands are "
            + String.join(", ", terminal.command().getSubcommands().keySet()));
  }

  private static int usageError(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println(name + ": " + wrong.getMessage() + " (" + name + " --help tells more)");
    return 2;
  }

  /** What is no {@link IOException} is a bug of ours, and shows its stack. */
  private static int runtimeError(Exception failure, CommandLine command) throws Exception {
    if (!(failure instanceof IOException)) {
      throw failure;
    }
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + failure.getMessage());
    return 1;
  }
}
