package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.SneakyThrow;
import dev.heddle.coroutine.engine.YieldCheck;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Failures.Late;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which scopes reach a task, and what a task does when it enters and leaves them. The fields are
 * the task's, in {@link Task}; nobody else writes {@code scope} and {@code watched}.
 *
 * <pre>
 *   root scope of the task (Task.cancel)  &lt;-  scope  &lt;-  group's scope  &lt;-  scope ...   one task
 *                                                            ^
 *                                       root scope of a child  &lt;-  scope ...            its child
 * </pre>
 *
 * <p>Each task knows its innermost scope, and each scope the one around it, and the one inside of
 * it that its own task has opened. What a cancellation reaches is told by {@link Reach}.
 *
 * <p>Invariant: seen from the inside, a task's own scopes come before those of other tasks, and its
 * root is the outermost of its own.
 *
 * <p>A task that has left a group before the group's children have ended <em>lingers</em>: it waits
 * for them before it waits for anything else, and before it ends.
 *
 * <p>This file is long because what few tasks have, and who waits for the children of a group,
 * stand beside the rules that use them.
 */
final class TaskScopes {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private TaskScopes() {}

  // Entering and leaving.

  static void enter(Task<?> task, CancelScope<?> entered) {
    boolean before = task.isReached();
    CancelScope<?> around = task.scope;
    entered.parent = around;
    if (around != null && around.host == task) {
      around.inner = entered;
      entered.timed = around.timed;
    }
    task.scope = entered;
    Reach.enter(entered);
    note(task, before);
  }

  /** Leaves the task's own scopes, innermost first, up to this one, or all. */
  static void leaveUpTo(Task<?> task, @Nullable CancelScope<?> last) {
    boolean before = task.isReached();
    CancelScope<?> left = task.scope;
    while (left != null && left.host == task) {
      left.left(); // before it is unlinked: a group's children are found by it, to be cancelled
      CancelScope<?> around = left.parent;
      task.scope = around;
      if (around != null && around.host == task) {
        around.inner = null;
      }
      if (left == last) {
        break;
      }
      left = around;
    }
    if (last != null) {
      note(task, before);
    }
  }

  /**
   * Leaves a scope of the calling task; {@link #afterLeaving} is to come next.
   *
   * @return what is to be thrown then, if the scope is not the innermost one
   */
  static @Nullable RuntimeException leave(Task<?> task, CancelScope<?> left) {
    if (Task.current() != task) {
      throw new IllegalStateException(
          left + " is to be left by its own task, not " + Task.current());
    }
    CancelScope<?> innermost = task.scope;
    leaveUpTo(task, left);
    return innermost == left
        ? null
        : new IllegalStateException(
            left
                + " was left before "
                + innermost
                + ", which is inside: leave the innermost first, as nested try blocks do");
  }

  /**
   * After a scope was left: waits for the children of groups where a call can wait, and throws what
   * is wrong, and what has failed in a group.
   *
   * @param complaint gives, when the children have ended, what the leaving itself throws, or null
   */
  static void afterLeaving(Task<?> task, Supplier<@Nullable RuntimeException> complaint) {
    if (task.isLingering() && task.runsOnItsStack()) {
      TaskState.awaitOnStack(task, new AfterGroup(null, complaint));
      return;
    }
    Throwable thrown = Late.toThrow(task, complaint.get());
    if (thrown != null) {
      throw SneakyThrow.unchecked(thrown);
    }
  }

  /** The task has left a group with children. */
  static void linger(Task<?> task) {
    task.extras().lingering++;
    task.watched = true;
  }

  /**
   * The last child has ended of a group that the task has left.
   *
   * @return the task, if its body is through and it has waited only for that: it is to be ended
   */
  static @Nullable Task<?> lingered(Task<?> task) {
    Extras extras = task.extras();
    assert extras.lingering > 0 : task + " has left no group with children";
    extras.lingering--;
    if (extras.lingering > 0) {
      return null;
    }
    note(task, task.isReached());
    if (task.coroutine == null) {
      return task;
    }
    if (task.event instanceof AfterGroup after) {
      after.childrenEnded(task);
    }
    return null;
  }

  // Cancellation.

  /**
   * Something has changed around the task.
   *
   * @param before whether a cancellation has reached it before the change
   */
  static void note(Task<?> task, boolean before) {
    boolean now = task.isReached();
    task.watched = now || task.isLingering() || isTimed(task);
    assert valid(task);
    if (now && !before) {
      Reach.stop(task);
    }
  }

  /** Whether nothing stands before the event: children of groups it has left, a cancellation. */
  static boolean mayStart(Task<?> task, YieldEvent<?, ?> yielded) {
    assert task.watched : task + " is asked although nothing is around it";
    if (task.isLingering()) {
      TaskState.waitFor(
          task, yielded instanceof AfterGroup ? yielded : new AfterGroup(yielded, () -> null));
      return false;
    }
    expirePast(task);
    if (task.isReached() && !yielded.startsWhenCancelled()) {
      TaskState.wakeCancelled(task, null);
      return false;
    }
    return true;
  }

