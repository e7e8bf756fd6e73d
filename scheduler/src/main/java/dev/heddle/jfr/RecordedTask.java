package dev.heddle.jfr;

import dev.heddle.jfr.FlightEvents.End;
import dev.heddle.jfr.FlightEvents.OfTask;
import dev.heddle.jfr.FlightEvents.Resync;
import dev.heddle.jfr.FlightEvents.Spawn;
import dev.heddle.jfr.FlightEvents.Turn;
import dev.heddle.jfr.FlightEvents.Wait;
import dev.heddle.jfr.FlightEvents.Wake;
import org.jspecify.annotations.Nullable;

/**
 * A task as its events name it. To be used only if {@link Flight#mayRecord}.
 *
 * @param scheduler the scheduler's name
 * @param id the task's number
 * @param name the task's name
 */
public record RecordedTask(String scheduler, long id, String name) {

  /** Which of the events about tasks some recording wants. */
  @SuppressWarnings("ImmutableEnumChecker") // an event that is never committed is never changed
  public enum Wanted {
    /** A turn. */
    TURN(new Turn()),
    /** A wait. */
    WAIT(new Wait()),
    /** A wake. */
    WAKE(new Wake()),
    /** A start. */
    SPAWN(new Spawn()),
    /** An end. */
    END(new End());

    private final jdk.jfr.Event probe;

    Wanted(jdk.jfr.Event probe) {
      this.probe = probe;
    }

    /** Whether a recording wants it now. */
    public boolean now() {
      return probe.isEnabled();
    }

    /** Whether a recording wants any of them now. */
    public static boolean any() {
      return TURN.now() || WAIT.now() || WAKE.now() || SPAWN.now() || END.now();
    }
  }

  /** Something that lasts: begun when this object is made, recorded when {@code end} is called. */
  public static final class Span {
    private final jdk.jfr.Event event;

    private Span(jdk.jfr.Event event) {
      this.event = event;
      event.begin();
    }

    /** A turn begins, on the thread that calls. */
    public static Span turn() {
      return new Span(new Turn());
    }

    /** A wait begins. */
    public static Span wait(String reason) {
      Wait begun = new Wait();
      begun.reason = reason;
      return new Span(begun);
    }

    /** It is over. Whether it is to be recorded: ask before the task is made. */
    public boolean isRecorded() {
      event.end();
      return event.shouldCommit();
    }

    /** Records the turn. */
    public void endTurn(RecordedTask task, String ends) {
      Turn turn = (Turn) event;
      turn.scheduler = task.scheduler;
      turn.taskId = task.id;
      turn.task = task.name;
      turn.ends = ends;
      turn.commit();
    }

    /** Records the wait. */
    public void endWait(RecordedTask task, @Nullable RecordedTask by) {
      Wait wait = (Wait) event;
      task.fill(wait);
      wait.byId = by == null ? 0 : by.id;
      wait.by = by == null ? null : by.name;
      wait.commit();
    }
  }

  /**
   * When a virtual thread that has recorded something gives up its carrier, the recorder of JDK 25
   * drops the next event of the carrier, whatever it is. So the carrier records one that means
   * nothing.
   */
  public static void resync() {
    new Resync().commit();
  }

  private void fill(OfTask event) {
    event.scheduler = scheduler;
    event.taskId = id;
    event.task = name;
  }

  /** The task was woken. */
  public void woken(@Nullable RecordedTask by) {
    Wake event = new Wake();
    fill(event);
    event.byId = by == null ? 0 : by.id;
    event.by = by == null ? null : by.name;
    event.commit();
  }

  /** The task was started. */
  public void spawned(@Nullable RecordedTask by) {
    Spawn event = new Spawn();
    fill(event);
    event.byId = by == null ? 0 : by.id;
    event.by = by == null ? null : by.name;
    event.commit();
  }

  /** The task has ended. */
  public void ended(String state) {
    End event = new End();
    fill(event);
    event.state = state;
    event.commit();
  }
}
