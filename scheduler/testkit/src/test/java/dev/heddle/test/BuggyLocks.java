package dev.heddle.test;

import static dev.heddle.test.BuggyPrograms.check;
import static dev.heddle.test.BuggyPrograms.preempted;
import static dev.heddle.test.BuggyPrograms.spawn;

import dev.heddle.sync.Condition;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import java.util.ArrayList;
import java.util.List;

/** Bugs of {@link BuggyPrograms}: too few locks, wrong ones, and too many. */
final class BuggyLocks {
  private BuggyLocks() {}

  /** Each side goes on to its next number, whether the other has let it or not. */
  static void circularBuffer(Simulation sim) {
    Lock lock = new Lock("buffer");
    List<Integer> buffer = new ArrayList<>();
    boolean[] send = {true};
    spawn(
        sim,
        "sender",
        co -> {
          for (int i = 0; i < 7; i++) {
            try (Held _ = co.await(lock.acquire())) {
              if (send[0]) {
                buffer.add(i);
                send[0] = false;
              }
            }
            co.await(preempted());
          }
        });
    spawn(
        sim,
        "receiver",
        co -> {
          for (int i = 0; i < 7; i++) {
            try (Held _ = co.await(lock.acquire())) {
              if (!send[0]) {
                check(buffer.removeFirst() == i, "received another number");
                send[0] = true;
              }
            }
            co.await(preempted());
          }
        });
  }

  static void deadlock(Simulation sim) {
    Lock a = new Lock("a");
    Lock b = new Lock("b");
    for (int order = 0; order < 2; order++) {
      Lock outer = order == 0 ? a : b;
      Lock inner = order == 0 ? b : a;
      int later = order;
      spawn(
          sim,
          order == 0 ? "first" : "second",
          co -> {
            for (int i = 0; i < 2 * later; i++) {
              co.await(preempted());
            }
            try (Held _ = co.await(outer.acquire())) {
              co.await(preempted());
              try (Held _ = co.await(inner.acquire())) {
                // deadlock, if each has one
              }
            }
          });
    }
  }

  /** There are locks for 26 inodes, and 27 tasks. */
  static void fileSystem(Simulation sim) {
    Lock[] locks = new Lock[26];
    for (int i = 0; i < locks.length; i++) {
      locks[i] = new Lock("inode " + i);
    }
    for (int i = 0; i < 27; i++) {
      int mine = i;
      spawn(
          sim,
          "thread" + i,
          co -> {
            try (Held _ = co.await(locks[mine].acquire())) {
              co.await(preempted());
            }
          });
    }
  }

