package dev.heddle.samples.examples;

import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import dev.heddle.test.Host;
import dev.heddle.test.Simulation;

/** What examples of the test kit use and do not declare. Nothing of it ever runs. */
abstract class TestkitNames {
  Awaiter co;
  Simulation sim;
  ThreadPool pool;
  Lock lock;

  abstract void serve(Awaiter co);

  abstract void ask(Awaiter co, Host server);

  /** The account of the examples: what it reads before an await, it writes after it. */
  static final class Account {
    private int balance;

    void deposit(Awaiter co, int more) {
      int before = balance;
      co.await(Task.yield());
      balance = before + more;
    }

    int balance() {
      return balance;
    }
  }
}
