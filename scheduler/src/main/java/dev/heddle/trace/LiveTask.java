package dev.heddle.trace;

import dev.heddle.coroutine.Frames;
import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one task, as JSON for the live page. Made by the loop, which is asked for
 * this one task; if the loop does not answer, from outside and with less.
 */
final class LiveTask {
  private static final int MOST_SCOPES = 50;
  private static final int MOST_HELD = 50;
  private static final int MOST_FRAMES = 50;
  private static final int MOST_VALUES = 50;
  private static final int MOST_HOLDERS = 20;

  /** Longer values are cut, and larger collections are told by their size. */
  private static final int MOST_OF_A_VALUE = 200;

  private final JsonWriter json = new JsonWriter();
  private final KernelView view = KernelView.get();
  private final Task<?> task;
  private final TaskHistory history;
  private final LiveLoops loops;

  private LiveTask(Task<?> task, LiveLoop loop, LiveLoops loops) {
    this.task = task;
    this.history = loop.history;
    this.loops = loops;
  }

  /** The JSON; null if no such task lives. */
  static @Nullable String of(LiveLoop loop, LiveLoops loops, long id, long millis) {
    Scheduler scheduler = loop.scheduler;
    Task<?> task = find(scheduler, id);
    if (task == null) {
      return null;
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    boolean asked =
        KernelView.get().isRunning(scheduler)
            && scheduler.runInside(() -> answer(answer, new LiveTask(task, loop, loops)));
    try {
      return asked
          ? answer.get(millis, TimeUnit.MILLISECONDS)
          : new LiveTask(task, loop, loops).make("the scheduler does not run");
    } catch (TimeoutException e) {
      return new LiveTask(task, loop, loops).make("the loop does not answer: it is held up");
    } catch (ExecutionException e) {
      return new LiveTask(task, loop, loops).make("the loop could not tell: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new LiveTask(task, loop, loops).make("interrupted");
    }
  }

  /** The task of this number that has not ended; null if there is none. */
  static @Nullable Task<?> find(Scheduler scheduler, long id) {
    for (Task<?> each : KernelView.get().unordered(scheduler)) {
      if (each.id() == id) {
        return each;
      }
    }
    return null;
  }

  /** The loop must not see what this throws. */
  private static void answer(CompletableFuture<String> answer, LiveTask made) {
    try {
      answer.complete(made.make(null));
    } catch (RuntimeException | Error thrown) {
      answer.completeExceptionally(thrown);
    }
  }

  /**
   * @param caution null inside of the scheduler
   */
  private String make(@Nullable String caution) {
    json.beginObject();
    json.name("id").value(task.id()).name("name").value(LiveView.cut(task.name()));
    json.name("state").value(task.state().name()).name("engine").value(view.engine(task));
    json.name("daemon").value(task.isDaemon()).name("caution").value(caution);
    json.name("cancelled").value(view.cancelReason(task));
    TaskGroup<?> group = task.group();
    Task<?> owner = group == null ? null : group.owner();
    json.name("owner").value(owner == null ? null : LiveView.cut(owner.name()));
    waiting();
    json.name("scopes").beginArray();
    if (caution == null) {
      view.scopes(task, MOST_SCOPES).forEach(this::scope);
    }
    json.endArray();
    json.name("holds").beginArray();
    task.holdings(MOST_HELD).forEach(this::held);
    json.endArray();
    json.name("frames").beginArray();
    if (caution == null) {
      frames();
    } else {
      view.whereIfRunning(task).forEach(line -> frame(line, Map.of()));
    }
    json.endArray();
    history();
    json.endObject();
    return json.toString();
  }

  private void waiting() {
    json.name("waiting");
    YieldEvent<?, ?> event = task.waitingFor();
    if (event == null) {
      json.value(null);
      return;
    }
    TaskWait wait = new WaitReader().read(task, event, List.of());
    json.beginObject().name("for").value(LiveView.cut(wait.what()));
    json.name("millis").value(wait.waited().toMillis());
    json.name("holders").beginArray();
    wait.holders().stream().limit(MOST_HOLDERS).forEach(this::holder);
    json.endArray();
    json.name("holderCount").value(wait.holders().size()).endObject();
  }

  private void holder(Task<?> holder) {
    json.beginObject().name("id").value(holder.id());
    json.name("loop").value(loops.numberOf(holder.scheduler()));
    json.name("name").value(LiveView.cut(holder.name())).endObject();
  }

  private void scope(KernelView.ScopeLine scope) {
    Duration left = scope.remaining();
    json.beginObject().name("kind").value(scope.kind());
    json.name("owner").value(LiveView.cut(scope.owner()));
    json.name("millisLeft").value(left == null ? null : "" + left.toMillis());
    json.name("cancelled").value(scope.cancelReason()).endObject();
  }

  private void held(HeldResource held) {
    List<StackTraceElement> at = held.acquiredAt();
    json.beginObject();
    json.name("resource").value(LiveView.cut(WaitReader.describe(held.resource())));
    json.name("at").value(at.isEmpty() ? null : at.getFirst().toString()).endObject();
  }

  private void frames() {
    List<Frames.Frame> frames = task.frames().toList();
    if (frames.isEmpty()) {
      view.where(task).forEach(line -> frame(line, Map.of()));
    }
    frames.stream().limit(MOST_FRAMES).forEach(each -> frame(each.at(), each.values()));
  }

  private void frame(StackTraceElement at, Map<String, @Nullable Object> values) {
    json.beginObject().name("at").value(at.toString()).name("values").beginArray();
    values.entrySet().stream()
        .limit(MOST_VALUES)
        .forEach(
            each -> {
              json.beginObject().name("name").value(each.getKey());
              json.name("value").value(text(each.getValue())).endObject();
            });
    json.endArray().endObject();
  }

  /** The loop waits meanwhile: what is large is not written out to be cut. */
  private static String text(@Nullable Object value) {
    try {
      return switch (value) {
        case null -> "null";
        case String string -> '"' + LiveView.cut(string, MOST_OF_A_VALUE) + '"';
        case Collection<?> many when many.size() > 20 -> sized(many, many.size());
        case Map<?, ?> many when many.size() > 20 -> sized(many, many.size());
        case CharSequence long_ when long_.length() > MOST_OF_A_VALUE ->
            sized(long_, long_.length());
        default -> LiveView.cut(String.valueOf(value), MOST_OF_A_VALUE);
      };
    } catch (RuntimeException | Error broken) {
      return "(" + broken.getClass().getName() + " in toString())";
    }
  }

  private static String sized(Object value, int size) {
    return value.getClass().getSimpleName() + " of " + size;
  }

  private void history() {
    json.name("history");
    TaskHistory.Known known = history.of(task);
    if (known == null) {
      json.value(null);
      return;
    }
    long now = System.nanoTime();
    json.beginObject().name("turns").value(known.turns).name("busy").value(known.busyNanos);
    json.name("longest").value(known.longestTurnNanos).name("gaveUp").value(known.gaveUp);
    json.name("ready").value(known.readyNanos(now)).name("wakes").beginArray();
    for (TaskHistory.Wake wake : known.wakes()) {
      json.beginObject().name("millisAgo").value(Math.max(0, (now - wake.nanos()) / 1_000_000));
      json.name("byId").value(wake.byId()).name("by").value(LiveView.cut(wake.by())).endObject();
    }
    json.endArray().endObject();
  }
}