  static void lazy(Simulation sim) {
    Lock lock = new Lock("data");
    int[] data = new int[1];
    for (int add : new int[] {1, 2}) {
      spawn(
          sim,
          "adds" + add,
          co -> {
            try (Held _ = co.await(lock.acquire())) {
              data[0] += add;
            }
          });
    }
    spawn(
        sim,
        "checker",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            check(data[0] < 3, "both have added");
          }
        });
  }

  /** The second phase is left with its lock held, which the other one needs. */
  static void phase(Simulation sim) {
    Lock x = new Lock("x");
    Lock y = new Lock("y");
    spawn(
        sim,
        "thread",
        2,
        co -> {
          co.await(x.acquire()).close();
          co.await(preempted());
          Held _ = co.await(x.acquire()); // never given back
          for (int i = 0; i < 2; i++) {
            co.await(y.acquire()).close();
          }
        });
  }

  static void queue(Simulation sim) {
    Lock lock = new Lock("queue");
    List<Integer> queue = new ArrayList<>();
    int[] stored = new int[20];
    boolean[] enqueue = {true};
    spawn(
        sim,
        "writer",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            queue.add(0);
          }
          int value = 0;
          for (int i = 0; i < 19; i++) {
            try (Held _ = co.await(lock.acquire())) {
              if (enqueue[0]) {
                value++;
                queue.add(value);
                stored[i + 1] = value;
                enqueue[0] = false;
              }
            }
            co.await(preempted());
          }
        });
    spawn(
        sim,
        "reader",
        co -> {
          for (int i = 0; i < 20; i++) {
            try (Held _ = co.await(lock.acquire())) {
              if (!enqueue[0]) {
                check(queue.removeFirst() == stored[i], "read what was not stored");
                enqueue[0] = true;
              }
            }
            co.await(preempted());
          }
        });
  }

  /** The flag says that something was pushed once, not that something is there. */
  static void stack(Simulation sim) {
    Lock lock = new Lock("stack");
    int[] top = new int[1];
    boolean[] pushed = new boolean[1];
    spawn(
        sim,
        "pusher",
        co -> {
          for (int i = 0; i < 10; i++) {
            try (Held _ = co.await(lock.acquire())) {
              top[0]++;
              pushed[0] = true;
            }
            co.await(preempted());
          }
        });
    spawn(
        sim,
        "popper",
        co -> {
          for (int i = 0; i < 10; i++) {
            try (Held _ = co.await(lock.acquire())) {
              if (pushed[0]) {
                check(top[0] > 0, "popped from an empty stack");
                top[0]--;
              }
            }
            co.await(preempted());
          }
        });
  }

  /** One waits for a number to fall that nobody lowers. */
  static void sync01(Simulation sim) {
    Lock lock = new Lock("number");
    Condition empty = new Condition(lock);
    int[] number = {1};
    spawn(
        sim,
        "producer",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            while (number[0] > 0) {
              co.await(empty.await());
            }
            number[0]++;
          }
        });
    spawn(
        sim,
        "consumer",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            empty.signal(); // and has lowered nothing
          }
        });
  }

  /** The consumer waits for a signal even if there is something to consume. */
  static void sync02(Simulation sim) {
    Lock lock = new Lock("number");
    Condition empty = new Condition(lock);
    Condition full = new Condition(lock);
    int[] number = {2};
    spawn(
        sim,
        "producer",
        co -> {
          for (int i = 0; i < 2; i++) {
            try (Held _ = co.await(lock.acquire())) {
              while (number[0] > 0) {
                co.await(empty.await());
              }
              number[0]++;
              full.signal();
            }
          }
        });
    spawn(
        sim,
        "consumer",
        co -> {
          for (int i = 0; i < 2; i++) {
            try (Held _ = co.await(lock.acquire())) {
              co.await(full.await());
              number[0]--;
              empty.signal();
            }
          }
        });
  }

  static void tokenRing(Simulation sim) {
    Lock lock = new Lock("ring");
    int[] x = {1, 2, 1};
    boolean[] done = new boolean[3];
    for (int i = 0; i < 3; i++) {
      int mine = i;
      spawn(
          sim,
          "station" + i,
          co -> {
            try (Held _ = co.await(lock.acquire())) {
              x[mine] = mine == 0 ? (x[2] + 1) % 4 : x[mine - 1];
              done[mine] = true;
            }
          });
    }
    spawn(
        sim,
        "checker",
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            boolean all = done[0] && done[1] && done[2];
            check(!all || (x[0] == x[1] && x[1] == x[2]), "the token has changed on its way");
          }
        });
  }

  /** Two values, each under a lock of its own, that belong together. */
  static void twoStage(Simulation sim, int writers) {
    Lock one = new Lock("one");
    Lock two = new Lock("two");
    int[] data = new int[2];
    spawn(
        sim,
        "writer",
        writers,
        co -> {
          try (Held _ = co.await(one.acquire())) {
            data[0] = 1;
          }
          co.await(preempted());
          try (Held _ = co.await(two.acquire())) {
            data[1] = data[0] + 1;
          }
        });
    spawn(
        sim,
        "reader",
        co -> {
          co.await(preempted());
          co.await(preempted());
          int seen;
          try (Held _ = co.await(one.acquire())) {
            if (data[0] == 0) {
              return;
            }
            seen = data[0];
          }
          co.await(preempted());
          try (Held _ = co.await(two.acquire())) {
            check(data[1] == seen + 1, "the second stage is not done");
          }
        });
  }

  /** One value, and two locks for it. */
  static void wrongLock(Simulation sim, int right, int wrong) {
    Lock lock = new Lock("data");
    Lock other = new Lock("this");
    int[] data = new int[1];
    spawn(
        sim,
        "right",
        right,
        co -> {
          try (Held _ = co.await(lock.acquire())) {
            int before = data[0];
            data[0]++;
            co.await(preempted());
            check(data[0] == before + 1, "somebody has written under another lock");
          }
        });
    spawn(
        sim,
        "wrong",
        wrong,
        co -> {
          co.await(preempted());
          co.await(preempted());
          try (Held _ = co.await(other.acquire())) {
            data[0]++;
          }
        });
  }

  // Of JaConTeBe, which collects bugs of real programs, those that need nothing of the program.

  /**
   * {@code jdk6_10}, {@code jdk6_11}, {@code dbcp1}: two that lock themselves, and then each other.
   */
  static void eachLocksTheOther(Simulation sim, String what) {
    Lock[] locks = {new Lock(what + " 1"), new Lock(what + " 2")};
    for (int i = 0; i < 2; i++) {
      int mine = i;
      spawn(
          sim,
          "user" + i,
          co -> {
            for (int turn = 0; turn < 3 * mine; turn++) {
              co.await(preempted());
            }
            try (Held _ = co.await(locks[mine].acquire())) {
              co.await(preempted());
              co.await(locks[1 - mine].acquire()).close();
            }
          });
    }
  }

  /** {@code jdk6_9}: who gives up a request tells nobody of those that wait for its answer. */
  static void requestGivenUp(Simulation sim) {
    Lock lock = new Lock("requests");
    Condition answered = new Condition(lock);
    boolean[] inProgress = new boolean[1];
    for (String name : List.of("first", "second")) {
      spawn(
          sim,
          name,
          co -> {
            for (int turn = 0; name.equals("second") && turn < 3; turn++) {
              co.await(preempted());
            }
            try (Held _ = co.await(lock.acquire())) {
              while (inProgress[0]) {
                co.await(answered.await());
              }
              inProgress[0] = true;
            }
            co.await(preempted());
            try (Held _ = co.await(lock.acquire())) {
              inProgress[0] = false; // and no signal
            }
          });
    }
  }
}
