package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.engine.SneakyThrow;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.view.RunLog;
import dev.heddle.scheduler.view.TurnOrder;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a scheduler is made that differs from the defaults.
 *
 * <p>This file is long because it has a method for each setting, and what guards the settings that
 * are code of the user's own.
 */
public final class SchedulerBuilder {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  @Nullable String name;
  Clock clock = Clock.system();
  @Nullable Poller poller;
  @Nullable Engine engine;
  boolean wovenRequired;
  @Nullable BiConsumer<String, Throwable> failureReporter;
  Consumer<? super Finding> findingReporter = SchedulerBuilder::printFinding;
  boolean recordSites = SchedulerBuilder.class.desiredAssertionStatus();
  @Nullable Consumer<? super TaskEvent> observer;
  long stallNanos = 100_000_000;
  Consumer<? super Finding.Stall> stallReporter = SchedulerBuilder::printFinding;
  int turnBudget = 128;

  /** Who decides on the order of turns; null for first in, first out. See {@link TurnOrder}. */
  @Nullable TurnOrder order;

  /** Opens what records or replays the runs; null if nothing does. */
  private RunLog.@Nullable Opener log;

  boolean mxBean = Boolean.getBoolean("heddle.mxbean");

  SchedulerBuilder() {}

  /** For messages and thread names. Default: {@code scheduler-} and a number. */
  public SchedulerBuilder name(String schedulerName) {
    name = Objects.requireNonNull(schedulerName, "name");
    return this;
  }

  /** Where it reads the time. Default: {@link Clock#system}. */
  public SchedulerBuilder clock(Clock schedulerClock) {
    clock = Objects.requireNonNull(schedulerClock, "clock");
    return this;
  }

  /** Where it idles. Default: it sleeps, until the first socket brings a selector. */
  public SchedulerBuilder poller(Poller schedulerPoller) {
    poller = Objects.requireNonNull(schedulerPoller, "poller");
    return this;
  }

  /**
   * What runs tasks that have a stack of their own. Default: {@link Engine#fastest}.
   *
   * @throws IllegalArgumentException if it is not available in this JVM, or does not run tasks
   */
  public SchedulerBuilder engine(Engine schedulerEngine) {
    if (!schedulerEngine.runsTasks()) {
      throw new IllegalArgumentException("engine " + schedulerEngine + " does not run tasks");
    }
    if (!schedulerEngine.isAvailable()) {
      throw new IllegalArgumentException(
          "engine "
              + schedulerEngine
              + " is not available; start the JVM with "
              + schedulerEngine.flag());
    }
    engine = schedulerEngine;
    return this;
  }

  /**
   * How many awaits of a task may complete at once in one turn; the last of them sends the task to
   * the back of the ready queue. With 1, each await gives up the turn: other tasks wait less, and
   * what was cheap costs a turn, some ten nanoseconds or more. Default: 128. See {@link
   * Task#yield}.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public SchedulerBuilder turnBudget(int completions) {
    if (completions < 1) {
      throw new IllegalArgumentException("turn budget " + completions + ": must be 1 or more");
    }
    turnBudget = completions;
    return this;
  }

  /**
   * Refuses a task in coroutine style whose body cannot be woven: {@code spawn} and {@code submit}
   * then throw an {@code IllegalArgumentException} that says what {@link Body#explain} says.
   * Refuses a method with an {@link Awaiter} that cannot be woven, too: as the receiver tells which
   * method it is, the call itself then throws an {@code IllegalStateException} that names the task,
   * the method and the reason.
   *
   * <p>Default: the body, or the method alone, gets a stack of its own, with the same result at a
   * higher price. Tasks in the other styles are no matter of this.
   */
  public SchedulerBuilder requireWoven() {
    wovenRequired = true;
    return this;
  }

