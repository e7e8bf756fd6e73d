package dev.heddle.samples;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ReceiverClosedException;
import dev.heddle.actor.Reply;
import dev.heddle.actor.Worker;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * An actor with tagged messages, and a worker that keeps a promise for each job (Python Cookbook
 * 12.10).
 *
 * <p>You will see two deposits handled in the order in which they were sent, the account answer a
 * question, and a message after its close be refused; then a worker's result, and its failure.
 */
@Command(name = "account", description = "An actor with tagged messages; a worker with results.")
@Recipe("R15")
final class Account implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** What the account can be told. A switch that lacks one of them does not compile. */
  sealed interface Message {}

  record Deposit(int amount) implements Message {}

  record Balance(Reply<Integer> reply) implements Message {}

  @Override
  public void run() {
    run(terminal.out());
  }

  static void run(PrintWriter out) {
    try (Scheduler scheduler = Scheduler.create()) {
      Actor<Message> account = new Actor<>(scheduler, "account");
      account.start(
          co -> {
            int balance = 0;
            while (co.await(account.receive()) instanceof Message message) { // null: closed
              switch (message) {
                case Deposit(int amount) -> {
                  balance += amount;
                  out.println("deposit of " + amount);
                }
                case Balance(Reply<Integer> reply) -> reply.complete(balance);
              }
            }
          });
      Worker worker = new Worker(scheduler, "worker");
      scheduler.spawn(
          "owner",
          co -> {
            account.send(new Deposit(100));
            account.send(new Deposit(20));
            out.println("balance: " + co.await(account.ask(Balance::new)));
            account.close();
            try {
              account.send(new Deposit(3));
            } catch (ReceiverClosedException e) {
              out.println(e.getMessage());
            }
            Promise<Integer> sum = worker.submit(() -> 2 + 3);
            Promise<Integer> none = worker.submit(() -> Math.divideExact(2, 0));
            worker.close();
            out.println("2 + 3 = " + co.await(sum));
            try {
              out.println("2 / 0 = " + co.await(none));
            } catch (ArithmeticException e) {
              out.println("2 / 0 failed: " + e.getMessage());
            }
          });
      scheduler.run();
    }
  }
}
