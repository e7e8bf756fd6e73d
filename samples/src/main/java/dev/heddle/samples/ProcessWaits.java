package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.JobProcess;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessQueue;
import dev.heddle.process.ProcessSemaphore;
import dev.heddle.scheduler.Scheduler;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code put} and {@code get} with a timeout, of Python's {@code multiprocessing.Queue}, and its
 * {@code Semaphore}.
 *
 * <p>You will see a get that finds nothing and a put that finds no room, each in a process of its
 * own, and a semaphore by which the one tells the other to go on.
 */
@Command(name = "process-waits", description = "Put and get with timeouts, and a semaphore.")
@Recipe("R20")
final class ProcessWaits implements Runnable {
  private static final Duration SHORT = Duration.ofMillis(10);

  @Mixin private final Terminal terminal = new Terminal();

  /** Gives up on a full queue, says so by the semaphore, and waits for room. */
  static String putTwo(String queue) throws Exception {
    ProcessQueue<String> words = Parent.queue(queue, String.class);
    await(words.put("first"));
    try {
      await(words.put("dropped").within(SHORT));
      return "there was room";
    } catch (TimeoutException e) {
      await(Parent.semaphore("go").release());
      await(words.put("second"));
      return "a put found no room within 10 ms";
    }
  }

  @Override
  public void run() {
    ProcessQueue<String> words = ProcessQueue.open("words", String.class, 1);
    ProcessSemaphore go = ProcessSemaphore.open("go", 0);
    ProcessOptions options = ProcessOptions.DEFAULT.sharing(words, go);
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          () -> {
            try {
              terminal.say(await(words.get().within(SHORT)));
            } catch (TimeoutException e) {
              terminal.say("here: a get found nothing within 10 ms");
            }
            var child = JobProcess.start(scheduler, options, ProcessWaits::putTwo, "words");
            var _ = await(go.acquire()); // the child has given up
            terminal.say("here: got " + await(words.get()) + " and " + await(words.get()));
            terminal.say("child: " + await(child.join()));
          });
      scheduler.run();
    }
  }
}
