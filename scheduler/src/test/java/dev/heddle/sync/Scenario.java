package dev.heddle.sync;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;

/** One scenario of {@code oracle/scenarios.txt}, played by our primitives; see oracle.py. */
final class Scenario {

  /** What is put into queues: {@code 5}, or {@code 1a} with priority 1. */
  private record Item(int priority, String text) {
    static Item of(String text) {
      return new Item(Integer.parseInt(text.replaceAll("[a-z]", "")), text);
    }
  }

  final String name;
  private final List<String[]> declarations = new ArrayList<>();
  private final Map<String, List<String>> scripts = new LinkedHashMap<>();

  private final Map<String, Object> things = new HashMap<>();
  private final Map<String, Task<?>> tasks = new HashMap<>();
  private final Map<String, String> doing = new LinkedHashMap<>();

  /** Reads it from its lines, the first of which is the name. */
  Scenario(String name, List<String> lines) {
    this.name = name;
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        declarations.add(line.split(" "));
      } else {
        scripts.put(
            line.substring(0, colon), List.of(line.substring(colon + 1).trim().split("; ")));
      }
    }
  }

  /** Plays it once; gives the trace. */
  List<String> play(Kind kind) {
    try (Play play = new Play(kind)) {
      for (String[] declaration : declarations) {
        things.put(declaration[1], make(declaration));
      }
      scripts.forEach((task, ops) -> tasks.put(task, play.task(task, me -> act(me, ops))));
      try {
        play.run();
      } catch (DeadlockException e) {
        doing.forEach((task, op) -> play.said.add(task + ": " + op + " -> waits for ever"));
      }
      return List.copyOf(play.said);
    }
  }

  private Object make(String[] words) {
    String thing = words[1];
    return switch (words[0]) {
      case "lock" -> new Lock(thing);
      case "semaphore" -> new Semaphore(thing, Integer.parseInt(words[2]));
      case "bounded" -> new BoundedSemaphore(thing, Integer.parseInt(words[2]));
      case "event" -> new Event(thing);
      case "condition" -> new Condition((Lock) things.get(words[2]), thing);
      case "barrier" -> new Barrier(thing, Integer.parseInt(words[2]));
      case "queue" -> Queue.<Item>fifo(thing, Integer.parseInt(words[2]));
      case "lifo" -> Queue.<Item>lifo(thing, Integer.parseInt(words[2]));
      case "priority" ->
          Queue.priority(
              thing, Integer.parseInt(words[2]), Comparator.comparingInt(Item::priority));
      case "var" -> new int[] {Integer.parseInt(words[2])};
      default -> throw new IllegalArgumentException(String.join(" ", words));
    };
  }

  private void act(Play.Player me, List<String> ops) throws Exception {
    Deque<String> held = new ArrayDeque<>();
    for (String op : ops) {
      doing.put(me.name(), op);
      try {
        Object result = perform(me, op.split(" "), held);
        me.say(result == null ? op : op + " -> " + result);
      } catch (Cancelled e) {
        me.say(op + " -> cancelled");
        clean(me, held);
        doing.remove(me.name());
        throw e;
      } catch (IllegalStateException | IllegalMonitorStateException | BrokenBarrierException e) {
        me.say(op + " -> " + wordFor(e));
      }
    }
    doing.remove(me.name());
  }

  private static String wordFor(Exception e) {
    return switch (e) {
      case IllegalMonitorStateException _ -> "not held";
      case QueueShutdownException _ -> "shut down";
      case BrokenBarrierException _ -> "broken";
      default -> e.getMessage().contains("broken") ? "broken" : "too many";
    };
  }

  private void clean(Play.Player me, Deque<String> held) throws Exception {
    while (!held.isEmpty()) {
      Object thing = things.get(held.pop());
      me.does(() -> release(thing));
    }
  }

  private static void release(Object thing) {
    if (thing instanceof Lock lock) {
      lock.release();
    } else {
      ((Semaphore) thing).release();
    }
  }

  private Object perform(Play.Player me, String[] op, Deque<String> held) throws Exception {
    Object thing = op.length > 1 ? things.get(op[1]) : null;
    switch (op[0]) {
      case "yield" -> me.yields(op.length > 1 ? Integer.parseInt(op[1]) : 1);
      case "cancel" -> me.gets(() -> tasks.get(op[1]).cancel("as written"));
      case "add" -> ((int[]) thing)[0] += Integer.parseInt(op[2]);
      case "acquire" -> {
        me.await(thing instanceof Lock lock ? lock.acquire() : ((Semaphore) thing).acquire());
        held.push(op[1]);
      }
      case "release" -> {
        me.does(() -> release(thing));
        held.removeFirstOccurrence(op[1]);
      }
      case "locked" -> {
        return thing instanceof Lock lock ? lock.isLocked() : isLocked((Semaphore) thing);
      }
      default -> {
        return switch (thing) {
          case Event event -> perform(me, event, op);
          case Condition condition -> perform(me, condition, op);
          case Barrier barrier -> perform(me, barrier, op);
          case Queue<?> queue -> perform(me, items(queue), op);
          case null, default -> throw new IllegalArgumentException(String.join(" ", op));
        };
      }
    }
    return null;
  }

  private static boolean isLocked(Semaphore semaphore) {
    return semaphore.available() == 0 || !semaphore.stats().waiters().isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static Queue<Item> items(Queue<?> queue) {
    return (Queue<Item>) queue;
  }

  private static Object perform(Play.Player me, Event event, String[] op) throws Exception {
    switch (op[0]) {
      case "set" -> me.does(event::set);
      case "clear" -> me.does(event::clear);
      case "await" -> me.await(event.await());
      case "isset" -> {
        return event.isSet();
      }
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }

  private Object perform(Play.Player me, Condition condition, String[] op) throws Exception {
    switch (op[0]) {
      case "await" -> me.await(condition.await());
      case "signal" -> me.does(() -> condition.signal(op.length > 2 ? Integer.parseInt(op[2]) : 1));
      case "signalall" -> me.does(condition::signalAll);
      case "waitfor" -> {
        int[] variable = (int[]) things.get(op[2]);
        me.await(condition.waitFor(() -> variable[0] >= Integer.parseInt(op[3])));
      }
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }

  private static Object perform(Play.Player me, Barrier barrier, String[] op) throws Exception {
    switch (op[0]) {
      case "await" -> {
        return me.await(barrier.await());
      }
      case "abort" -> me.does(barrier::abort);
      case "reset" -> me.does(barrier::reset);
      case "isbroken" -> {
        return barrier.isBroken();
      }
      case "waiting" -> {
        return barrier.stats().waiters().size();
      }
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }

  private static Object perform(Play.Player me, Queue<Item> queue, String[] op) throws Exception {
    switch (op[0]) {
      case "put" -> me.await(queue.put(Item.of(op[2])));
      case "get" -> {
        return me.await(queue.get()).text();
      }
      case "tryput" -> {
        return me.<Boolean>gets(() -> queue.tryPut(Item.of(op[2]))) ? null : "full";
      }
      case "tryget" -> {
        Item item = me.gets(queue::tryGet);
        return item == null ? "empty" : item.text();
      }
      case "join" -> me.await(queue.join());
      case "done" -> me.does(queue::taskDone);
      case "size" -> {
        return queue.size();
      }
      case "isfull" -> {
        return queue.isFull();
      }
      case "shutdown" -> me.does(queue::shutdown);
      case "shutdownnow" -> me.does(queue::shutdownNow);
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }
}
