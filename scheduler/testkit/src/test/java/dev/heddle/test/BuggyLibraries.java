package dev.heddle.test;

import static dev.heddle.test.BuggyPrograms.preempted;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bugs of JaConTeBe, which are of real libraries, as tasks in words of our own: what two of the
 * library's threads do wrong, and nothing else of it. Which of its 47 bugs cannot be told so is in
 * {@code docs/explorer.md}.
 */
final class BuggyLibraries {
  /** Two locks that are taken in two orders, by what they are of. */
  private static final Map<String, String> TWO_ORDERS =
      new LinkedHashMap<>(
          Map.ofEntries(
              Map.entry("DBCP-65", "pool and factory"),
              Map.entry("DBCP-270", "connection and pool"),
              Map.entry("DERBY-764", "loader and lock table"),
              Map.entry("DERBY-4129", "page and container"),
              Map.entry("DERBY-5447", "page and its container"),
              Map.entry("DERBY-5560", "logical and XA connection"),
              Map.entry("LOG4J-41214", "appender and root logger"),
              Map.entry("JDK-6492872", "handshake and engine"),
              Map.entry("JDK-6582568", "tables that compare"),
              Map.entry("JDK-6588239", "annotated classes"),
              Map.entry("JDK-6927486", "tables that are written"),
              Map.entry("JDK-6934356", "vectors that are written"),
              Map.entry("JDK-6977738", "properties and class"),
              Map.entry("JDK-7122142", "annotation and its type"),
              Map.entry("JDK-8010939", "log manager and context")));

  private BuggyLibraries() {}

  /** By the id; each fails in some schedule. */
  static Map<String, ExplorerBody> all() {
    Map<String, ExplorerBody> all = new LinkedHashMap<>();
    TWO_ORDERS.keySet().stream()
        .sorted()
        .forEach(id -> all.put(id, sim -> BuggyLocks.eachLocksTheOther(sim, TWO_ORDERS.get(id))));
    all.put("JDK-6648001", BuggyLocks::requestGivenUp);
    all.put("JDK-8012019", BuggyLibraries::closesWhatItWaitsFor);
    all.put("LOG4J-38137", BuggyLibraries::oneSignalForAll);
    all.put("LOG4J-50463", BuggyLibraries::dispatcherEnds);
    all.put("LUCENE-1544", sim -> waitsWithTheLock(sim, "merges"));
    all.put("LUCENE-2783", sim -> waitsWithTheLock(sim, "commit"));
    all.put("POOL-146", BuggyLibraries::firstOfAnotherKey);
    all.put("POOL-149", BuggyLibraries::signalBeforeTheWait);
    all.put("POOL-162", BuggyLibraries::servedAfterItsEnd);
    all.put("DBCP-369", BuggyChecks::walkThroughInstances);
    all.put("DERBY-5561", sim -> BuggyChecks.checkedThenGone(sim, "connection"));
    all.put("GROOVY-6068", BuggyChecks::savedAndRestored);
    all.put("JDK-4742723", BuggyChecks::makesFolders);
    all.put("JDK-4779253", sim -> BuggyChecks.checkedThenGone(sim, "filter"));
    all.put("JDK-4813150", sim -> BuggyChecks.lengthOfBefore(sim, 0));
    all.put("JDK-6436220", BuggyChecks::attaches);
    all.put("JDK-7045594", BuggyChecks::namesItsBundle);
    all.put("JDK-7100996", sim -> BuggyChecks.lengthOfBefore(sim, 4));
    all.put("JDK-7132378", BuggyChecks::doneBeforeTheResult);
    all.put("JDK-7132889", BuggyChecks::registersWhatIsClosed);
    all.put("JDK-8023541", sim -> BuggyChecks.publishedTooEarly(sim, "registry"));
    all.put("LOG4J-44032", sim -> BuggyChecks.publishedTooEarly(sim, "lines"));
    all.put("LOG4J-54325", BuggyChecks::removesAllBelowAWalk);
    all.put("POOL-120", BuggyChecks::addsOneTooMany);
    return all;
  }

