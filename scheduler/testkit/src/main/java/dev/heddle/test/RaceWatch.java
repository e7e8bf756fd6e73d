package dev.heddle.test;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.AccessWatch;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for races across an await in one run. Between two awaits a task is alone. So what a task
 * has read is still so when it writes, unless it has waited in between, and another task has
 * written meanwhile: then it writes what follows from the past.
 *
 * <p>Of each field, and each element of an array, this keeps who has written last, and when each
 * task has read last. A task that reads anew after its await knows what it does, and is not
 * reported; nor is what one task alone uses; nor what all use under one lock, as nobody comes in
 * between. It hears of woven bodies and of the methods that they call with their awaiter; of what
 * other methods read and write it knows nothing.
 *
 * <p>A walk through a collection is a read that lasts: the collection must not change between two
 * elements, if the task has waited between them.
 */
final class RaceWatch implements AccessWatch {
  /** Collections with more elements are not looked at. */
  private static final int MOST_ELEMENTS = 1_000;

  /** What one task does while another comes in between. */
  static final class RaceAcrossAwait extends AssertionError {
    private static final long serialVersionUID = 1L;

    RaceAcrossAwait(String message, String site) {
      super(message);
      setStackTrace(new StackTraceElement[] {element(site)});
    }

    /** The line as the top of a trace, so that a failure is known by it. */
    private static StackTraceElement element(String site) {
      int paren = site.indexOf(" (");
      String method = paren < 0 ? site : site.substring(0, paren);
      String place = paren < 0 ? "" : site.substring(paren + 2, site.length() - 1);
      int colon = place.lastIndexOf(':');
      int line = colon < 0 ? -1 : Integer.parseInt(place.substring(colon + 1));
      return new StackTraceElement(
          "race", method, colon < 0 ? place : place.substring(0, colon), line);
    }
  }

  /** A read or write. */
  private record Access(Task<?> by, String site, long at) {}

  /** What is known of one field or element. */
  private static final class Cell {
    private final IdentityHashMap<Task<?>, Access> reads = new IdentityHashMap<>(4);
    private @Nullable Access lastWrite;
  }

  /** A walk through a collection that is not over. */
  private static final class Walk {
    private final Task<?> by;
    private final Object iterable;
    private final String name;
    private final String site;
    private @Nullable Object[] elements;
    private @Nullable Access change;

    Walk(Task<?> by, Object iterable, String name, String site, @Nullable Object[] elements) {
      this.by = by;
      this.iterable = iterable;
      this.name = name;
      this.site = site;
      this.elements = elements;
    }
  }

  private final Set<String> ignored;

  /** Whether a lock that is held over a wait for the outside is reported too. */
  private final boolean locksHeld;

  private final IdentityHashMap<Object, Map<Object, Cell>> cells = new IdentityHashMap<>();
  private final IdentityHashMap<Object, Walk> walks = new IdentityHashMap<>(0);
  private @Nullable Walk begins;
  private @Nullable Task<?> running;
  private long now;
  private @Nullable RaceAcrossAwait first;

  /** {@code ignored}: fields by their names, alone or with that of their class. */
  RaceWatch(Set<String> ignored, boolean locksHeld) {
    this.ignored = ignored;
    this.locksHeld = locksHeld;
  }

  /** The first race that was seen; null if none was. */
  @Nullable RaceAcrossAwait first() {
    return first;
  }

  /** A task has the turn from now on; null if none has. */
  void turn(@Nullable Task<?> task) {
    if (!walks.isEmpty()) {
      lookForChanges();
    }
    if (locksHeld && running != null && !running.isDone()) {
      lookForLocks(running);
    }
    running = task;
  }

  // Fields and elements.

  private Cell cell(Object holder, Object part) {
    return cells
        .computeIfAbsent(holder, _ -> new HashMap<>(2))
        .computeIfAbsent(part, _ -> new Cell());
  }

  @Override
  public void reads(Object holder, String field, String site) {
    Task<?> task = running;
    if (task != null) {
      cell(holder, field).reads.put(task, new Access(task, site, now++));
    }
  }

  @Override
  public void writes(Object holder, String field, String site) {
    writes(cell(holder, field), field, site);
  }

  @Override
  public void readsElement(Object array, int index, String name, String site) {
    reads(array, index, site);
  }

  private void reads(Object array, Integer index, String site) {
    Task<?> task = running;
    if (task != null) {
      cell(array, index).reads.put(task, new Access(task, site, now++));
    }
  }

  @Override
  public void writesElement(Object array, int index, String name, String site) {
    writes(cell(array, (Integer) index), name + "[" + index + "]", site);
  }

