package dev.heddle.trace;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What looks wrong with the tasks of a scheduler, for the live page: one line each. */
final class LiveLints {
  private static final int MOST = 40;
  private static final int MOST_RESOURCES = 2_000;
  private static final int MOST_HOLDERS = 20;
  private static final long LONG_TURN = 100_000_000;
  private static final long LONG_WAIT = 1_000_000_000;
  private static final int MANY_TURNS = 1_000;

  /** How the primitives that have a limit describe a wait for room. */
  private static final String ROOM = "room in ";

  /**
   * Something that looks wrong.
   *
   * @param task the number of the task that is to be looked at; 0 if it is none
   */
  record Lint(String kind, String text, long task) {}

  private final LiveGraph graph;
  private final TaskHistory history;
  private final WaitReader reader;
  final List<Lint> lints = new ArrayList<>();

  /** How many are not shown. */
  int left;

  LiveLints(List<Task<?>> all, LiveGraph graph, TaskHistory history, WaitReader reader) {
    this.graph = graph;
    this.history = history;
    this.reader = reader;
    graph.cycles.forEach(this::cycle);
    all.forEach(this::turns);
    resources();
    all.forEach(this::heldAlone);
    for (String why : KernelView.get().notWoven().reversed()) { // the newest first
      add("not woven", "a body has a stack of its own; " + LiveView.cut(why, 400), 0);
    }
  }

  private void add(String kind, String text, long task) {
    if (lints.size() < MOST) {
      lints.add(new Lint(kind, text, task));
    } else {
      left++;
    }
  }

  private static String named(Task<?> task) {
    return "task '" + LiveView.cut(task.name()) + "'";
  }

  private static String millis(long nanos) {
    return Durations.inWords(Duration.ofNanos(nanos));
  }

  private void cycle(List<Task<?>> cycle) {
    String names = cycle.stream().limit(5).map(this::namedHere).collect(Collectors.joining(", "));
    String more = cycle.size() > 5 ? " and " + (cycle.size() - 5) + " more" : "";
    long one = cycle.stream().filter(graph::isOfThisLoop).findFirst().map(Task::id).orElse(0L);
    add("cycle", names + more + " wait for each other", one);
  }

  private String namedHere(Task<?> task) {
    String of = " of '" + LiveView.cut(task.scheduler().name()) + "'";
    return named(task) + (graph.isOfThisLoop(task) ? "" : of);
  }

  private void turns(Task<?> task) {
    TaskHistory.Known known = history.of(task);
    if (known == null) {
      return;
    }
    if (known.longestTurnNanos >= LONG_TURN) {
      add(
          "never yields",
          named(task)
              + " has kept its turn for "
              + millis(known.longestTurnNanos)
              + "; nobody else ran meanwhile",
          task.id());
    }
    if (known.turns >= MANY_TURNS && known.gaveUp >= known.turns * 0.9) {
      add(
          "wakes itself",
          named(task)
              + " has given up "
              + known.gaveUp
              + " of "
              + known.turns
              + " turns and waited for nothing: it keeps the loop awake",
          task.id());
    }
  }

  private void resources() {
    int looked = 0;
    for (var each : graph.waiters.entrySet()) {
      if (++looked > MOST_RESOURCES) {
        return;
      }
      limit(each.getValue());
      heldOverAwait(each.getKey(), each.getValue());
    }
  }

  /** A queue is full, a mailbox: those wait who put, and to blame is who takes, or does not. */
  private void limit(List<Task<?>> waiters) {
    Task<?> first = waiters.getFirst();
    YieldEvent<?, ?> event = first.waitingFor();
    String words = event == null ? "" : event.described();
    if (words.startsWith(ROOM)) {
      TaskHistory.Wake taken = lastWake(waiters);
      String blame =
          taken == null
              ? "nobody has taken anything out since this page looks"
              : taken.byId() == 0
                  ? "the loop made room last"
                  : "task '"
                      + LiveView.cut(taken.by())
                      + "' took something out last, "
                      + millis(Math.max(0, System.nanoTime() - taken.nanos()))
                      + " ago";
      String who = waiters.size() == 1 ? named(first) + " waits" : waiters.size() + " tasks wait";
      add(
          "at its limit",
          who + " for " + LiveView.cut(words) + "; " + blame,
          taken == null || taken.byId() == 0 ? first.id() : taken.byId());
    }
  }

  private TaskHistory.@Nullable Wake lastWake(List<Task<?>> waiters) {
    TaskHistory.Wake last = null;
    for (Task<?> each : waiters.subList(0, Math.min(waiters.size(), MOST_HOLDERS))) {
      TaskHistory.Known known = history.of(each);
      TaskHistory.Wake wake =
          known == null || known.wakes().isEmpty() ? null : known.wakes().getFirst();
      if (wake != null && (last == null || wake.nanos() - last.nanos() > 0)) {
        last = wake;
      }
    }
    return last;
  }

  /**
   * Who holds what others wait for, and waits for something else itself. The end of a task, which
   * it holds all its life, is not meant.
   */
  private void heldOverAwait(Resource resource, List<Task<?>> waiters) {
    if (resource.endedBy() == Resource.EndedBy.HOLDER_OUTSIDE) {
      return;
    }
    for (Task<?> holder : reader.holders(resource).stream().limit(MOST_HOLDERS).toList()) {
      YieldEvent<?, ?> event = holder.waitingFor();
      if (event != null
          && !graph.isInCycle(holder)
          && LiveGraph.waitedNanos(holder) >= LONG_TURN
          && holder.held().contains(resource)) {
        add(
            "held over an await",
            named(holder)
                + " holds "
                + LiveView.cut(WaitReader.describe(resource))
                + " while it waits for "
                + LiveView.cut(event.described())
                + ", for "
                + millis(LiveGraph.waitedNanos(holder))
                + (waiters.size() == 1 ? "; 1 task waits" : "; " + waiters.size() + " tasks wait")
                + " for it",
            holder.id());
      }
    }
  }

  /** The same of a lock for which nobody waits yet. */
  private void heldAlone(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    if (event == null) {
      return;
    }
    for (Resource held : task.held()) {
      if (held.order() != Resource.UNORDERED
          && !graph.waiters.containsKey(held)
          && LiveGraph.waitedNanos(task) >= LONG_WAIT) {
        add(
            "held over an await",
            named(task)
                + " holds "
                + LiveView.cut(WaitReader.describe(held))
                + " while it waits for "
                + LiveView.cut(event.described())
                + ", for "
                + millis(LiveGraph.waitedNanos(task)),
            task.id());
      }
    }
  }

  void write(JsonWriter json) {
    json.name("lintsLeft").value(left).name("lints").beginArray();
    for (Lint lint : lints) {
      json.beginObject().name("kind").value(lint.kind()).name("text").value(lint.text());
      json.name("task").value(lint.task()).endObject();
    }
    json.endArray();
  }
}
