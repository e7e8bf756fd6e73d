package dev.heddle.test;

import dev.heddle.net.SocketProvider;
import dev.heddle.process.ChildProvider;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskBody;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One scheduler of a host, or of a child process on it, and the thread that carries it. */
final class HostLoop {
  private static final System.Logger LOG = System.getLogger("dev.heddle.test");

  /** Whose scheduler it is. */
  interface Owner {
    /** The name of the scheduler. */
    String title();

    /** Whether it is a process of its own, whose jobs may hold up its loop. */
    boolean isProcess();

    /** What the body, or the loop, has thrown. */
    void failed(Throwable e);

    /** The body has ended. */
    void ended(HostLoop loop);

    /** All has ended; called in the last turn, perhaps twice. */
    void left();
  }

  private final Host host;
  private final Owner owner;
  private final World world;
  private final SimulatedPoller poller;
  private final SimulatedProvider provider;
  private final SimulatedChildren children;
  private final Thread thread;

  /** What its main task does; null until it is known. */
  private @Nullable TaskBody body;

  /** Set by its first task; null before. */
  private volatile @Nullable Scheduler scheduler;

  /** Whether it is to end, and nobody wants to know how. */
  private volatile boolean over;

  HostLoop(Host host, Owner owner) {
    this.host = host;
    this.owner = owner;
    world = host.network().world;
    poller = new SimulatedPoller(world, () -> {}, this::leave);
    provider = new SimulatedProvider(host, poller);
    children = new SimulatedChildren(() -> provider);
    String name = owner.isProcess() ? host + "-" + owner.title() : host.name();
    thread = Thread.ofPlatform().daemon().name("heddle-test-" + name).unstarted(this::carry);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
  }

  SimulatedProvider provider() {
    return provider;
  }

  void runs(TaskBody main) {
    body = main;
  }

  void start() {
    world.add(poller);
    thread.start();
  }

  private void carry() {
    try {
      world.enter(poller);
      if (!over) {
        SchedulerBuilder builder = Scheduler.builder().name(owner.title());
        builder.clock(world.clock).poller(poller).failureReporter(this::taskFailed);
        if (owner.isProcess()) {
          builder.watchdog(Duration.ZERO);
        }
        ExploredRun explored = host.network().explored();
        if (explored != null) {
          explored.explored(builder, poller, owner.title());
        }
        builder.run(co -> guarded(co));
      } else {
        owner.ended(this); // it was ended before its first turn
        leave();
      }
    } catch (Throwable e) {
      failed(e); // of the loop itself; what the body throws is known by now
    } finally {
      world.remove(poller);
    }
  }

  /** In the last turn. */
  private void leave() {
    children.killAll();
    owner.left();
  }

  private void guarded(Awaiter co) throws Exception {
    Scheduler mine = Scheduler.current();
    poller.serves(mine);
    SocketProvider.use(mine, host.sockets(provider));
    ChildProvider.use(mine, children);
    scheduler = mine;
    TaskBody main = body;
    assert main != null : "nothing to run on " + host;
    try {
      main.run(co);
    } catch (Throwable e) {
      failed(e);
      throw e;
    } finally {
      owner.ended(this);
    }
  }

  private void failed(Throwable e) {
    if (!over) {
      over = true;
      owner.failed(e);
    }
  }

  private void taskFailed(String task, Throwable e) {
    if (!over) {
      LOG.log(System.Logger.Level.ERROR, owner.title() + ": task '" + task + "' failed", e);
    }
  }

  /** Ends it: at the end of the simulation, or by a crash. */
  void end() {
    over = true;
    Scheduler mine = scheduler;
    if (mine != null) {
      mine.close();
    }
  }

  /** The same, and what its tasks still send goes nowhere; its child processes end, too. */
  void crash() {
    provider.crash();
    children.killAll();
    end();
  }

  @Nullable Scheduler scheduler() {
    return scheduler;
  }

  /**
   * Waits until its thread has ended. An interrupt does not end the wait, unless the caller gives
   * up then; the caller stays interrupted.
   */
  void awaitEnd(BooleanSupplier givesUp) {
    boolean interrupted = false;
    boolean waits = true;
    while (waits) {
      try {
        thread.join();
        waits = false;
      } catch (InterruptedException e) {
        interrupted = true;
        waits = !givesUp.getAsBoolean();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until its thread has ended; false if it has not by then. */
  boolean join(Duration longest) throws InterruptedException {
    return thread.join(longest);
  }
}
