package dev.heddle.samples;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@link Daemon} does. Starting and stopping hold the pid file's lock, so that of two at once
 * the second finds what the first has done.
 */
enum DaemonAction {
  START,
  STOP,
  STATUS;

  /** Reads one; another word is refused with a line that names the word and the actions. */
  static final class Reader implements ITypeConverter<DaemonAction> {
    @Override
    public DaemonAction convert(String word) {
      for (DaemonAction action : values()) {
        if (action.name().toLowerCase(Locale.ROOT).equals(word)) {
          return action;
        }
      }
      throw new TypeConversionException("'" + word + "' is not one of start, stop, status");
    }
  }

  static int start(
      Terminal terminal, PidFile file, DaemonFiles files, List<String> command, Duration limit)
      throws IOException, InterruptedException {
    try (var lock = PidFileLock.of(file)) {
      switch (file.owner()) {
        case PidFile.Running(ProcessHandle process) ->
            throw new IOException("Already running, pid " + process.pid());
        case PidFile.Stale(long pid, String why) ->
            terminal.say("Pid " + pid + " in " + file + " " + why + ": replaced");
        case PidFile.None _ -> {}
      }
      BackgroundProcess daemon = BackgroundProcess.start(file, files, command);
      try {
        String ready = daemon.awaitReady(limit);
        terminal.say("Started, pid " + daemon.pid() + ", " + ready);
        return 0;
      } catch (IOException e) {
        daemon.kill();
        file.delete();
        throw e;
      }
    }
  }

  static int stop(Terminal terminal, PidFile file, Duration limit)
      throws IOException, InterruptedException {
    try (var lock = PidFileLock.of(file)) {
      switch (file.owner()) {
        case PidFile.Running(ProcessHandle process) -> {
          terminate(process);
          if (!BackgroundProcess.awaitEnd(process, limit)) {
            throw new IOException(
                "pid "
                    + process.pid()
                    + " was sent SIGTERM and has not ended within "
                    + limit.toSeconds()
                    + " s; a second stop ends a server at once");
          }
          file.delete();
          terminal.say("Stopped, pid " + process.pid());
          return 0;
        }
        case PidFile.Stale(long pid, String why) -> {
          file.delete();
          throw new IOException("Not running: pid " + pid + " " + why + "; removed " + file);
        }
        case PidFile.None _ -> throw new IOException("Not running");
      }
    }
  }

  private static void terminate(ProcessHandle process) throws IOException {
    String pid = "pid " + process.pid();
    if (process.pid() == ProcessHandle.current().pid()) {
      throw new IOException("cannot stop " + pid + ": that is this very program");
    }
    if (!process.destroy() && BackgroundProcess.runs(process)) { // it may just have ended
      throw new IOException("cannot stop " + pid + ": not permitted, it is another user's");
    }
  }

  /** The exit codes are those of the Linux Standard Base. */
  static int status(Terminal terminal, PidFile file) throws IOException {
    return switch (file.owner()) {
      case PidFile.Running(ProcessHandle process) -> {
        terminal.say("Running, pid " + process.pid());
        yield 0;
      }
      case PidFile.Stale(long pid, String why) -> {
        terminal.say("Not running: pid " + pid + " " + why);
        yield 1;
      }
      case PidFile.None _ -> {
        terminal.say("Not running");
        yield 3;
      }
    };
  }
}
