package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schedulers that a live page can show: the inspector's own one, which is number 0, and all
 * others that run in this JVM. Any thread may ask.
 */
final class LiveLoops {
  private static final int MOST = 256;

  private final KernelView view = KernelView.get();
  private final boolean mayCancel;
  private final LiveLoop own;
  private volatile List<LiveLoop> all;

  /** Only the inspector's thread uses it. */
  private int nextNumber = 1;

  LiveLoops(Scheduler own, boolean mayCancel) {
    this.mayCancel = mayCancel;
    this.own = new LiveLoop(0, own, this, mayCancel);
    this.all = List.of(this.own);
  }

  /** The inspector's own one first, the others in the order in which they were seen. */
  List<LiveLoop> all() {
    return all;
  }

  LiveLoop own() {
    return own;
  }

  /** Null if there is none of this number, or it has ended. */
  @Nullable LiveLoop of(long number) {
    return all.stream().filter(each -> each.number == number).findFirst().orElse(null);
  }

  /** The number of a scheduler; -1 if it is not known. */
  int numberOf(Scheduler scheduler) {
    for (LiveLoop each : all) {
      if (each.scheduler == scheduler) {
        return each.number;
      }
    }
    return -1;
  }

  /** Tasks of all schedulers but this one, in no order; so many at the most. */
  List<Task<?>> tasksOfOthers(LiveLoop one, int most) {
    List<Task<?>> tasks = new ArrayList<>();
    for (LiveLoop each : all) {
      if (each != one) {
        List<Task<?>> some = view.unordered(each.scheduler);
        tasks.addAll(some.subList(0, Math.min(some.size(), most - tasks.size())));
      }
    }
    return tasks;
  }

  /** Looks which run now. Only the inspector's thread calls it. */
  void refresh() {
    List<Scheduler> running = RunningSchedulers.all();
    List<LiveLoop> now = new ArrayList<>();
    for (LiveLoop each : all) {
      if (each == own || running.contains(each.scheduler)) {
        now.add(each);
      }
    }
    for (Scheduler each : running) {
      if (numberOf(each) < 0 && now.size() < MOST) {
        now.add(new LiveLoop(nextNumber++, each, this, mayCancel));
      }
    }
    if (!now.equals(all)) {
      all = List.copyOf(now);
    }
  }

  /** A line for each, if there are several. */
  void write(JsonWriter json) {
    List<LiveLoop> some = all;
    json.name("loops").beginArray();
    for (LiveLoop each : some.size() > 1 ? some : List.<LiveLoop>of()) {
      Task<?> holder = each.stalledNanos() == 0 ? null : view.running(each.scheduler);
      json.beginObject().name("number").value(each.number);
      json.name("name").value(LiveView.cut(each.scheduler.name()));
      json.name("running").value(view.isRunning(each.scheduler));
      json.name("tasks").value(view.unordered(each.scheduler).size());
      json.name("ready").value(view.ready(each.scheduler));
      json.name("stalledMillis").value(each.stalledNanos() / 1_000_000);
      json.name("holder").value(holder == null ? null : LiveView.cut(holder.name())).endObject();
    }
    json.endArray();
  }
}
