package dev.heddle.test;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ReceiverClosedException;
import dev.heddle.actor.Reply;
import dev.heddle.pool.TaskExecutor;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Barrier;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.PeriodicTimer;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import dev.heddle.sync.RLock;
import dev.heddle.sync.Semaphore;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Small programs that use our own primitives and check what these promise, for an explorer: {@link
 * MutationsTest} counts which broken primitives they find out. They use no library for their
 * checks, as they are loaded again for each mutation.
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
    all.put("Semaphore: two at once", PrimitivePrograms::semaphoreServesAll);
    all.put("Barrier: two rounds", PrimitivePrograms::barrier);
    all.put("Barrier: aborted and reset", PrimitivePrograms::barrierAborted);
    all.put("Event: set and cleared", PrimitivePrograms::event);
    all.put("Queue: a bounded one", PrimitivePrograms::queue);
    all.put("Queue: in order", PrimitivePrograms::queueOrder);
    all.put("Queue: joined", PrimitivePrograms::queueJoined);
    all.put("Queue: tryPut and tryGet", PrimitivePrograms::tryPut);
    all.put("Queue: shut down", PrimitivePrograms::queueShutdown);
    all.put("Queue: rendezvous", PrimitivePrograms::rendezvous);
    all.put("PeriodicTimer: ticks", PrimitivePrograms::ticks);
    all.put("Actor: a bounded mailbox", PrimitivePrograms::mailbox);
    all.put("Actor: questions", PrimitivePrograms::questions);
    all.put("Actor: closed while senders wait", PrimitivePrograms::actorClosed);
    all.put("Actor: ends and owes an answer", PrimitivePrograms::actorEnds);
    all.put("TaskExecutor: shut down", PrimitivePrograms::executor);
    all.put("TaskExecutor: again and again", PrimitivePrograms::executorPeriodic);
    return all;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Counts who is inside of something. */
  private static final class Room {
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

  private static void spawn(Simulation sim, String name, TaskBody body) {
    Task<?> _ = sim.scheduler().spawn(name, body);
  }

  private static void each(Simulation sim, List<String> names, Body body) {
    for (String name : names) {
      spawn(sim, name, co -> body.run(co, name));
    }
  }

  private interface Body extends Serializable {
    void run(Awaiter co, String name) throws Exception;
  }

  /** In a loop that looks again and again: others can run meanwhile, in each order of turns. */
  private static YieldEvent<@Nullable Void, RuntimeException> pause() {
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

  private static void semaphoreServesAll(Simulation sim) throws Exception {
    Semaphore permits = new Semaphore("s", 0);
    Barrier both = new Barrier("both are served", 2);
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          try (Held held = co.await(permits.acquire())) {
            int _ = co.await(both.await());
          }
        });
    spawn(sim, "gives", co -> permits.release(2));
    sim.run();
    check(permits.available() == 2, permits + " at the end");
  }

  // Barriers and events.

  private static void barrier(Simulation sim) throws Exception {
    Barrier barrier = new Barrier("b", 3);
    int[] arrived = new int[1];
    List<Integer> places = new ArrayList<>();
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          for (int round = 1; round <= 2; round++) {
            arrived[0]++;
            places.add(co.await(barrier.await()));
            check(arrived[0] >= 3 * round, "somebody passes early");
          }
        });
    sim.run();
    check(new HashSet<>(places).equals(Set.of(0, 1, 2)) && places.size() == 6, "places " + places);
  }

  private static void barrierAborted(Simulation sim) throws Exception {
    Barrier barrier = new Barrier("b", 3);
    int[] broken = new int[1];
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          try {
            int _ = co.await(barrier.await());
            throw new AssertionError("passed with two");
          } catch (BrokenBarrierException e) {
            broken[0]++;
          }
        });
    spawn(
        sim,
        "aborts",
        co -> {
          co.await(Task.yield());
          barrier.abort();
        });
    sim.run();
    check(broken[0] == 2 && barrier.isBroken(), broken[0] + " have heard of it");
    spawn(sim, "resets", co -> barrier.reset());
    sim.run();
    each(sim, List.of("C", "D", "E"), (co, name) -> co.await(barrier.await()));
    sim.run();
  }

  private static void event(Simulation sim) throws Exception {
    Event event = new Event("e");
    int[] seen = new int[1];
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          co.await(event.await());
          seen[0]++;
        });
    spawn(
        sim,
        "sets",
        co -> {
          co.await(Task.yield());
          check(seen[0] == 0, "somebody has passed before it was set");
          event.set();
          check(event.isSet(), "it is not set");
          co.await(event.await());
          while (seen[0] < 2) {
            co.await(pause());
          }
          event.clear();
          check(!event.isSet(), "it is set on");
        });
    sim.run();
    check(seen[0] == 2, seen[0] + " have passed");
  }

  // Queues.

  private static void queue(Simulation sim) throws Exception {
    Queue<Integer> queue = Queue.fifo("q", 1);
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int first = 10 * i;
      spawn(
          sim,
          "producer " + i,
          co -> {
            for (int k = 0; k < 2; k++) {
              co.await(queue.put(first + k));
              check(queue.size() <= 1, queue + " has too many");
            }
          });
      spawn(
          sim,
          "consumer " + i,
          co -> {
            for (int k = 0; k < 2; k++) {
              taken.add(co.await(queue.get()));
              check(queue.size() <= 1, queue + " has too many");
            }
          });
    }
    sim.run();
    check(new HashSet<>(taken).equals(Set.of(0, 1, 10, 11)), "taken: " + taken);
  }

  private static void queueOrder(Simulation sim) throws Exception {
    Queue<Integer> queue = Queue.fifo();
    Queue<Integer> last = Queue.lifo("last", 9);
    Queue<Integer> least = Queue.priority("least", 9, Comparator.naturalOrder());
    List<Integer> taken = new ArrayList<>();
    spawn(
        sim,
        "producer",
        co -> {
          for (int i : new int[] {2, 1, 3}) {
            co.await(last.put(i));
            co.await(least.put(i));
          }
          for (int i = 0; i < 3; i++) {
            co.await(queue.put(i));
            co.await(Task.yield());
          }
        });
    spawn(
        sim,
        "consumer",
        co -> {
          for (int i = 0; i < 3; i++) {
            taken.add(co.await(queue.get()));
          }
          check(co.await(last.get()) == 3 && co.await(last.get()) == 1, "not the last first");
          check(co.await(least.get()) == 1 && co.await(least.get()) == 2, "not the least first");
        });
    sim.run();
    check(taken.equals(List.of(0, 1, 2)), "taken: " + taken);
  }

  private static void queueJoined(Simulation sim) throws Exception {
    Queue<Integer> queue = Queue.fifo("q", 1);
    int[] done = new int[1];
    spawn(
        sim,
        "producer",
        co -> {
          for (int i = 0; i < 3; i++) {
            co.await(queue.put(i));
          }
          co.await(queue.join());
          check(done[0] == 3, "joined after " + done[0]);
          co.await(queue.join());
        });
    spawn(
        sim,
        "consumer",
        co -> {
          for (int i = 0; i < 3; i++) {
            int _ = co.await(queue.get());
            co.await(Task.yield());
            done[0]++;
            queue.taskDone();
          }
        });
    sim.run();
  }

  private static void tryPut(Simulation sim) throws Exception {
    Queue<Integer> queue = Queue.fifo("q", 1);
    List<Integer> taken = new ArrayList<>();
    spawn(
        sim,
        "getter",
        co -> {
          taken.add(co.await(queue.get()));
          queue.taskDone();
        });
    spawn(
        sim,
        "tries",
        co -> {
          while (!queue.tryPut(1)) {
            co.await(pause());
          }
          check(queue.size() <= 1, queue + " has too many");
        });
    spawn(
        sim,
        "putter",
        co -> {
          co.await(queue.put(2));
          co.await(queue.put(3));
        });
    spawn(
        sim,
        "taker",
        co -> {
          for (int i = 0; i < 2; i++) {
            Integer item = queue.tryGet();
            while (item == null) {
              co.await(pause());
              item = queue.tryGet();
            }
            taken.add(item);
            queue.taskDone();
          }
          co.await(queue.join());
        });
    sim.run();
    check(new HashSet<>(taken).equals(Set.of(1, 2, 3)), "taken: " + taken);
  }

  private static void queueShutdown(Simulation sim) throws Exception {
    Queue<Integer> empty = Queue.fifo("empty", 1);
    Queue<Integer> full = Queue.fifo("full", 1);
    int[] refused = new int[1];
    spawn(
        sim,
        "getter",
        co -> {
          try {
            int _ = co.await(empty.get());
          } catch (QueueShutdownException e) {
            refused[0]++;
          }
        });
    spawn(
        sim,
        "putter",
        co -> {
          try {
            co.await(full.put(1));
            co.await(full.put(2));
          } catch (QueueShutdownException e) {
            refused[0]++;
          }
        });
    spawn(
        sim,
        "shuts down",
        co -> {
          co.await(Task.yield());
          empty.shutdown();
          full.shutdownNow();
          check(full.isEmpty(), full + " has kept something");
          co.await(full.join());
        });
    sim.run();
    check(refused[0] == 2, refused[0] + " were refused");
  }

  private static void rendezvous(Simulation sim) throws Exception {
    Queue<Integer> meeting = Queue.rendezvous("m");
    int[] taken = new int[1];
    spawn(
        sim,
        "gives",
        co -> {
          for (int i = 1; i <= 2; i++) {
            co.await(meeting.put(i));
          }
          co.await(meeting.join());
          check(taken[0] == 3, "nobody has taken it");
        });
    spawn(
        sim,
        "takes",
        co -> {
          for (int i = 1; i <= 2; i++) {
            taken[0] += co.await(meeting.get());
            meeting.taskDone();
          }
        });
    sim.run();
  }

  private static void ticks(Simulation sim) throws Exception {
    spawn(
        sim,
        "ticks",
        co -> {
          Task<?> me = Task.current();
          try (PeriodicTimer timer = new PeriodicTimer(me.scheduler(), Duration.ofSeconds(1))) {
            long last = 0;
            for (int i = 1; i <= 3; i++) {
              long tick = co.await(timer.nextTick());
              check(tick > last, "tick " + tick + " after " + last);
              check(sim.clock().elapsed().toSeconds() >= tick, "tick " + tick + " is early");
              last = tick;
            }
          }
        });
    sim.run();
  }

  // Actors.

  private static void mailbox(Simulation sim) throws Exception {
    Actor<Integer> actor = new Actor<>(sim.scheduler(), "a", 1);
    List<Integer> got = new ArrayList<>();
    spawn(
        sim,
        "starts",
        co ->
            actor.start(
                c -> {
                  for (Integer message = c.await(actor.receive());
                      message != null;
                      message = c.await(actor.receive())) {
                    got.add(message);
                    check(actor.size() <= 1, actor + " has too many");
                    c.await(Task.yield());
                    if (got.size() == 4) {
                      actor.close();
                    }
                  }
                }));
    each(
        sim,
        List.of("0", "10"),
        (co, name) -> {
          int first = Integer.parseInt(name);
          co.await(actor.put(first));
          check(actor.size() <= 1, actor + " has too many");
          while (!actor.offer(first + 1)) {
            co.await(pause());
          }
          check(actor.size() <= 1, actor + " has too many");
        });
    sim.run();
    check(new HashSet<>(got).equals(Set.of(0, 1, 10, 11)), "got: " + got);
    check(actor.unhandled().isEmpty(), "unhandled: " + actor.unhandled());
  }

  private static void questions(Simulation sim) throws Exception {
    Actor<Reply<String>> actor = new Actor<>(sim.scheduler(), "a", 1);
    int[] answered = new int[1];
    spawn(
        sim,
        "starts",
        co ->
            actor.start(
                c -> {
                  for (Reply<String> question = c.await(actor.receive());
                      question != null;
                      question = c.await(actor.receive())) {
                    c.await(Task.yield());
                    boolean _ = question.complete("yes");
                  }
                }));
    List<Task<?>> askers = new ArrayList<>();
    for (String name : List.of("A", "B", "C")) {
      Task<?> asker =
          sim.scheduler()
              .spawn(
                  name,
                  co -> {
                    String answer = co.await(actor.ask((Reply<String> reply) -> reply));
                    check(answer.equals("yes"), "answer " + answer);
                    answered[0]++;
                  });
      askers.add(asker);
      if (name.equals("B")) {
        sim.mayCancel(asker);
      }
    }
    spawn(
        sim,
        "closes",
        co -> {
          for (Task<?> asker : askers) {
            while (!asker.isDone()) {
              co.await(pause());
            }
          }
          check(actor.size() == 0, actor + " has something left");
          actor.close();
        });
    sim.run();
    check(answered[0] >= 2, answered[0] + " were answered");
  }

  private static void actorClosed(Simulation sim) throws Exception {
    Actor<Integer> actor = new Actor<>(sim.scheduler(), "a", 1);
    int[] refused = new int[1];
    int[] sent = new int[1];
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          try {
            co.await(actor.put(1));
            sent[0]++;
          } catch (ReceiverClosedException e) {
            refused[0]++;
          }
        });
    spawn(
        sim,
        "closes",
        co -> {
          co.await(Task.yield());
          actor.close();
          actor.start(
              c -> {
                while (c.await(actor.receive()) != null) {
                  sent[0]--;
                }
              });
        });
    sim.run();
    check(sent[0] == 0 && refused[0] >= 2, sent[0] + " sent on, " + refused[0] + " refused");
  }

  private static void actorEnds(Simulation sim) throws Exception {
    Actor<Reply<String>> actor = new Actor<>(sim.scheduler(), "a", 1);
    int[] failed = new int[1];
    spawn(sim, "starts", co -> actor.start(c -> c.await(actor.receive()).isWanted())); // no answer
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          try {
            String _ = co.await(actor.ask((Reply<String> reply) -> reply));
          } catch (Exception e) {
            failed[0]++;
          }
        });
    sim.run();
    check(failed[0] == 3, failed[0] + " have heard of it");
  }

  // Executors.

  private static void executor(Simulation sim) throws Exception {
    TaskExecutor executor = TaskExecutor.on(sim.scheduler());
    int[] ran = new int[1];
    spawn(
        sim,
        "submits",
        co -> {
          for (int i = 0; i < 3; i++) {
            executor.execute(
                () -> {
                  Task.await(Task.yield());
                  check(!executor.isTerminated(), "it has ended before its jobs");
                  ran[0]++;
                });
          }
          co.await(Task.yield());
          executor.shutdown();
        });
    sim.run();
    check(ran[0] == 3, ran[0] + " have run");
    check(executor.isTerminated(), "it has not ended");
  }

  private static void executorPeriodic(Simulation sim) throws Exception {
    TaskExecutor executor = TaskExecutor.on(sim.scheduler());
    int[] ran = new int[1];
    spawn(
        sim,
        "schedules",
        co -> {
          var future =
              executor.scheduleAtFixedRate(
                  () -> {
                    ran[0]++;
                    if (ran[0] == 3) {
                      executor.shutdown();
                    }
                  },
                  1,
                  1,
                  TimeUnit.SECONDS);
          co.await(Timers.sleep(Duration.ofMillis(1_500)));
          check(ran[0] <= 1 || sim.clock().elapsed().toSeconds() >= 2, "it ran early");
          check(!future.isDone() || ran[0] == 3, "it has ended early");
        });
    sim.run();
    check(ran[0] == 3, ran[0] + " runs");
    check(executor.isTerminated(), "it has not ended");
  }
}
