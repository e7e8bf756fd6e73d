package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.Stamps;
import dev.heddle.coroutine.engine.UserFrames;
import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.scheduler.Body.ByAwaiter;
import dev.heddle.scheduler.Body.StepCoroutine;
import dev.heddle.scheduler.view.AccessWatch;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.RunLog;
import dev.heddle.scheduler.view.TaskWatch;
import dev.heddle.scheduler.view.TurnOrder;
import dev.heddle.stats.SchedulerStats;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kernel as {@code dev.heddle.trace} may read it, {@code dev.heddle.test} steer it and {@code
 * dev.heddle.record} log it, and the lines at which a task stands.
 *
 * <p>This file is long because the room is full, and each of these parts needs what is in it.
 */
final class SchedulerView extends KernelView {
  @Override
  public boolean isRunning(Scheduler scheduler) {
    return scheduler.inside.carrier != null;
  }

  @Override
  public List<Task<?>> tasks(Scheduler scheduler) {
    return scheduler.tasks.toList();
  }

  @Override
  public List<Task<?>> unordered(Scheduler scheduler) {
    return scheduler.tasks.unordered();
  }

  @Override
  public boolean isClosed(Scheduler scheduler) {
    return scheduler.isClosed();
  }

  @Override
  public List<String> notWoven() {
    return ByAwaiter.KIND.whyNotWoven();
  }

  @Override
  public List<ScopeLine> scopes(Task<?> task, int most) {
    List<ScopeLine> lines = new ArrayList<>();
    CancelScope<?> scope = task.scope;
    while (scope != null && lines.size() < most) {
      String kind = scope.kind.name().toLowerCase(Locale.ROOT);
      String what = scope.group == null ? kind : kind + ", of a group";
      lines.add(new ScopeLine(what, scope.host.name(), scope.remaining(), scope.reason()));
      scope = scope.parent;
    }
    return lines;
  }

  @Override
  public List<StackTraceElement> where(Task<?> task, Class<?>... askers) {
    return StackLines.of(task, askers);
  }

  @Override
  public List<StackTraceElement> whereIfRunning(Task<?> task) {
    Scheduler scheduler = task.scheduler();
    return task == scheduler.running()
        ? StackLines.ofRunning(task, scheduler.inside.carrier)
        : List.of();
  }

  @Override
  public long rounds(Scheduler scheduler) {
    return scheduler.loop.rounds();
  }

  @Override
  public @Nullable Task<?> running(Scheduler scheduler) {
    @Nullable Loop loop = scheduler.loop; // null while the scheduler is made
    return loop == null ? null : loop.running();
  }

  @Override
  public int ready(Scheduler scheduler) {
    return scheduler.loop.readyTasks();
  }

  @Override
  public List<String> firstReady(Scheduler scheduler, int most) {
    return scheduler.loop.firstReady(most);
  }

  /** See {@link Scheduler#stats}; any thread. */
  static SchedulerStats stats(Scheduler scheduler) {
    int ready = 0;
    int running = 0;
    int waiting = 0;
    for (Task<?> task : scheduler.tasks.unordered()) {
      switch (task.state()) {
        case READY -> ready++;
        case RUNNING -> running++;
        case WAITING -> waiting++;
        default -> {} // it has ended in this moment
      }
    }
    return new SchedulerStats(
        scheduler.name(),
        scheduler.inside.carrier != null,
        scheduler.loop.counts(),
        new SchedulerStats.Tasks(ready, running, waiting, scheduler.spawned),
        new SchedulerStats.Bodies(ByAwaiter.KIND.woven(), ByAwaiter.KIND.notWoven()),
        scheduler.loop.poller().ioStats());
  }

  @Override
  public List<StackTraceElement> stackNow(Scheduler scheduler, @Nullable Task<?> running) {
    return StackLines.now(running, scheduler.inside.carrier);
  }

