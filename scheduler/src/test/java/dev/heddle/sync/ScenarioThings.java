package dev.heddle.sync;

import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.YieldEvent;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** The primitives of a {@link Scenario} by their names, and the operations on them. */
final class ScenarioThings {

  /** What is put into queues: {@code 5}, or {@code 1a} with priority 1. */
  private record Item(int priority, String text) {
    static Item of(String text) {
      return new Item(Integer.parseInt(text.replaceAll("[a-z]", "")), text);
    }
  }

  private final Map<String, Object> things = new HashMap<>();

  Object get(String name) {
    return things.get(name);
  }

  void put(String name, Object thing) {
    things.put(name, thing);
  }

  void declare(String[] words) {
    things.put(words[1], make(words));
  }

  private Object make(String[] words) {
    String thing = words[1];
    return switch (words[0]) {
      case "lock" -> new Lock(thing);
      case "semaphore" -> new Semaphore(thing, Integer.parseInt(words[2]));
      case "bounded" -> Semaphore.bounded(thing, Integer.parseInt(words[2]));
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

  void release(String name) {
    Object thing = things.get(name);
    if (thing instanceof Lock lock) {
      lock.release();
    } else {
      ((Semaphore) thing).release();
    }
  }

  /** What an operation waits for; null if it does not wait. */
  YieldEvent<?, ?> event(String[] op) {
    Object thing = things.get(op[1]);
    return switch (op[0]) {
      case "acquire" -> thing instanceof Lock lock ? lock.acquire() : ((Semaphore) thing).acquire();
      case "await" -> await(thing);
      case "waitfor" -> waitFor((Condition) thing, op);
      case "put" -> items((Queue<?>) thing).put(Item.of(op[2]));
      case "get" -> ((Queue<?>) thing).get();
      case "join" -> ((Queue<?>) thing).join();
      default -> null;
    };
  }

  private static YieldEvent<?, ?> await(Object thing) {
    return switch (thing) {
      case Event event -> event.await();
      case Barrier barrier -> barrier.await();
      default -> ((Condition) thing).await();
    };
  }

  /** What the trace says of a result. */
  static Object shown(Object result) {
    return result instanceof Item item ? item.text() : result instanceof Integer ? result : null;
  }

  private YieldEvent<?, ?> waitFor(Condition condition, String[] op) {
    int[] variable = (int[]) things.get(op[2]);
    return condition.waitFor(() -> variable[0] >= Integer.parseInt(op[3]));
  }

  Object perform(Play.Player me, String[] op) throws Exception {
    Object thing = op.length > 1 ? things.get(op[1]) : null;
    YieldEvent<?, ?> event = thing == null ? null : event(op);
    if (event != null) {
      return shown(me.awaits(event));
    }
    return switch (thing) {
      case Lock lock when op[0].equals("locked") -> lock.isLocked();
      case Semaphore semaphore when op[0].equals("locked") -> isLocked(semaphore);
      case Event set -> perform(me, set, op);
      case Condition condition -> perform(me, condition, op);
      case Barrier barrier -> perform(me, barrier, op);
      case Queue<?> queue -> perform(me, items(queue), op);
      case null, default -> throw new IllegalArgumentException(String.join(" ", op));
    };
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
      case "isset" -> {
        return event.isSet();
      }
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }

  private static Object perform(Play.Player me, Condition condition, String[] op) throws Exception {
    switch (op[0]) {
      case "signal" -> me.does(() -> condition.signal(op.length > 2 ? Integer.parseInt(op[2]) : 1));
      case "signalall" -> me.does(condition::signalAll);
      default -> throw new IllegalArgumentException(String.join(" ", op));
    }
    return null;
  }

  private static Object perform(Play.Player me, Barrier barrier, String[] op) throws Exception {
    switch (op[0]) {
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
      case "tryput" -> {
        return me.<Boolean>gets(() -> queue.tryPut(Item.of(op[2]))) ? null : "full";
      }
      case "tryget" -> {
        Item item = me.gets(queue::tryGet);
        return item == null ? "empty" : item.text();
      }
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
