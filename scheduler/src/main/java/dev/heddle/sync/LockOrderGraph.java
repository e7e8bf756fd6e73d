package dev.heddle.sync;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the tasks of one scheduler acquire locks, learned while they do, so that a
 * deadlock is found in a run in which it did not happen: the thought is that of Linux's lockdep.
 *
 * <p>A task that holds A and asks for B makes an edge from A to B. A cycle of edges is a deadlock
 * that needs only the right moment, unless:
 *
 * <ul>
 *   <li>all that ever made two of its edges is one task, which cannot wait for itself;
 *   <li>a third lock, a gate, was held each time two of its edges were made: it lets one task in.
 * </ul>
 *
 * <p>Asking again for an {@link RLock} that one holds waits for nobody and makes no edge, nor does
 * {@code tryAcquire}, which does not wait.
 *
 * <p>What A and B are: mostly not these two objects but their kind, so that it is enough if one
 * request takes its locks in one order and another request its own in the other. A kind is the
 * place where a lock was made, and its name if it has one. Locks of one kind, as the accounts of a
 * bank are, are each a node of their own: they may well be acquired in an order, {@link LockOrder}
 * does.
 *
 * <p>Knows tasks by name and number only, so that it keeps no task and no scheduler alive.
 */
final class LockOrderGraph {
  /** Learns no more than so many pairs: a program may make locks without end. */
  static final int MOST_EDGES = 10_000;

  /** The search for a cycle gives up after so many edges. */
  private static final int MOST_STEPS = 10_000;

  private static final long SEVERAL = -1;

  private static final Map<Scheduler, LockOrderGraph> OF = new WeakHashMap<>();

  /** That A was held when B was asked for. */
  private static final class Edge {
    final Object to;

    /** Who did it first, and what that is to be told by. */
    final long firstTask;

    final LockInversion.Step example;

    /** The same of another task that did it; null if none did. */
    LockInversion.@Nullable Step anothers;

    /** The numbers of the locks that were held each time. */
    final Set<Long> gates;

    /** The only task that has done it; or several. */
    long task;

    Edge(Object to, Set<Long> held, long task, LockInversion.Step example) {
      this.to = to;
      this.gates = new HashSet<>(held);
      this.task = task;
      this.firstTask = task;
      this.example = example;
    }

    /** Done again: whether it is more dangerous than before. */
    boolean again(Set<Long> held, long by) {
      boolean fewerGates = gates.retainAll(held);
      boolean byAnother = task != SEVERAL && task != by;
      task = byAnother ? SEVERAL : task;
      return fewerGates || byAnother;
    }

    /** Whether one task may be doing this while another does that. */
    boolean meets(Edge other) {
      boolean oneTask = task != SEVERAL && task == other.task;
      return !oneTask && gates.stream().noneMatch(other.gates::contains);
    }
  }

  private final Map<Object, Map<Object, Edge>> edges = new HashMap<>();
  private int edgeCount;

  /** What was reported, each as its nodes. */
  private final Set<Set<Object>> reported = new HashSet<>();

  /** That of a scheduler. */
  static LockOrderGraph of(Scheduler scheduler) {
    synchronized (OF) {
      return OF.computeIfAbsent(scheduler, _ -> new LockOrderGraph());
    }
  }

  /** The task asks for a lock that it does not hold; it is about to get it, or to wait. */
  void asks(Task<?> task, Lock asked) {
    List<HeldResource> locks = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    for (HeldResource holding : task.holdings()) {
      if (holding.resource() instanceof Lock held) {
        locks.add(holding);
        numbers.add(held.order());
      }
    }
    for (HeldResource holding : locks) {
      learn(task, holding, numbers, asked);
    }
  }

  private void learn(Task<?> task, HeldResource holding, Set<Long> numbers, Lock asked) {
    Lock held = (Lock) holding.resource();
    boolean ofOneKind = held.kindOfLock().equals(asked.kindOfLock());
    Object from = ofOneKind ? held.order() : held.kindOfLock();
    Object to = ofOneKind ? asked.order() : asked.kindOfLock();
    Map<Object, Edge> targets = edges.computeIfAbsent(from, _ -> new HashMap<>());
    Edge edge = targets.get(to);
    if (edge == null && edgeCount < MOST_EDGES) {
      edgeCount++;
      edge = new Edge(to, numbers, task.id(), step(task, holding, asked));
      targets.put(to, edge);
      check(task, from, edge);
    } else if (edge != null && edge.again(numbers, task.id())) {
      if (edge.anothers == null && task.id() != edge.firstTask) {
        edge.anothers = step(task, holding, asked);
      }
      check(task, from, edge);
    }
  }

  private static LockInversion.Step step(Task<?> task, HeldResource holding, Lock asked) {
    return new LockInversion.Step(
        task.name(),
        holding.resource().describe(),
        holding.acquiredAt(),
        asked.describe(),
        task.where());
  }

  /** The edge is new, or more dangerous than before. */
  private void check(Task<?> task, Object from, Edge edge) {
    List<Edge> path = new ArrayList<>(List.of(edge));
    if (!new Search(from).leadsBack(path)) {
      return;
    }
    Set<Object> nodes = new HashSet<>();
    path.forEach(step -> nodes.add(step.to));
    if (reported.add(nodes)) {
      task.scheduler().report(new LockInversion(examples(path)));
    }
  }

  /** One of each edge, as far as possible of different tasks: one alone cannot deadlock. */
  private static List<LockInversion.Step> examples(List<Edge> path) {
    Set<Long> shown = new HashSet<>();
    path.stream().filter(edge -> edge.anothers == null).forEach(edge -> shown.add(edge.firstTask));
    List<LockInversion.Step> steps = new ArrayList<>();
    for (Edge edge : path) {
      LockInversion.Step anothers = edge.anothers;
      steps.add(anothers == null || shown.add(edge.firstTask) ? edge.example : anothers);
    }
    return steps;
  }

  /** For a way back to a node, by edges that can all be under way at once. */
  private final class Search {
    private final Object goal;
    private int stepsLeft = MOST_STEPS;

    Search(Object goal) {
      this.goal = goal;
    }

    /** Makes the path longer until it ends at the goal; leaves it as it was if there is no way. */
    boolean leadsBack(List<Edge> path) {
      Object end = path.getLast().to;
      if (end.equals(goal)) {
        return true;
      }
      for (Edge next : edges.getOrDefault(end, Map.of()).values()) {
        if (stepsLeft-- <= 0) {
          return false;
        }
        if (path.stream().allMatch(step -> step.meets(next) && !step.to.equals(next.to))) {
          path.add(next);
          if (leadsBack(path)) {
            return true;
          }
          path.removeLast();
        }
      }
      return false;
    }
  }
}
