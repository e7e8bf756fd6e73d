package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.List;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What asyncio calls a future: a result that is pending, and then there, failed or cancelled; once.
 *
 * <p>You will see two tasks wait for each of three promises, and the three ways in which one is
 * completed reach both of them, and a callback; a second completion is refused.
 */
@Command(name = "promises", description = "A result that comes later, fails, or is cancelled.")
@Recipe("R5")
final class Promises implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      Promise<String> kept = new Promise<>();
      Promise<String> broken = new Promise<>();
      Promise<String> cancelled = new Promise<>();
      for (Promise<String> promise : List.of(kept, broken, cancelled)) {
        promise.onDone(scheduler, done -> terminal.say("  callback: " + done.state()));
      }
      for (String name : new String[] {"Ada", "Bob"}) {
        scheduler.spawn(
            name,
            co -> {
              hear(co, kept);
              hear(co, broken);
              hear(co, cancelled);
            });
      }
      scheduler.spawn(
          "main",
          co -> {
            terminal.say("kept: " + kept.state());
            terminal.say("complete: " + kept.complete("forty-two"));
            terminal.say("complete again: " + kept.complete("forty-three"));
            co.await(Task.yield());
            terminal.say("fail: " + broken.fail(new IllegalStateException("no luck")));
            co.await(Task.yield());
            terminal.say("cancel: " + cancelled.cancel());
          });
      scheduler.run();
    }
  }

  private void hear(Awaiter co, Promise<String> promise) throws Exception {
    String name = co.task().name();
    try {
      terminal.say("  " + name + " hears " + co.await(promise));
    } catch (CancellationException e) {
      terminal.say("  " + name + " hears that it was cancelled");
    } catch (IllegalStateException e) {
      terminal.say("  " + name + " hears that it failed: " + e.getMessage());
    }
  }
}
