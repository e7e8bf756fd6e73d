package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.coroutine.engine.SneakyThrow;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.TaskGroup.Readiness;
import dev.heddle.scheduler.TaskScopes.Extras;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Failures of tasks, until somebody has heard of them. Promise Y4: none is told twice, and none
 * never.
 *
 * <ul>
 *   <li>Of a child of a group: its {@link TaskGroup} hears of it, and tells its owner.
 *   <li>Of a task that somebody joins when it ends: the joiner hears of it.
 *   <li>Of a task that was spawned, so that nobody needs to join it: reported when it ends.
 *   <li>Of a task that was submitted: kept for who joins it; reported when the task is unreachable,
 *       because then nobody can join it any more, or at the end of the run.
 * </ul>
 *
 * <p>This file is long because who hears a failure, and when, is one rule, in one place.
 */
final class Failures {
  /** The failures that nobody has joined, in the order in which they happened. */
  final Set<Failure> undelivered = new LinkedHashSet<>();

  /** The failures whose tasks are unreachable; filled by the garbage collector. */
  final ReferenceQueue<Task<?>> collected = new ReferenceQueue<>();

  private final BiConsumer<String, Throwable> reporter;

  /** What the reporter has thrown; kept to the end of the run, so that the loop goes on. */
  private @Nullable Throwable reportersOwn;

  /**
   * @param reporter null for the default one
   */
  Failures(@Nullable BiConsumer<String, Throwable> reporter) {
    this.reporter = reporter == null ? new FailureLog() : reporter;
  }

