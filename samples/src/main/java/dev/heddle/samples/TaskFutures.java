package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.TaskExecutor;
import dev.heddle.pool.ThreadPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code concurrent.futures} of Python as an {@code ExecutorService} of the JDK's: its commands are
 * tasks that take turns on one thread, and may await.
 *
 * <p>You will see the squares of 1 to 3, twice in order; two in the order in which they end; a
 * callback's {@code called back with 49}; and that after the shutdown a command is rejected.
 */
@Command(name = "futures-on-tasks", description = "Tasks behind the JDK's ExecutorService.")
@Recipe("R19")
final class TaskFutures implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    TaskExecutor executor = TaskExecutor.create("executor");
    try (executor;
        ThreadPool pool = ThreadPool.platform("pool", 3)) {
      List<Future<Integer>> squares = new ArrayList<>();
      for (int n : List.of(1, 2, 3)) {
        squares.add(executor.submit(() -> n * n));
      }
      for (Future<Integer> square : squares) {
        show("submitted: " + square.get());
      }
      show("pool: " + executor.submit(() -> overPool(pool)).get());
      var square = CompletableFuture.supplyAsync(() -> 7 * 7, executor);
      square.thenAccept(n -> show("called back with " + n)).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    try {
      executor.execute(() -> show("never seen"));
    } catch (RejectedExecutionException e) {
      show("rejected after the shutdown");
    }
  }

  /** A command is a task: it awaits the pool's results while other commands have their turns. */
  private String overPool(ThreadPool pool) throws Exception {
    ResultIterator<Integer> mapped = pool.map(List.of(1, 2, 3), n -> n * n, 2);
    while (mapped.hasNext()) {
      show("mapped: " + await(mapped.next()));
    }
    CountDownLatch gate = new CountDownLatch(1);
    Callable<String> first = () -> afterOpening(gate, "the one begun first");
    ResultIterator<String> completed =
        pool.asCompleted(List.of(first, () -> "the one begun second"), 2);
    show("completed: " + await(completed.next()));
    gate.countDown();
    show("completed: " + await(completed.next()));
    return "done";
  }

  private static String afterOpening(CountDownLatch gate, String result) throws Exception {
    gate.await();
    return result;
  }

  private void show(String line) {
    terminal.out().println(line);
  }
}
