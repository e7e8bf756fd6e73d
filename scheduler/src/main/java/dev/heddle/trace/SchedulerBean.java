package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.stats.SchedulerStats;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The bean of one scheduler, which it does not keep alive; and which beans there are. */
final class SchedulerBean implements SchedulerMXBean {
  /** Beans that are registered. Guarded by itself. */
  private static final Map<Scheduler, ObjectName> REGISTERED = new WeakHashMap<>();

  private final String name;
  private final WeakReference<Scheduler> scheduler;

  private SchedulerBean(Scheduler scheduler) {
    name = scheduler.name();
    this.scheduler = new WeakReference<>(scheduler);
  }

  /** Registers a bean for the scheduler, unless there is one; returns its name. */
  static String register(Scheduler scheduler) {
    synchronized (REGISTERED) {
      ObjectName known = REGISTERED.get(scheduler);
      if (known == null) {
        known = registerNew(new SchedulerBean(scheduler));
        REGISTERED.put(scheduler, known);
      }
      return known.toString();
    }
  }

  private static ObjectName registerNew(SchedulerBean bean) {
    String first = "dev.heddle:type=Scheduler,name=" + quoted(bean.name);
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    for (int number = 1; ; number++) {
      try {
        ObjectName tried = new ObjectName(number == 1 ? first : first + ",number=" + number);
        return server.registerMBean(bean, tried).getObjectName();
      } catch (InstanceAlreadyExistsException taken) {
        // the next number may be free
      } catch (JMException e) {
        throw new IllegalStateException("no MXBean for scheduler '" + bean.name + "': " + e, e);
      }
    }
  }

  /** A name that JMX takes as it stands, or in quotes. */
  private static String quoted(String name) {
    return name.matches("[\\w.-]+") ? name : ObjectName.quote(name);
  }

  /** The scheduler is closed; does nothing if it has no bean. */
  static void unregister(Scheduler scheduler) {
    synchronized (REGISTERED) {
      ObjectName known = REGISTERED.remove(scheduler);
      if (known != null) {
        try {
          ManagementFactory.getPlatformMBeanServer().unregisterMBean(known);
        } catch (InstanceNotFoundException gone) {
          // somebody else has done it
        } catch (JMException e) {
          throw new IllegalStateException("the MXBean of " + scheduler + ": " + e, e);
        }
      }
    }
  }

  private Scheduler scheduler() {
    Scheduler known = scheduler.get();
    if (known == null) {
      throw new IllegalStateException("scheduler '" + name + "' is gone, and was never closed");
    }
    return known;
  }

  private SchedulerStats.Loop loop() {
    return getStats().loop();
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean isRunning() {
    return getStats().running();
  }

  @Override
  public SchedulerStats getStats() {
    return scheduler().stats();
  }

  @Override
  public long getTurns() {
    return loop().turns();
  }

  @Override
  public int getReady() {
    return loop().ready();
  }

  @Override
  public int getMostReady() {
    return loop().mostReady();
  }

  @Override
  public long getBusyNanos() {
    return loop().busyNanos();
  }

  @Override
  public long getAsleepNanos() {
    return loop().asleepNanos();
  }

  @Override
  public long getLongestRoundNanos() {
    return loop().longestRoundNanos();
  }

  @Override
  public int getTasks() {
    return getStats().tasks().alive();
  }

  @Override
  public int getWaiting() {
    return getStats().tasks().waiting();
  }

  @Override
  public String dump() {
    return Answers.to("dump", List.of(scheduler()));
  }

  @Override
  public String tree() {
    return Answers.to("tree", List.of(scheduler()));
  }
}
