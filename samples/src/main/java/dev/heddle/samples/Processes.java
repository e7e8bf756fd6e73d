package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Channel;
import dev.heddle.process.Job;
import dev.heddle.process.JobProcess;
import dev.heddle.process.JobType;
import dev.heddle.process.Parent;
import dev.heddle.process.Pipe;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Python's {@code multiprocessing}: Process, Pipe and Pool; {@link ProcessQueues} has its queues.
 *
 * <p>You will see what passes both ways through a pipe to another process, the result with which
 * that ends, and a pool of two that maps, applies, and calls back.
 */
@Command(name = "processes", description = "A process, a pipe to it, and a pool that calls back.")
@Recipe("R20")
final class Processes implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** Says something back through a pipe. */
  static final class Greeter implements Job<String, String> {
    @Override
    public String run(String name) throws Exception {
      Channel<String> pipe = Parent.pipe(name, String.class);
      await(pipe.send("hello " + await(pipe.recv())));
      return "greeted";
    }
  }

  /** What a pool does. */
  static final class Square implements Job<Integer, Integer> {
    @Override
    public Integer run(Integer n) {
      return n * n;
    }
  }

  @Override
  public void run() {
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 2)) {
      scheduler.spawn(
          () -> {
            Pipe<String> pipe = Pipe.open("talk", String.class);
            ProcessOptions options = ProcessOptions.DEFAULT.sharing(pipe);
            JobProcess<String> child =
                JobProcess.start(scheduler, options, JobType.of(Greeter.class), "talk");
            await(pipe.here().send("Dave"));
            say("pipe: " + await(pipe.here().recv()));
            say("join: " + await(child.join()));

            say("map: " + await(pool.map(JobType.of(Square.class), List.of(1, 2, 3, 4))));
            say("apply: " + await(pool.apply(JobType.of(Square.class), 5)));
            Promise<Integer> later = await(pool.submit(JobType.of(Square.class), 6));
            later.onDone(scheduler, done -> say("called back: " + done.resultNow()));
            await(pool.shutdown());
          });
      scheduler.run();
    }
  }

  private void say(String line) {
    terminal.out().println(line);
  }
}
