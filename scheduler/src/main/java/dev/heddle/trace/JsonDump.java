package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A dump as JSON (RFC 8259), for programs.
 *
 * <pre>{@code
 * String json = JsonDump.of(TaskDump.of(scheduler));
 * }</pre>
 *
 * <pre>
 * {"scheduler": "web", "caution": null, "taskCount": 2, "tasks": [
 *   {"id": 1, "name": "a", "daemon": false, "state": "WAITING", "engine": "woven",
 *    "waiting": {"for": "lock 'db' held by task 'b'", "resource": "lock 'db'", "holders": [2],
 *                "holderCount": 1, "sinceNanos": 12345, "waitedNanos": 678},
 *    "cancelReason": null, "deadlineInNanos": null,
 *    "holds": [{"resource": "lock 'log'", "acquiredAt": ["app.Main.run(Main.java:12)"]}],
 *    "at": ["app.Main.run(Main.java:14)"], "owned": []}]}
 * </pre>
 *
 * <p>The members are the components of {@link TaskDump}, and each is always there. The JSON is one
 * line, without spaces. Of the holders it names the first 20. Readers of JSON take no endless
 * depth: a task of level 100 has in {@code owned} all that stand below it, in the order of the
 * text, each with an empty {@code owned} and the number of its owner, {@code "owner": 7}.
 */
public final class JsonDump {
  private static final int MOST_HOLDERS = 20;
  private static final int MOST_LEVELS = 100;

  private final JsonWriter json = new JsonWriter();

  private JsonDump() {}

  /** The dump's JSON. */
  public static String of(TaskDump dump) {
    JsonDump made = new JsonDump();
    made.dump(dump);
    return made.json.toString();
  }

  private void dump(TaskDump dump) {
    json.beginObject();
    json.name("scheduler").value(dump.scheduler());
    json.name("caution").value(dump.caution());
    json.name("taskCount").value(dump.taskCount());
    array("tasks", dump.tasks(), task -> entry(task, 1, null));
    json.endObject();
  }

  private <T> void array(String name, List<T> items, Consumer<T> each) {
    json.name(name).beginArray();
    items.forEach(each);
    json.endArray();
  }

  /**
   * Writes a task, with those that it owns.
   *
   * @param owner whose number is written; null if that is the task around this one
   */
  private void entry(TaskDump.Entry entry, int level, TaskDump.@Nullable Entry owner) {
    json.beginObject();
    json.name("id").value(entry.id());
    if (owner != null) {
      json.name("owner").value(owner.id());
    }
    json.name("name").value(entry.name());
    json.name("daemon").value(entry.daemon());
    json.name("state").value(entry.state().name());
    json.name("engine").value(entry.engine());
    json.name("waiting");
    waiting(entry.waiting());
    json.name("cancelReason").value(entry.cancelReason());
    json.name("deadlineInNanos");
    if (entry.deadlineIn() == null) {
      json.value(null);
    } else {
      json.value(entry.deadlineIn().toNanos());
    }
    array("holds", entry.holds(), this::held);
    array("at", entry.at(), this::frame);
    if (!entry.values().isEmpty()) {
      array("values", entry.values(), this::values);
    }
    if (level < MOST_LEVELS) {
      array("owned", entry.owned(), owned -> entry(owned, level + 1, null));
    } else {
      json.name("owned").beginArray();
      if (level == MOST_LEVELS) {
        TaskDump.below(entry, below -> entry(below.entry(), MOST_LEVELS + 1, below.owner()));
      }
      json.endArray();
    }
    json.endObject();
  }

  private void values(Map<String, String> values) {
    json.beginObject();
    values.forEach((name, value) -> json.name(name).value(value));
    json.endObject();
  }

  private void waiting(@Nullable TaskWait wait) {
    if (wait == null) {
      json.value(null);
      return;
    }
    Resource resource = wait.resource();
    json.beginObject();
    json.name("for").value(wait.what());
    json.name("resource").value(resource == null ? null : WaitReader.describe(resource));
    List<Task<?>> holders = wait.holders();
    int shown = Math.min(holders.size(), MOST_HOLDERS);
    array("holders", holders.subList(0, shown), holder -> json.value(holder.id()));
    json.name("holderCount").value(holders.size());
    json.name("sinceNanos").value(wait.sinceNanos());
    json.name("waitedNanos").value(wait.waited().toNanos());
    json.endObject();
  }

  private void held(HeldResource held) {
    json.beginObject();
    json.name("resource").value(WaitReader.describe(held.resource()));
    array("acquiredAt", held.acquiredAt(), this::frame);
    json.endObject();
  }

  private void frame(StackTraceElement frame) {
    json.value(frame.toString());
  }
}
