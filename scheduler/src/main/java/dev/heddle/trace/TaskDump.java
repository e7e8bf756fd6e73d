package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All tasks of a scheduler at one moment, as a tree: a task stands below the task that owns its
 * group. {@link #toString} gives the dump as text, {@link JsonDump} as JSON.
 *
 * <pre>{@code
 * System.err.println(TaskDump.of(scheduler));
 * }</pre>
 *
 * @param scheduler the scheduler's name
 * @param caution null if the dump was made inside of the scheduler; else why it was not: then its
 *     parts may be of different moments, and where waiting tasks stand may not be known
 * @param taskCount how many tasks there are
 * @param tasks the tasks that no other task owns, in the order in which they were spawned
 */
public record TaskDump(
    String scheduler, @Nullable String caution, int taskCount, List<Entry> tasks) {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /**
   * A look at all tasks that have not ended; may be called from any thread. Inside of the scheduler
   * the dump is made at once. From another thread the loop is asked for it; if the loop is in a
   * long turn and does not answer within a second, the dump tells what can be read from outside,
   * and its {@link #caution} says so. Of more than 1,000 tasks the loop is asked for some at a
   * time, so that the others have their turns meanwhile, and for the lines of the first 10,000. An
   * interrupt of the calling thread ends the waiting and stays set.
   */
  public static TaskDump of(Scheduler scheduler) {
    return of(scheduler, PATIENCE);
  }

  /** Like {@link #of(Scheduler)}, with another time to wait for the loop. */
  public static TaskDump of(Scheduler scheduler, Duration patience) {
    return DumpMaker.dump(scheduler, patience, false);
  }

  /**
   * Like {@link #of(Scheduler)}, and with the variables of each method that is suspended and woven:
   * those that its code will read again. Calls {@code toString()} of their values.
   */
  public static TaskDump withValues(Scheduler scheduler) {
    return DumpMaker.dump(scheduler, PATIENCE, true);
  }

  /**
   * The task that has the turn at this moment, and where it is: for a loop that does not come
   * round. Any thread may ask.
   *
   * @return one line that names the task, and a line for each method, innermost first; null if no
   *     task has the turn
   */
  public static @Nullable String holder(Scheduler scheduler) {
    KernelView view = KernelView.get();
    Task<?> task = view.running(scheduler);
    if (task == null) {
      return null;
    }
    StringBuilder text = new StringBuilder("task '" + task.name() + "' has the turn");
    view.stackNow(scheduler, task).forEach(frame -> text.append("\n  at ").append(frame));
    return text.toString();
  }

  /**
   * A task.
   *
   * @param id its number
   * @param name its name
   * @param daemon whether the run may end without it
   * @param state whether it is ready, runs or waits
   * @param engine {@code "woven"}, {@code "step"}, {@code "virtual thread"}, {@code "handoff"}
   * @param waiting what it waits for; null if it does not wait
   * @param cancelReason why it was cancelled; null if it was not
   * @param deadlineIn how long until the first deadline of the scopes around it; null if there is
   *     none
   * @param holds what it holds, longest held first
   * @param at the lines of its body at which it stands, innermost first
   * @param values the variables of each of these lines, by name, as text; empty unless they were
   *     asked for
   * @param owned the tasks of its groups
   */
  public record Entry(
      long id,
      String name,
      boolean daemon,
      Task.State state,
      String engine,
      @Nullable TaskWait waiting,
      @Nullable String cancelReason,
      @Nullable Duration deadlineIn,
      List<HeldResource> holds,
      List<StackTraceElement> at,
      List<Map<String, String>> values,
      List<Entry> owned) {}

  /**
   * A task in a dump.
   *
   * @param level how many tasks stand above it, one below the other
   */
  record Place(Entry entry, @Nullable Entry owner, int level) {}

  /** All tasks below one, each before those below it. No recursion: groups nest in any depth. */
  static void below(Entry entry, Consumer<Place> each) {
    Deque<Place> left = new ArrayDeque<>();
    push(left, entry, entry.owned(), 1);
    visit(left, each);
  }

  /** All tasks, each before those below it. */
  void forEach(Consumer<Place> each) {
    Deque<Place> left = new ArrayDeque<>();
    push(left, null, tasks, 0);
    visit(left, each);
  }

  private static void visit(Deque<Place> left, Consumer<Place> each) {
    while (!left.isEmpty()) {
      Place place = left.pop();
      each.accept(place);
      push(left, place.entry(), place.entry().owned(), place.level() + 1);
    }
  }

  private static void push(Deque<Place> left, @Nullable Entry owner, List<Entry> owned, int level) {
    for (Entry each : owned.reversed()) {
      left.push(new Place(each, owner, level));
    }
  }

  /** Some lines for each task, indented by the task that owns it. */
  @Override
  public String toString() {
    return new DumpText().dump(this).toString();
  }
}
