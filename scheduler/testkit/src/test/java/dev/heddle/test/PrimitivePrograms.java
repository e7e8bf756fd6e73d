package dev.heddle.test;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockOrder;
import dev.heddle.sync.RLock;
import dev.heddle.sync.Semaphore;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Small programs that use our own primitives and check what these promise, for an explorer: {@link
 * MutationsTest} counts which broken primitives they find out. They use no library for their
 * checks, as they are loaded again for each mutation.
 *
 * <p>This file is long because it is a list of programs of one kind; {@link MessagePrograms} and
 * {@link PoolPrograms} have the rest of them.
 */
final class PrimitivePrograms {
  private PrimitivePrograms() {}

  /** All, by name; the name begins with that of the class that it is about. */
  static Map<String, ExplorerBody> all() {
    Map<String, ExplorerBody> all = new LinkedHashMap<>();
    all.put("Lock: one at a time, in order", PrimitivePrograms::lock);
    all.put("Lock: a waiter is cancelled", PrimitivePrograms::lockCancelled);
    all.put("Lock: tryAcquire", PrimitivePrograms::tryAcquire);
    all.put("Lock: its holder ends", PrimitivePrograms::holderEnds);
    all.put("Lock: an arm of a select is served", PrimitivePrograms::lockOfSelect);
    all.put("RLock: several levels", PrimitivePrograms::levels);
    all.put("RLock: tryAcquire of another task", PrimitivePrograms::tryLevels);
    all.put("Condition: a buffer of one", PrimitivePrograms::buffer);
    all.put("Condition: signalAll", PrimitivePrograms::signalAll);
    all.put("Condition: levels come back", PrimitivePrograms::levelsComeBack);
    all.put("Condition: a signalled waiter is cancelled", PrimitivePrograms::signalPassedOn);
    all.put("Semaphore: at most two", PrimitivePrograms::semaphore);
    all.put("Semaphore: nobody is overtaken", PrimitivePrograms::semaphoreOrder);
    all.put("Semaphore: the first that waits is cancelled", PrimitivePrograms::semaphoreCancelled);
    all.put("Semaphore: given back too often", PrimitivePrograms::bounded);
    all.put("Semaphore: two at once", MessagePrograms::semaphoreServesAll);
    all.put("Barrier: two rounds", MessagePrograms::barrier);
    all.put("Barrier: aborted and reset", MessagePrograms::barrierAborted);
    all.put("Event: set and cleared", MessagePrograms::event);
    all.put("Queue: a bounded one", MessagePrograms::queue);
    all.put("Queue: in order", MessagePrograms::queueOrder);
    all.put("Queue: joined", MessagePrograms::queueJoined);
    all.put("Queue: tryPut and tryGet", MessagePrograms::tryPut);
    all.put("Queue: shut down", MessagePrograms::queueShutdown);
    all.put("Queue: rendezvous", MessagePrograms::rendezvous);
    all.put("PeriodicTimer: ticks", MessagePrograms::ticks);
    all.put("PeriodicTimer: nobody waits any more", MessagePrograms::noMoreTicks);
    all.put("Actor: a bounded mailbox", MessagePrograms::mailbox);
    all.put("Actor: questions", MessagePrograms::questions);
    all.put("Actor: closed while senders wait", MessagePrograms::actorClosed);
    all.put("Actor: ends and owes an answer", MessagePrograms::actorEnds);
    PoolPrograms.addTo(all);
    return all;
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Counts who is inside of something. */
  static final class Room {
    private final int most;
    private int inside;

    Room(int most) {
      this.most = most;
    }

    void stay(Awaiter co) {
      inside++;
      check(inside <= most, inside + " are inside");
      try {
        co.await(Task.yield());
      } finally {
        inside--;
      }
    }
  }

  static void spawn(Simulation sim, String name, TaskBody body) {
    Task<?> _ = sim.scheduler().spawn(name, body);
  }

  static void each(Simulation sim, List<String> names, Body body) {
    for (String name : names) {
      spawn(sim, name, co -> body.run(co, name));
    }
  }

  interface Body extends Serializable {
    void run(Awaiter co, String name) throws Exception;
  }

  /** In a loop that looks again and again: others can run meanwhile, in each order of turns. */
  static YieldEvent<@Nullable Void, RuntimeException> pause() {
    return Timers.sleep(Duration.ofMillis(1));
  }

  // Locks.

  private static void lock(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Room room = new Room(1);
    List<String> asked = new ArrayList<>();
    List<String> got = new ArrayList<>();
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          asked.add(name);
          try (Held held = co.await(lock.acquire())) {
            got.add(name);
            check(Task.current().held().contains(lock), "the holder is not known to hold it");
            room.stay(co);
          }
          check(!Task.current().held().contains(lock), "it is known to be held on");
        });
    sim.run();
    check(got.equals(asked), "asked by " + asked + ", got by " + got);
    check(!lock.isLocked(), "it is held at the end");
  }

  private static void lockCancelled(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Room room = new Room(1);
    for (String name : List.of("A", "B", "C")) {
      Task<?> task =
          sim.scheduler()
              .spawn(
                  name,
                  co -> {
                    try (Held held = co.await(lock.acquire())) {
                      room.stay(co);
                    }
                  });
      if (!name.equals("C")) {
        sim.mayCancel(task);
      }
    }
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  private static void tryAcquire(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Room room = new Room(1);
    spawn(
        sim,
        "A",
        co -> {
          try (Held held = co.await(lock.acquire())) {
            room.stay(co);
          }
        });
    spawn(
        sim,
        "B",
        co -> {
          while (!lock.tryAcquire()) {
            co.await(pause());
          }
          room.stay(co);
          lock.release();
        });
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  private static void holderEnds(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    List<String> refused = new ArrayList<>();
    Task<?> a =
        sim.scheduler()
            .spawn(
                "A",
                co -> {
                  Held _ = co.await(lock.acquire());
                  co.await(Task.yield());
                  co.await(Task.yield()); // ends, and gives nothing back
                });
    each(
        sim,
        List.of("B", "C"),
        (co, name) -> {
          try (Held held = co.await(lock.acquire())) {
            co.await(Task.yield());
          } catch (IllegalStateException e) {
            refused.add(name);
          }
          var _ = co.await(a.join());
          try (Held held = co.await(lock.acquire())) {
            refused.clear();
          } catch (IllegalStateException e) {
            refused.add(name);
          }
        });
    sim.run();
    check(refused.containsAll(List.of("B", "C")), "a broken lock was had: " + refused);
  }

  /**
   * A select gets one lock, and by that its other arms let another lock go and ask for it again: in
   * this very moment nobody overtakes the one who has waited for it.
   */
  private static void lockOfSelect(Simulation sim) throws Exception {
    Lock first = new Lock("first");
    Lock second = new Lock("second");
    Lock third = new Lock("third");
    Condition never = new Condition(second);
    List<String> got = new ArrayList<>();
    spawn(
        sim,
        "holds the third and the first",
        co -> {
          try (Held other = co.await(third.acquire());
              Held one = co.await(first.acquire())) { // given back first
            while (second.stats().waiters().isEmpty()) {
              co.await(pause());
            }
          }
        });
    spawn(
        sim,
        "selects",
        co -> {
          while (!third.isLocked()) {
            co.await(pause());
          }
          try (Held held = co.await(second.acquire())) {
            var winner =
                co.await(
                    Select.any(
                        first.acquire(),
                        never.await(), // lets go of the second, and takes it back when it loses
                        LockOrder.acquire(second, third))); // takes the second, and gives it back
            check(winner.index() == 0, "arm " + winner.index() + " has won");
            check(second.holder() == Task.current(), "it is without its lock");
            got.add("selects");
          }
          first.release();
        });
    spawn(
        sim,
        "waits",
        co -> {
          while (first.stats().waiters().isEmpty()) {
            co.await(pause());
          }
          var _ = co.await(Select.any(second.acquire(), new Event("never").await()));
          got.add("waits");
          second.release();
        });
    sim.run();
    check(got.equals(List.of("waits", "selects")), "got by " + got);
  }

  private static void levels(Simulation sim) throws Exception {
    RLock lock = new RLock("r");
    Room room = new Room(1);
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          try (Held outer = co.await(lock.acquire())) {
            room.stay(co);
            try (Held inner = co.await(lock.acquire())) {
              room.stay(co);
            }
            check(lock.holder() == Task.current(), "it was given back too early");
            room.stay(co);
            check(lock.tryAcquire(), "the holder cannot have it again");
            lock.release();
            room.stay(co);
          }
        });
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  private static void tryLevels(Simulation sim) throws Exception {
    RLock lock = new RLock("r");
    Room room = new Room(1);
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          while (!lock.tryAcquire()) {
            co.await(pause());
          }
          room.stay(co);
          lock.release();
        });
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  // Conditions.

  private static void buffer(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Condition room = new Condition(lock);
    Condition item = new Condition(lock);
    List<Integer> buffer = new ArrayList<>();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int number = i;
      spawn(
          sim,
          "producer " + i,
          co -> {
            try (Held held = co.await(lock.acquire())) {
              while (!buffer.isEmpty()) {
                co.await(room.await());
                check(lock.holder() == Task.current(), "woken without the lock");
              }
              buffer.add(number);
              co.await(Task.yield());
              check(buffer.size() == 1, "somebody came in");
              item.signal();
            }
          });
      spawn(
          sim,
          "consumer " + i,
          co -> {
            try (Held held = co.await(lock.acquire())) {
              co.await(item.waitFor(() -> !buffer.isEmpty()));
              check(lock.holder() == Task.current(), "woken without the lock");
              taken.add(buffer.removeFirst());
              room.signal();
            }
          });
    }
    sim.run();
    check(new HashSet<>(taken).equals(Set.of(0, 1)), "taken: " + taken);
  }

  private static void signalAll(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Condition go = new Condition(lock);
    boolean[] open = new boolean[1];
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          try (Held held = co.await(lock.acquire())) {
            while (!open[0]) {
              co.await(go.await());
            }
          }
        });
    spawn(
        sim,
        "opens",
        co -> {
          try (Held held = co.await(lock.acquire())) {
            open[0] = true;
            go.signalAll();
          }
        });
    sim.run();
  }

  private static void levelsComeBack(Simulation sim) throws Exception {
    RLock lock = new RLock("r");
    Condition go = new Condition(lock);
    boolean[] open = new boolean[1];
    spawn(
        sim,
        "A",
        co -> {
          try (Held outer = co.await(lock.acquire());
              Held inner = co.await(lock.acquire())) {
            while (!open[0]) {
              co.await(go.await());
            }
            lock.release();
            check(lock.holder() == Task.current(), "a level is lost");
            boolean _ = lock.tryAcquire();
          }
        });
    spawn(
        sim,
        "B",
        co -> {
          try (Held held = co.await(lock.acquire())) {
            open[0] = true;
            go.signal();
            co.await(Task.yield());
            check(lock.holder() == Task.current(), "B has lost it");
          }
        });
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  private static void signalPassedOn(Simulation sim) throws Exception {
    Lock lock = new Lock("l");
    Condition item = new Condition(lock);
    Event taken = new Event("taken");
    int[] items = new int[1];
    for (String name : List.of("A", "B")) {
      Task<?> task =
          sim.scheduler()
              .spawn(
                  name,
                  co -> {
                    try (Held held = co.await(lock.acquire())) {
                      co.await(item.waitFor(() -> items[0] > 0));
                      items[0]--;
                      taken.set();
                    }
                  });
      if (name.equals("A")) {
        sim.mayCancel(task);
      }
    }
    spawn(
        sim,
        "producer",
        co -> {
          for (int i = 0; i < 2; i++) {
            try (Held held = co.await(lock.acquire())) {
              items[0]++;
              item.signal();
              co.await(Task.yield()); // the one that is woken waits for the lock
            }
            if (i == 0) {
              co.await(taken.await()); // by one of the two
            }
          }
        });
    sim.run();
    check(!lock.isLocked(), "it is held at the end");
  }

  // Semaphores.

  private static void semaphore(Simulation sim) throws Exception {
    Semaphore permits = new Semaphore("s", 2);
    Room room = new Room(2);
    each(
        sim,
        List.of("A", "B", "C", "D"),
        (co, name) -> {
          try (Held held = co.await(permits.acquire())) {
            check(Task.current().held().contains(permits), "the taker is not known");
            room.stay(co);
          }
        });
    sim.run();
    check(permits.available() == 2, permits + " at the end");
  }

  private static void semaphoreOrder(Simulation sim) throws Exception {
    Semaphore permits = new Semaphore("s", 2);
    Room room = new Room(2);
    List<String> asked = new ArrayList<>();
    List<String> got = new ArrayList<>();
    each(
        sim,
        List.of("A", "B", "C", "D"),
        (co, name) -> {
          int count = name.equals("B") ? 2 : 1;
          asked.add(name);
          try (Held held = co.await(permits.acquire(count))) {
            got.add(name);
            if (count == 2) {
              room.inside++;
            }
            room.stay(co);
            if (count == 2) {
              room.inside--;
            }
          }
        });
    sim.run();
    int place = asked.indexOf("B");
    check(got.indexOf("B") <= place + 1, "asked by " + asked + ", got by " + got);
    check(asked.subList(place, 4).containsAll(got.subList(got.indexOf("B"), 4)), "overtaken");
    check(permits.available() == 2, permits + " at the end");
  }

  private static void semaphoreCancelled(Simulation sim) throws Exception {
    Semaphore permits = new Semaphore("s", 2);
    Event inside = new Event("C is inside");
    Event held = new Event("A holds one");
    Event waits = new Event("B is about to wait");
    spawn(
        sim,
        "A",
        co -> {
          try (Held one = co.await(permits.acquire())) {
            held.set();
            co.await(inside.await());
          }
        });
    Task<?> b =
        sim.scheduler()
            .spawn(
                "B",
                co -> {
                  co.await(held.await());
                  waits.set();
                  try (Held two = co.await(permits.acquire(2))) {
                    check(inside.isSet(), "B has two although A has one");
                  }
                });
    spawn(
        sim,
        "C",
        co -> {
          co.await(waits.await());
          try (Held one = co.await(permits.acquire())) {
            inside.set();
          }
        });
    spawn(
        sim,
        "cancels B",
        co -> {
          co.await(waits.await());
          co.await(Task.yield());
          boolean _ = b.cancel("not needed");
        });
    sim.run();
    check(permits.available() == 2, permits + " at the end");
  }

  private static void bounded(Simulation sim) throws Exception {
    Semaphore permits = Semaphore.bounded("s", 1);
    spawn(
        sim,
        "A",
        co -> {
          Held held = co.await(permits.acquire());
          held.close();
          try {
            held.close();
            throw new AssertionError("a permit was given back twice");
          } catch (IllegalStateException expected) {
            check(permits.available() == 1, "there is one too many");
          }
          try {
            permits.release();
            throw new AssertionError("more were given back than there are");
          } catch (IllegalStateException expected) {
            check(permits.available() == 1, "there is one too many");
          }
        });
    sim.run();
    Semaphore free = new Semaphore("f", 2);
    spawn(
        sim,
        "B",
        co -> {
          Held one = co.await(free.acquire());
          Held other = co.await(free.acquire());
          one.close();
          try {
            one.close();
            throw new AssertionError("a permit was given back twice");
          } catch (IllegalStateException expected) {
            check(free.available() == 1, "the other's permit was given back");
          }
          other.close();
        });
    sim.run();
  }
}