  static void spawn(Simulation sim, String name, TaskBody body) {
    Task<?> _ = sim.scheduler().spawn(name, body);
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  static void late(Awaiter co) {
    for (int turn = 0; turn < 3; turn++) {
      co.await(preempted());
    }
  }

  // Who waits for whom.

  /** Who closes waits, with the lock, for a user who needs the lock to tell that it has left. */
  private static void closesWhatItWaitsFor(Simulation sim) {
    Lock position = new Lock("position");
    Event left = new Event("the user has left");
    spawn(
        sim,
        "closer",
        co -> {
          late(co);
          try (Held _ = co.await(position.acquire())) {
            co.await(left.await());
          }
        });
    spawn(
        sim,
        "user",
        co -> {
          co.await(preempted());
          try (Held _ = co.await(position.acquire())) {
            left.set();
          }
        });
  }

  /**
   * Those who add and those who take wait in one place: a signal may wake one of the wrong kind.
   */
  private static void oneSignalForAll(Simulation sim) {
    Lock lock = new Lock("buffer");
    Condition room = new Condition(lock, "room");
    Condition item = new Condition(lock, "item");
    int[] size = new int[1];
    for (int i = 0; i < 2; i++) {
      spawn(
          sim,
          "dispatcher" + i,
          co -> {
            try (Held _ = co.await(lock.acquire())) {
              while (size[0] == 0) {
                co.await(item.await());
              }
              size[0]--;
              signalOne(sim, room, item);
            }
          });
      spawn(
          sim,
          "appender" + i,
          co -> {
            co.await(preempted());
            try (Held _ = co.await(lock.acquire())) {
              co.await(preempted());
              while (size[0] == 1) {
                co.await(room.await());
              }
              size[0]++;
              signalOne(sim, item, room);
            }
          });
    }
  }

  /** Wakes one of all that wait, and perhaps not one of those that are meant. */
  private static void signalOne(Simulation sim, Condition meant, Condition other) {
    int right = meant.stats().waiters().size();
    int wrong = other.stats().waiters().size();
    if (right + wrong > 0) {
      int woken = sim.choices().choose("who is woken", right + wrong, "buffer");
      (woken < right ? meant : other).signal();
    }
  }

  /** The one who empties the buffer ends by an event that it cannot handle. */
  private static void dispatcherEnds(Simulation sim) {
    Lock lock = new Lock("buffer");
    Condition room = new Condition(lock);
    List<Integer> buffer = new ArrayList<>();
    boolean[] bad = new boolean[1];
    spawn(
        sim,
        "dispatcher",
        co -> {
          for (int taken = 0; taken < 3; ) {
            try (Held _ = co.await(lock.acquire())) {
              if (bad[0]) {
                return; // and nobody empties the buffer any more
              }
              if (!buffer.isEmpty()) {
                int _ = buffer.removeFirst();
                taken++;
                room.signal();
              }
            }
            co.await(preempted());
          }
        });
    spawn(
        sim,
        "appender",
        co -> {
          for (int i = 0; i < 3; i++) {
            try (Held _ = co.await(lock.acquire())) {
              while (buffer.size() == 1) {
                co.await(room.await());
              }
              buffer.add(i);
            }
          }
        });
    spawn(
        sim,
        "fails",
        co -> {
          late(co);
          late(co);
          late(co);
          late(co);
          bad[0] = true;
        });
  }

  /** Waits, with a lock, until another one is ready, who may need the lock for that. */
  private static void waitsWithTheLock(Simulation sim, String what) {
    Lock write = new Lock(what);
    Event merged = new Event(what + " are merged");
    spawn(
        sim,
        "main",
        co -> {
          late(co);
          try (Held _ = co.await(write.acquire())) {
            co.await(merged.await());
          }
        });
    spawn(
        sim,
        "merger",
        co -> {
          co.await(preempted());
          co.await(write.acquire()).close();
          merged.set();
        });
  }

  // A pool that serves who waits.

  /** Only the first that waits is looked at, although the second wants what is free. */
  private static void firstOfAnotherKey(Simulation sim) {
    List<Integer> waiting = new ArrayList<>();
    int[] free = {0, 1};
    Event[] served = {new Event("first key"), new Event("second key")};
    Event done = new Event("the second is done");
    Runnable allocate =
        () -> {
          while (!waiting.isEmpty() && free[waiting.getFirst()] > 0) {
            int key = waiting.removeFirst();
            free[key]--;
            served[key].set();
          }
        };
    for (int i = 0; i < 2; i++) {
      int key = i;
      spawn(
          sim,
          "borrower" + key,
          co -> {
            for (int turn = 0; turn < 2 * (1 - key); turn++) {
              co.await(preempted());
            }
            waiting.add(key);
            allocate.run();
            co.await(served[key].await());
            if (key == 1) {
              done.set();
            }
          });
    }
    spawn(
        sim,
        "holder",
        co -> {
          co.await(done.await());
          free[0]++;
          allocate.run();
        });
  }

  /** The signal comes after the check and before the wait. */
  private static void signalBeforeTheWait(Simulation sim) {
    Lock latch = new Lock("latch");
    Condition granted = new Condition(latch);
    boolean[] mayCreate = new boolean[1];
    spawn(
        sim,
        "borrower",
        co -> {
          if (!mayCreate[0]) {
            co.await(preempted());
            try (Held _ = co.await(latch.acquire())) {
              co.await(granted.await());
            }
          }
        });
    spawn(
        sim,
        "gives back",
        co -> {
          late(co);
          try (Held _ = co.await(latch.acquire())) {
            mayCreate[0] = true;
            granted.signal();
          }
        });
  }

  /** Who gives up stays in the line, and is given what the next one waits for. */
  private static void servedAfterItsEnd(Simulation sim) {
    List<Event> waiting = new ArrayList<>();
    Task<?> impatient =
        sim.scheduler()
            .spawn(
                "impatient",
                co -> {
                  Event mine = new Event("a permit for the impatient");
                  waiting.add(mine);
                  co.await(mine.await());
                  waiting.removeFirst().set(); // gives it back
                });
    sim.mayCancel(impatient);
    spawn(
        sim,
        "patient",
        co -> {
          Event mine = new Event("a permit for the patient");
          waiting.add(mine);
          co.await(mine.await());
        });
    spawn(
        sim,
        "gives back",
        co -> {
          late(co);
          waiting.removeFirst().set();
        });
  }
}