  /**
   * Hears once of each failure that nobody else hears of, with the task's name. A task that was
   * spawned in no group and has no joiner when it fails: at once. One that was submitted: when the
   * task is garbage, as nobody can join it then, at the latest at the end of the run. Called by the
   * loop. What it throws is thrown by {@link Scheduler#run}. Default: logs it as an error, with the
   * stack. Of failures by one class of exception a second's first ten are logged, and a line tells
   * the number of the others, with the next failure or at the end of the run.
   */
  public SchedulerBuilder failureReporter(BiConsumer<String, Throwable> reporter) {
    failureReporter = Objects.requireNonNull(reporter, "reporter");
    return this;
  }

  /**
   * Hears once of each thing that is wrong with the program although no task has failed: locks that
   * are acquired in two orders, and deadlocks, if {@code dev.heddle.trace.DeadlockCheck} looks for
   * them. Called by the loop, in the middle of changes: the reporter may note and log, and must not
   * use the scheduler. What it throws is logged. Default: logs the finding as a warning.
   */
  public SchedulerBuilder findingReporter(Consumer<? super Finding> reporter) {
    findingReporter = guarded("finding reporter", Objects.requireNonNull(reporter, "reporter"));
    return this;
  }

  /** Lets nothing out that a reporter throws. */
  private static <F extends Finding> Consumer<F> guarded(
      String what, Consumer<? super F> reporter) {
    return finding -> {
      try {
        reporter.accept(finding);
      } catch (Throwable thrown) {
        String line = "the " + what + " failed on: " + finding.message();
        LogPrinter.print(() -> LOG.log(Level.ERROR, line, thrown));
      }
    };
  }

  /**
   * Whether each task records the lines of source at which it acquires what it holds, for messages
   * and dumps, and whether the scheduler learns the order in which tasks acquire locks. Costs some
   * microseconds for each acquisition. Default: whether assertions are enabled ({@code java -ea}).
   */
  public SchedulerBuilder recordSites(boolean record) {
    recordSites = record;
    return this;
  }

  /**
   * Hears what happens to tasks, in order: started, turn, waiting, woken, cancelled, ended.
   *
   * <pre>{@code
   * Scheduler.builder().observer(event -> System.err.println(event)).build();
   * }</pre>
   *
   * <p>Called on the loop's thread, between two turns: the beginning of a turn is told before it,
   * all else at the latest when the turn is over in which it happened; what happens while the
   * scheduler does not run, in the next run. {@link TaskEvent#nanos} is when it happened. It may
   * use the scheduler; as long as it does not return no task gets a turn. If it throws, that is
   * logged and it hears no more; the tasks notice nothing. Default: none, which costs a turn
   * nothing.
   */
  public SchedulerBuilder observer(Consumer<? super TaskEvent> taskObserver) {
    observer = Objects.requireNonNull(taskObserver, "observer");
    return this;
  }

  /**
   * After which time a loop that does not come round is reported as a {@link Finding.Stall}: which
   * task holds it, its stack at that moment, and who waits for it. Reported again as long as the
   * stall lasts, each time after twice the time, at the latest after ten seconds more, and once
   * when the loop goes on.
   *
   * <pre>{@code
   * Scheduler.builder().watchdog(Duration.ofMillis(20)).run(co -> serve(co, socket));
   * }</pre>
   *
   * <p>One daemon thread for the JVM looks at all loops, twice in the shortest of these times; a
   * turn pays nothing. Work that only loads classes, links them or weaves bodies is given ten times
   * as long. When the whole JVM has stood still, by SIGSTOP or a long collection of garbage, no
   * loop is blamed. Default: 100 ms.
   *
   * @param threshold 1 ms to 1 hour; zero for no watchdog
   * @throws IllegalArgumentException if it is out of this range
   */
  public SchedulerBuilder watchdog(Duration threshold) {
    boolean inRange =
        threshold.compareTo(Duration.ofMillis(1)) >= 0
            && threshold.compareTo(Duration.ofHours(1)) <= 0;
    if (!inRange && !threshold.isZero()) {
      throw new IllegalArgumentException(
          "watchdog threshold " + threshold + ": must be 1 ms to 1 hour, or zero for no watchdog");
    }
    stallNanos = Timers.saturatedNanos(threshold);
    return this;
  }

