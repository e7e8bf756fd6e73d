package dev.heddle.test;

import dev.heddle.net.SocketProvider;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskBody;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One scheduler of a host, and the thread that carries it. */
final class HostLoop {
  private static final System.Logger LOG = System.getLogger("dev.heddle.test");

  private final Host host;
  private final TaskBody body;
  private final World world;
  private final SimulatedPoller poller;
  private final SimulatedProvider provider;
  private final Thread thread;

  /** Set by its first task; null before. */
  private volatile @Nullable Scheduler scheduler;

  /** Whether it is to end, and nobody wants to know how. */
  private volatile boolean over;

  HostLoop(Host host, TaskBody body) {
    this.host = host;
    this.body = body;
    world = host.network().world;
    poller = new SimulatedPoller(world, () -> {});
    provider = new SimulatedProvider(host, poller);
    thread = Thread.ofPlatform().daemon().name("heddle-test-" + host).unstarted(this::carry);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
  }

  void start() {
    world.add(poller);
    thread.start();
  }

  private void carry() {
    try {
      world.enter(poller);
      if (!over) {
        SchedulerBuilder builder = Scheduler.builder().name(host.name());
        builder.clock(world.clock).poller(poller).failureReporter(this::taskFailed);
        ExploredRun explored = host.network().explored();
        if (explored != null) {
          explored.explored(builder, poller, host);
        }
        builder.run(co -> guarded(co));
      } else {
        host.ended(this); // it was ended before its first turn
      }
    } catch (Throwable e) {
      failed(e); // of the loop itself; what the body throws is known by now
    } finally {
      world.remove(poller);
    }
  }

  private void guarded(Awaiter co) throws Exception {
    Scheduler mine = Scheduler.current();
    poller.serves(mine);
    SocketProvider.use(mine, host.sockets(provider));
    scheduler = mine;
    try {
      body.run(co);
    } catch (Throwable e) {
      failed(e);
      throw e;
    } finally {
      host.ended(this);
    }
  }

  private void failed(Throwable e) {
    if (!over) {
      over = true;
      host.network().failed(e);
    }
  }

  private void taskFailed(String task, Throwable e) {
    if (!over) {
      LOG.log(System.Logger.Level.ERROR, "host " + host + ": task '" + task + "' failed", e);
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

  /** The same, and what its tasks still send goes nowhere. */
  void crash() {
    provider.crash();
    end();
  }

  @Nullable Scheduler scheduler() {
    return scheduler;
  }

  /** Waits until its thread has ended. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** Waits until its thread has ended; false if it has not by then. */
  boolean join(Duration longest) throws InterruptedException {
    return thread.join(longest);
  }
}
