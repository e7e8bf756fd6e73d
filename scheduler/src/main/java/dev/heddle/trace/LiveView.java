package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.stats.SchedulerStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the live page shows, as JSON. Made by a thread outside of the scheduler, which reads what
 * the loop writes, like a dump from outside; only the lines at which tasks wait it asks the loop
 * for, a few at a time. However many tasks there are, it shows a bounded number, and says how many
 * it has left out.
 */
final class LiveView {
  /** At so many tasks it looks; of more, at so many of them. */
  private static final int MOST_LOOKED_AT = 200_000;

  private static final int MOST_ROWS = 300;
  private static final int MOST_ROOTS = 200;
  private static final int MOST_CHILDREN = 50;
  private static final int MOST_OF_A_TEXT = 200;
  private static final int MOST_FRAMES = 64;
  private static final int MOST_NAMES = 10;

  /**
   * Which tasks a page wants to see.
   *
   * @param text in the name, or the number; empty for all
   * @param state of {@link Task.State}; empty for all
   */
  record Filter(String text, String state) {
    boolean isEmpty() {
      return text.isEmpty() && state.isEmpty();
    }

    private boolean fits(Task<?> task) {
      return (state.isEmpty() || task.state().name().equals(state))
          && (text.isEmpty()
              || ("" + task.id()).equals(text)
              || task.name().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
    }
  }

  private final KernelView view = KernelView.get();
  private final LiveLoop loop;
  private final LiveLoops loops;
  private final Scheduler scheduler;
  private final TaskHistory history;
  private final boolean mayCancel;
  private final LiveLines lines;

  LiveView(LiveLoop loop, LiveLoops loops, boolean mayCancel) {
    this.loop = loop;
    this.loops = loops;
    this.scheduler = loop.scheduler;
    this.history = loop.history;
    this.mayCancel = mayCancel;
    this.lines = new LiveLines(scheduler);
  }

  /** A text of the program's that may be of any length. */
  static String cut(String text) {
    return cut(text, MOST_OF_A_TEXT);
  }

  static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }

  /** The tasks below one: the first ones, and how many there are. */
  private static final class Children {
    final List<Task<?>> first = new ArrayList<>();
    int count;

    void add(Task<?> task, int most) {
      if (first.size() < most) {
        first.add(task);
      }
      count++;
    }

    static final Children NONE = new Children();
  }

  private record Row(Task<?> task, int level, int children) {}

  /** One look at all tasks. */
  final class Look {
    private final SchedulerStats stats = scheduler.stats();
    private final long stalledNanos = loop.stalledNanos();
    private final int total;
    private final List<Task<?>> all;
    private final LiveGraph graph;
    private final LiveLints lints;
    private final Children roots = new Children();
    private final IdentityHashMap<Task<?>, Children> children = new IdentityHashMap<>();

    Look() {
      List<Task<?>> found = view.unordered(scheduler);
      total = found.size();
      all = new ArrayList<>(found.subList(0, Math.min(total, MOST_LOOKED_AT)));
      all.sort(Comparator.comparingLong(Task::id));
      WaitReader reader = new WaitReader();
      graph =
          new LiveGraph(all, loops.tasksOfOthers(loop, MOST_LOOKED_AT - all.size()), loops, reader);
      lints = new LiveLints(all, graph, history, reader);
      all.forEach(this::place);
      LinkedHashSet<Task<?>> wanted = new LinkedHashSet<>(graph.tasks);
      rows(new Filter("", "")).forEach(row -> wanted.add(row.task));
      lines.lookUp(wanted, stalledNanos == 0 && view.isRunning(scheduler));
    }

    private void place(Task<?> task) {
      var group = task.group();
      Task<?> owner = group == null ? null : group.owner();
      if (owner == null || owner.isDone()) {
        roots.add(task, MOST_ROOTS);
      } else {
        children.computeIfAbsent(owner, _ -> new Children()).add(task, MOST_CHILDREN);
      }
    }

    private List<Row> rows(Filter filter) {
      List<Row> rows = new ArrayList<>();
      if (!filter.isEmpty()) {
        for (Task<?> task : all) {
          if (rows.size() < MOST_ROWS && filter.fits(task)) {
            rows.add(new Row(task, 0, 0));
          }
        }
        return rows;
      }
      Deque<Row> left = new ArrayDeque<>();
      push(left, roots, 0);
      while (!left.isEmpty() && rows.size() < MOST_ROWS) {
        Row row = left.pop();
        rows.add(row);
        push(left, children.getOrDefault(row.task, Children.NONE), row.level + 1);
      }
      return rows;
    }

