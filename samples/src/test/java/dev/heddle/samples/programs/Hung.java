package dev.heddle.samples.programs;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A program that hangs, in the way that it is told, and knows of no tool that could say why. */
public final class Hung {
  private static final Map<String, Promise<String>> ORDERS = new HashMap<>();

  private Hung() {}

  /** Prints a line once it hangs, and ends with its standard input. */
  public static void main(String[] args) throws IOException {
    Thread.ofPlatform().daemon().start(() -> run(args[0]));
    System.exit(System.in.read() < 0 ? 0 : 1);
  }

  private static void run(String way) {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("main", co -> hang(way, co));
      scheduler.run();
    }
  }

  private static void hang(String way, Awaiter co) throws Exception {
    Scheduler scheduler = co.task().scheduler();
    scheduler.spawn("heartbeat", Hung::beat);
    switch (way) {
      case "cycle" -> {
        Lock stock = new Lock("stock");
        Lock till = new Lock("till");
        scheduler.spawn("seller", mine -> lockBoth(mine, stock, till));
        scheduler.spawn("buyer", mine -> lockBoth(mine, till, stock));
      }
      case "hog" -> {
        scheduler.spawn("customer", mine -> mine.await(Task.yield()));
        scheduler.spawn("report", mine -> addUp());
      }
      default -> {
        scheduler.spawn("waiter", mine -> serve(mine, "table 4"));
        scheduler.spawn("kitchen", mine -> cook("table 5"));
      }
    }
    co.await(Task.sleep(Duration.ofMillis(20)));
    System.out.println("hangs");
    co.await(new Promise<String>());
  }

  private static void beat(Awaiter co) {
    while (true) {
      co.await(Task.sleep(Duration.ofMillis(5)));
    }
  }

  private static void lockBoth(Awaiter co, Lock first, Lock second) {
    co.await(first.acquire());
    co.await(Task.yield());
    co.await(second.acquire());
  }

  private static void addUp() {
    System.out.println("hangs");
    while (true) {
      Thread.onSpinWait();
    }
  }

  private static void serve(Awaiter co, String table) throws Exception {
    Promise<String> order = new Promise<>();
    ORDERS.put(table, order);
    System.out.println(co.await(order));
  }

  /** Completes the order of another table than the one that is waited for. */
  private static void cook(String table) {
    ORDERS.getOrDefault(table, new Promise<>()).complete("soup");
  }
}
