package dev.heddle.trace;

import dev.heddle.jfr.Flight;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.LoopWatch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Knows the schedulers that run, and reports loops that do not come round. One daemon thread for
 * the JVM reads, now and then, the number of rounds of each loop that runs: a number that stays the
 * same for the threshold is a stall. The loops write that number anyway, so that they pay nothing.
 *
 * <p>What it says of a stall is read from the outside: the loop stands still, and what it wrote
 * before is seen. If the loop goes on in that very moment, the report may name a task that has just
 * ended.
 *
 * <p>Nobody is blamed for three things: a JVM that has stood still as a whole, which the watchdog
 * sees by its own sleep; a sleeping loop; and, for ten times the threshold, the loading of classes,
 * which in a program that has just begun takes longer than the threshold.
 */
final class Watchdog implements LoopWatch, Runnable {
  private static final int MOST_FRAMES = 64;
  private static final int MOST_NAMES = 10;
  private static final int PATIENCE_FOR_LOADING = 10;

  /** How long the thread goes on to look after the last run has ended: the next may come soon. */
  private static final int ROUNDS_WITHOUT_RUNS = 20;

  private static final long LONGEST_PAUSE = 50_000_000;
  private static final long MOST_BETWEEN_REPORTS = 10_000_000_000L;

  /** Where a body is held up that loads, links or weaves code. */
  private static final List<String> LOADING =
      List.of(
          "java.lang.ClassLoader",
          "java.lang.invoke.",
          "jdk.internal.loader.",
          "jdk.internal.classfile.",
          "dev.heddle.weave.");

  private static final System.Logger LOG = System.getLogger("dev.heddle");

  /** Whether any scheduler may have a bean, so that JMX is loaded. */
  private static volatile boolean someHaveBeans;

  /** Whether no scheduler can have a bean, which was logged. */
  private static volatile boolean beansFail;

  /** Whether schedulers whose runs begin get a bean, as somebody has asked from outside. */
  private static volatile boolean allHaveBeans;

  /** The schedulers whose runs are under way. Changed under this object's lock; read by all. */
  private volatile List<Scheduler> running = List.of();

  /** Those that are looked at. Changed under this object's lock; read by the watchdog's thread. */
  private volatile List<Watched> runs = List.of();

  /** Whether the thread sleeps until a run begins, or is about to. */
  private volatile boolean dormant;

  private final KernelView view = KernelView.get();

  /** Null until the first run that is looked at. Guarded by this object's lock. */
  private @Nullable Thread thread;

  @Override
  public void begin(Scheduler scheduler, Rule rule) {
    if (rule.mxBean() || allHaveBeans) {
      registerBean(scheduler);
    }
    if (ThreadNames.ON) {
      ThreadNames names = scheduler.attachment(ThreadNames.class, ThreadNames::new);
      view.unwatch(scheduler, names); // from the last run
      view.watch(scheduler, names);
    }
    add(scheduler, rule);
  }

