package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom, as the live page draws it: tasks and resources are nodes, an arrow leads from
 * a task to what it waits for, and from there to who holds that. Made outside of the scheduler, so
 * a cycle is shown only if its tasks still wait as they did when it was found.
 */
final class LiveGraph {
  private static final int MOST_RESOURCES = 24;
  private static final int MOST_TASKS_OF_ONE = 5;

  /** What some task holds and another waits for. */
  private record Held(
      Resource resource, List<Task<?>> waiting, List<Task<?>> holders, boolean cycle) {}

  /** What tasks wait for, and who they are, in the order of their numbers. */
  final IdentityHashMap<Resource, List<Task<?>>> waiters = new IdentityHashMap<>();

  /** Each a task that waits for what the next one holds. */
  final List<List<Task<?>>> cycles = new ArrayList<>();

  private final List<Held> shown;
  private final Set<Task<?>> inCycle = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The tasks that are shown. */
  final Set<Task<?>> tasks = new LinkedHashSet<>();

  /** Gives the numbers of schedulers. */
  private final LiveLoops loops;

  /** The task that the graph is made for the scheduler of; null if there is none. */
  private final @Nullable Task<?> ofThisLoop;

  private final IdentityHashMap<Task<?>, String> ids = new IdentityHashMap<>();

  /** How many resources that somebody holds and somebody waits for are not shown. */
  private final int left;

  /**
   * @param all the tasks of one scheduler
   * @param others tasks of others, for cycles that go through several
   */
  LiveGraph(List<Task<?>> all, List<Task<?>> others, LiveLoops loops, WaitReader reader) {
    this.loops = loops;
    this.ofThisLoop = all.isEmpty() ? null : all.getFirst();
    for (Task<?> task : all) {
      Resource resource = WaitReader.resource(task);
      if (resource != null) {
        waiters.computeIfAbsent(resource, _ -> new ArrayList<>()).add(task);
      }
    }
    findCycles(all, others, reader);
    List<Held> held = new ArrayList<>();
    waiters.forEach(
        (resource, waiting) -> {
          List<Task<?>> holders = reader.holders(resource);
          if (!holders.isEmpty()) {
            held.add(new Held(resource, waiting, holders, isInCycle(waiting)));
          }
        });
    held.sort(
        Comparator.comparing((Held each) -> !each.cycle)
            .thenComparingInt(each -> -each.waiting.size())
            .thenComparingLong(each -> each.waiting.getFirst().id()));
    shown = held.subList(0, Math.min(held.size(), MOST_RESOURCES));
    left = held.size() - shown.size();
    for (Held each : shown) {
      tasks.addAll(few(each.waiting));
      tasks.addAll(few(each.holders));
    }
  }

  private void findCycles(List<Task<?>> all, List<Task<?>> others, WaitReader reader) {
    List<Task<?>> both = new ArrayList<>(all);
    both.addAll(others);
    IdentityHashMap<Task<?>, YieldEvent<?, ?>> events = new IdentityHashMap<>();
    both.forEach(task -> events.put(task, task.waitingFor()));
    for (List<Task<?>> cycle : new WaitGraph(both, reader).cycles()) {
      if (cycle.stream().anyMatch(this::isOfThisLoop)
          && cycle.stream()
              .allMatch(
                  task -> task.waitingFor() != null && task.waitingFor() == events.get(task))) {
        cycles.add(cycle);
        inCycle.addAll(cycle);
        cycle.forEach(this::addForeignWait);
      }
    }
  }

  /** Without the waits of other schedulers' tasks a cycle would not be closed. */
  private void addForeignWait(Task<?> task) {
    Resource resource = isOfThisLoop(task) ? null : WaitReader.resource(task);
    if (resource != null) {
      List<Task<?>> waiting = waiters.computeIfAbsent(resource, _ -> new ArrayList<>());
      if (!waiting.contains(task)) {
        waiting.add(task);
      }
    }
  }

  /** Whether the task is one of the scheduler's for which the graph is made. */
  boolean isOfThisLoop(Task<?> task) {
    return ofThisLoop != null && task.scheduler() == ofThisLoop.scheduler();
  }

  private boolean isInCycle(List<Task<?>> waiting) {
    return waiting.stream().anyMatch(inCycle::contains);
  }

  boolean isInCycle(Task<?> task) {
    return inCycle.contains(task);
  }

  /** Those of a cycle first. */
  private List<Task<?>> few(List<Task<?>> many) {
    List<Task<?>> few = new ArrayList<>();
    many.stream().filter(inCycle::contains).limit(MOST_TASKS_OF_ONE).forEach(few::add);
    for (Task<?> each : many) {
      if (few.size() >= MOST_TASKS_OF_ONE) {
        break;
      }
      if (!inCycle.contains(each)) {
        few.add(each);
      }
    }
    return few;
  }

  void write(JsonWriter json, LiveLines lines) {
    json.name("graph").beginObject().name("left").value(left);
    json.name("nodes").beginArray();
    for (Task<?> task : tasks) {
      node(json, id(task), LiveView.cut(task.name()), isInCycle(task));
      json.name("task").value(task.id()).name("at").value(lines.of(task));
      if (!isOfThisLoop(task)) {
        json.name("loop").value(loops.numberOf(task.scheduler()));
        json.name("on").value(LiveView.cut(task.scheduler().name()));
      }
      json.endObject();
    }
    for (int i = 0; i < shown.size(); i++) {
      Held held = shown.get(i);
      node(json, "r" + i, LiveView.cut(WaitReader.describe(held.resource)), held.cycle);
      json.name("moreWait").value(held.waiting.size() - few(held.waiting).size());
      json.name("moreHold").value(held.holders.size() - few(held.holders).size()).endObject();
    }
    json.endArray().name("edges").beginArray();
    Set<String> written = new HashSet<>();
    for (int i = 0; i < shown.size(); i++) {
      edges(json, i, shown.get(i), written);
    }
    json.endArray().endObject();
  }

  /** Tasks of two schedulers may have one number. */
  private String id(Task<?> task) {
    return ids.computeIfAbsent(task, _ -> "t" + ids.size());
  }

  private static void node(JsonWriter json, String id, String label, boolean cycle) {
    json.beginObject().name("id").value(id).name("label").value(label);
    json.name("cycle").value(cycle);
  }

  private void edges(JsonWriter json, int number, Held held, Set<String> written) {
    for (Task<?> task : few(held.waiting)) {
      boolean cycle = held.cycle && isInCycle(task);
      edge(json, id(task), "r" + number, cycle, null, written);
    }
    for (Task<?> holder : few(held.holders)) {
      boolean cycle = held.cycle && isInCycle(holder);
      String at = acquiredAt(holder, held.resource);
      edge(json, "r" + number, id(holder), cycle, at, written);
    }
  }

  private static @Nullable String acquiredAt(Task<?> holder, Resource resource) {
    for (HeldResource held : holder.holdings()) {
      if (held.resource() == resource && !held.acquiredAt().isEmpty()) {
        return held.acquiredAt().getFirst().toString();
      }
    }
    return null;
  }

  private static void edge(
      JsonWriter json,
      String from,
      String to,
      boolean cycle,
      @Nullable String at,
      Set<String> written) {
    if (written.add(from + ">" + to)) {
      json.beginObject().name("from").value(from).name("to").value(to);
      json.name("cycle").value(cycle).name("at").value(at).endObject();
    }
  }

  /** How long the task has waited so far. */
  static long waitedNanos(Task<?> task) {
    return Math.max(0, task.scheduler().nanoTime() - KernelView.get().waitingSince(task));
  }
}
