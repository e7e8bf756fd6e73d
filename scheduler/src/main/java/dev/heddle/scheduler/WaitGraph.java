package dev.heddle.scheduler;

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
 * Who waits for whom: from each task that waits for a resource to those who hold it.
 *
 * <p>Made when somebody asks and thrown away, so that waiting pays nothing for it. Resources are
 * nodes of their own, as a thousand tasks that wait for one of a thousand permits would otherwise
 * be a million edges; building it is linear in tasks and holders.
 *
 * <p>When nothing can run, each cycle in it is an explanation. While other tasks run, a cycle may
 * not be one yet: a wait that also ends by a deadline or from outside ends, and so does one for a
 * permit of which one holder goes on. Those who can go on, and who waits for them, are taken out
 * first ({@link #keepStuck}); of what is left none can.
 */
final class WaitGraph {
  /**
   * The search for short cycles gives up after so many steps: a second would be too long a halt.
   */
  private static final int MOST_STEPS = 1_000_000;

  /** One thing waited for. */
  private static final class Node {
    final boolean needsAll;
    final List<Task<?>> holders;
    final List<Task<?>> waiters = new ArrayList<>();

    /** How many holders that go on it takes until the waiters do too. */
    int missing;

    Node(Resource resource) {
      needsAll = resource.needsAllHolders();
      holders = List.copyOf(resource.holders());
      missing = needsAll ? holders.size() : 1;
    }
  }

  /** The waiting tasks, in the order in which they were spawned, and what each waits for. */
  private final Map<Task<?>, Node> waits = new LinkedHashMap<>();

  private final IdentityHashMap<Task<?>, List<Node>> heldBy = new IdentityHashMap<>();
  private int stepsLeft = MOST_STEPS;

  /** Of all tasks of a scheduler. */
  WaitGraph(List<Task<?>> tasks) {
    IdentityHashMap<Resource, Node> nodes = new IdentityHashMap<>();
    for (Task<?> task : tasks) {
      YieldEvent<?, ?> event = task.waitingFor();
      Resource resource = event == null ? null : TaskWait.resourceOf(event);
      Node node = resource == null ? null : nodes.computeIfAbsent(resource, this::node);
      if (node != null && !node.holders.isEmpty()) {
        node.waiters.add(task);
        waits.put(task, node);
      }
    }
  }

  private Node node(Resource resource) {
    Node node = new Node(resource);
    for (Task<?> holder : node.holders) {
      heldBy.computeIfAbsent(holder, _ -> new ArrayList<>()).add(node);
    }
    return node;
  }

  /** Takes out whoever may go on although nobody cancels anything, or may for all that is known. */
  WaitGraph keepStuck() {
    ArrayDeque<Task<?>> going = new ArrayDeque<>();
    for (Task<?> holder : heldBy.keySet()) {
      if (!waits.containsKey(holder)) {
        going.add(holder);
      }
    }
    for (Task<?> waiter : waits.keySet()) {
      YieldEvent<?, ?> event = waiter.waitingFor();
      if (event == null
          || event.endsByTime()
          || event.isWokenFromOutside()
          || Cancellation.remaining(waiter) != null) {
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
    return this;
  }

  /** The cycles, the shortest first; of two of a length the one with the older task. */
  List<List<Task<?>>> cycles() {
    dropWhoeverNobodyWaitsFor();
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

  /** What waits for a cycle and is in none would be searched in vain, and may be most of all. */
  private void dropWhoeverNobodyWaitsFor() {
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

  /** One less; whether none is left. */
  private static <K> boolean less(Map<K, Integer> counts, K key) {
    return counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1) == null;
  }

  /** Breadth first, from the task back to itself; it stands first in the answer. */
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

  private static List<Task<?>> backwards(Task<?> start, Map<Task<?>, Task<?>> waiterFor) {
    List<Task<?>> cycle = new ArrayList<>();
    Task<?> member = start;
    do {
      member = Objects.requireNonNull(waiterFor.get(member));
      cycle.add(member);
    } while (member != start);
    return cycle.reversed();
  }

  private boolean waitsForOne(Task<?> waiter) {
    return Objects.requireNonNull(waits.get(waiter)).holders.size() == 1;
  }
}