  /**
   * Hears of each stall that the {@link #watchdog} sees. Called by the watchdog's thread, while the
   * loop stands still: the reporter may note and log. What it throws is logged. Default: logs the
   * stall as a warning.
   */
  public SchedulerBuilder stallReporter(Consumer<? super Finding.Stall> reporter) {
    stallReporter = guarded("stall reporter", Objects.requireNonNull(reporter, "reporter"));
    return this;
  }

  /**
   * Whether the scheduler has an MXBean, from its first run until its close: {@code
   * dev.heddle.trace.SchedulerMXBean}. In a JVM without the module {@code java.management} it has
   * none, which is logged. Default: whether the JVM was started with {@code -Dheddle.mxbean=true},
   * as JMX takes some 30 ms to load.
   */
  public SchedulerBuilder mxBean(boolean register) {
    mxBean = register;
    return this;
  }

  /**
   * Records the scheduler's runs into a file, from which {@link #replay} repeats them: each reading
   * of the clock by the loop and its tasks, what other threads hand in, and what the TCP sockets
   * give. The file is a ring of 64 MiB; see {@link #record(Path, long)}.
   *
   * <pre>{@code
   * Scheduler.builder().record(Path.of("server.heddle")).run(co -> greet(co));
   * }</pre>
   *
   * <p>A recording that is there is written over, any other file is refused. The file is good up to
   * the last turns also when the JVM is killed. If it can be written no more, as the disk is full,
   * that is logged, and the program goes on without it.
   *
   * @throws java.io.UncheckedIOException by {@link #build}, if the file cannot be written
   */
  public SchedulerBuilder record(Path file) {
    return record(file, 64 << 20);
  }

  /**
   * The same with another size: when the file is full, the older half of what is in it is given up.
   * A recording without its beginning can be shown, and not be replayed.
   *
   * @param mostBytes 1 MiB to 1 GiB
   * @throws IllegalArgumentException if it is out of this range
   */
  public SchedulerBuilder record(Path file, long mostBytes) {
    log = RunLog.Files.get().recorder(Objects.requireNonNull(file, "file"), mostBytes);
    return this;
  }

  /**
   * Repeats the runs that were {@linkplain #record recorded}: the same program takes the same
   * turns. The time is that of the recording, and there is no network; other threads do their work
   * again. So a stop in a debugger changes nothing, however long it is.
   *
   * <p>A program that asks for something else than the recording has next has diverged: the run
   * ends with an {@link java.io.UncheckedIOException} that names both, and the task.
   *
   * @throws java.io.UncheckedIOException by {@link #build}, if the file is no whole recording
   */
  public SchedulerBuilder replay(Path file) {
    log = RunLog.Files.get().replayer(Objects.requireNonNull(file, "file"));
    stallNanos = 0; // a debugger makes many
    return this;
  }

  Given given(Scheduler scheduler) {
    if (log != null && (poller != null || order != null)) {
      throw new IllegalStateException(
          scheduler + " has a poller, or an order of turns, of its own: it cannot be recorded");
    }
    return new Given(scheduler, clock, poller, log == null ? null : log.open(scheduler));
  }

  /** The scheduler; the thread that calls may use it until it runs. */
  public Scheduler build() {
    return new Scheduler(this);
  }

  /**
   * Like {@link Scheduler#run(TaskBody)}, on a scheduler that differs from the defaults.
   *
   * <pre>{@code
   * Scheduler.builder().name("crawler").requireWoven().run(co -> crawl(co, start));
   * }</pre>
   */
  public void run(TaskBody body) throws Exception {
    runMain(Body.coroutine(body));
  }

