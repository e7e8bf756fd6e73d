package dev.heddle.trace;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which task waits for which: edges lead from each waiting task to the resource that it waits for,
 * and from the resource to its holders.
 *
 * <p>The graph is made when somebody asks and then thrown away, so that waiting pays nothing for
 * it. Resources are nodes of their own: a thousand tasks that wait for one of a thousand permits
 * would otherwise be a million edges. Building it takes time linear in tasks and holders.
 *
 * <p>When nothing can run, each cycle in it is an explanation. While other tasks run, a cycle need
 * not be a deadlock: a wait may also end by a deadline or from outside, and a wait for a permit
 * ends when one of the holders goes on. {@link #keepStuck} takes out the tasks that may go on, and
 * the tasks that wait for them; no task that is left can go on.
 */
final class WaitGraph {
  /** The search for short cycles gives up after so many steps: it halts the loop. */
  private static final int MOST_STEPS = 1_000_000;

  /** A resource that tasks wait for, and that other tasks hold. */
  private static final class Node {
    final List<Task<?>> holders;
    final List<Task<?>> waiters = new ArrayList<>();

    /** How many more holders must go on until the waiters go on too; see {@link #keepStuck}. */
    int missing;

    Node(Resource resource, WaitReader reader) {
      holders = reader.holders(resource);
      missing = resource.endedBy() == Resource.EndedBy.ALL_HOLDERS ? holders.size() : 1;
    }
  }

  /** The waiting tasks, in the order in which they were spawned, and what each waits for. */
  private final Map<Task<?>, Node> waits = new LinkedHashMap<>();

  /** What each task holds of what others wait for. */
  private final IdentityHashMap<Task<?>, List<Node>> heldBy = new IdentityHashMap<>();

  private int stepsLeft = MOST_STEPS;

  private final WaitReader reader;

  /** Of all tasks of a scheduler, or of several. */
  WaitGraph(List<Task<?>> tasks, WaitReader reader) {
    this.reader = reader;
    IdentityHashMap<Resource, Node> nodes = new IdentityHashMap<>();
    for (Task<?> task : tasks) {
      Resource resource = WaitReader.resource(task);
      Node node = resource == null ? null : nodes.computeIfAbsent(resource, this::node);
      if (node != null && !node.holders.isEmpty()) {
        node.waiters.add(task);
        waits.put(task, node);
      }
    }
  }

  private Node node(Resource resource) {
    Node node = new Node(resource, reader);
    for (Task<?> holder : node.holders) {
      heldBy.computeIfAbsent(holder, _ -> new ArrayList<>()).add(node);
    }
    return node;
  }

  /** Takes out each task that may go on although no task is cancelled, as far as is known. */
  WaitGraph keepStuck() {
    ArrayDeque<Task<?>> going = new ArrayDeque<>();
    for (Task<?> holder : heldBy.keySet()) {
      if (!waits.containsKey(holder)) {
        going.add(holder);
      }
    }
    for (Task<?> waiter : waits.keySet()) {
      if (mayGoOnByItself(waiter)) {
        going.add(waiter);
      }
    }
    while (!going.isEmpty()) {
      Task<?> task = going.remove();
      waits.remove(task);
      for (Node held : Objects.requireNonNullElse(heldBy.remove(task), List.<Node>of())) {
        if (--held.missing == 0) {
          going.addAll(held.waiters);
        }
      }
    }
    assert waits.values().stream().allMatch(node -> node.missing > 0) : "one left can go on";
    return this;
  }

  private static boolean mayGoOnByItself(Task<?> waiter) {
    KernelView view = KernelView.get();
    YieldEvent<?, ?> event = waiter.waitingFor();
    if (event == null || view.mayEndByTime(event) || view.untilDeadline(waiter) != null) {
      return true;
    }
    Resource resource = WaitReader.resource(waiter);
    boolean byHolders = resource != null && resource.endedBy() == Resource.EndedBy.HOLDER_OUTSIDE;
    return !byHolders && view.mayEndByItself(event);
  }

  /** The cycles, the shortest first; of two of equal length the one with the older task. */
  List<List<Task<?>>> cycles() {
    dropUnawaited();
    List<List<Task<?>>> cycles = new ArrayList<>();
    Set<Set<Task<?>>> seen = new HashSet<>();
    Set<Task<?>> exhausted = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Task<?> task : waits.keySet()) {
      List<Task<?>> cycle = exhausted.contains(task) ? null : shortestThrough(task);
      if (cycle == null) {
        continue;
      }
      if (seen.add(new HashSet<>(cycle))) {
        cycles.add(fromOldest(cycle));
      }
      if (cycle.stream().allMatch(this::waitsForOne)) {
        exhausted.addAll(cycle); // no other way out of it: no other cycle through any of them
      }
    }
    cycles.sort(Comparator.comparingInt(List::size));
    return cycles;
  }

  private static List<Task<?>> fromOldest(List<Task<?>> cycle) {
    Task<?> oldest = Collections.min(cycle, Comparator.comparingLong(Task::id));
    List<Task<?>> rotated = new ArrayList<>(cycle);
    Collections.rotate(rotated, -cycle.indexOf(oldest));
    return rotated;
  }

  /**
   * Takes out the tasks that no task in the graph waits for. They are in no cycle, and may be most
   * of all, so that searching from each of them would be in vain.
   */
  private void dropUnawaited() {
    IdentityHashMap<Node, Integer> waiters = new IdentityHashMap<>();
    IdentityHashMap<Task<?>, Integer> waitedFor = new IdentityHashMap<>();
    for (Node node : waits.values()) {
      if (waiters.merge(node, 1, Integer::sum) == 1) {
        node.holders.forEach(holder -> waitedFor.merge(holder, 1, Integer::sum));
      }
    }
    ArrayDeque<Task<?>> candidates = new ArrayDeque<>(waits.keySet());
    while (!candidates.isEmpty()) {
      Task<?> task = candidates.remove();
      Node node = waitedFor.containsKey(task) ? null : waits.remove(task);
      if (node != null && less(waiters, node)) {
        for (Task<?> holder : node.holders) {
          if (less(waitedFor, holder)) {
            candidates.add(holder);
          }
        }
      }
    }
  }

  /** Counts one less; whether none is left. */
  private static <K> boolean less(Map<K, Integer> counts, K key) {
    return counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1) == null;
  }

  /**
   * The shortest cycle through a task, which stands first in it; null if there is none. Searches
   * breadth first.
   */
  private @Nullable List<Task<?>> shortestThrough(Task<?> start) {
    IdentityHashMap<Task<?>, Task<?>> waiterFor = new IdentityHashMap<>();
    Set<Node> passed = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Task<?>> reached = new ArrayDeque<>(List.of(start));
    while (!reached.isEmpty() && stepsLeft > 0) {
      Task<?> waiter = reached.remove();
      Node node = waits.get(waiter);
      if (node == null || !passed.add(node)) {
        continue;
      }
      for (Task<?> holder : node.holders) {
        stepsLeft--;
        if (waiterFor.putIfAbsent(holder, waiter) == null) {
          reached.add(holder);
        }
        if (holder == start) {
          return backwards(start, waiterFor);
        }
      }
    }
    return null;
  }

  private List<Task<?>> backwards(Task<?> start, Map<Task<?>, Task<?>> waiterFor) {
    List<Task<?>> cycle = new ArrayList<>();
    Task<?> member = start;
    do {
      member = Objects.requireNonNull(waiterFor.get(member));
      cycle.add(member);
    } while (member != start);
    cycle = cycle.reversed();
    assert isCycle(cycle) : cycle;
    return cycle;
  }

  /** Each waits for what the next holds, the last for what the first holds. */
  private boolean isCycle(List<Task<?>> cycle) {
    for (int i = 0; i < cycle.size(); i++) {
      Task<?> next = cycle.get((i + 1) % cycle.size());
      if (!Objects.requireNonNull(waits.get(cycle.get(i))).holders.contains(next)) {
        return false;
      }
    }
    return true;
  }

  private boolean waitsForOne(Task<?> waiter) {
    return Objects.requireNonNull(waits.get(waiter)).holders.size() == 1;
  }
}
