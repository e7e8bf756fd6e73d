package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Parent;
import dev.heddle.process.ProcessBarrier;
import dev.heddle.process.ProcessDiedException;
import dev.heddle.process.ProcessEvent;
import dev.heddle.process.ProcessLock;
import dev.heddle.process.ProcessMap;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code Lock}, {@code Event}, {@code Barrier} and {@code Manager().dict()} of Python's {@code
 * multiprocessing}: three processes, which share no memory, keep in step.
 *
 * <p>You will see that the bank account is right though each deposit is a read and a write, and
 * that who gets a lock from a dead process is told so.
 */
@Command(name = "process-sync", description = "Lock, event, barrier and map between processes.")
@Recipe("R20")
final class ProcessSync implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** Makes deposits and gives the balance that it sees when all are done. */
  @SuppressWarnings("NullAway") // the parent puts a balance before it gives the start
  static int deposit(int times) throws Exception {
    ProcessMap<String, Integer> bank = Parent.map("bank", String.class, Integer.class);
    await(Parent.event("start").await());
    for (int i = 0; i < times; i++) {
      try (var held = await(Parent.lock("account").acquire())) {
        Integer balance = await(bank.get("balance"));
        Integer _ = await(bank.put("balance", balance + 1));
      }
    }
    int _ = await(Parent.barrier("done").await());
    return await(bank.get("balance"));
  }

  static int dieWithTheLock(int exitCode) throws Exception {
    var _ = await(Parent.lock("account").acquire());
    Runtime.getRuntime().halt(exitCode);
    return exitCode;
  }

  @Override
  public void run() {
    ProcessLock lock = ProcessLock.open("account");
    ProcessEvent start = ProcessEvent.open("start");
    ProcessMap<String, Integer> bank = ProcessMap.open("bank", String.class, Integer.class);
    ProcessOptions options =
        ProcessOptions.DEFAULT.sharing(lock, start, bank, ProcessBarrier.open("done", 3));
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 3, options)) {
      scheduler.spawn(
          () -> {
            Integer _ = await(bank.put("balance", 0));
            start.set();
            List<Integer> seen = await(pool.map(ProcessSync::deposit, List.of(20, 20, 20)));
            terminal.out().println("the three clerks see: " + seen);
            try {
              int _ = await(pool.apply(ProcessSync::dieWithTheLock, 3));
            } catch (ProcessDiedException e) {
              terminal.out().println("died with the lock, exit code " + e.exitCode());
            }
            try (var held = await(lock.acquire())) {
              terminal.out().println("the next holder is told: " + held.isAbandoned());
            }
          });
      scheduler.run();
    }
  }
}
