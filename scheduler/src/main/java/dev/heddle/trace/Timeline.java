package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TaskWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a scheduler do from now on, to be looked at in Perfetto or {@code
 * chrome://tracing}: a track for each task, with its turns, its waits and for what, and how long it
 * was ready and had no turn; arrows from who wakes to who is woken; a track for the loop, with its
 * looks, its sleep, and each turn that has held it up for 100 ms or longer as a stall.
 *
 * <pre>{@code
 * Timeline timeline = Timeline.start(scheduler);
 * scheduler.run();
 * timeline.stop();
 * timeline.writeTo(Path.of("trace.json"));
 * }</pre>
 *
 * <p>The scheduler may run already, and need not be prepared. As long as the timeline lasts a turn
 * costs some hundred nanoseconds more; before and after, nothing. It keeps the latest slices, up to
 * a limit, and counts those that it has {@linkplain #dropped dropped}. A loop that stands still is
 * shown, too, with the task that holds it.
 *
 * <p>Any thread may call all methods.
 */
public final class Timeline {
  /** How many slices are kept unless another number is given: about 10 MB. */
  public static final int DEFAULT_MOST = 100_000;

  private static final int MOST_OF_ALL = 10_000_000;

  /** From this time on a turn is shown as a stall. */
  private static final long STALL_NANOS = 100_000_000;

  /** The loop's track; the others are the numbers of tasks. */
  static final long LOOP = 0;

  /** What a slice shows. */
  enum Shows {
    TURN,
    WAIT,
    READY,
    LOOK,
    SLEEP,
    STALL
  }

  /**
   * Something that lasts.
   *
   * @param track the task's number
   * @param task the task's name
   * @param text what it waits for, who has woken it, how the turn ended
   * @param wakerTrack for a turn, the track of who has made the task ready; -1 if nobody has
   * @param wokenAt for a turn, when that was
   */
  record Slice(
      Shows shows,
      long track,
      String task,
      String text,
      long from,
      long to,
      long wakerTrack,
      long wokenAt) {}

  /** A task that has not ended. Times are -1 if they mean nothing now. */
  private static final class Open {
    private long waitsSince = -1;
    private String waitsFor = "";
    private long readySince = -1;
    private long wakerTrack = -1;
    private long wokenAt = -1;
  }

  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;
  private final int most;
  private final long startedAt = System.nanoTime();

  // All below is guarded by this object's lock. The loop writes; whoever stops and reads comes
  // once.

  private final Deque<Slice> slices = new ArrayDeque<>();
  private final IdentityHashMap<Task<?>, Open> open = new IdentityHashMap<>();
  private long dropped;

  /** Whether the loop has taken notice. */
  private boolean watching;

  private boolean stopped;

  /** The task that has the turn, and since when; null if none has it. */
  private @Nullable Task<?> running;

  private long runningSince;

  /** Since when the loop does what comes next on its track. */
  private long loopSince = startedAt;

  private long asleepNanos = -1;

  private final TaskWatch watch = new Watch();

  private Timeline(Scheduler scheduler, int most) {
    this.scheduler = scheduler;
    this.most = most;
  }

  /** Begins; keeps {@value #DEFAULT_MOST} slices. */
  public static Timeline start(Scheduler scheduler) {
    return start(scheduler, DEFAULT_MOST);
  }

  /**
   * Begins.
   *
   * @param most how many slices are kept, the latest ones
   * @throws IllegalArgumentException if that is not 1 to 10,000,000
   */
  public static Timeline start(Scheduler scheduler, int most) {
    if (most < 1 || most > MOST_OF_ALL) {
      throw new IllegalArgumentException(
          "a timeline of " + most + " slices: must be 1 to 10000000");
    }
    Timeline timeline = new Timeline(scheduler, most);
    boolean _ = scheduler.runInside(timeline::begin); // false if the scheduler has ended
    return timeline;
  }

  /** On the loop. */
  private void begin() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      watching = true;
      loopSince = System.nanoTime();
      for (Task<?> task : view.tasks(scheduler)) {
        Open known = open(task);
        YieldEvent<?, ?> event = task.waitingFor();
        if (event != null) {
          known.waitsSince = loopSince;
          known.waitsFor = event.described();
        } else if (task.state() == Task.State.READY) {
          known.readySince = loopSince;
        }
      }
    }
    view.watch(scheduler, watch);
  }

  /** Ends; what is under way is shown up to now. Does nothing the second time. */
  public void stop() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
      endAll(System.nanoTime());
      open.clear();
    }
    boolean _ = scheduler.runInside(() -> view.unwatch(scheduler, watch));
  }

  private void endAll(long now) {
    Task<?> holder = running;
    if (!watching) { // the loop has not come round since the start, or does not run
      holder =
          view.isRunning(scheduler) && view.rounds(scheduler) >= 0 ? view.running(scheduler) : null;
      runningSince = startedAt;
    }
    if (holder != null) {
      turnIsOver(holder, open(holder), now, "has the turn still");
    }
    open.forEach(
        (task, known) -> {
          if (known.waitsSince >= 0) {
            add(task, Shows.WAIT, known.waitsFor + ", still", known.waitsSince, now);
          } else if (known.readySince >= 0) {
            add(task, Shows.READY, "still", known.readySince, now);
          }
        });
  }

  /** How many slices were not kept, so far. */
  public synchronized long dropped() {
    return dropped;
  }

  /** In the trace event format: a JSON object, in one line. */
  public String toJson() {
    return TimelineJson.of(List.of(this));
  }

  /**
   * Writes what {@link #toJson} gives, in UTF-8; a file that is there is replaced.
   *
   * @throws IOException if that cannot be done
   */
  public void writeTo(Path file) throws IOException {
    Files.writeString(file, toJson());
  }

  /** The scheduler's name. */
  String title() {
    return scheduler.name();
  }

  long startedAt() {
    return startedAt;
  }

  /** A copy, oldest end first. */
  synchronized List<Slice> slices() {
    return new ArrayList<>(slices);
  }

  private Open open(Task<?> task) {
    return open.computeIfAbsent(task, _ -> new Open());
  }

  private void add(Task<?> task, Shows shows, String text, long from, long to) {
    add(new Slice(shows, task.id(), task.name(), text, from, to, -1, -1));
  }

  private void add(Slice slice) {
    if (slices.size() == most) {
      slices.removeFirst();
      dropped++;
    }
    slices.addLast(slice);
  }

  private void turnIsOver(Task<?> task, Open known, long now, String how) {
    add(
        new Slice(
            Shows.TURN,
            task.id(),
            task.name(),
            how,
            runningSince,
            now,
            known.wakerTrack,
            known.wokenAt));
    if (now - runningSince >= STALL_NANOS) {
      add(new Slice(Shows.STALL, LOOP, task.name(), how, runningSince, now, -1, -1));
    }
    known.wakerTrack = -1;
    running = null;
    loopSince = now;
  }

  private void waitIsOver(Task<?> task, Open known, long now, @Nullable Task<?> by) {
    if (known.waitsSince >= 0) {
      String who = by == null ? "the loop" : "task '" + by.name() + "'";
      add(task, Shows.WAIT, known.waitsFor + ", ended by " + who, known.waitsSince, now);
      known.waitsSince = -1;
    }
  }

  /** What the loop calls. */
  private final class Watch implements TaskWatch {
    @Override
    public void noted(Task<?> task, TaskEvent.What what, @Nullable Task<?> by) {
      synchronized (Timeline.this) {
        if (stopped || what == TaskEvent.What.CANCELLED) {
          return;
        }
        long now = System.nanoTime();
        Open known = open(task);
        waitIsOver(task, known, now, by);
        if (what == TaskEvent.What.ENDED) {
          if (task != running) {
            open.remove(task);
          }
        } else {
          known.readySince = now;
          known.wakerTrack = by == null ? LOOP : by.id();
          known.wokenAt = now;
        }
      }
    }

    @Override
    public void turnBegins(Task<?> task) {
      synchronized (Timeline.this) {
        if (!stopped) {
          running = task;
          Open known = open(task);
          runningSince = System.nanoTime();
          if (known.readySince >= 0) {
            add(task, Shows.READY, "", known.readySince, runningSince);
            known.readySince = -1;
          }
        }
      }
    }

    @Override
    public void turnEnds(Task<?> task) {
      synchronized (Timeline.this) {
        if (stopped || running != task) {
          return;
        }
        long now = System.nanoTime();
        Open known = open(task);
        YieldEvent<?, ?> event = task.waitingFor();
        turnIsOver(task, known, now, task.isDone() ? "ends" : event == null ? "gives up" : "waits");
        if (task.isDone()) {
          open.remove(task);
        } else if (event == null) {
          known.readySince = now;
        } else {
          known.waitsSince = now;
          known.waitsFor = event.described();
        }
      }
    }

    @Override
    public void looked(long asleep) {
      synchronized (Timeline.this) {
        if (stopped) {
          return;
        }
        long now = System.nanoTime();
        boolean slept = asleepNanos >= 0 && asleep > asleepNanos;
        asleepNanos = asleep;
        Shows shows = slept ? Shows.SLEEP : Shows.LOOK;
        add(new Slice(shows, LOOP, "", "", loopSince, now, -1, -1));
        loopSince = now;
      }
    }
  }
}
