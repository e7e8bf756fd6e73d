package dev.heddle.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a thread's stack costs: address space, and little memory until it is used (Python Cookbook
 * 12.7: {@code threading.stack_size}, virtual memory against real memory).
 *
 * <p>You will see, for threads that wait, how the virtual memory grows with the size of their
 * stacks while the resident memory hardly does. A task that waits has no stack at all.
 */
@Command(name = "stack-size", description = "Threads' stacks: address space against memory.")
@Recipe("R12")
final class StackSize implements Callable<Integer> {
  private static final Path STATUS = Path.of("/proc/self/status");
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--threads",
      converter = WholeNumber.Threads.class,
      description = "1 to 10000; default ${DEFAULT-VALUE}")
  private int threads = 200;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!Files.isReadable(STATUS)) {
      throw new IOException("there is no " + STATUS + ": how much memory is used cannot be seen");
    }
    terminal.say("threads  stack of each  virtual grows by  resident grows by");
    for (int kibibytes : new int[] {256, 1_024, 8_192}) {
      long virtual = kibibytes("VmSize");
      long resident = kibibytes("VmRSS");
      CountDownLatch end = new CountDownLatch(1);
      List<Thread> waiting = startWaiting(kibibytes * 1_024L, end);
      virtual = kibibytes("VmSize") - virtual;
      resident = kibibytes("VmRSS") - resident;
      terminal.format(
          "%7d  %9d KiB  %12d MiB  %13d MiB%n", threads, kibibytes, virtual >> 10, resident >> 10);
      end.countDown();
      for (Thread thread : waiting) {
        thread.join();
      }
    }
    return 0;
  }

  private List<Thread> startWaiting(long stackBytes, CountDownLatch end) {
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      waiting.add(Thread.ofPlatform().daemon().stackSize(stackBytes).start(() -> await(end)));
    }
    return waiting;
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // told to end
    }
  }

  private static long kibibytes(String field) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("there is no " + field + " in " + STATUS);
  }
}
