package dev.heddle.test;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bugs of the benchmark SCTBench, the 28 programs that others have in Java too, as tasks in
 * words of our own: where a thread of the original can be preempted between two accesses to what it
 * shares, the task yields. Most of those with locks are in {@link BuggyLocks}; the bugs of
 * JaConTeBe are in {@link BuggyLibraries}.
 */
final class BuggyPrograms {
  private BuggyPrograms() {}

  /** By name; each fails in some schedule. */
  static Map<String, ExplorerBody> all() {
    Map<String, ExplorerBody> all = new LinkedHashMap<>();
    all.put("StringBufferJDK", BuggyPrograms::stringBuffer);
    all.put("WorkStealQueue", BuggyPrograms::workStealing);
    for (int setters : new int[] {2, 3, 4, 9}) {
      all.put("Reorder" + (setters + 1), sim -> reorder(sim, setters, 1));
    }
    all.put("Reorder20", sim -> reorder(sim, 10, 10));
    all.put("Reorder50", sim -> reorder(sim, 49, 1));
    all.put("Reorder100", sim -> reorder(sim, 99, 1));
    all.put("Account", BuggyPrograms::account);
    all.put("ArithmeticProg", BuggyPrograms::arithmeticProgression);
    all.put("BluetoothDriver", BuggyPrograms::bluetoothDriver);
    all.put("Carter01", BuggyPrograms::carter);
    all.put("CircularBuffer", BuggyLocks::circularBuffer);
    all.put("Deadlock01", BuggyLocks::deadlock);
    all.put("Fsbench", BuggyLocks::fileSystem);
    all.put("Lazy01", BuggyLocks::lazy);
    all.put("Phase01", BuggyLocks::phase);
    all.put("Queue", BuggyLocks::queue);
    all.put("Stack", BuggyLocks::stack);
    all.put("Sync01", BuggyLocks::sync01);
    all.put("Sync02", BuggyLocks::sync02);
    all.put("TokenRing", BuggyLocks::tokenRing);
    all.put("Twostage", sim -> BuggyLocks.twoStage(sim, 1));
    all.put("Twostage100", sim -> BuggyLocks.twoStage(sim, 99));
    all.put("Wronglock", sim -> BuggyLocks.wrongLock(sim, 1, 7));
    all.put("Wronglock1", sim -> BuggyLocks.wrongLock(sim, 1, 1));
    all.put("Wronglock3", sim -> BuggyLocks.wrongLock(sim, 1, 3));
    all.putAll(BuggyLibraries.all());
    return all;
  }

  static YieldEvent<Void, RuntimeException> preempted() {
    return Task.yield();
  }

  static void spawn(Simulation sim, String name, TaskBody body) {
    Task<Void> _ = sim.scheduler().spawn(name, body);
  }

