package dev.heddle.samples;

import static dev.heddle.process.ProcessOptions.DEFAULT;
import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Job;
import dev.heddle.process.JobProcess;
import dev.heddle.process.JobType;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One class with work in it, run as a task, as a thread and as a process (Python Cookbook 12.1,
 * whose {@code CountdownTask} knows nothing of threads for this reason).
 *
 * <p>You will see three times the same countdown; the name and the number of each; and a class that
 * is a task by its type, as a subclass of {@code Thread} is a thread.
 */
@Command(name = "same-class", description = "The same class as a task, a thread and a process.")
@Recipe("R6")
final class SameClass implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  /** Counts down, and knows nothing of who runs it. */
  static final class CountdownWork implements Job<Integer, String> {
    @Override
    public String run(Integer from) {
      StringBuilder said = new StringBuilder();
      for (int n = from; n > 0; n--) {
        said.append("T-minus ").append(n).append(' ');
      }
      return said + "Blastoff!";
    }
  }

  /** What would be a subclass of {@code Thread}: its work is given with it. */
  private record Greeting(Terminal terminal, String whom) implements TaskBody {
    @Override
    public void run(Awaiter co) {
      terminal.say("subclass: hello " + whom + ", says task '" + co.task().name() + "'");
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    CountdownWork work = new CountdownWork();
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("Ada", () -> terminal.say("task: " + work.run(3) + who(Task.current())));
      scheduler.run();
      Thread thread =
          Thread.ofPlatform()
              .name("Bob")
              .start(() -> terminal.say("thread: " + work.run(3) + who(Thread.currentThread())));
      thread.join();

      scheduler.spawn(
          () -> {
            var process = JobProcess.start(scheduler, DEFAULT, JobType.of(CountdownWork.class), 3);
            String said = await(process.join()) + ", name " + process.name();
            terminal.say("process: " + said + ", has a number: " + process.pid().isPresent());
          });
      scheduler.spawn("Cleo", new Greeting(terminal, "Dave"));
      scheduler.run();
    }
    return 0;
  }

  private static String who(Task<?> task) {
    return ", name " + task.name() + ", has a number: " + (task.id() >= 0);
  }

  private static String who(Thread thread) {
    return ", name " + thread.getName() + ", has a number: " + (thread.threadId() >= 0);
  }
}
