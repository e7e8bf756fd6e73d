package dev.heddle.test;

import dev.heddle.scheduler.Poller;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one time of all schedulers of a simulation, and who of them runs.
 *
 * <p>Each loop has a thread, and one loop at a time has the turn; the others wait in their pollers.
 * The turn is given up in a poll and nowhere else, so what the loops do follows from the choices.
 * When no loop can go on, the clock jumps to what happens next: a deadline of a loop, or an event
 * of the simulated network.
 *
 * <p>Invariants: one of the loops has the turn, as long as there are any. The clock never goes
 * back. All but {@link #wakeup} and {@link #running} is called by the loop that has the turn, or by
 * a thread that waits for it; so what the world holds needs no lock. Nor has the handing on of the
 * turn one: a task in thread style that wakes another loop must never be held up by a monitor, as
 * its own loop would go on without it then.
 */
final class World {
  /** How long the clock waits for threads that no simulation knows of, before it jumps. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long NEVER = Long.MAX_VALUE;

  /** The kind of the choice which loop goes on. */
  static final String LOOP = "loop";

  /** Something that happens at a time; of one time, in the order in which it was planned. */
  private record Planned(long at, long number, Runnable action) implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  final VirtualClock clock = new VirtualClock();
  final Choices choices;
  private final long limitNanos;
  private final PriorityQueue<Planned> planned = new PriorityQueue<>();
  private long plannedCount;

  /** All loops that have not ended, in the order in which they came. */
  private final List<SimulatedPoller> loops = new ArrayList<>();

  /** The first that came. */
  private @Nullable SimulatedPoller main;

  /** Whose turn it is; null if no loop runs. */
  private volatile @Nullable SimulatedPoller turn;

  /** The thread that waits until another thread has something for a loop; null if none does. */
  private volatile @Nullable Thread waitsForOutside;

  /** Whether no loop can ever go on. */
  private volatile boolean stuck;

  /**
   * Whether the limit of virtual time, or its end, was reached: the clock may go beyond the limit.
   */
  private boolean overtime;

  World(Choices choices, long limitNanos) {
    this.choices = choices;
    this.limitNanos = limitNanos;
  }

  // Who runs.

  /** A loop that is going to run; its thread calls {@link #enter} first. */
  void add(SimulatedPoller loop) {
    assert !loops.contains(loop) : "a loop comes twice";
    loops.add(loop);
    if (turn == null) {
      turn = loop;
    }
    if (main == null) {
      main = loop;
    }
    assert valid() : this;
  }

  /** Waits for the first turn of a loop. */
  void enter(SimulatedPoller loop) {
    awaitTurn(loop);
  }

  /** A loop has ended; another one goes on. */
  void remove(SimulatedPoller loop) {
    if (loop.hasLeft) {
      return;
    }
    loop.hasLeft = true;
    boolean _ = loops.remove(loop);
    if (turn == loop) {
      turn = null;
      if (!loops.isEmpty()) {
        passOnAtTheEnd();
      }
    }
  }

  /** If who chooses throws, nobody is asked any more: without a turn the others could not end. */
  private void passOnAtTheEnd() {
    try {
      passOn();
    } catch (RuntimeException | Error failure) {
      choices.close();
      passOn();
      throw failure;
    }
  }

  /** The loop has no more to do until then, or until it is woken; 0 for a look. */
  void poll(SimulatedPoller loop, long timeoutNanos) {
    assert running() == loop : "a loop polls whose turn it is not";
    runDue();
    if (timeoutNanos == 0 && loops.size() == 1) {
      return;
    }
    loop.idleUntil = timeoutNanos == Poller.FOREVER ? NEVER : later(timeoutNanos);
    passOn();
    awaitTurn(loop);
  }

  /** Any thread. */
  void wakeup(SimulatedPoller loop) {
    loop.woken = true;
    stuck = false;
    LockSupport.unpark(waitsForOutside);
  }

  /** Any thread: the loop that has the turn; null if none has. */
  @Nullable SimulatedPoller running() {
    return turn;
  }

  /** Chooses who runs next, and lets the time pass until somebody can. */
  private void passOn() {
    while (true) {
      List<SimulatedPoller> able = loops.stream().filter(this::isAble).toList();
      if (!able.isEmpty()) {
        SimulatedPoller next = able.get(choices.choose(LOOP, able.size(), "turn"));
        loops.remove(next);
        loops.add(next); // who has run goes to the back
        turn = next; // from now on the world is another thread's
        LockSupport.unpark(next.thread);
        return;
      }
      if (!waitedForOutside()) {
        jump();
      }
    }
  }

  private boolean isAble(SimulatedPoller loop) {
    return loop.woken || loop.idleUntil <= now();
  }

  private void awaitTurn(SimulatedPoller loop) {
    boolean interrupted = false;
    loop.thread = Thread.currentThread();
    while (turn != loop) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        interrupted = true; // the loop sees it in its next pass
        wakeup(loop);
      }
    }
    assert valid() : this; // the one who has handed the turn on may look no more
    loop.woken = false;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Other threads work for a task: they are given some time. Returns whether one has come. */
  private boolean waitedForOutside() {
    boolean forEver = nextAt() == NEVER;
    if (loops.stream().noneMatch(loop -> forEver ? loop.awaitsOutside() : loop.isWorkedOutside())) {
      return false;
    }
    long begin = System.nanoTime();
    waitsForOutside = Thread.currentThread();
    try {
      while (loops.stream().noneMatch(loop -> loop.woken)) {
        long left = PATIENCE_NANOS - (System.nanoTime() - begin);
        if (!forEver && left <= 0) {
          return false;
        }
        parkFor(forEver ? Long.MAX_VALUE : left);
      }
    } finally {
      waitsForOutside = null;
    }
    return true;
  }

  private void parkFor(long nanos) {
    LockSupport.parkNanos(this, nanos);
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      loops.forEach(loop -> loop.woken = true); // whose thread it is sees to it
    }
  }

  // Time.

  long now() {
    return clock.nanoTime();
  }

  /** So long from now, or at the end of the clock. */
  long later(long nanos) {
    assert nanos >= 0 : nanos + " ns from now is in the past";
    return nanos >= nanosUntilEnd() ? VirtualClock.END : now() + nanos;
  }

  /** How far the clock can go. */
  long nanosUntilEnd() {
    return VirtualClock.END - now();
  }

  /** The action happens after this time. */
  void after(long nanos, Runnable action) {
    planned.add(new Planned(later(nanos), plannedCount++, action));
  }

  private long nextAt() {
    long next = planned.isEmpty() ? NEVER : planned.element().at;
    for (SimulatedPoller loop : loops) {
      next = Math.min(next, loop.idleUntil);
    }
    return next;
  }

  /**
   * In how many nanoseconds something happens on the network; {@code Long.MAX_VALUE} if nothing.
   */
  long nanosUntilPlanned() {
    return planned.isEmpty() ? NEVER : Math.max(0, planned.element().at - now());
  }

  /** Whether another loop than the one that has the turn has something to do. */
  boolean othersCanGoOn(SimulatedPoller running) {
    if (loops.size() == 1) {
      return false;
    }
    for (SimulatedPoller loop : loops) {
      if (loop != running && isAble(loop)) {
        return true;
      }
    }
    return false;
  }

  private void jump() {
    long next = nextAt();
    if (next == NEVER) {
      stuck = true; // before the look: a wake-up that the look misses takes it back
      if (loops.stream().noneMatch(loop -> loop.woken)) {
        first(loops).woken = true;
      } else {
        stuck = false;
      }
      return;
    }
    boolean tooFar = next == VirtualClock.END || next - now() > limitNanos - clock.elapsedNanos();
    if (!overtime && tooFar) {
      overtime = true;
      loops.forEach(SimulatedPoller::limitReached);
      return;
    }
    clock.advanceNanos(Math.max(0, next - now()));
    assert now() >= next : "the clock has jumped too short";
    runDue();
  }

  /** The test's own loop, as long as it runs: it is the one to say that nothing goes on. */
  private SimulatedPoller first(List<SimulatedPoller> running) {
    SimulatedPoller own = main;
    return own != null && running.contains(own) ? own : running.getFirst();
  }

  private void runDue() {
    while (!planned.isEmpty() && planned.element().at <= now()) {
      planned.remove().action.run();
    }
  }

  /** Whether something may still happen that no loop waits for as a deadline. */
  boolean mayGoOn() {
    return !stuck && (!planned.isEmpty() || loops.size() > 1);
  }

  /** The invariant of the turn. */
  private boolean valid() {
    return loops.isEmpty() ? turn == null : loops.contains(turn);
  }

  @Override
  public String toString() {
    return "world of " + loops.size() + " loops, " + (turn == null ? "no turn, " : "") + clock;
  }
}
