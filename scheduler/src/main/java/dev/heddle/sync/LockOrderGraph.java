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
import org.jspecify.annotations.Nullable;

/**
 * The order in which the tasks of one scheduler acquire locks, as a graph that grows while they
 * run. A cycle in the graph shows a deadlock that is possible, even in a run in which it does not
 * happen. The idea is that of lockdep in Linux.
 *
 * <p>When a task holds lock A and asks for lock B, the graph gets an edge from A to B. A cycle of
 * edges is a deadlock that needs only the right moment, with two exceptions:
 *
 * <ul>
 *   <li>one single task has made two of the edges: a task cannot wait for itself;
 *   <li>a third lock, a gate, was held each time that two of the edges were made: it lets only one
 *       task in.
 * </ul>
 *
 * <p>Two requests make no edge, because they never wait: {@code tryAcquire}, and a request for an
 * {@link RLock} that the task holds already.
 *
 * <p>A node is as a rule not one lock but a kind of lock, which is the place in the source where
 * the lock was made, and its name. So a cycle is found too if one request takes its own two locks
 * in one order and another request takes its own two in the other. If A and B are of one kind, as
 * the accounts of a bank are, each lock is a node: such locks may well be acquired in an order, as
 * {@link LockOrder} does.
 *
 * <p>The graph has the names and numbers of tasks only, so that it keeps no task alive.
 */
final class LockOrderGraph {
  /** The most edges that are kept, because a program may make locks without end. */
  static final int MOST_EDGES = 10_000;

  /** The most edges that one search for a cycle looks at. */
  private static final int MOST_STEPS = 10_000;

  /** The longest cycle that is found: each step of the search looks at all steps before it. */
  private static final int LONGEST_CYCLE = 50;

  /** Of the locks that a task holds, so many held last make edges: each makes one a request. */
  private static final int MOST_HELD = 50;

  /** In {@code Edge.task}: more than one task has made the edge. */
  private static final long SEVERAL = -1;

  /** A task that held one lock has asked for another. */
  private static final class Edge {
    final Object to;

    /** The number of the task that made the edge first. */
    final long firstTask;

    /** How that task made the edge, for the report. */
    final LockInversion.Step example;

    /** How a second task made the edge; null if no other task has. */
    LockInversion.@Nullable Step anothers;

    /** The numbers of the locks that were held each time that the edge was made. */
    final Set<Long> gates;

    /** The number of the only task that has made the edge, or SEVERAL. */
    long task;

    Edge(Object to, Set<Long> held, long task, LockInversion.Step example) {
      this.to = to;
      this.gates = new HashSet<>(held);
      this.task = task;
      this.firstTask = task;
      this.example = example;
    }

    /** The edge is made again; returns whether it can be part of more cycles than before. */
    boolean again(Set<Long> held, long by) {
      boolean fewerGates = gates.retainAll(held);
      boolean byAnother = task != SEVERAL && task != by;
      task = byAnother ? SEVERAL : task;
      return fewerGates || byAnother;
    }

    /** Whether two tasks can make this edge and the other at one time. */
    boolean meets(Edge other) {
      boolean oneTask = task != SEVERAL && task == other.task;
      return !oneTask && gates.stream().noneMatch(other.gates::contains);
    }
  }

  private final Map<Object, Map<Object, Edge>> edges = new HashMap<>();
  private int edgeCount;

  /** The cycles that were reported, each as the set of its nodes. */
  private final Set<Set<Object>> reported = new HashSet<>();

  /** The graph of a scheduler. */
  static LockOrderGraph of(Scheduler scheduler) {
    return scheduler.attachment(LockOrderGraph.class, LockOrderGraph::new);
  }

  /** The task asks for a lock that it does not hold; next it gets the lock, or waits. */
  void asks(Task<?> task, Lock asked) {
    List<HeldResource> locks = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    for (HeldResource holding : task.holdings(MOST_HELD)) {
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

  /** Reports a cycle of which the edge is part, if there is one. */
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

  /** One step for each edge, if possible of different tasks, because one alone cannot deadlock. */
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

  /** The search for a path back to a node, of edges that tasks can make at one time. */
  private final class Search {
    private final Object goal;
    private int stepsLeft = MOST_STEPS;

    Search(Object goal) {
      this.goal = goal;
    }

    /**
     * Extends the path to the goal and returns true; leaves the path as it is if there is none. It
     * calls itself for each step of the path, of which there are few.
     */
    boolean leadsBack(List<Edge> path) {
      Object end = path.getLast().to;
      if (end.equals(goal)) {
        return true;
      }
      if (path.size() >= LONGEST_CYCLE) {
        return false;
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
