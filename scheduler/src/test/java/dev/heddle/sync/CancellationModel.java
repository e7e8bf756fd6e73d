package dev.heddle.sync;

import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.List;

/**
 * A second opinion on whom a cancellation reaches. The model is written from the documentation of
 * {@link CancelScope} alone, and knows nothing of how the scheduler finds its answer.
 *
 * <p>A cancellation is soft or hard. A soft one becomes hard when its grace is over. A busy
 * scheduler notices that some turns later, so for a while the model cannot know: it answers {@link
 * Frame#surelyReached} and {@link Frame#perhapsReached} apart from each other.
 */
final class CancellationModel {
  private final VirtualTime time;

  /** Each deadline before this time has been noticed by the scheduler. */
  private long noticed;

  CancellationModel(VirtualTime time) {
    this.time = time;
    noticed = time.nanoTime();
  }

  /**
   * To be called by a task that has slept until now or longer, with the time of its falling asleep.
   */
  void hasNoticed(long nanoTime) {
    noticed = nanoTime;
  }

  /** How far something is cancelled. The order matters: each is more than the one before it. */
  private enum Level {
    NOT,
    SOFT,
    PERHAPS_HARD,
    HARD
  }

  /** Whether, and how far, one scope, group or task is cancelled. */
  interface Cancellation {
    /** True if it is cancelled hard. */
    boolean isHard();

    /** True if it is cancelled softly, whose grace ends at {@link #graceEnd}. */
    default boolean isSoft() {
      return false;
    }

    default long graceEnd() {
      throw new IllegalStateException("not cancelled softly");
    }
  }

  /** Something that is cancelled by a call of {@link #set}, and then hard. */
  static final class Flag implements Cancellation {
    private boolean set;

    void set() {
      set = true;
    }

    @Override
    public boolean isHard() {
      return set;
    }
  }

  /** A scope, which is cancelled by its deadline (hard), or by a call of {@link #cancel}. */
  final class OfScope implements Cancellation {
    private final CancelScope<?> scope;
    private boolean soft;
    private long graceEnd;

    OfScope(CancelScope<?> scope) {
      this.scope = scope;
    }

    /** Cancels the scope: softly with a grace, hard if that is null. */
    void cancel(Duration grace) {
      if (grace == null) {
        soft &= !scope.cancel("hard");
        return;
      }
      Duration left = scope.remaining();
      if (scope.cancel("softly", grace)) {
        soft = true;
        Duration end = left == null || grace.compareTo(left) < 0 ? grace : left;
        graceEnd = time.nanoTime() + end.toNanos();
      }
    }

    @Override
    public boolean isHard() {
      return scope.isCancelled() && !soft;
    }

    @Override
    public boolean isSoft() {
      return soft;
    }

    @Override
    public long graceEnd() {
      return graceEnd;
    }
  }

  /** What a frame holds off of the cancellations from around it. */
  enum Shelter {
    NONE,
    /** Soft cancellations, as a finishing scope does. */
    FROM_SOFT,
    /** All cancellations, as a shielded scope does. */
    FROM_ALL
  }

  /** Makes the frame of a scope, a group or a whole task. */
  Frame frame(Frame around, Shelter shelter, Cancellation cancellation, List<Task<?>> children) {
    return new Frame(this, around, shelter, cancellation, children);
  }

  /**
   * A scope, a group or a whole task, as the model sees it.
   *
   * @param around the frame around this one; null if there is none
   * @param children the tasks of the group so far; empty if it is no group
   */
  record Frame(
      CancellationModel model,
      Frame around,
      Shelter shelter,
      Cancellation cancellation,
      List<Task<?>> children) {

    /** Whether a group around the inside has lost a child, and may be cancelled by its end. */
    boolean isShaken() {
      for (Frame frame = this; frame != null; frame = frame.around) {
        if (frame.children.stream().anyMatch(Task::isDone)) {
          return true;
        }
      }
      return false;
    }

    /** True if every await in the frame must throw. */
    boolean surelyReached() {
      return isReached(Level.HARD);
    }

    /** False if no cancellation can have reached the inside of the frame. */
    boolean perhapsReached() {
      return isReached(Level.PERHAPS_HARD);
    }

    /** The frames from the inside to the outside, with what the model knows of each. */
    String describe() {
      String here = level() + " (shelter " + shelter + ")";
      return around == null ? here : here + ", in " + around.describe();
    }

    private boolean isReached(Level enough) {
      boolean finishing = false;
      for (Frame frame = this; frame != null; frame = frame.around) {
        if (frame.level().compareTo(finishing ? enough : Level.SOFT) >= 0) {
          return true;
        }
        if (frame.shelter == Shelter.FROM_ALL) {
          return false;
        }
        finishing |= frame.shelter == Shelter.FROM_SOFT;
      }
      return false;
    }

    private Level level() {
      if (!cancellation.isSoft()) {
        return cancellation.isHard() ? Level.HARD : Level.NOT;
      }
      if (cancellation.graceEnd() - model.noticed < 0) {
        return Level.HARD;
      }
      return cancellation.graceEnd() - model.time.nanoTime() <= 0 ? Level.PERHAPS_HARD : Level.SOFT;
    }
  }
}
