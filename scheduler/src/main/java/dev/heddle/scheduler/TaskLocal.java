package dev.heddle.scheduler;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
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
 * @param <T> its type
 */
public final class TaskLocal<T extends @Nullable Object> {
  private final Supplier<? extends T> initial;

  private TaskLocal(Supplier<? extends T> initial) {
    this.initial = initial;
  }

  /** A variable that is null in a task that has not set it. */
  @SuppressWarnings("NullAway") // T is nullable for whoever uses this one
  public static <T> TaskLocal<@Nullable T> create() {
    return new TaskLocal<>(() -> null);
  }

  /** A variable that a task which has not set it sets to what the supplier gives, once. */
  public static <T extends @Nullable Object> TaskLocal<T> withInitial(
      Supplier<? extends T> initial) {
    return new TaskLocal<>(Objects.requireNonNull(initial, "initial"));
  }

  /** The calling task's value. */
  @SuppressWarnings({"unchecked", "NullAway"}) // set() has put a T there, perhaps null
  public T get() {
    Snapshot values = Snapshot.current("get");
    if (values.values.containsKey(this)) {
      return (T) values.values.get(this);
    }
    T first = initial.get();
    set(first);
    return first;
  }

  /** Sets the calling task's value. */
  public void set(T value) {
    Snapshot.replace("set", Snapshot.current("set").with(this, value));
  }

  /** Forgets the calling task's value: the next {@link #get} begins anew. */
  public void remove() {
    Snapshot.replace("remove", Snapshot.current("remove").without(this));
  }

  /** The calling task's values of all variables, as they are now; empty outside of a task. */
  public static Snapshot snapshot() {
    Task<?> task = Task.currentOrNull();
    return task == null ? Snapshot.bound() : task.locals();
  }

  /** Values of task-locals, at a moment. Never changes, so any thread may have it. */
  public static final class Snapshot {
    static final Snapshot EMPTY = new Snapshot(Map.of());

    /** The values of a thread that runs something for a task. */
    private static final ThreadLocal<Snapshot> BOUND = new ThreadLocal<>();

    private final Map<TaskLocal<?>, Object> values;

    private Snapshot(Map<TaskLocal<?>, Object> values) {
      this.values = values;
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
      try {
        return call.call();
      } finally {
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
        task.extras().locals = replacement;
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
      return new java.util.HashMap<>(values);
    }

    @SuppressWarnings("NullAway") // a HashMap holds null values; get() knows
    private static void put(
        Map<TaskLocal<?>, Object> map, TaskLocal<?> local, @Nullable Object value) {
      map.put(local, value);
    }
  }
}