  /** Called by the loop: reports the failures whose tasks are unreachable. */
  void reportCollected() {
    if (undelivered.isEmpty()) {
      return;
    }
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      if (undelivered.remove(gone)) {
        report((Failure) gone);
      }
    }
  }

  /** The end of the run: reports the failures that nobody has joined. Throws the reporter's own. */
  void reportAll() {
    List<Failure> last = List.copyOf(undelivered);
    undelivered.clear();
    last.forEach(this::report);
    if (reporter instanceof FailureLog log) {
      log.tellOfTheRest();
    }
    Throwable thrown = reportersOwn;
    if (thrown != null) {
      reportersOwn = null;
      throw new IllegalStateException(
          "the failure reporter failed: " + asked(thrown, Throwable::getMessage), thrown);
    }
  }

  private void report(Failure failure) {
    report(failure.taskName(), failure.thrown());
  }

  /** Tells the reporter. What it throws is kept to the end of the run, so that the loop goes on. */
  void report(String taskName, Throwable failure) {
    try {
      reporter.accept(taskName, failure);
    } catch (Throwable thrown) {
      if (reportersOwn == null) {
        reportersOwn = thrown;
      } else if (reportersOwn != thrown) { // the JVM has one OutOfMemoryError for many
        reportersOwn.addSuppressed(thrown);
      }
    }
  }

  /** What a user's exception says of itself; its class if it throws by that. */
  static String described(Throwable thrown) {
    String own = asked(thrown, Throwable::toString);
    return own == null ? thrown.getClass().getName() : own;
  }

  /** What a user's exception answers; null if it throws, as its methods may. */
  private static <A> @Nullable A asked(
      Throwable thrown, Function<Throwable, @Nullable A> question) {
    try {
      return question.apply(thrown);
    } catch (Throwable broken) {
      return null;
    }
  }

  /**
   * How a task ended that did not succeed, and whether somebody has heard of it.
   *
   * <p>It refers to its task weakly: once the task is unreachable nobody can join it any more, and
   * a failure that was not delivered is due to be reported.
   */
  static final class Failure extends WeakReference<Task<?>> {
    private final Failures failures;
    private final String taskName;
    private final Throwable thrown;
    private final boolean cancellation;

    /** Whether somebody has heard of it. */
    private boolean delivered;

    Failure(Task<?> task, Throwable thrown, boolean cancellation) {
      super(task, task.scheduler.failures.collected);
      this.failures = task.scheduler.failures;
      this.taskName = task.name();
      this.thrown = thrown;
      this.cancellation = cancellation;
    }

    /** The task, which is in no group, has ended, and those who joined it have heard of this. */
    void ended(Task<?> task) {
      if (cancellation || delivered) {
        return;
      }
      if (task.isForJoiner()) {
        failures.undelivered.add(this);
      } else {
        report();
      }
    }

    /** Reports it now. */
    void report() {
      delivered = true;
      failures.report(this);
    }

    boolean isCancellation() {
      return cancellation;
    }

    String taskName() {
      return taskName;
    }

    Throwable thrown() {
      return thrown;
    }

    /** What the task threw, for one who joins it: it need not be reported any more. */
    Throwable deliver() {
      delivered = true;
      failures.undelivered.remove(this);
      return thrown;
    }
  }

  /** The failures of a group's children that the owner of the group has to hear of. */
  static final class GroupFailures {
    private final Failures failures;

    /** The first; later ones are suppressed in it. */
    private @Nullable Throwable first;

    /** Whether the first can hold others as suppressed; null until a second one is there. */
    private @Nullable Boolean holds;

    /** Whether the first was thrown to the owner. */
    private boolean heard;

    /** Of a group that settles: those of tasks that the owner was not given. */
    private final Set<Failure> ungiven = new LinkedHashSet<>(0);

    GroupFailures(Failures failures) {
      this.failures = failures;
    }

    @Nullable Throwable first() {
      return first;
    }

    /** A child has failed, which counts for the group; gives the first failure of all. */
    @CanIgnoreReturnValue
    Throwable add(Failure childs) {
      Throwable thrown = childs.thrown();
      if (first == null) {
        first = thrown;
      } else if (first != thrown && first != asked(thrown, Throwable::getCause)) {
        first.addSuppressed(thrown);
        if (holds == null) {
          holds = first.getSuppressed().length > 0;
        }
        if (!holds) {
          childs.report();
        }
      }
      return first;
    }

    void heard(boolean now) {
      heard = now;
    }

    /** A child has failed, whose task the owner will be given. */
    void keep(Failure childs) {
      ungiven.add(childs);
    }

    void given(@Nullable Failure childs) {
      if (childs != null) {
        ungiven.remove(childs);
      }
    }

    void allGiven() {
      ungiven.clear();
    }

    /**
     * The group is through: what its owner has not heard, and has now; null if there is nothing.
     *
     * @param joins what a join throws
     */
    @Nullable Throwable unheard(@Nullable Throwable joins) {
      if (joins != null) {
        boolean before = heard;
        heard = true;
        return before ? null : joins;
      }
      GroupFailures all = new GroupFailures(failures);
      ungiven.forEach(all::add);
      ungiven.clear();
      return all.first;
    }
  }

  /** Suppresses one failure in another; reports it if the other cannot hold it. */
  @CanIgnoreReturnValue
  private Throwable suppress(Throwable first, String taskName, Throwable later) {
    if (first != later && first != asked(later, Throwable::getCause)) {
      first.addSuppressed(later);
      if (!holds(first, later)) {
        report(taskName, later);
      }
    }
    return first;
  }

  /** The cancellation of a task as others see it: as it is, it would look like their own. */
  static CancellationException cancelled(Throwable why) {
    CancellationException seen = new CancellationException(why.getMessage());
    seen.initCause(why);
    return seen;
  }

  private static boolean holds(Throwable first, Throwable later) {
    for (Throwable suppressed : first.getSuppressed()) {
      if (suppressed == later) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the owner of a group has not heard when the group is through: thrown where the group is
   * left, if that place can wait for the children; else at the task's next await; else it goes into
   * the outcome of the task.
   */
  static final class Late {
    private Late() {}

    /** Keeps a failure for what the task throws next, or how it ends. */
    static void add(Task<?> task, Throwable failure) {
      Extras extras = task.extras();
      Throwable first = extras.late;
      if (first == null || extras.lateThrown) {
        extras.late = failure;
        extras.lateThrown = false;
      } else {
        task.scheduler.failures.suppress(first, task.name(), failure);
      }
    }

    /** What is to be thrown to the task now: a complaint, or a late failure, or both; or null. */
    static @Nullable Throwable toThrow(Task<?> task, @Nullable RuntimeException complaint) {
      Extras extras = task.extrasOrNull();
      if (extras == null || extras.late == null || extras.lateThrown || task.isLingering()) {
        return complaint;
      }
      extras.lateThrown = true;
      return complaint == null
          ? extras.late
          : task.scheduler.failures.suppress(complaint, task.name(), extras.late);
    }

    /** Throws the late failure if it is suppressed in a cancellation that ends here. */
    static void throwFrom(Task<?> task, Cancelled swallowed) {
      Extras extras = task.extrasOrNull();
      Throwable late = extras == null ? null : extras.late;
      if (extras != null && late != null && holds(swallowed, late)) {
        extras.late = null;
        throw SneakyThrow.unchecked(late);
      }
    }

    /**
     * How a task ends whose groups have left it a failure: that is suppressed in the failure of the
     * task, and takes the place of a result. It wins over a cancellation, which nobody looks at.
     */
    static @Nullable Object outcome(Task<?> task, @Nullable Object outcome) {
      Extras extras = task.extrasOrNull();
      Throwable late = extras == null ? null : extras.late;
      if (extras == null || late == null) {
        return outcome;
      }
      boolean told = extras.lateThrown;
      if (!(outcome instanceof Failure own)) {
        return told ? outcome : new Failure(task, late, false);
      }
      if (own.isCancellation() && (!told || holds(own.thrown(), late))) {
        return new Failure(task, late, false);
      }
      if (!told) {
        task.scheduler.failures.suppress(own.thrown(), task.name(), late);
      }
      return outcome;
    }
  }

  /** {@link Task#join}: any number of tasks may wait for one. */
  static final class Join<T extends @Nullable Object> extends YieldEvent<T, Exception>
      implements Extras.EndWait {

    /** The end of a task, as something that the task holds until then. */
    record TaskEnd(Task<?> task) implements Resource {
      @Override
      public String describe() {
        return "the end of task '" + task.name() + "'";
      }

      @Override
      public List<Task<?>> holders() {
        return task.isDone() ? List.of() : List.of(task);
      }

      @Override
      public void holderEnded(Task<?> holder) {
        throw new AssertionError("no task holds its end by Task.hold");
      }
    }

    private final Task<T> joined;

    Join(Task<T> joined) {
      this.joined = joined;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (joined.scheduler != scheduler) {
        fail(waiter, new IllegalStateException(joined + " is a task of " + joined.scheduler));
      } else if (joined == waiter.task()) {
        fail(
            waiter,
            new IllegalStateException("task '" + joined.name() + "' would wait for itself"));
      } else if (joined.isDone()) {
        ended(waiter);
      } else {
        joined.extras().addJoiner(waiter);
      }
    }

    /** Gives the result or the failure of the task, to each who joins. */
    @Override
    public void ended(Waiter waiter) {
      Failure failure = joined.failure();
      if (failure == null) {
        wake(waiter, joined.resultNow());
      } else if (failure.isCancellation()) {
        fail(waiter, cancelled(failure.deliver()));
      } else {
        failWith(waiter, failure.deliver());
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return joined.extras().removeJoiner(waiter);
    }

    @Override
    public Resource resource() {
      return new TaskEnd(joined);
    }

    @Override
    public String describe() {
      return resource().describe();
    }

    /**
     * The starter of a child of a group waits until the child is ready. It stands in the child's
     * queue of joiners, who hear of the child's end before the group does.
     */
    static final class Start<V extends @Nullable Object> extends SingleWaiterEvent<V, Exception>
        implements Extras.EndWait, Readiness<V> {
      private final TaskGroup<?> group;
      private final String name;
      private final Function<Readiness<V>, Body<?>> body;

      /** The child; null before the start. */
      private @Nullable Task<?> child;

      Start(TaskGroup<?> group, String name, Function<Readiness<V>, Body<?>> body) {
        this.group = group;
        this.name = name;
        this.body = body;
      }

      @Override
      protected void start(Scheduler scheduler, Waiter waiter) {
        if (child != null) {
          throw new IllegalStateException(this + " was started before; call group.start for each");
        }
        child = group.start(name, body.apply(this));
        child.extras().addJoiner(waiter);
      }

      private Task<?> child() {
        Task<?> started = child;
        assert started != null : this + " has not been started";
        return started;
      }

      @Override
      public void ready(V value) {
        if (child == null) {
          throw new IllegalStateException(
              "ready() was called before task '"
                  + name
                  + "' was started; call it in the task's body");
        }
        Waiter starter = waiter();
        if (starter != null) {
          boolean _ = child().extras().removeJoiner(starter);
          wake(value);
        }
      }

      /** The child has ended before it was ready: the starter gets the failure, not the group. */
      @Override
      public void ended(Waiter joiner) {
        group.endedUnready(child());
        Failure failed = child().failure();
        if (failed == null || failed.isCancellation()) {
          String how = failed == null ? "" : ": " + failed.thrown().getMessage();
          fail(new IllegalStateException(child() + " ended before it was ready" + how));
        } else {
          failWith(failed.deliver());
        }
      }

      @Override
      protected boolean undo(Scheduler scheduler, Waiter waiter) {
        boolean _ = child().extras().removeJoiner(waiter);
        boolean _ = child().cancel("nobody waits any more until it is ready");
        return true;
      }

      @Override
      public String describe() {
        return "task '" + name + "' to be ready";
      }
    }
  }

  /**
   * The default failure reporter of one scheduler. A storm of failures, as of thousands of clients
   * that reset their connections at once, is not a storm of stack traces.
   */
  static final class FailureLog implements BiConsumer<String, Throwable> {
    private static final System.Logger LOG = System.getLogger("dev.heddle");
    private static final int MOST_PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000;

    /** Failures since then, by the class of the exception. */
    private final Map<Class<?>, Integer> counts = new LinkedHashMap<>();

    private long since = System.nanoTime();

    @Override
    public void accept(String task, Throwable thrown) {
      if (System.nanoTime() - since >= SECOND) {
        tellOfTheRest();
      }
      if (counts.merge(thrown.getClass(), 1, Integer::sum) <= MOST_PER_SECOND) {
        log(task, thrown);
      }
    }

    private static void log(String task, Throwable thrown) {
      LogPrinter.print(() -> logFailure(task, thrown));
    }

    private static void logFailure(String task, Throwable thrown) {
      try {
        LOG.log(Level.ERROR, "task '" + task + "' failed", thrown);
      } catch (Throwable broken) { // by the methods of the exception's class
        String by = "task '" + task + "' failed by a " + thrown.getClass().getName();
        LOG.log(Level.ERROR, by + ", which cannot be printed");
      }
    }

    /** The second is over, or the run is. */
    void tellOfTheRest() {
      counts.forEach(
          (type, count) -> {
            if (count > MOST_PER_SECOND) {
              String more = count - MOST_PER_SECOND + " more tasks failed by a " + type.getName();
              LogPrinter.print(() -> LOG.log(Level.ERROR, more + "; see above"));
            }
          });
      counts.clear();
      since = System.nanoTime();
    }
  }
}
