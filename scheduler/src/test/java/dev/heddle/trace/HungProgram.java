package dev.heddle.trace;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A program that hangs in three ways at a time, and was never prepared for being looked at. */
final class HungProgram {
  private HungProgram() {}

  /** Down when the tasks of the first scheduler have come to their waits. */
  private static final CountDownLatch WAIT = new CountDownLatch(1);

  /** Says when it hangs, and ends with its standard input. */
  static void main(String[] args) throws Exception {
    start(HungProgram::cycle);
    WAIT.await();
    start(HungProgram::hog);
    int end = System.in.read();
    System.exit(end < 0 ? 0 : end);
  }

  private static void start(TaskBody body) {
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try (Scheduler scheduler = Scheduler.create()) {
                    scheduler.spawn("main", body);
                    scheduler.run();
                  }
                });
  }

  /** Two tasks that have each other's lock, and one whose waker has forgotten it. */
  private static void cycle(Awaiter co) {
    Lock left = new Lock("left");
    Lock right = new Lock("right");
    Scheduler scheduler = co.task().scheduler();
    scheduler.spawn("lefty", mine -> both(mine, left, right));
    scheduler.spawn("righty", mine -> both(mine, right, left));
    scheduler.spawn("forgotten\u001b[31m", mine -> mine.await(new Promise<String>()));
    for (int i = 0; i < 3; i++) {
      co.await(Task.yield());
    }
    WAIT.countDown();
    while (true) {
      co.await(Task.sleep(Duration.ofMillis(1)));
    }
  }

  private static void both(Awaiter co, Lock first, Lock second) {
    co.await(first.acquire());
    co.await(Task.yield());
    co.await(second.acquire());
  }

  private static void hog(Awaiter co) {
    co.task().scheduler().spawn("starved", mine -> {});
    System.out.println("hangs");
    while (true) {
      Thread.onSpinWait();
    }
  }
}
