package dev.heddle.test;

import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.KernelView;
import org.jspecify.annotations.Nullable;

/** Where a loop of a simulation idles: in the {@link World}, whose time passes by it. */
final class SimulatedPoller implements Poller {
  private final World world;

  /** What is told when the limit of virtual time is reached. */
  private final Runnable overtime;

  /** Set by the first task of the scheduler; null before. */
  private volatile @Nullable Scheduler scheduler;

  // The world's.

  /** Until when there is nothing to do, unless woken. */
  long idleUntil;

  /** Whether there is something to do. */
  boolean woken = true;

  SimulatedPoller(World world, Runnable overtime) {
    this.world = world;
    this.overtime = overtime;
  }

  void serves(Scheduler itsOwn) {
    scheduler = itsOwn;
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

  @Override
  public void poll(long timeoutNanos) {
    world.poll(this, timeoutNanos);
  }

  @Override
  public void wakeup() {
    world.wakeup(this);
  }

  @Override
  public boolean hasWaiters() {
    return world.mayGoOn(this);
  }

  @Override
  public void close() {
    world.remove(this);
  }
}