  private synchronized void add(Scheduler scheduler, Rule rule) {
    running = with(running, scheduler);
    if (rule.nanos() == 0) {
      return;
    }
    runs = with(runs, new Watched(scheduler, rule));
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("heddle-watchdog").start(this);
    } else if (dormant) { // read after the run was added: see sleepUntilARunBegins
      LockSupport.unpark(thread);
    }
  }

  private static <T> List<T> with(List<T> some, T one) {
    List<T> more = new ArrayList<>(some);
    more.add(one);
    return more;
  }

  @Override
  public List<Scheduler> running() {
    return List.copyOf(running);
  }

  @Override
  public synchronized void end(Scheduler scheduler) {
    running = running.stream().filter(each -> each != scheduler).toList();
    runs = runs.stream().filter(watched -> watched.scheduler != scheduler).toList();
  }

  @Override
  public void looked(Scheduler scheduler) {
    if (Flight.mayRecord()) {
      RecordedTasks.of(scheduler).startOrStop();
    }
  }

  @Override
  public void closed(Scheduler scheduler) {
    if (someHaveBeans) {
      SchedulerBean.unregister(scheduler);
    }
  }

  /** Registers a bean for each scheduler that runs, and for each that will; gives the names. */
  static List<String> registerBeans(List<Scheduler> schedulers) {
    List<String> names = schedulers.stream().map(SchedulerBean::register).toList();
    someHaveBeans = true;
    allHaveBeans = true;
    return names;
  }

  private static void registerBean(Scheduler scheduler) {
    if (beansFail) {
      return;
    }
    try {
      String _ = SchedulerBean.register(scheduler);
      someHaveBeans = true;
    } catch (LinkageError | IllegalStateException e) {
      beansFail = true;
      String why = "; the JVM needs the module java.management (" + e + ")";
      String line = "no MXBean for " + scheduler + why;
      LogPrinter.print(() -> LOG.log(Level.WARNING, line));
    }
  }

  @Override
  public void run() {
    int idleRounds = 0;
    while (true) {
      List<Watched> watched = runs;
      idleRounds = watched.isEmpty() ? idleRounds + 1 : 0;
      if (idleRounds > ROUNDS_WITHOUT_RUNS) {
        sleepUntilARunBegins();
        idleRounds = 0;
        continue;
      }
      long pause = pause(watched);
      long before = System.nanoTime();
      LockSupport.parkNanos(this, pause);
      long now = System.nanoTime();
      boolean stoodStill = now - before > 2 * pause;
      for (Watched one : watched) {
        lookSafely(one, now, stoodStill);
      }
    }
  }

  /**
   * Whatever a look throws, the next one comes: it reads what is in motion, and a machine without
   * memory or descriptors, where a stall is likely, may not let it load a class.
   */
  private void lookSafely(Watched watched, long now, boolean stoodStill) {
    try {
      look(watched, now, stoodStill);
    } catch (RuntimeException | LinkageError | OutOfMemoryError unseen) {
      watched.restart(-1, now);
    }
  }

  /** Nobody's run is missed: who begins one sees that this thread is dormant, or is seen here. */
  private void sleepUntilARunBegins() {
    dormant = true;
    while (runs.isEmpty()) {
      LockSupport.park(this);
    }
    dormant = false;
  }

  private static long pause(List<Watched> watched) {
    long pause = LONGEST_PAUSE;
    for (Watched one : watched) {
      pause = Math.min(pause, one.rule.nanos() / 2);
    }
    return pause;
  }

  private void look(Watched watched, long now, boolean stoodStill) {
    long rounds = view.rounds(watched.scheduler);
    if (rounds != watched.rounds || rounds < 0) {
      if (watched.told != null) {
        watched.goesOn(now);
      }
      watched.restart(rounds, now);
    } else if (stoodStill && watched.told == null) {
      watched.restart(rounds, now);
    } else if (now - watched.since >= watched.nextReport && runs.contains(watched)) {
      report(watched, now - watched.since);
    }
  }

  private void report(Watched watched, long lasted) {
    Task<?> running = view.running(watched.scheduler);
    List<StackTraceElement> stack = view.stackNow(watched.scheduler, running);
    if (lasted < PATIENCE_FOR_LOADING * watched.rule.nanos() && isLoading(stack)) {
      return;
    }
    if (view.rounds(watched.scheduler) != watched.rounds) {
      return; // it has come round in this moment
    }
    watched.tell(
        new Finding.Stall(
            watched.scheduler.name(),
            running == null ? null : running.name(),
            Duration.ofNanos(lasted),
            false,
            stack.size() <= MOST_FRAMES ? stack : List.copyOf(stack.subList(0, MOST_FRAMES)),
            view.ready(watched.scheduler),
            view.firstReady(watched.scheduler, MOST_NAMES)));
    watched.nextReport = lasted + Math.min(lasted, MOST_BETWEEN_REPORTS);
  }

  private static boolean isLoading(List<StackTraceElement> stack) {
    for (StackTraceElement frame : stack) {
      if (frame.getMethodName().equals("<clinit>")
          || LOADING.stream().anyMatch(frame.getClassName()::startsWith)) {
        return true;
      }
    }
    return false;
  }

  /** A run under way, and what the last look at it has seen. Used by the watchdog's thread only. */
  private static final class Watched {
    private final Scheduler scheduler;
    private final Rule rule;

    /** The number of rounds at the last look; -1 if the loop slept. */
    private long rounds = -1;

    /** Since when that is the number, at the latest. */
    private long since = System.nanoTime();

    /** After which time without a round the next report is due. */
    private long nextReport;

    /** The last report of the stall that lasts; null while none lasts. */
    private Finding.@Nullable Stall told;

    Watched(Scheduler scheduler, Rule rule) {
      this.scheduler = scheduler;
      this.rule = rule;
      this.nextReport = rule.nanos();
    }

    void restart(long roundsNow, long now) {
      rounds = roundsNow;
      since = now;
      nextReport = rule.nanos();
      told = null;
    }

    void tell(Finding.Stall stall) {
      told = stall;
      record(stall);
      rule.reporter().accept(stall);
    }

    @SuppressWarnings("NullAway") // called if there was a report
    void goesOn(long now) {
      Finding.Stall last = told;
      Finding.Stall over =
          new Finding.Stall(
              last.scheduler(),
              last.task(),
              Duration.ofNanos(now - since),
              true,
              last.stack(),
              last.ready(),
              last.waiting());
      record(over);
      rule.reporter().accept(over);
    }

    private static void record(Finding.Stall stall) {
      long nanos = Timers.saturatedNanos(stall.lasted());
      Flight.stall(stall.scheduler(), stall.task(), nanos, stall.isOver(), stall.ready());
    }
  }
}