  private void writes(Cell cell, String what, String site) {
    Task<?> task = running;
    if (task == null) {
      return;
    }
    Access read = cell.reads.remove(task);
    Access change = cell.lastWrite;
    if (read != null && change != null && change.by != task && change.at > read.at) {
      found(
          what,
          "%s is read at %s by %s, written at %s, and changed by %s at %s between"
              .formatted(
                  what,
                  line(read.site),
                  task.name(),
                  line(site),
                  change.by.name(),
                  line(change.site)),
          site);
    }
    cell.lastWrite = new Access(task, site, now++);
  }

  private static String line(String site) {
    int paren = site.indexOf(" (");
    return paren < 0 ? site : site.substring(paren + 2, site.length() - 1);
  }

  private void found(String what, String message, String site) {
    int dot = what.indexOf('.');
    int bracket = what.indexOf('[');
    String plain = bracket < 0 ? what : what.substring(0, bracket);
    if (first == null && !ignored.contains(plain) && !ignored.contains(plain.substring(dot + 1))) {
      first = new RaceAcrossAwait("race across an await: " + message, site);
    }
  }

  // Locks.

  /** The turn of a task is over: what does it hold, and whom does it wait for? */
  private void lookForLocks(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    if (first != null || event == null || !isOfOutside(event)) {
      return;
    }
    for (Resource held : task.held()) {
      if (held.order() != Resource.UNORDERED) { // a lock
        String at = ExploredOrder.at(task);
        first =
            new RaceAcrossAwait(
                "a lock is held over a wait for the outside: %s holds %s and waits for %s at %s"
                    .formatted(task.name(), held.describe(), event.described(), at),
                "await (" + at + ")");
      }
    }
  }

  /** Whether other threads, other machines or other processes decide how long it takes. */
  private static boolean isOfOutside(YieldEvent<?, ?> event) {
    String type = event.getClass().getName();
    return type.startsWith("dev.heddle.net.")
        || type.startsWith("dev.heddle.pool.")
        || type.startsWith("dev.heddle.process.")
        || type.startsWith("dev.heddle.scheduler.Foreign");
  }

  // Walks through collections.

  @Override
  public void iterates(Object iterable, String name, String site) {
    Task<?> task = running;
    begins = null;
    if (task != null
        && iterable instanceof Collection<?> all
        && !iterable.getClass().getName().startsWith("java.util.concurrent.")
        && all.size() <= MOST_ELEMENTS) {
      begins = new Walk(task, iterable, name, site, elements(iterable));
    }
  }

  @Override
  public void iterator(Object made) {
    if (begins != null) {
      walks.put(made, begins);
      begins = null;
    }
  }

  @Override
  public void goesOn(Object iterator, String site) {
    Walk walk = walks.get(iterator);
    if (walk == null) {
      return;
    }
    Access change = walk.change;
    if (change != null) {
      walks.remove(iterator);
      found(
          walk.name,
          "%s goes through %s at %s, and %s has changed it while %s waited%s"
              .formatted(
                  walk.by.name(),
                  walk.name,
                  line(walk.site),
                  change.by.name(),
                  walk.by.name(),
                  change.site.isEmpty() ? "" : ", before " + change.site),
          walk.site);
    } else {
      walk.elements = elements(walk.iterable); // what the task itself has changed is its own affair
    }
  }

  /** The turn of a task is over: has it changed what another one goes through? */
  private void lookForChanges() {
    Task<?> task = running;
    walks.values().removeIf(walk -> walk.by.isDone());
    for (Walk walk : walks.values()) {
      if (task != null && task != walk.by && walk.change == null && hasChanged(walk)) {
        walk.change = new Access(task, task.isDone() ? "" : ExploredOrder.at(task), now++);
      }
    }
  }

  private static boolean hasChanged(Walk walk) {
    @Nullable Object[] elements = elements(walk.iterable);
    if (elements.length != walk.elements.length) {
      return true;
    }
    for (int i = 0; i < elements.length; i++) {
      if (elements[i] != walk.elements[i]) {
        return true;
      }
    }
    return false;
  }

  /** The elements; of a map, its keys, as its entries may be new objects each time. */
  private static @Nullable Object[] elements(Object iterable) {
    try {
      @Nullable Object[] elements = ((Collection<?>) iterable).toArray();
      for (int i = 0; i < elements.length; i++) {
        if (elements[i] instanceof Map.Entry<?, ?> entry) {
          elements[i] = entry.getKey();
        }
      }
      return elements;
    } catch (RuntimeException e) {
      return new Object[0]; // a collection of the user's own, which throws
    }
  }
}
