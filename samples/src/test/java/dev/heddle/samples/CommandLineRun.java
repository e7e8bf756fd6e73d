package dev.heddle.samples;

import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Scheduler;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line printed, and its exit code. Where it sleeps, the time passes at once. */
record CommandLineRun(int exitCode, String out, String err) {
  static CommandLineRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Heddle.run(CommandLineRun::inNoTime, new PrintWriter(out), new PrintWriter(err), args);
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }

  private static Scheduler inNoTime() {
    VirtualTime time = new VirtualTime();
    return Scheduler.builder().clock(time).poller(time).build();
  }
}