  /** The same for a body in thread style. */
  public void run(ThreadBody body) throws Exception {
    runMain(Body.thread(body));
  }

  /**
   * Like {@link Scheduler#compute(TaskFunction)}, on a scheduler that differs from the defaults.
   */
  public <T extends @Nullable Object> T compute(TaskFunction<T> body) throws Exception {
    return runMain(Body.function(body));
  }

  /** The same for a body in thread style. */
  public <T extends @Nullable Object> T compute(Callable<T> body) throws Exception {
    return runMain(Body.callable(body));
  }

  @CanIgnoreReturnValue
  private <T extends @Nullable Object> T runMain(Body<T> body) throws Exception {
    ThreadGuard.checkOutsideOfAll();
    try (Scheduler scheduler = build()) {
      return runMain(scheduler, body);
    }
  }

  /** Runs the body as the task whose end is the end of the run. */
  private static <T extends @Nullable Object> T runMain(Scheduler scheduler, Body<T> body)
      throws Exception {
    Task<T> main = scheduler.start("main", body, false, null, true, TaskLocal.snapshot());
    scheduler.main = main;
    scheduler.run();
    return switch (main.state()) {
      case SUCCEEDED -> main.resultNow();
      case FAILED -> throw SneakyThrow.atCaller(main.exceptionNow());
      case CANCELLED -> throw Failures.cancelled(main.exceptionNow());
      default -> throw new CancellationException(main + " has not ended");
    };
  }

  private static void printFinding(Finding finding) {
    LogPrinter.print(() -> logFinding(finding));
  }

  private static void logFinding(Finding finding) {
    LOG.log(Level.WARNING, finding.message());
  }

  /**
   * The clock and the poller that the user has given to a scheduler. What one of them throws ends
   * the run, by an error that names it. At its end the scheduler does without one that throws, so
   * that the {@code finally} blocks of the tasks have their turns.
   */
  static final class Given {
    /** How long the loop sleeps at its end where the poller throws; then it looks. */
    private static final long SHORT_NANOS = 1_000_000;

    private final Scheduler scheduler;
    private final Clock clock;
    private final Poller poller;

    /** What was thrown last in this run; null if nothing. Any thread may read the clock. */
    private volatile @Nullable IllegalStateException failure;

    /** Whether the scheduler ends. Only the loop writes it. */
    private volatile boolean ending;

    /** The poller that the first socket has brought; null before. Only the loop writes it. */
    volatile @Nullable Poller brought;

    /** What records or replays; null if nothing does. */
    final @Nullable RunLog log;

    Given(Scheduler scheduler, Clock clock, @Nullable Poller poller, @Nullable RunLog log) {
      this.scheduler = scheduler;
      this.log = log;
      Clock used = clock == Clock.system() ? clock : new UsersClock(clock);
      this.clock = log == null ? used : new SchedulerView.LoggedClock(scheduler, log, used);
      boolean parks = log == null || !log.replays();
      this.poller = poller == null ? new ParkingPoller(parks) : new UsersPoller(poller);
    }

    /** The time, for an observer, whose looks are not recorded. */
    long nanosAside() {
      return clock instanceof SchedulerView.LoggedClock logged ? logged.aside() : clock.nanoTime();
    }

    /** The loop has ended. */
    void close(Poller used) {
      try {
        used.close();
      } finally {
        if (log != null) {
          log.close();
        }
      }
    }

    Clock clock() {
      return clock;
    }

    Poller poller() {
      return poller;
    }

    Poller asGiven(Poller used) {
      return used instanceof UsersPoller users ? users.poller : used;
    }

    /** Whether a poller of this kind is to be brought. */
    boolean wants(Class<?> kind, Poller used) {
      return brought == null && !kind.isInstance(asGiven(used));
    }

    /** What the loop polls when this poller was brought. */
    Poller joined(Poller used, Poller sockets) {
      brought = sockets;
      if (used instanceof ParkingPoller) {
        return sockets;
      }
      return asGiven(used).takesOver(sockets)
          ? used
          : new ForeignCall.PollerPair(used, sockets, clock == Clock.system());
    }