  /** Looked at where it changes, at the innermost scope: the chain may be long. */
  private static boolean valid(Task<?> task) {
    CancelScope<?> scope = task.scope;
    if (scope == null || scope.host != task) {
      return true;
    }
    CancelScope<?> around = scope.parent;
    if (around == null || around.host != task) {
      return scope.inner == null;
    }
    return scope.inner == null && around.inner == scope && scope.kind != CancelScope.Kind.ROOT;
  }

  /** The outermost cancelled scope that reaches the inside of this one; null if none does. */
  static @Nullable CancelScope<?> reaching(@Nullable CancelScope<?> innermost) {
    return Reach.outermost(innermost);
  }

  /** What {@link Task#cancel} cancels: around all scopes of the task, made when it is needed. */
  static CancelScope<?> rootOf(Task<?> task) {
    CancelScope<?> outermost = outermostOf(task);
    if (outermost != null && outermost.kind == CancelScope.Kind.ROOT) {
      return outermost;
    }
    CancelScope<?> root = new CancelScope<>(task, CancelScope.Kind.ROOT, null);
    root.parent = outermost == null ? task.scope : outermost.parent;
    root.inner = outermost;
    if (outermost == null) {
      task.scope = root;
    } else {
      outermost.parent = root;
    }
    Reach.enter(root);
    return root;
  }

  /** The outermost of the task's own scopes; null if it has none. */
  static @Nullable CancelScope<?> outermostOf(Task<?> task) {
    CancelScope<?> outermost = null;
    CancelScope<?> own = task.scope;
    while (own != null && own.host == task) {
      outermost = own;
      own = own.parent;
    }
    return outermost;
  }

  /** The first scope around the task that is not its own: of the group that it is a child of. */
  static @Nullable CancelScope<?> around(Task<?> task) {
    CancelScope<?> scope = task.scope;
    while (scope != null && scope.host == task) {
      scope = scope.parent;
    }
    return scope;
  }

  // Deadlines.