    private void push(Deque<Row> left, Children some, int level) {
      for (Task<?> each : some.first.reversed()) {
        int below = children.getOrDefault(each, Children.NONE).count;
        left.push(new Row(each, level, below));
      }
    }

    /** The JSON for a page. */
    String json(Filter filter) {
      JsonWriter json = new JsonWriter();
      json.beginObject().name("scheduler").value(cut(scheduler.name()));
      json.name("running").value(stats.running()).name("mayCancel").value(mayCancel);
      json.name("loop").value(loop.number);
      loops.write(json);
      stats(json);
      stall(json);
      List<Row> rows = rows(filter);
      long fitting = filter.isEmpty() ? all.size() : all.stream().filter(filter::fits).count();
      json.name("total").value(total).name("lookedAt").value(all.size());
      json.name("fitting").value(fitting).name("shown").value(rows.size());
      json.name("counted").value(history.tasks());
      json.name("rows").beginArray();
      long now = System.nanoTime();
      rows.forEach(row -> row(json, row, now));
      json.endArray();
      graph.write(json, lines);
      lints.write(json);
      return json.endObject().toString();
    }

    private void stats(JsonWriter json) {
      SchedulerStats.Loop loop = stats.loop();
      json.name("stats").beginObject();
      json.name("atNanos").value(System.nanoTime()).name("turns").value(loop.turns());
      json.name("ready").value(loop.ready()).name("mostReady").value(loop.mostReady());
      json.name("rounds").value(loop.rounds()).name("busy").value(loop.busyNanos());
      json.name("asleep").value(loop.asleepNanos());
      json.name("longestRound").value(loop.longestRoundNanos());
      json.name("longestTurn").value(loop.longestTurnNanos()).name("polls").value(loop.polls());
      json.name("wakeups").value(loop.wakeups()).name("timers").value(loop.timers());
      json.name("inbox").value(loop.inbox()).name("waiting").value(stats.tasks().waiting());
      json.name("alive")
          .value(stats.tasks().alive())
          .name("spawned")
          .value(stats.tasks().spawned());
      json.name("woven").value(stats.bodies().woven());
      json.name("notWoven").value(stats.bodies().notWoven());
      SchedulerStats.Io io = stats.io();
      if (io != null) {
        json.name("connections").value(io.connections()).name("bytesIn").value(io.bytesIn());
        json.name("bytesOut").value(io.bytesOut()).name("listeners").value(io.listeners());
        json.name("ioWaits").value(io.waits());
      }
      json.endObject();
    }

    private void stall(JsonWriter json) {
      json.name("stall");
      if (stalledNanos == 0) {
        json.value(null);
        return;
      }
      Task<?> holder = view.running(scheduler);
      json.beginObject().name("millis").value(stalledNanos / 1_000_000);
      json.name("task").value(holder == null ? null : cut(holder.name()));
      json.name("id").value(holder == null ? 0 : holder.id());
      json.name("stack").beginArray();
      view.stackNow(scheduler, holder).stream()
          .limit(MOST_FRAMES)
          .forEach(frame -> json.value(frame.toString()));
      json.endArray().name("ready").value(view.ready(scheduler)).name("victims").beginArray();
      view.firstReady(scheduler, MOST_NAMES).forEach(name -> json.value(cut(name)));
      json.endArray().endObject();
    }

    private void row(JsonWriter json, Row row, long now) {
      Task<?> task = row.task;
      YieldEvent<?, ?> event = task.waitingFor();
      json.beginObject().name("id").value(task.id()).name("name").value(cut(task.name()));
      json.name("level").value(row.level).name("children").value(row.children);
      json.name("childrenShown").value(Math.min(row.children, MOST_CHILDREN));
      json.name("state").value(task.state().name()).name("engine").value(view.engine(task));
      json.name("daemon").value(task.isDaemon()).name("cancelled").value(reason(task));
      json.name("for").value(event == null ? null : cut(event.described()));
      json.name("at").value(lines.of(task));
      json.name("waited").value(event == null ? 0 : LiveGraph.waitedNanos(task));
      json.name("cycle").value(graph.isInCycle(task)).name("holds").value(task.held().size());
      TaskHistory.Known known = history.of(task);
      json.name("known").value(known != null);
      if (known != null) {
        json.name("turns").value(known.turns).name("busy").value(known.busyNanos);
        json.name("ready").value(known.readyNanos(now));
        json.name("longest").value(known.longestTurnNanos);
      }
      json.endObject();
    }

    private @Nullable String reason(Task<?> task) {
      String reason = view.cancelReason(task);
      return reason == null ? null : cut(reason);
    }
  }
}
