package dev.heddle.test;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TurnOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order of turns of one scheduler in a run of a test of an {@link Explorer}.
 *
 * <p>Invariants: a task that is held back has no turn, and never falls behind; each ready task is
 * offered at most once.
 */
final class ExploredOrder implements TurnOrder {
  private final ExploredRun run;
  private final SimulatedPoller loop;

  /** What comes before the names of its tasks; empty for the test's own scheduler. */
  private final String scheduler;

  /** The tasks that never have a turn, by their numbers. */
  private final Set<Long> without;

  /** The tasks that have no turn as long as others can run; the last one comes last. */
  private final List<Task<?>> behind = new ArrayList<>(0);

  private final Ordered ordered = new Ordered();

  ExploredOrder(ExploredRun run, SimulatedPoller loop, String scheduler, Set<Long> without) {
    this.run = run;
    this.loop = loop;
    this.scheduler = scheduler;
    this.without = without;
  }

  @Override
  public int next(ReadyTasks ready) {
    if (run.isClosing()) {
      return 0;
    }
    int turn = run.nextTurn();
    if (scheduler.isEmpty()) {
      run.goWrong();
    }
    if (run.looksFirst(loop, ready.nanosUntilDeadline())) {
      return LOOK;
    }
    if (without.isEmpty() && behind.isEmpty()) {
      return nextOf(ready, turn);
    }
    ordered.begin(ready);
    return ordered.places[nextOf(ordered, turn)];
  }

  private int nextOf(ReadyTasks ready, int turn) {
    int answer = run.choices().turn(ready);
    int place = answer < ready.size() ? answer : answer - ready.size() + 1;
    assert !without.contains(ready.get(place).id()) : ready.get(place) + " is held back";
    run.has(ready.get(place));
    if (scheduler.isEmpty()) {
      run.sees(ready.get(place).id());
    }
    if (run.isExplained()) {
      note(ready, place, answer, turn);
    }
    if (answer >= ready.size()) {
      for (int i = 0; i < place; i++) {
        behind.remove(ready.get(i));
        behind.add(ready.get(i));
      }
    }
    return place;
  }

  private void note(ReadyTasks ready, int place, int answer, int turn) {
    Task<?> task = ready.get(place);
    Task<?> usual = ready.get(0);
    String over = answer == 0 ? "" : scheduler + usual.name() + " (" + at(usual) + ")";
    ExploredRun.Deviation deviation =
        answer == 0
            ? ExploredRun.Deviation.NONE
            : answer < ready.size()
                ? ExploredRun.Deviation.BEFORE
                : ExploredRun.Deviation.FALLS_BEHIND;
    run.note(
        new ExploredRun.Step("turn " + turn, scheduler + task.name(), at(task), deviation, over));
  }

  static String at(Task<?> task) {
    List<StackTraceElement> where = KernelView.get().where(task);
    if (where.isEmpty()) {
      return "its start";
    }
    StackTraceElement line = where.getFirst();
    return line.getFileName() == null
        ? line.getClassName()
        : line.getFileName() + ":" + line.getLineNumber();
  }

  /** The ready tasks but for those that are held back; those that fell behind come last. */
  private final class Ordered implements ReadyTasks {
    private int[] places = new int[16];
    private int size;
    private @Nullable ReadyTasks all;

    void begin(ReadyTasks ready) {
      all = ready;
      size = 0;
      if (places.length < ready.size()) {
        places = new int[2 * ready.size()];
      }
      for (int i = 0; i < ready.size(); i++) {
        Task<?> task = ready.get(i);
        if (without.contains(task.id())) {
          run.heldBack().add(task.name());
        } else if (!behind.contains(task)) {
          places[size++] = i;
        }
      }
      for (Task<?> task : behind) {
        addLast(task, ready);
      }
      assert size <= ready.size() : size + " of " + ready.size() + " tasks";
      if (size == 0) {
        throw new ExploredRun.HeldBack();
      }
    }

    private void addLast(Task<?> task, ReadyTasks ready) {
      for (int i = 0; i < ready.size(); i++) {
        if (ready.get(i) == task) {
          places[size++] = i;
        }
      }
    }

    private ReadyTasks all() {
      return Objects.requireNonNull(all);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public Task<?> get(int place) {
      return all().get(places[place]);
    }

    @Override
    public long nanosUntilDeadline() {
      return all().nanosUntilDeadline();
    }
  }
}
