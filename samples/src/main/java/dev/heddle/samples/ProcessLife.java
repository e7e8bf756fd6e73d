package dev.heddle.samples;

import static dev.heddle.process.ProcessOptions.DEFAULT;
import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.JobProcess;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessDiedException;
import dev.heddle.process.ProcessEvent;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code name}, {@code daemon}, {@code is_alive}, {@code terminate} and {@code exitcode} of
 * Python's {@code Process}, and how many processes a {@code Pool()} has.
 *
 * <p>You will see a process that ends itself, one that is terminated, and a daemon, which does not
 * keep the run from ending and ends with the program.
 */
@Command(name = "process-life", description = "Name, daemon, terminate, exit code of processes.")
@Recipe("R20")
final class ProcessLife implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  static int exit(int code) {
    System.exit(code);
    return code;
  }

  /** Tells that it has begun, and sleeps for ever. */
  static String sleep(String event) throws Exception {
    Parent.event(event).set();
    await(Task.sleep(Duration.ofDays(10_000)));
    return "awake";
  }

  @Override
  public void run() {
    ProcessEvent begun = ProcessEvent.open("begun");
    ProcessEvent alive = ProcessEvent.open("alive");
    ProcessOptions sharing = DEFAULT.sharing(begun, alive);
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          () -> {
            end(JobProcess.start(scheduler, DEFAULT.withName("Ann"), ProcessLife::exit, 3));
            ProcessOptions named = sharing.withName("Bob");
            var sleeper = JobProcess.start(scheduler, named, ProcessLife::sleep, "begun");
            await(begun.await());
            terminal.say("Bob is alive: " + sleeper.isAlive() + ", exit " + sleeper.exitCode());
            terminal.say("Bob is terminated: " + sleeper.terminate());
            end(sleeper);
            JobProcess.start(scheduler.daemons(), sharing, ProcessLife::sleep, "alive");
            await(alive.await());
            terminal.say("a daemon sleeps, and nobody waits for it");
          });
      scheduler.run();
      try (ProcessPool pool = ProcessPool.open(scheduler)) {
        String size = "a pool of " + Runtime.getRuntime().availableProcessors() + " processes";
        terminal.say("a process for each processor: " + pool.toString().startsWith(size));
      }
    }
  }

  private void end(JobProcess<?> process) throws Exception {
    try {
      var _ = await(process.join());
    } catch (ProcessDiedException e) {
      terminal.say(process.name() + " has ended: exit code " + e.exitCode());
    }
  }
}
