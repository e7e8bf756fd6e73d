package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Channel;
import dev.heddle.process.ChildJvm;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Messages to a child over its standard input and output: {@code channel.py}, {@code child.py} and
 * {@code parent.py} of the 2009 concurrency tutorial.
 *
 * <p>You will see each message of the parent's come back from the child, marked; a list within
 * itself refused; and the child end when there are no more.
 */
@Command(name = "channel", description = "Messages over a child's standard input and output.")
@Recipe("R21")
final class ParentAndChild implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  /** The child's program. What it prints goes to its standard error, and disturbs no message. */
  static final class Child {
    static void main() {
      try (Scheduler scheduler = Scheduler.create();
          Channel<Object> parent = Channel.standard(Object.class)) {
        scheduler.spawn(
            () -> {
              try {
                while (true) {
                  await(parent.send(List.of("child", await(parent.recv()))));
                }
              } catch (EOFException e) {
                System.exit(0); // the parent has closed the channel, or is gone
              }
            });
        scheduler.run();
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    Process child =
        new ProcessBuilder(ChildJvm.command(Child.class))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("parent", () -> talk(child));
      scheduler.run();
      return child.waitFor();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      child.destroy();
    }
  }

  private void talk(Process child) throws IOException {
    try (Channel<Object> channel = Channel.to(child, Object.class)) {
      for (Object message : List.of("Hello World", 42, List.of("root", List.of("leaf", "leaf")))) {
        await(channel.send(message));
        terminal.say(await(channel.recv()));
      }
      List<Object> endless = new ArrayList<>();
      endless.add(endless);
      await(channel.send(endless));
    } catch (CodecException e) {
      terminal.say("refused: " + e.getMessage());
    }
    terminal.say("no more messages");
  }
}
