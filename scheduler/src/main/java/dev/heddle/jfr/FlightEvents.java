package dev.heddle.jfr;

import jdk.jfr.Category;
import jdk.jfr.Contextual;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events. All are off until a recording enables them. Loaded only once the Flight Recorder is
 * there and has begun its work; so only {@link Flight} and {@link RecordedTask} name them.
 */
final class FlightEvents {
  private FlightEvents() {}

  /** What all have in common. */
  @Category("Heddle")
  @Enabled(false)
  @StackTrace(false)
  abstract static class Heddle extends Event {}

  /** Something about one task. */
  abstract static class OfTask extends Heddle {
    @Label("Scheduler")
    @Nullable String scheduler;

    @Label("Task Id")
    long taskId;

    @Label("Task")
    @Nullable String task;
  }

  /** Something that happens to one task by another. */
  abstract static class ByTask extends OfTask {
    @Label("By Task Id")
    @Description("0 if the loop did it: for a deadline, I/O, or another thread")
    long byId;

    @Label("By Task")
    @Nullable String by;
  }

  @Name("dev.heddle.Turn")
  @Label("Turn")
  @Description("A task had the turn; other events of the thread meanwhile are the task's")
  @Threshold("1 ms")
  static final class Turn extends Heddle {
    @Label("Scheduler")
    @Nullable String scheduler;

    @Contextual
    @Label("Task Id")
    long taskId;

    @Contextual
    @Label("Task")
    @Nullable String task;

    @Label("Ends")
    @Description("How the turn ended: waits, gives up, or ended")
    @Nullable String ends;
  }

  @Name("dev.heddle.Wait")
  @Label("Wait")
  @Description("A task waited for an event, until it was woken")
  static final class Wait extends ByTask {
    @Label("Reason")
    @Description("What it waited for, as it was when the wait began")
    @Nullable String reason;
  }

  @Name("dev.heddle.Wake")
  @Label("Wake")
  @Description("A task was woken")
  static final class Wake extends ByTask {}

  @Name("dev.heddle.Spawn")
  @Label("Spawn")
  @Description("A task was started")
  static final class Spawn extends ByTask {}

  @Name("dev.heddle.End")
  @Label("End")
  @Description("A task has ended")
  static final class End extends OfTask {
    @Label("State")
    @Description("SUCCEEDED, FAILED or CANCELLED")
    @Nullable String state;
  }

  /** See {@link RecordedTask#resync}; on, but never committed while no event about tasks is on. */
  @Name("dev.heddle.Resync")
  @Label("Resync")
  @Description("Means nothing: it keeps the recorder from losing the event that follows")
  @Enabled(true)
  static final class Resync extends Heddle {}

  @Name("dev.heddle.Stall")
  @Label("Stall")
  @Description("The watchdog reports a loop that does not come round")
  static final class Stall extends Heddle {
    @Label("Scheduler")
    @Nullable String scheduler;

    @Label("Task")
    @Description("Who has the turn; null if no task has it")
    @Nullable String task;

    @Label("Lasted")
    @Timespan
    long lasted;

    @Label("Over")
    @Description("Whether the loop goes on")
    boolean over;

    @Label("Ready")
    @Description("How many tasks wait for a turn")
    int ready;
  }

  @Name("dev.heddle.Offload")
  @Label("Offload")
  @Description("A thread of a pool has done work for a task")
  static final class Offload extends Heddle {
    @Label("Pool")
    @Nullable String pool;
  }

  @Name("dev.heddle.Accept")
  @Label("Accept")
  @Description("A listener has accepted a connection")
  static final class Accept extends Heddle {
    @Label("Listener")
    @Nullable String listener;

    @Label("Connection")
    @Nullable String connection;
  }

  @Name("dev.heddle.ConnectionClosed")
  @Label("Connection Closed")
  @Description("A connection was closed at this end")
  static final class ConnectionClosed extends Heddle {
    @Label("Connection")
    @Nullable String connection;

    @Label("Cause")
    @Nullable String cause;
  }

  @Name("dev.heddle.BodyFirstUse")
  @Label("First Use of a Body")
  @Description("A body in coroutine style was used for the first time in this JVM")
  static final class BodyFirstUse extends Heddle {
    @Label("Body")
    @Description("The class of the body: a lambda has one of its own")
    @Nullable String body;

    @Label("Woven")
    boolean woven;

    @Label("Explanation")
    @Description("If it is not woven, why")
    @Nullable String explanation;
  }
}