  /**
   * Whether a deadline of the task's own scopes has passed, is still to fire, and will reach it.
   */
  static boolean isOverdue(Task<?> task, long now) {
    if (nothingIsDue(task, now)) {
      return false;
    }
    for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
      if (own.isPast(now)) {
        return true;
      }
      if (own.kind == CancelScope.Kind.SHIELDED) {
        return false; // a scope around it would cancel and undo nothing in here
      }
    }
    return false;
  }

  /** Before an await of the task: fires the deadlines of its own scopes that have passed. */
  private static void expirePast(Task<?> task) {
    long now = task.scheduler.nanoTime();
    if (nothingIsDue(task, now)) {
      return;
    }
    for (CancelScope<?> own = task.scope; own != null && own.host == task; own = own.parent) {
      own.expireIfPast(now);
    }
  }

  /** Whether no deadline at all has passed: then there is no need to look at each scope. */
  private static boolean nothingIsDue(Task<?> task, long now) {
    return task.scheduler.loop.deadlines().nanosUntilNext(now) > 0;
  }

  /** How long until the first deadline of a scope around the task; null if there is none. */
  static @Nullable Duration remaining(Task<?> task) {
    Duration least = null;
    for (CancelScope<?> scope = task.scope; scope != null; scope = scope.parent) {
      Duration left = scope.remaining();
      if (left != null && (least == null || left.compareTo(least) < 0)) {
        least = left;
      }
      if (scope.kind == CancelScope.Kind.SHIELDED) {
        break;
      }
    }
    return least;
  }

  /** Whether one of the task's own scopes was given a timeout. */
  private static boolean isTimed(Task<?> task) {
    CancelScope<?> innermost = task.scope;
    return innermost != null && innermost.host == task && innermost.timed;
  }

  /** Lets coroutines see that a generator keeps a scope open while it yields (promise N7). */
  static void watchGenerators() {
    YieldCheck.install(
        new YieldCheck() {
          @Override
          protected @Nullable Object innermost() {
            Task<?> task = Task.currentOrNull();
            return task == null ? null : task.scope;
          }

          @Override
          protected boolean isForConsumer(@Nullable Object yielded) {
            return !(yielded instanceof YieldEvent);
          }
        });
  }

  /**
   * What a task waits for that has left a group before the group's children have ended: for their
   * end, and only then for the event that its body has yielded.
   *
   * <p>{@link TaskGroup#close} waits by one alone, in thread style and in woven bodies. In step
   * style {@code close} cannot wait, so the first event behind the block does.
   */
  static final class AfterGroup extends YieldEvent<@Nullable Object, RuntimeException> {
    /** What the body has yielded; null if there is nothing to wait for but the children. */
    private final @Nullable YieldEvent<?, ?> yielded;

    /** Gives what the close of the group throws when the children have ended; null if nothing. */
    private final Supplier<@Nullable RuntimeException> failure;

    AfterGroup(@Nullable YieldEvent<?, ?> yielded, Supplier<@Nullable RuntimeException> failure) {
      this.yielded = yielded;
      this.failure = failure;
    }

    void childrenEnded(Task<?> task) {
      wakeToResume(task);
    }

    /** Yielded alone; while there are children, the kernel lets the task wait instead. */
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      handleResume(scheduler, waiter);
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter waiter) {
      RuntimeException complaint = failure.get();
      Throwable thrown = Late.toThrow(waiter.task(), complaint);
      if (complaint != null) {
        fail(waiter, complaint);
      } else if (thrown != null) {
        failWith(waiter, thrown);
      } else if (yielded == null) {
        wake(waiter, null);
      } else {
        Task<?> task = waiter.task();
        task.event = yielded;
        if (!task.watched || mayStart(task, yielded)) { // a deadline may have passed meanwhile
          yielded.handleYield(scheduler, task);
        }
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return !waiter.task().isLingering() && !startsWhenCancelled();
    }

    @Override
    boolean startsWhenCancelled() {
      return yielded == null || yielded.startsWhenCancelled();
    }

    @Override
    public String describe() {
      return "the tasks of a group whose block it has left"
          + (yielded == null ? "" : ", and then for " + yielded.described());
    }
  }

  /**
   * What few tasks have, made at the first need of any of it: a task that only sleeps pays one
   * empty field for all of these.
   */
  static final class Extras {

    /** An event that waits for the end of a task. */
    interface EndWait {
      /** The task has ended; its joiner is out of the queue. */
      void ended(Waiter joiner);
    }

    /** What the task was called by who spawned it; null if nothing. */
    final @Nullable String name;

    /** The values of its task-locals. */
    TaskLocal.Snapshot locals = TaskLocal.Snapshot.EMPTY;

    /** What the loop's thread had of the task's mirrors, during a turn: see TaskLocal.Turn. */
    @Nullable Map<TaskLocal<?>, Object> aside;

    /** Whether a part of the body with a thread of its own has the mirrors of this turn. */
    boolean mirrorsElsewhere;

    /** How many groups it has left whose children have not ended. */
    int lingering;

    /** A failure of a child that the task has not heard when the group was through; or null. */
    @Nullable Throwable late;

    /** Whether {@link #late} was thrown to the task since. */
    boolean lateThrown;

    /** Who waits for the task's end, each by an {@link EndWait}; null until the first. */
    private @Nullable WaitQueue joiners;

    /** What it holds; made by the first. */
    private HeldResource.@Nullable Holdings held;

    Extras(@Nullable String name) {
      this.name = name;
    }

    /**
     * @param acquiredAt null if it is not recorded
     */
    void hold(Resource resource, @Nullable List<StackTraceElement> acquiredAt) {
      if (held == null) {
        held = new HeldResource.Holdings();
      }
      held.add(resource, acquiredAt);
    }

    void letGo(Resource resource) {
      if (held != null) {
        held.remove(resource);
      }
    }

    List<Resource> held() {
      return held == null ? List.of() : held.resources();
    }

    List<HeldResource> holdings(int most) {
      return held == null ? List.of() : held.last(most);
    }

    boolean holdsAbove(long order) {
      return held != null && held.isAbove(order);
    }

    /** The names of the tasks that wait for its end. */
    List<String> joinerNames() {
      return joiners == null ? List.of() : joiners.toList().stream().map(Task::name).toList();
    }

    /** Tells what is held that the task has ended. */
    void abandonHeld(Task<?> holder) {
      List<Resource> abandoned = held();
      held = null;
      for (Resource resource : abandoned) {
        try {
          resource.holderEnded(holder);
        } catch (Throwable thrown) { // the end of the task goes on: others wait for it
          String what = "a resource that " + holder + " held failed at its end";
          LogPrinter.print(() -> LOG.log(Level.ERROR, what, thrown));
        }
      }
    }

    /** Adds a waiter whose event is an {@link EndWait}. */
    void addJoiner(Waiter joiner) {
      if (joiners == null) {
        joiners = new WaitQueue();
      }
      joiners.add(joiner);
    }

    /** Takes a joiner out again; false if it was not there. */
    boolean removeJoiner(Waiter joiner) {
      return joiners != null && joiners.remove(joiner);
    }

    /** The task has ended: its joiners learn it, longest waiter first. */
    void endJoins() {
      if (joiners != null) {
        joiners.pollAll(joiner -> ((EndWait) Objects.requireNonNull(joiner.event())).ended(joiner));
      }
    }
  }
}