  static void spawn(Simulation sim, String name, int count, TaskBody body) {
    for (int i = 1; i <= count; i++) {
      spawn(sim, name + i, body);
    }
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Appends another buffer, whose length it has asked for before: each is a step of its own. */
  private static void stringBuffer(Simulation sim) {
    StringBuilder other = new StringBuilder("abc");
    spawn(
        sim,
        "eraser",
        co -> {
          co.await(preempted());
          co.await(preempted());
          other.setLength(0);
          co.await(preempted());
          other.append("abc");
        });
    spawn(
        sim,
        "appender",
        co -> {
          int length = other.length();
          co.await(preempted());
          check(length <= other.length(), "read beyond the end of a buffer");
        });
  }

  /**
   * A ring of two places that grows. The owner puts and takes without a lock as long as it is far
   * from the thief, who moves the head before it knows whether there is something to steal: in that
   * moment the owner takes a place for free that is not.
   */
  private static final class Deque {
    private final Lock lock = new Lock("deque");
    private int[][] ring = new int[2][];
    private int head;
    private int tail;

    void push(Awaiter co, int[] element) {
      co.await(preempted());
      if (tail < head + ring.length) {
        ring[tail % ring.length] = element;
        tail++;
        return;
      }
      try (Held _ = co.await(lock.acquire())) {
        int[][] larger = new int[2 * ring.length][];
        for (int i = head; i < tail; i++) {
          larger[i - head] = ring[i % ring.length];
        }
        tail -= head;
        head = 0;
        ring = larger;
        ring[tail] = element;
        tail++;
      }
    }

    /** The owner; null if there is none. */
    int[] pop(Awaiter co) {
      co.await(preempted());
      tail--;
      if (head <= tail) {
        return ring[tail % ring.length];
      }
      tail++;
      try (Held _ = co.await(lock.acquire())) {
        if (head < tail) {
          tail--;
          return ring[tail % ring.length];
        }
        head = 0;
        tail = 0;
        return null;
      }
    }

    /** The thief; null if there is none. */
    int[] steal(Awaiter co) {
      try (Held _ = co.await(lock.acquire())) {
        int first = head;
        head = first + 1;
        co.await(preempted());
        if (first < tail) {
          return ring[first % ring.length];
        }
        head = first;
        return null;
      }
    }
  }

  private static void workStealing(Simulation sim) throws Exception {
    Deque deque = new Deque();
    int[][] items = new int[4][1];
    spawn(
        sim,
        "owner",
        co -> {
          for (int i = 0; i < items.length; i += 2) {
            deque.push(co, items[i]);
            deque.push(co, items[i + 1]);
            use(deque.pop(co));
          }
          use(deque.pop(co));
          use(deque.pop(co));
        });
    spawn(
        sim,
        "thief",
        co -> {
          use(deque.steal(co));
          use(deque.steal(co));
        });
    sim.run();
    for (int[] item : items) {
      check(item[0] <= 1, "an item was used twice");
    }
  }

  private static void use(int[] item) {
    if (item != null) {
      item[0]++;
    }
  }

  /** Two writes that belong together. */
  private static void reorder(Simulation sim, int setters, int checkers) {
    int[] ab = new int[2];
    spawn(
        sim,
        "setter",
        setters,
        co -> {
          ab[0] = 1;
          co.await(preempted());
          ab[1] = -1;
        });
    spawn(
        sim,
        "checker",
        checkers,
        co -> {
          co.await(preempted());
          co.await(preempted());
          boolean first = ab[0] == 0 && ab[1] == 0;
          check(first || (ab[0] == 1 && ab[1] == -1), "a was set, and b was not");
        });
  }

  private static void account(Simulation sim) {
    Lock lock = new Lock("account");
    int[] balance = {1};
    boolean[] done = new boolean[2];
    spawn(
        sim,
        "checker",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            check(!done[0] || !done[1] || balance[0] == 1 - 2 - 4, "the balance is wrong");
          }
        });
    int[] amounts = {2, -4};
    for (int i = 0; i < 2; i++) {
      int mine = i;
      spawn(
          sim,
          mine == 0 ? "deposit" : "withdraw",
          co -> {
            try (Held _ = co.await(lock.acquire())) {
              balance[0] += amounts[mine];
              done[mine] = true;
            }
          });
    }
  }

  /** The sum is always what the check calls impossible: it fails in each schedule. */
  private static void arithmeticProgression(Simulation sim) throws Exception {
    Lock lock = new Lock("number");
    Condition empty = new Condition(lock);
    Condition full = new Condition(lock);
    int[] numberAndTotal = new int[2];
    spawn(
        sim,
        "producer",
        co -> {
          for (int i = 0; i < 3; i++) {
            try (Held _ = co.await(lock.acquire())) {
              while (numberAndTotal[0] > 0) {
                co.await(empty.await());
              }
              numberAndTotal[0]++;
              full.signal();
            }
          }
        });
    spawn(
        sim,
        "consumer",
        co -> {
          for (int i = 0; i < 3; i++) {
            try (Held _ = co.await(lock.acquire())) {
              while (numberAndTotal[0] == 0) {
                co.await(full.await());
              }
              numberAndTotal[1] += i;
              numberAndTotal[0]--;
              empty.signal();
            }
          }
          numberAndTotal[1] += 3;
        });
    sim.run();
    check(numberAndTotal[1] != 3 * 4 / 2, "the sum is right");
  }

  private static void bluetoothDriver(Simulation sim) {
    int[] pending = {1};
    boolean[] stopping = new boolean[1];
    boolean[] stopped = new boolean[1];
    spawn(
        sim,
        "add",
        co -> {
          if (!stopping[0]) {
            co.await(preempted());
            pending[0]++;
            check(!stopped[0], "the driver works on a device that was stopped");
            co.await(preempted());
            pending[0]--;
          }
        });
    spawn(
        sim,
        "stop",
        co -> {
          co.await(preempted());
          co.await(preempted());
          stopping[0] = true;
          pending[0]--;
          if (pending[0] == 0) {
            stopped[0] = true;
          }
        });
  }

  /** The first of each kind takes the lock of all for the last to give back. */
  private static void carter(Simulation sim) {
    Lock m = new Lock("m");
    Lock l = new Lock("l");
    for (String name : List.of("first", "second")) {
      int[] inside = new int[1];
      spawn(
          sim,
          name,
          co -> {
            if (name.equals("second")) {
              co.await(preempted());
              co.await(preempted());
              co.await(preempted());
            }
            Held all = null;
            try (Held _ = co.await(m.acquire())) {
              inside[0]++;
              if (inside[0] == 1) {
                all = co.await(l.acquire()); // holds m meanwhile
              }
            }
            co.await(preempted());
            try (Held _ = co.await(m.acquire())) {
              inside[0]--;
              if (inside[0] == 0 && all != null) {
                all.close();
              }
            }
          });
    }
  }
}
