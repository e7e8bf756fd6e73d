package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One receive, from the task that waits to the selector and back to the task.
 *
 * <p>You will see each hop: the task yields the event, the event asks the poller to watch and gives
 * up the turn; others have theirs; nobody is ready, so the loop goes to the selector, which says
 * that bytes are there; the task is made ready, and its next turn begins with the event's work, the
 * read; {@code await} returns. {@link LoudRecv} and {@link LoudPoller} are what does it.
 */
@Command(name = "hops", description = "One receive, followed from task to selector and back.")
@Recipe("R5")
final class Hops implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws IOException {
    LoudPoller poller = new LoudPoller(terminal);
    Pipe pipe = Pipe.open();
    try (var source = pipe.source();
        var sink = pipe.sink();
        Scheduler scheduler = Scheduler.builder().poller(poller).build()) {
      source.configureBlocking(false);
      scheduler.spawn(
          "receiver",
          co -> {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            terminal.say("receiver: has a turn, awaits recv");
            int count = co.await(new LoudRecv(terminal, poller, source, buffer));
            String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
            terminal.say("receiver: recv has returned " + count + " bytes: " + text);
          });
      scheduler.spawn(
          "sender",
          co -> {
            terminal.say("sender: has a turn, and has nothing to send yet");
            co.await(Task.yield());
            terminal.say("sender: sends hello, and ends");
            sink.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
          });
      scheduler.run();
    }
    return 0;
  }
}
