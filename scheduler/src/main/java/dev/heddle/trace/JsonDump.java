package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.TaskWait;
import java.util.List;
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
 *                "sinceNanos": 12345, "waitedNanos": 678},
 *    "cancelReason": null, "deadlineInNanos": null,
 *    "holds": [{"resource": "lock 'log'", "acquiredAt": ["app.Main.run(Main.java:12)"]}],
 *    "at": ["app.Main.run(Main.java:14)"], "owned": []}]}
 * </pre>
 *
 * <p>The members are the components of {@link TaskDump}, and each is always there. The JSON is one
 * line, without spaces.
 */
public final class JsonDump {
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
    json.name("tasks");
    entries(dump.tasks());
    json.endObject();
  }

  private void entries(List<TaskDump.Entry> entries) {
    json.beginArray();
    entries.forEach(this::entry);
    json.endArray();
  }

  private void entry(TaskDump.Entry entry) {
    json.beginObject();
    json.name("id").value(entry.id());
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
    json.name("holds").beginArray();
    entry.holds().forEach(this::held);
    json.endArray();
    json.name("at");
    frames(entry.at());
    json.name("owned");
    entries(entry.owned());
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
    json.name("resource").value(resource == null ? null : resource.describe());
    json.name("holders").beginArray();
    wait.holders().forEach(holder -> json.value(holder.id()));
    json.endArray();
    json.name("sinceNanos").value(wait.sinceNanos());
    json.name("waitedNanos").value(wait.waited().toNanos());
    json.endObject();
  }

  private void held(HeldResource held) {
    json.beginObject();
    json.name("resource").value(held.resource().describe());
    json.name("acquiredAt");
    frames(held.acquiredAt());
    json.endObject();
  }

  private void frames(List<StackTraceElement> frames) {
    json.beginArray();
    frames.forEach(frame -> json.value(frame.toString()));
    json.endArray();
  }
}
