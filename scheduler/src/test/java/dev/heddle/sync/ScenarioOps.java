package dev.heddle.sync;

/** The operations of a {@link Scenario} that need nothing but the primitive. */
final class ScenarioOps {
  private ScenarioOps() {}

  /** What is put into queues: {@code 5}, or {@code 1a} with priority 1. */
  record Item(int priority, String text) {
    static Item of(String text) {
      return new Item(Integer.parseInt(text.replaceAll("[a-z]", "")), text);
    }
  }

  @SuppressWarnings("unchecked")
  static Queue<Item> items(Queue<?> queue) {
    return (Queue<Item>) queue;
  }

  static Object perform(Play.Player me, Event event, String[] op) throws Exception {
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

  static Object perform(Play.Player me, Barrier barrier, String[] op) throws Exception {
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

  static Object perform(Play.Player me, Queue<Item> queue, String[] op) throws Exception {
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
