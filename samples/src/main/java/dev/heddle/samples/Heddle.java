package dev.heddle.samples;

import dev.heddle.process.codec.SafeText;
import dev.heddle.scheduler.Scheduler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code heddle.jar}: a command for each sample.
 *
 * <p>Exit code 0 when all went well, 1 when the sample could not do its work, 2 when it was called
 * wrongly; in the last two cases with one line on the standard error that says why. When nobody
 * reads its output any more it ends quietly, with 141.
 */
@Command(
    name = "heddle",
    description = "Samples of Heddle, a round-robin scheduler for cooperative tasks.",
    subcommands = {
      ListSamples.class,
      Countdown.class,
      Actors.class,
      Echo.class,
      GeneratorSessions.class,
      YieldFrom.class,
      Fibonacci.class,
      TreeWalk.class,
      LogPipeline.class,
      Hops.class,
      Promises.class,
      Tasks.class,
      Timeouts.class,
      TerminateFlag.class,
      SameClass.class,
      Started.class,
      OneAtATime.class,
      Ticks.class,
      ProducerConsumer.class,
      Sentinel.class,
      Priorities.class,
      Receipts.class,
      AllDone.class,
      QueueTimeouts.class,
      Dropping.class,
      Copies.class,
      Hints.class,
      PlainList.class,
      SharedCounter.class,
      Monitor.class,
      FiveAtATime.class,
      TryAcquire.class,
      TwoConditions.class,
      OverRelease.class,
      SemaphoreSignal.class,
      OrderedLocks.class,
      Philosophers.class,
      Watchdog.class,
      OwnConnections.class,
      LazyFetch.class,
      PoolServer.class,
      WorkerServer.class,
      ThreadPerClient.class,
      StackSize.class,
      Futures.class,
      FindRobots.class,
      RobotWorkers.class,
      Responsive.class,
      Account.class,
      GeneratorActor.class,
      Supervised.class,
      Subscribers.class,
      NamePatterns.class,
      RemoteSubscribers.class,
      PollQueues.class,
      Daemon.class,
      Heartbeat.class,
      TaskFutures.class,
      PoolMaps.class,
      Processes.class,
      ProcessQueues.class,
      ProcessPipe.class,
      ProcessWaits.class,
      ProcessSync.class,
      ProcessMemory.class,
      ProcessLife.class,
      ParentAndChild.class,
      EventDriven.class,
      CpuRace.class,
      Race.class,
      ChatRoom.class,
      ChatServers.class,
      Forwarder.class,
      Crawl.class,
      Http.class,
      Ps.class,
      Tree.class,
      Dump.class,
      Top.class,
      Trace.class,
      MxBean.class,
      Replay.class,
      OwnEvent.class,
    })
final class Heddle implements Runnable {
  /** How many characters of a message are printed. */
  private static final int MOST_MESSAGE = 2_000;

  /** How long the end of the program may take. */
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private static final String FEW_DESCRIPTORS = " (does ulimit -n leave it descriptors enough?)";

  @Mixin private final Terminal terminal = new Terminal();

  /** Makes the schedulers of those samples in which time passes. */
  final Supplier<Scheduler> schedulers;

  private Heddle(Supplier<Scheduler> schedulers) {
    this.schedulers = schedulers;
  }

  static void main(String[] args) {
    OutputStream errors = new FileOutputStream(FileDescriptor.err);
    PrintWriter err = new PrintWriter(errors, true, StandardCharsets.UTF_8);
    int exitCode = 1;
    try {
      OutputStream output = new FileOutputStream(FileDescriptor.out);
      PrintWriter out = StandardOutput.open(output, why -> err.println("heddle: " + why));
      exitCode = run(Scheduler::create, out, err, args);
    } catch (LinkageError missing) { // with few descriptors no class can be read
      err.println("heddle: a class could not be loaded: " + missing.getMessage() + FEW_DESCRIPTORS);
    }
    endWithin(LONGEST_END, exitCode);
    System.exit(exitCode);
  }

  /** The usual end waits for the log, and so for who reads standard error, be it for ever. */
  private static void endWithin(Duration time, int exitCode) {
    Runnable end =
        () -> {
          try {
            Thread.sleep(time);
          } catch (InterruptedException e) {
            return;
          }
          Runtime.getRuntime().halt(exitCode);
        };
    Thread _ = Thread.ofPlatform().daemon().name("end").start(end);
  }

  /** Runs a command line and returns its exit code. */
  static int run(Supplier<Scheduler> schedulers, PrintWriter out, PrintWriter err, String... args) {
    CommandLine program =
        new CommandLine(new Heddle(schedulers))
            .setOut(out)
            .setErr(err)
            .setUnmatchedOptionsArePositionalParams(true) // -1 is a bad number, not an option
            .setExecutionStrategy(Heddle::runOrRefuse)
            .setParameterExceptionHandler((wrong, _) -> usageError(wrong))
            .setExecutionExceptionHandler((failure, command, _) -> runtimeError(failure, command));
    int exitCode = program.execute(args);
    out.flush();
    return exitCode;
  }

  /** Help for what there is not would be an answer to another question. */
  private static int runOrRefuse(ParseResult parsed) {
    for (CommandLine called : parsed.asCommandLineList()) {
      List<String> unknown = called.getUnmatchedArguments();
      if (!unknown.isEmpty()) {
        throw new UnmatchedArgumentException(called, unknown);
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Called without a command. */
  @Override
  public void run() {
    var commands = terminal.command().getSubcommands().keySet();
    throw terminal.refusal("no command; the commands are " + String.join(", ", commands));
  }

  private static int usageError(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + oneLine(wrong) + " (" + name + " --help tells more)");
    return 2;
  }

  /** What a user can do something about is an {@link IOException}; all else is a bug of ours. */
  private static int runtimeError(Exception failure, CommandLine command) throws Exception {
    if (TemporaryFolder.programEnds()) {
      return 1; // it was told to, its files are gone, and whatever failed by that is no news
    }
    Throwable first = failure;
    while (!(first instanceof IOException)) {
      if (first.getCause() == null) {
        throw failure;
      }
      first = first.getCause(); // a failure of another thread or process comes wrapped
    }
    command.getOut().flush();
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(first));
    return 1;
  }

  /**
   * Arguments and files may hold anything: what a terminal obeys is escaped, what is long is cut.
   */
  private static String oneLine(Throwable failure) {
    String message =
        switch (failure) {
          case NoSuchFileException none when none.getReason() == null ->
              none.getMessage() + ": there is no such file or folder";
          case AccessDeniedException denied when denied.getReason() == null ->
              denied.getMessage() + ": permission denied";
          case FileSystemException other when other.getReason() == null ->
              other.getClass().getSimpleName() + ": " + other.getMessage();
          default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    String first = message.lines().findFirst().orElse(failure.toString());
    return SafeText.printable(first, MOST_MESSAGE);
  }
}
