package dev.heddle.test;

import static dev.heddle.test.PrimitivePrograms.check;
import static dev.heddle.test.PrimitivePrograms.each;
import static dev.heddle.test.PrimitivePrograms.pause;
import static dev.heddle.test.PrimitivePrograms.spawn;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ReceiverClosedException;
import dev.heddle.actor.Reply;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Barrier;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.PeriodicTimer;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import dev.heddle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;

/**
 * Those of {@link PrimitivePrograms} in which tasks meet or hand something on: barriers, queues,
 * actors.
 *
 * <p>This file is long because it is a list of programs of one kind.
 */
final class MessagePrograms {
  private MessagePrograms() {}

  // Barriers and events.

  static void barrier(Simulation sim) throws Exception {
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

  static void barrierAborted(Simulation sim) throws Exception {
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

  static void event(Simulation sim) throws Exception {
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

  static void queue(Simulation sim) throws Exception {
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

  static void queueOrder(Simulation sim) throws Exception {
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

  static void queueJoined(Simulation sim) throws Exception {
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

  static void tryPut(Simulation sim) throws Exception {
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

  static void queueShutdown(Simulation sim) throws Exception {
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

  static void rendezvous(Simulation sim) throws Exception {
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

  static void ticks(Simulation sim) throws Exception {
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

  /** A deadline that nobody waits for would put off the news that all wait for ever. */
  static void noMoreTicks(Simulation sim) throws Exception {
    Event never = new Event("never");
    Duration[] cancelled = new Duration[1];
    Task<?> ticks =
        sim.scheduler()
            .spawn(
                "ticks",
                co -> {
                  var timer = new PeriodicTimer(Task.current().scheduler(), Duration.ofHours(1));
                  long _ = co.await(timer.nextTick());
                });
    spawn(
        sim,
        "cancels it",
        co -> {
          co.await(pause());
          boolean _ = ticks.cancel("not needed");
          cancelled[0] = sim.clock().elapsed();
          co.await(never.await());
        });
    try {
      sim.run();
      throw new AssertionError("it has not waited for ever");
    } catch (DeadlockException expected) {
      check(ticks.isDone(), "the other one waits, too");
      check(sim.clock().elapsed().minus(cancelled[0]).isZero(), "a needless deadline");
    }
  }

  // Actors.

  static void mailbox(Simulation sim) throws Exception {
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

  static void questions(Simulation sim) throws Exception {
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

  static void actorClosed(Simulation sim) throws Exception {
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

  static void actorEnds(Simulation sim) throws Exception {
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

  static void semaphoreServesAll(Simulation sim) throws Exception {
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
}
