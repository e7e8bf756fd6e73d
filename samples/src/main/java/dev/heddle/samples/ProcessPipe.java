package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Channel;
import dev.heddle.process.JobProcess;
import dev.heddle.process.Parent;
import dev.heddle.process.Pipe;
import dev.heddle.process.ProcessOptions;
import dev.heddle.scheduler.Scheduler;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code Pipe(duplex=False)}, {@code send_bytes}, {@code recv_bytes} and {@code poll(timeout)} of
 * Python's {@code multiprocessing}.
 *
 * <p>You will see bytes that go one way, a poll before and after there is a sum, what the wrong way
 * gives, and that a pipe ends with the process at its other end.
 */
@Command(name = "process-pipe", description = "A one-way pipe of bytes, a poll, and the end.")
@Recipe("R20")
final class ProcessPipe implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** Sends the sum of each message of bytes. */
  static int add(String bytes) throws Exception {
    int count = 0;
    try (Channel<Integer> sums = Parent.pipe("sums", Integer.class)) {
      for (Channel<byte[]> in = Parent.pipe(bytes, byte[].class); ; count++) {
        int sum = 0;
        for (byte b : await(in.recv())) {
          sum += b;
        }
        await(sums.send(sum));
      }
    } catch (EOFException e) {
      return count;
    }
  }

  @Override
  public void run() {
    Pipe<byte[]> bytes = Pipe.openToChild("bytes", byte[].class);
    Pipe<Integer> sums = Pipe.openToParent("sums", Integer.class);
    ProcessOptions options = ProcessOptions.DEFAULT.sharing(bytes, sums);
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          () -> {
            var adder = JobProcess.start(scheduler, options, ProcessPipe::add, "bytes");
            terminal.say("a sum? " + await(sums.here().poll(Duration.ofMillis(10))));
            await(bytes.here().send(new byte[] {1, 2, 3}));
            terminal.say("a sum? " + await(sums.here().poll(Duration.ofHours(1))));
            terminal.say("the sum: " + await(sums.here().recv()));
            try {
              await(sums.here().send(6));
            } catch (IOException e) {
              terminal.say(e.getMessage());
            }
            bytes.here().close();
            terminal.say("messages of bytes: " + await(adder.join()));
            try {
              int _ = await(sums.here().recv());
            } catch (EOFException e) {
              terminal.say("no more sums");
            }
          });
      scheduler.run();
    }
  }
}
