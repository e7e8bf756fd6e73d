package dev.heddle.group;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.SchedulerBuilder;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link SchedulerGroup} that differs from the defaults.
 *
 * <pre>{@code
 * SchedulerGroup group =
 *     SchedulerGroup.builder()
 *         .name("workers")
 *         .loops(2)
 *         .daemon(true)
 *         .eachScheduler(each -> each.failureReporter((task, why) -> System.err.println(task)))
 *         .open();
 * }</pre>
 */
public final class SchedulerGroupBuilder {
  private static final System.Logger LOG = System.getLogger("dev.heddle");
  private static final AtomicLong CREATED = new AtomicLong();

  int loops = Runtime.getRuntime().availableProcessors();
  boolean daemon;
  private @Nullable String name;
  private @Nullable IntFunction<String> threadName;
  Consumer<? super SchedulerBuilder> eachScheduler = _ -> {};
  BiConsumer<? super GroupLoop, ? super Throwable> loopFailureReporter = SchedulerGroupBuilder::log;

  SchedulerGroupBuilder() {}

  /**
   * How many loops, each with a thread of its own; default: as many as the JVM has processors.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder loops(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a group of " + count + " loops: must be 1 or more");
    }
    loops = count;
    return this;
  }

  /** The group's name; its loops are called by it and their number, {@code "workers-0"}. */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder name(String groupName) {
    name = Objects.requireNonNull(groupName, "groupName");
    return this;
  }

  /** The name of each thread, by the number of its loop; default: the name of the loop. */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder threadName(IntFunction<String> names) {
    threadName = Objects.requireNonNull(names, "names");
    return this;
  }

  /**
   * Whether the threads are daemons, which do not keep the JVM from its end; default: false. (A
   * daemon task is another thing: it does not keep its loop from its end.)
   */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder daemon(boolean daemonThreads) {
    daemon = daemonThreads;
    return this;
  }

  /**
   * Called with the builder of each loop's scheduler, to set its engine, reporters, observer. The
   * group sets the name, before. A clock or poller must be one for each.
   */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder eachScheduler(Consumer<? super SchedulerBuilder> settings) {
    eachScheduler = Objects.requireNonNull(settings, "settings");
    return this;
  }

  /**
   * Hears, on the thread of a loop that fails, what its run has thrown, before the tasks of the
   * loop are cancelled. Default: logs an error.
   */
  @CanIgnoreReturnValue
  public SchedulerGroupBuilder loopFailureReporter(
      BiConsumer<? super GroupLoop, ? super Throwable> reporter) {
    loopFailureReporter = Objects.requireNonNull(reporter, "reporter");
    return this;
  }

  /** Makes the group and starts its threads. */
  public SchedulerGroup open() {
    return new SchedulerGroup(this).started();
  }

  String groupName() {
    return name == null ? "group-" + CREATED.incrementAndGet() : name;
  }

  String threadName(GroupLoop loop) {
    return threadName == null ? loop.name() : threadName.apply(loop.index());
  }

  private static void log(GroupLoop loop, Throwable failure) {
    String what = loop + " has failed; its tasks are cancelled, the other loops go on";
    LogPrinter.print(() -> LOG.log(Level.ERROR, what, failure));
  }
}
