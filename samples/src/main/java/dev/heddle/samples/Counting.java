package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.PrintWriter;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One task, written in each of the three styles: prints a line a turn, and at the end a last word.
 *
 * @param turns how many lines it prints, each followed by a yield
 * @param line what it prints in a turn, counted from 0
 * @param last printed after all turns; null for nothing
 */
record Counting(int turns, IntFunction<String> line, @Nullable String last, PrintWriter out) {

  static Counting down(int from, PrintWriter out) {
    return new Counting(from, turn -> "T-minus " + (from - turn), "Blastoff!", out);
  }

  static Counting up(int to, PrintWriter out) {
    return new Counting(to, turn -> "Counting up " + turn, null, out);
  }

  void spawnOn(Scheduler scheduler, Style style) {
    switch (style) {
      case THREAD -> scheduler.spawn(this::inThreadStyle);
      case COROUTINE -> scheduler.spawn(this::inCoroutineStyle);
      case STEP -> scheduler.spawn(new InStepStyle());
    }
  }

  /** Thread style: {@code await} is a static method, which any method at any depth may call. */
  private void inThreadStyle() {
    for (int turn = 0; turn < turns; turn++) {
      out.println(line.apply(turn));
      await(Task.yield());
    }
    sayLast();
  }

  /** Coroutine style: who awaits does it by {@code co}, and so shows where the turn may end. */
  private void inCoroutineStyle(Awaiter co) {
    for (int turn = 0; turn < turns; turn++) {
      out.println(line.apply(turn));
      co.await(Task.yield());
    }
    sayLast();
  }

  /** Step style: the place between two turns is kept in a field instead of on a stack. */
  private final class InStepStyle extends Step<@Nullable Void> {
    private int turn;

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (turn == turns) {
        sayLast();
        return null; // the end of the task
      }
      out.println(line.apply(turn++));
      return Task.yield();
    }
  }

  private void sayLast() {
    if (last != null) {
      out.println(last);
    }
  }
}