    void beginEnd() {
      ending = true;
      if (log != null) {
        log.ends();
      }
    }

    /** Returns if the scheduler is to do without. */
    private void threw(String what, Object given, String call, Throwable thrown) {
      if (thrown instanceof VirtualMachineError broken) {
        throw broken;
      }
      if (!ending) {
        failure =
            new IllegalStateException(
                "the %s %s of %s has thrown in %s(): %s"
                    .formatted(what, given.getClass().getName(), scheduler, call, thrown),
                thrown);
        throw failure;
      }
    }

    void beginRun() {
      failure = null;
    }

    /** The last pass is over: what a task has heard, and perhaps caught, is the run's failure. */
    void endRun(Poller used) {
      used.endRun();
      IllegalStateException heard = failure;
      if (heard != null && !ending) {
        throw heard;
      }
    }

    private final class UsersClock implements Clock {
      private final Clock clock;

      /** What was read last, by any thread; the time goes on from there without the clock. */
      private volatile long last;

      /** The system's time when the clock was done without for the first time; 0 before. */
      private volatile long withoutSince;

      UsersClock(Clock clock) {
        this.clock = clock;
      }

      @Override
      public long nanoTime() {
        try {
          long time = clock.nanoTime();
          last = time;
          return time;
        } catch (Throwable thrown) {
          threw("clock", clock, "nanoTime", thrown);
          long system = System.nanoTime();
          withoutSince = withoutSince == 0 ? system : withoutSince;
          return last + (system - withoutSince);
        }
      }
    }

    private final class UsersPoller implements Poller {
      private final Poller poller;

      UsersPoller(Poller poller) {
        this.poller = poller;
      }

      @Override
      public void poll(long timeoutNanos) {
        try {
          poller.poll(timeoutNanos);
        } catch (Throwable thrown) {
          threw("poller", poller, "poll", thrown);
          LockSupport.parkNanos(this, Math.min(timeoutNanos, SHORT_NANOS));
        }
      }

      @Override
      public void wakeup() {
        try {
          poller.wakeup();
        } catch (Throwable thrown) {
          threw("poller", poller, "wakeup", thrown);
        }
      }

      @Override
      public boolean hasWaiters() {
        try {
          return poller.hasWaiters();
        } catch (Throwable thrown) {
          threw("poller", poller, "hasWaiters", thrown);
          return true; // none that waits is to be taken for stuck
        }
      }

      @Override
      public void endRun() {
        try {
          poller.endRun();
        } catch (Throwable thrown) {
          threw("poller", poller, "endRun", thrown);
        }
      }

      @Override
      public void close() {
        try {
          poller.close();
        } catch (Throwable thrown) {
          scheduler.failures.report("the poller " + poller.getClass().getName(), thrown);
        }
      }
    }
  }

  /** The poller of a scheduler without I/O: parks the loop's thread. */
  private static final class ParkingPoller implements Poller {
    /** The thread that parks, for those who wake it. */
    private volatile @Nullable Thread sleeper;

    /** Set by a wakeup: the next park is not needed. Checked after {@code sleeper} was written. */
    private volatile boolean woken;

    /** False in a replay, whose time does not pass. */
    private final boolean parks;

    ParkingPoller(boolean parks) {
      this.parks = parks;
    }

    @Override
    public void poll(long timeoutNanos) {
      if (timeoutNanos == 0 || !parks) {
        return;
      }
      sleeper = Thread.currentThread();
      if (!woken) {
        if (timeoutNanos == FOREVER) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, timeoutNanos);
        }
      }
      woken = false;
    }

    @Override
    public void wakeup() {
      woken = true;
      LockSupport.unpark(sleeper);
    }

    @Override
    public boolean hasWaiters() {
      return false;
    }

    @Override
    public void close() {}
  }
}