  @Override
  public String engine(Task<?> task) {
    return switch (task.coroutine) {
      case null -> "ended";
      case WovenCoroutine<?, ?, ?> _ -> "woven";
      case StepCoroutine<?> _ -> "step";
      default -> task.scheduler().engine.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  @Override
  public long waitingSince(Task<?> task) {
    return task.waitingSince;
  }

  @Override
  public @Nullable String cancelReason(Task<?> task) {
    CancelScope<?> cancelled = task.cancelledBy();
    return cancelled == null ? null : cancelled.reason();
  }

  @Override
  public @Nullable Duration untilDeadline(Task<?> task) {
    return TaskScopes.remaining(task);
  }

  @Override
  public boolean awaitsOutside(Scheduler scheduler) {
    return scheduler.tasks.anyAwaitsOutside();
  }

  @Override
  public boolean isWorkedOutside(Scheduler scheduler) {
    return scheduler.tasks.anyIsWorkedOutside();
  }

  @Override
  public boolean mayEndByTime(YieldEvent<?, ?> event) {
    return event.endsByTime();
  }

  @Override
  public boolean mayEndByItself(YieldEvent<?, ?> event) {
    return event.endsByTime() || event.isWokenFromOutside();
  }

  @Override
  public void watch(Scheduler scheduler, TaskWatch watch) {
    scheduler.loop.watch(watch);
  }

  @Override
  public void unwatch(Scheduler scheduler, TaskWatch watch) {
    scheduler.loop.unwatch(watch);
  }

  @Override
  public void steer(SchedulerBuilder builder, TurnOrder order) {
    builder.order = order;
  }

  @Override
  public void watchAccesses(@Nullable AccessWatch watch) {
    Stamps.listen(watch);
  }

  @Override
  public @Nullable RunLog log(Scheduler scheduler) {
    return scheduler.loop.given.log;
  }

  @Override
  public DeadlockException deadlock(String message, List<TaskWait> cycle, List<TaskWait> waits) {
    return new DeadlockException(message, cycle, waits);
  }

  /** The ready tasks of a loop whose turns somebody else orders. */
  static final class SteeredQueue extends Loop.ReadyQueue implements TurnOrder.ReadyTasks {
    private final Loop loop;
    private final TurnOrder order;

    SteeredQueue(Loop loop, TurnOrder order) {
      this.loop = loop;
      this.order = order;
    }

    @Override
    public long nanosUntilDeadline() {
      return loop.deadlines().nanosUntilNext(loop.lookNanos());
    }

    @Override
    Task<?> next() {
      loop.betweenTurns();
      int place = order.next(this);
      while (place == TurnOrder.LOOK) {
        loop.look();
        place = order.next(this);
      }
      if (place < 0 || place >= size()) {
        throw new IllegalStateException(
            "the order of turns has chosen place " + place + " of " + size() + " ready tasks");
      }
      bringForward(place);
      return take();
    }
  }

  /** What the loop and the tasks read goes by the log; what others read does not. */
  static final class LoggedClock implements Clock {
    private final Scheduler scheduler;
    private final RunLog log;
    private final Clock clock;

    LoggedClock(Scheduler scheduler, RunLog log, Clock clock) {
      this.scheduler = scheduler;
      this.log = log;
      this.clock = clock;
    }

    @Override
    public long nanoTime() {
      ThreadGuard inside = scheduler.inside; // null while the scheduler is made
      return inside == null || inside.isCaller() ? log.nanoTime(clock) : aside();
    }

    long aside() {
      return log.aside(clock);
    }
  }

  /** The inbox of a scheduler that has this log, or none. */
  static ForeignCall.Inbox inbox(Scheduler scheduler, @Nullable RunLog log) {
    return log == null ? new ForeignCall.Inbox() : new LoggedInbox(scheduler, log);
  }

  /** What the loop sees of it goes by a log. */
  static final class LoggedInbox extends ForeignCall.Inbox {
    private final Scheduler scheduler;
    private final RunLog log;

    LoggedInbox(Scheduler scheduler, RunLog log) {
      this.scheduler = scheduler;
      this.log = log;
    }

    @Override
    boolean isEmpty() {
      return log.sees(RunLog.Fact.INBOX_EMPTY, super::isEmpty);
    }

    @Override
    int begin() {
      log.drains(super.begin());
      return Integer.MAX_VALUE;
    }

    @Override
    @Nullable Runnable next() {
      return log.message(messages, MessageSender::of);
    }

    @Override
    boolean sees(RunLog.Fact fact, boolean real) {
      boolean mayCome = fact == RunLog.Fact.CLOSED;
      return log.sees(fact, () -> mayCome ? scheduler.isClosed() : real);
    }
  }

  /**
   * Where a message of the inbox comes from. Most messages are lambdas: it is looked for the task
   * that waits in what a lambda has captured.
   */
  static final class MessageSender {
    private static final int DEPTH = 3;

    private static final ClassValue<Field[]> FIELDS =
        new ClassValue<>() {
          @Override
          protected Field[] computeValue(Class<?> type) {
            return type.getName().startsWith("java.")
                ? new Field[0]
                : Stream.of(type.getDeclaredFields())
                    .filter(field -> !field.getType().isPrimitive())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .filter(Field::trySetAccessible)
                    .toArray(Field[]::new);
          }
        };

    /** The waits that the message may end, and have ended already. */
    private boolean isForNobody;

    private final StringBuilder what = new StringBuilder();

    private MessageSender() {}

    static RunLog.@Nullable Sender of(Runnable message) {
      MessageSender sender = new MessageSender();
      sender.what.append(withoutNumber(message));
      long who = sender.whoIn(message, DEPTH);
      return who == 0 && sender.isForNobody ? null : new RunLog.Sender(sender.what.toString(), who);
    }

    /** Of a lambda, the class in which it stands. */
    private static String withoutNumber(Object named) {
      String name = named.getClass().getName();
      int lambda = name.indexOf("$$Lambda");
      return lambda < 0 ? name : name.substring(0, lambda);
    }

    private long whoIn(Object holder, int depth) {
      long who = 0;
      for (Field field : FIELDS.get(holder.getClass())) {
        if (who == 0) {
          who = whoIs(valueOf(field, holder), depth - 1);
        }
      }
      return who;
    }

    private static @Nullable Object valueOf(Field field, Object holder) {
      try {
        return field.get(holder);
      } catch (IllegalAccessException e) {
        return null;
      }
    }

    private long whoIs(@Nullable Object value, int depth) {
      return switch (value) {
        case Task<?> task -> task.id();
        case SingleWaiterEvent<?, ?> event -> whoWaits(event.waiter());
        case Promise<?> promise -> {
          long first = promise.firstWaiting();
          isForNobody |= first < 0;
          yield Math.max(0, first);
        }
        case Body.BlockedInJdk blocked -> blocked.taskNumber();
        case Runnable given when depth > 0 -> {
          what.append(' ').append(withoutNumber(given));
          yield whoIn(given, depth);
        }
        case Object other
            when depth > 0 && other.getClass().getName().startsWith("dev.heddle.pool.") ->
            whoIn(other, depth);
        case null, default -> 0;
      };
    }

    private long whoWaits(@Nullable Waiter waiter) {
      isForNobody |= waiter == null;
      return waiter == null ? 0 : waiter.task().id();
    }
  }

  /**
   * The lines of source at which a task stands, as its user knows them.
   *
   * <p>The lines of a body that runs are on the stack of the current thread. A body that waits on a
   * stack of its own has a thread, whose stack shows them. A woven body has no stack but knows its
   * lines. A step has neither, and its class is named instead. The frames of the kernel and of the
   * JDK, which are above and below those of the user, are left out.
   *
   * <p>To walk a stack costs microseconds: this is for messages and dumps, not for turns.
   */
  static final class StackLines {
    private static final int MOST_FRAMES = 16;
    private static final String TASK_STATE = TaskState.class.getName();
    private static final String LOOP = Loop.class.getName();

    private StackLines() {}

    /**
     * To be called inside of the scheduler. Innermost first; empty before the first turn.
     *
     * @param askers classes whose methods, and those of their superclasses, are not the user's: the
     *     primitive that the task uses, the tool that looks
     */
    static List<StackTraceElement> of(Task<?> task, Class<?>... askers) {
      Coroutine<?, ?, ?> body = task.coroutine;
      if (body == null) {
        return List.of();
      }
      return switch (body.state()) {
        case CREATED, ENDED -> List.of();
        case RUNNING -> users(Thread.currentThread(), askers);
        case SUSPENDED ->
            body instanceof StepCoroutine<?> step
                ? List.of(new StackTraceElement(step.stepClass().getName(), "step", null, -1))
                : suspended(body);
      };
    }

    /** A message without lines is better than none. */
    private static List<StackTraceElement> suspended(Coroutine<?, ?, ?> body) {
      try {
        return most(body.suspendedAt());
      } catch (RuntimeException | LinkageError unknown) {
        return List.of();
      }
    }

    /**
     * To be called from outside, about the task that has the turn: reads the stack of its thread,
     * or of the loop's.
     */
    static List<StackTraceElement> ofRunning(Task<?> task, @Nullable Thread carrier) {
      StackfulCoroutine<?, ?, ?> stack = task.stack();
      Thread thread = stack == null ? carrier : stack.thread();
      return thread == null ? List.of() : users(thread);
    }

    /**
     * All that runs above the loop; see {@link KernelView#stackNow}. Nobody outside knows for sure
     * whether a virtual thread is mounted. If it is not, the JDK stops it to walk its stack; the
     * engines stand that.
     */
    static List<StackTraceElement> now(@Nullable Task<?> task, @Nullable Thread carrier) {
      StackfulCoroutine<?, ?, ?> stack = task == null ? null : task.stack();
      Thread thread = carrier;
      if (stack != null) {
        Thread own = stack.thread();
        thread = own.getState() == Thread.State.RUNNABLE ? own : carrier;
      }
      return thread == null ? List.of() : UserFrames.aboveLoop(thread.getStackTrace());
    }

    private static List<StackTraceElement> users(Thread thread, Class<?>... askers) {
      StackTraceElement[] stack = thread.getStackTrace();
      StackTraceElement[] body = Arrays.copyOfRange(stack, awaiting(stack), stack.length);
      return most(UserFrames.nearest(body, name -> isOf(name, askers)));
    }

    private static List<StackTraceElement> most(List<StackTraceElement> frames) {
      return frames.size() <= MOST_FRAMES ? frames : List.copyOf(frames.subList(0, MOST_FRAMES));
    }

    /** The index of the await, if the body is in one: above it are the event's frames. Else 0. */
    private static int awaiting(StackTraceElement[] stack) {
      for (int i = 0; i < stack.length && !stack[i].getClassName().equals(LOOP); i++) {
        if (stack[i].getMethodName().equals("awaitOnStack")
            && stack[i].getClassName().equals(TASK_STATE)) {
          return i;
        }
      }
      return 0;
    }

    private static boolean isOf(String className, Class<?>... askers) {
      for (Class<?> asker : askers) {
        for (Class<?> type = asker; type != null; type = type.getSuperclass()) {
          if (className.equals(type.getName())) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
