package dev.heddle.test;

import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.stats.SchedulerStats;
import org.jspecify.annotations.Nullable;

/** Where a loop of a simulation idles: in the {@link World}, whose time passes by it. */
final class SimulatedPoller implements Poller {
  private final World world;

  /** What is told when the limit of virtual time is reached. */
  private final Runnable overtime;

  /** What is done in the last turn of the loop. */
  private final Runnable atEnd;

  /** Set by the first task of the scheduler; null before. */
  private volatile @Nullable Scheduler scheduler;

  /** The selector of the simulated sockets; null if there are none. */
  private @Nullable SimulatedSelector selector;

  /** What looks at the simulated sockets; null if there are none. */
  private @Nullable Poller sockets;

  // The world's.

  /** Until when there is nothing to do, unless woken. */
  long idleUntil;

  /** Whether there is something to do; any thread may say so. */
  volatile boolean woken = true;

  /** The thread that waits for the turn; null before the first wait. */
  volatile @Nullable Thread thread;

  /** Whether it has ended, and takes no part any more. */
  boolean hasLeft;

  SimulatedPoller(World world, Runnable overtime) {
    this(world, overtime, () -> {});
  }

  SimulatedPoller(World world, Runnable overtime, Runnable atEnd) {
    this.world = world;
    this.overtime = overtime;
    this.atEnd = atEnd;
  }

  void serves(Scheduler itsOwn) {
    scheduler = itsOwn;
  }

  @Nullable Scheduler scheduler() {
    return scheduler;
  }

  boolean awaitsOutside() {
    Scheduler mine = scheduler;
    return mine != null && KernelView.get().awaitsOutside(mine);
  }

  boolean isWorkedOutside() {
    Scheduler mine = scheduler;
    return mine != null && KernelView.get().isWorkedOutside(mine);
  }

  void limitReached() {
    woken = true;
    overtime.run();
  }

  /** A selector of this scheduler, whose channels are looked at before the loop sleeps. */
  void selects(SimulatedSelector opened) {
    selector = opened;
  }

  @Override
  public boolean takesOver(Poller brought) {
    if (selector != null) {
      sockets = brought;
    }
    return selector != null;
  }

  @Override
  public void poll(long timeoutNanos) {
    world.poll(this, anyIsReady() ? 0 : timeoutNanos);
    if (sockets != null) {
      sockets.poll(0);
    }
  }

  private boolean anyIsReady() {
    return selector != null && selector.anyIsReady();
  }

  @Override
  public SchedulerStats.@Nullable Io ioStats() {
    return sockets == null ? null : sockets.ioStats();
  }

  @Override
  public void endRun() {
    if (sockets != null) {
      sockets.endRun();
    }
  }

  @Override
  public void wakeup() {
    world.wakeup(this);
  }

  @Override
  public boolean hasWaiters() {
    return anyIsReady() || world.mayGoOn();
  }

  @Override
  public void close() {
    if (sockets != null) {
      sockets.close();
    }
    try {
      atEnd.run();
    } finally {
      world.remove(this);
    }
  }
}
