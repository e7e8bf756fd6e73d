package dev.heddle.scheduler;

import dev.heddle.scheduler.TaskScopes.Extras;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A variable of which each task has its own value.
 *
 * <pre>{@code
 * static final TaskLocal<Connection> CONNECTION = TaskLocal.withInitial(Connection::open);
 *
 * CONNECTION.get().send(request); // in two tasks: two connections
 * }</pre>
 *
 * <p>A task starts with a snapshot of the values of the task that spawned it: what one of the two
 * sets later does not reach the other. The values themselves are not copied, so both see a change
 * inside of a mutable one. The snapshot costs a small object in a task whose spawner had values,
 * and nothing in others; {@link #set} costs a copy of the task's few values. {@link #snapshot}
 * takes the values to another thread, as a thread pool does.
 *
 * <p>{@link #get}, {@link #set} and {@link #remove} are for the calling task; outside of a task,
 * and of {@link Snapshot#call}, they throw a {@link WrongThreadException}. After Python's {@code
 * contextvars}.
 *
 * <p>What the library calls later on behalf of somebody has the values that this one had when it
 * handed in the call: see {@link Snapshot}.
 *
 * <p>Libraries that know nothing of tasks keep what goes with a request in a {@link ThreadLocal}:
 * the context of log messages, the span of a trace, the user. Tasks without a stack of their own
 * share a thread, so that such a value leaks from one to the next: {@link #mirror}.
 *
 * <p>This file is long because a turn of the mirrors is a part of what the values are.
 *
 * @param <T> its type
 */
public final class TaskLocal<T extends @Nullable Object> {
  private final Supplier<? extends T> initial;

  /** What it mirrors in the calling thread; null if nothing. */
  private final @Nullable Mirrored<T> mirrored;

  private TaskLocal(Supplier<? extends T> initial, @Nullable Mirrored<T> mirrored) {
    this.initial = initial;
    this.mirrored = mirrored;
  }

  /** A variable of the calling thread, as its owner lets others get at it. */
  private record Mirrored<T extends @Nullable Object>(
      Supplier<? extends T> get, Consumer<? super T> set, Runnable clear) {
    @SuppressWarnings({"unchecked", "NullAway"}) // get has given it
    void put(@Nullable Object value) {
      if (value == null) {
        clear.run();
      } else {
        set.accept((T) value);
      }
    }
  }

  /** A variable that is null in a task that has not set it. */
  @SuppressWarnings("NullAway") // T is nullable for whoever uses this one
  public static <T> TaskLocal<@Nullable T> create() {
    return new TaskLocal<>(() -> null, null);
  }

  /** A variable that a task which has not set it sets to what the supplier gives, once. */
  public static <T extends @Nullable Object> TaskLocal<T> withInitial(
      Supplier<? extends T> initial) {
    return new TaskLocal<>(Objects.requireNonNull(initial, "initial"), null);
  }

  /**
   * A variable whose value in a task is that of a {@link ThreadLocal}, in each turn of the task and
   * in no other's: it is set when a turn begins, and when the turn ends it is kept for the next
   * one, and the thread gets back what it had.
   *
   * <pre>{@code
   * static final TaskLocal<User> USER = TaskLocal.mirror(Security.CURRENT_USER);
   *
   * USER.set(user); // in a task: from now on its turns, and those of the tasks that it spawns
   * co.await(audit.write(entry)); // other tasks have their turns, and see nothing of it
   * Security.CURRENT_USER.get(); // user
   * }</pre>
   *
   * <p>A task has a value from its first {@link #set} or {@link #get} on, or inherits one; from
   * then on it may as well use the {@code ThreadLocal} itself. {@code get} in a task without one
   * takes over what the thread has. {@link #remove} ends it. A task without one pays nothing and is
   * not protected: what it sets in the {@code ThreadLocal} stays with the thread, and so with
   * whatever has its turn next. Under assertions, that is a {@link Finding.LeakedThreadLocal}.
   *
   * <p>A task with a stack of its own has a thread of its own, so that there only inheritance is
   * needed. Work given to a pool has its giver's values. The thread of a generator that cannot be
   * woven has none. A method with an {@link Awaiter} that cannot be woven runs on a thread of its
   * own too: it begins with the values of its caller, who sees what the method has changed before
   * its last await.
   */
  public static <T> TaskLocal<@Nullable T> mirror(ThreadLocal<T> threadLocal) {
    Objects.requireNonNull(threadLocal, "threadLocal");
    return mirror(threadLocal::get, threadLocal::set, threadLocal::remove);
  }

  /**
   * Like {@link #mirror(ThreadLocal)}, for what is reached by functions: of the calling thread.
   *
   * <pre>{@code
   * static final TaskLocal<Map<String, String>> LOG =
   *     TaskLocal.mirror(MDC::getCopyOfContextMap, MDC::setContextMap, MDC::clear);
   *
   * static final TaskLocal<Context> TRACE =
   *     TaskLocal.mirror(
   *         Context::current,
   *         context -> ContextStorage.get().attach(context),
   *         () -> ContextStorage.get().attach(Context.root()));
   * }</pre>
   *
   * @param get gives the value; null for none
   * @param set sets a value, never null
   * @param clear sets none
   */
  public static <T> TaskLocal<@Nullable T> mirror(
      Supplier<? extends @Nullable T> get, Consumer<? super T> set, Runnable clear) {
    Objects.requireNonNull(get, "get");
    Objects.requireNonNull(set, "set");
    Objects.requireNonNull(clear, "clear");
    TaskLocal<@Nullable T> local =
        new TaskLocal<@Nullable T>(get, new Mirrored<@Nullable T>(get, set, clear));
    if (Turn.LEAKS_ARE_FOUND) {
      Turn.MIRRORS.add(new WeakReference<>(local));
    }
    return local;
  }

  /** The calling task's value. */
  @SuppressWarnings({"unchecked", "NullAway"}) // set() has put a T there, perhaps null
  public T get() {
    Snapshot values = Snapshot.current("get");
    if (values.values.containsKey(this)) {
      return mirrored != null && Turn.isInPlace()
          ? mirrored.get.get()
          : (T) values.values.get(this);
    }
    T first = initial.get();
    set(first);
    return first;
  }

  /** Sets the calling task's value. */
  public void set(T value) {
    Snapshot values = Snapshot.current("set");
    if (mirrored != null) {
      if (!values.values.containsKey(this)) {
        Turn.begins(this);
      }
      if (Turn.isInPlace()) {
        mirrored.put(value);
      }
    }
    Snapshot.replace("set", values.with(this, value));
  }

  /** Forgets the calling task's value: the next {@link #get} begins anew. */
  public void remove() {
    Snapshot values = Snapshot.current("remove");
    if (mirrored != null && values.values.containsKey(this) && Turn.isInPlace()) {
      Turn.ends(this);
    }
    Snapshot.replace("remove", values.without(this));
  }

  /** The calling task's values of all variables, as they are now; empty outside of a task. */
  public static Snapshot snapshot() {
    Task<?> task = Task.currentOrNull();
    Snapshot values = task == null ? Snapshot.bound() : task.locals();
    return values.isMirrored && Turn.isInPlace() ? values.asInThread() : values;
  }

  /** The calling thread's value of what it mirrors. */
  private @Nullable Object inThread() {
    assert mirrored != null : "it mirrors nothing";
    return mirrored.get.get();
  }

  private void putInThread(@Nullable Object value) {
    assert mirrored != null : "it mirrors nothing";
    mirrored.put(value);
  }

  /**
   * What a turn does for the mirrors of a task whose body runs on the loop's thread.
   *
   * <pre>
   *   begin: the thread's values are put aside, the task's into the thread
   *   end:   the thread's values are the task's for the next turn; what was put aside comes back
   * </pre>
   */
  static final class Turn {
    /** Whether it is found out that a task without a value of its own leaves one in the thread. */
    static final boolean LEAKS_ARE_FOUND = TaskLocal.class.desiredAssertionStatus();

    /** All that mirror something, where leaks are found. */
    private static final List<WeakReference<TaskLocal<?>>> MIRRORS = new CopyOnWriteArrayList<>();

    private Turn() {}

    static void begin(Task<?> task) {
      if (task.stack() != null) {
        return;
      }
      Snapshot values = task.locals();
      Map<TaskLocal<?>, Object> aside = new HashMap<>();
      values.mirrors(
          (local, value) -> {
            putAside(aside, local);
            local.putInThread(value);
          });
      task.extras().aside = aside;
    }

    static void end(Task<?> task) {
      Extras extras = task.extras();
      Map<TaskLocal<?>, Object> aside = extras.aside;
      if (extras.mirrorsElsewhere) {
        extras.mirrorsElsewhere = false;
      } else if (aside != null) {
        extras.locals = extras.locals.asInThread();
      }
      if (aside != null) {
        extras.aside = null;
        aside.forEach(TaskLocal::putInThread);
      }
    }

    /**
     * Whether the calling thread has the caller's values. The loop's thread does not have those of
     * a task while it starts or resumes an event for the task.
     */
    private static boolean isInPlace() {
      Task<?> task = Task.currentOrNull();
      if (task == null || task.stack() != null) {
        return task == null || task.runsOnItsStack();
      }
      boolean inPart = Scheduler.ON_THIS_CARRIER.get() != task.scheduler;
      return inPart || task.extras().aside != null;
    }

    /** In a thread of the task's own, before anything of the task runs there. */
    static void enterThread(Task<?> task) {
      if (task.isMirrored()) {
        task.locals().mirrors(TaskLocal::putInThread);
      }
    }

    /** In the loop's thread: a part of the body that has a thread of its own is about to begin. */
    static void enterPart(Task<?> task) {
      if (task.isMirrored()) {
        task.extras().locals = task.locals().asInThread();
      }
    }

    /** A part of the body that has a thread of its own is about to wait. */
    static void leavePart(Task<?> task) {
      if (task.isMirrored()) {
        task.extras().locals = task.locals().asInThread();
        task.extras().mirrorsElsewhere = true;
      }
    }

    /** The caller gets a value. */
    private static void begins(TaskLocal<?> local) {
      Task<?> task = Task.currentOrNull();
      if (task != null
          && task.state == TaskState.RUNNING
          && Scheduler.ON_THIS_CARRIER.get() == task.scheduler) {
        Map<TaskLocal<?>, Object> aside = task.extras().aside;
        if (aside == null) {
          aside = new HashMap<>();
          task.extras().aside = aside;
        }
        putAside(aside, local);
      }
    }

    /** The caller has no value any more. */
    private static void ends(TaskLocal<?> local) {
      Task<?> task = Task.currentOrNull();
      Map<TaskLocal<?>, Object> aside = task == null ? null : task.extras().aside;
      local.putInThread(aside == null ? null : aside.remove(local));
    }

    @SuppressWarnings("NullAway") // a HashMap holds null values
    private static void putAside(Map<TaskLocal<?>, Object> aside, TaskLocal<?> local) {
      aside.put(local, local.inThread());
    }

    /** Under assertions, before a turn: notes what the loop's thread has; true. */
    @SuppressWarnings("NullAway") // a HashMap holds null values
    static boolean noteBefore(Task<?> task) {
      Map<TaskLocal<?>, Object> before = task.scheduler.loop.inThread;
      before.clear();
      for (WeakReference<TaskLocal<?>> mirror : MIRRORS) {
        TaskLocal<?> local = mirror.get();
        if (local != null) {
          before.put(local, local.inThread());
        }
      }
      return true;
    }

    /** Under assertions, after a turn: tells what the task has left in the loop's thread; true. */
    static boolean tellAfter(Task<?> task) {
      task.scheduler.loop.inThread.forEach(
          (local, value) -> {
            Object left = local.inThread();
            if (!Objects.equals(left, value)) {
              task.scheduler.report(
                  new Finding.LeakedThreadLocal(task.name(), String.valueOf(left)));
            }
          });
      return true;
    }
  }

  /**
   * Values of task-locals, at a moment. Never changes, so any thread may have it.
   *
   * <p>One rule says whose values a call finds that the library makes later: those of the one who
   * handed in the call, as they were then. So it is for tasks that are spawned, for {@link
   * Scheduler#execute} and {@link Scheduler#call}, for {@link Promise#onDone}, and for work given
   * to a pool. What no task has handed in, observers and reporters of a scheduler, has none.
   */
  public static final class Snapshot {
    static final Snapshot EMPTY = new Snapshot(Map.of());

    /** The values of a thread that runs something for a task. */
    private static final ThreadLocal<Snapshot> BOUND = new ThreadLocal<>();

    private final Map<TaskLocal<?>, Object> values;

    /** Whether there are values of {@link TaskLocal#mirror} among them. */
    final boolean isMirrored;

    private Snapshot(Map<TaskLocal<?>, Object> values) {
      this.values = values;
      this.isMirrored = values.keySet().stream().anyMatch(local -> local.mirrored != null);
    }

    /** Starts a task for the one who had these values when it handed in the task. */
    <V extends @Nullable Object> Task<V> start(
        Scheduler scheduler, @Nullable String name, Body<V> body) {
      return scheduler.start(name, body, false, null, body.hasResult, this);
    }

    /** Each mirror with its value. */
    void mirrors(java.util.function.BiConsumer<TaskLocal<?>, @Nullable Object> action) {
      values.forEach(
          (local, value) -> {
            if (local.mirrored != null) {
              action.accept(local, value);
            }
          });
    }

    /** These values, those of mirrors as the calling thread has them. */
    Snapshot asInThread() {
      Map<TaskLocal<?>, Object> now = copy();
      mirrors((local, value) -> put(now, local, local.inThread()));
      return new Snapshot(now);
    }

    /**
     * Calls something with these values, in any thread that is not in a task. What it sets is gone
     * afterwards.
     *
     * @throws Exception what the call throws
     */
    public <V extends @Nullable Object> V call(Callable<V> call) throws Exception {
      Snapshot outer = BOUND.get();
      BOUND.set(this);
      Map<TaskLocal<?>, Object> aside = new HashMap<>();
      mirrors(
          (local, value) -> {
            put(aside, local, local.inThread());
            local.putInThread(value);
          });
      try {
        return call.call();
      } finally {
        bound().mirrors((local, value) -> local.putInThread(aside.get(local)));
        if (outer == null) {
          BOUND.remove();
        } else {
          BOUND.set(outer);
        }
      }
    }

    private static Snapshot bound() {
      Snapshot bound = BOUND.get();
      return bound == null ? EMPTY : bound;
    }

    private static Snapshot current(String call) {
      Task<?> task = Task.currentOrNull();
      if (task != null) {
        return task.locals();
      }
      checkBound(call);
      return bound();
    }

    private static void replace(String call, Snapshot replacement) {
      Task<?> task = Task.currentOrNull();
      if (task != null) {
        task.setLocals(replacement);
      } else {
        checkBound(call);
        BOUND.set(replacement);
      }
    }

    private static void checkBound(String call) {
      if (BOUND.get() == null) {
        throw new WrongThreadException(
            "TaskLocal." + call + " outside of a task; spawn one, or use Snapshot.call");
      }
    }

    private Snapshot with(TaskLocal<?> local, @Nullable Object value) {
      Map<TaskLocal<?>, Object> copy = copy();
      put(copy, local, value);
      return new Snapshot(copy);
    }

    private Snapshot without(TaskLocal<?> local) {
      Map<TaskLocal<?>, Object> copy = copy();
      copy.remove(local);
      return copy.isEmpty() ? EMPTY : new Snapshot(copy);
    }

    private Map<TaskLocal<?>, Object> copy() {
      return new HashMap<>(values);
    }

    @SuppressWarnings("NullAway") // a HashMap holds null values; get() knows
    private static void put(
        Map<TaskLocal<?>, Object> map, TaskLocal<?> local, @Nullable Object value) {
      map.put(local, value);
    }
  }
}
