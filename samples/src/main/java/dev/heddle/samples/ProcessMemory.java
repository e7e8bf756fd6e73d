package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Parent;
import dev.heddle.process.ProcessArray;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What a child process changes, and where: {@code Array} of Python's {@code multiprocessing} beside
 * a global variable.
 *
 * <p>You will see that data in main is unchanged when a child has changed its own copy of it, and
 * that an array in shared memory is changed for all.
 */
@Command(name = "process-memory", description = "Data in main is unchanged; a shared array is not.")
@Recipe("R20")
final class ProcessMemory implements Callable<Integer> {
  private static final List<Integer> DATA = new ArrayList<>(List.of(1, 2, 3));

  @Mixin private final Terminal terminal = new Terminal();

  /** Appends to a list of this process. */
  static String append(int number) {
    DATA.add(number);
    return DATA.toString();
  }

  /** Squares each element in place, and counts it. */
  static long square(String name) {
    try (ProcessArray numbers = Parent.array(name, ValueLayout.JAVA_LONG)) {
      for (long i = 1; i < numbers.length(); i++) {
        numbers.setLong(i, numbers.getLong(i) * numbers.getLong(i));
        long _ = numbers.getAndAddLong(0, 1);
      }
      return numbers.getLong(0);
    }
  }

  @Override
  public Integer call() throws IOException {
    try (Scheduler scheduler = Scheduler.create();
        ProcessArray numbers = ProcessArray.open("numbers", ValueLayout.JAVA_LONG, 6);
        ProcessPool pool =
            ProcessPool.open(scheduler, 1, ProcessOptions.DEFAULT.sharing(numbers))) {
      scheduler.spawn(
          () -> {
            terminal.out().println("in the child: " + await(pool.apply(ProcessMemory::append, 4)));
            terminal.out().println("in main: " + DATA);
            for (long i = 1; i < numbers.length(); i++) {
              numbers.setLong(i, i);
            }
            long count = await(pool.apply(ProcessMemory::square, "numbers"));
            terminal.out().println("the child has squared " + count + " elements of the array");
            long[] squares = numbers.segment().toArray(ValueLayout.JAVA_LONG);
            terminal.out().println("in main: " + Arrays.toString(squares));
          });
      scheduler.run();
    }
    return 0;
  }
}
