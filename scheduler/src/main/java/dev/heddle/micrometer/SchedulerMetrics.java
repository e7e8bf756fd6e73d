package dev.heddle.micrometer;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.stats.SchedulerStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of a scheduler as meters of Micrometer, named {@code heddle.scheduler.*} and tagged
 * with the scheduler's name.
 *
 * <pre>{@code
 * new SchedulerMetrics(scheduler).bindTo(registry);
 * }</pre>
 *
 * <p>A meter is read when the registry publishes; each read asks {@link Scheduler#stats}, which
 * walks all tasks. What a number means, {@link SchedulerStats} says. The registry keeps the
 * scheduler only as long as somebody else does. Needs the library {@code micrometer-core}, which
 * Heddle does not bring along.
 */
public final class SchedulerMetrics implements MeterBinder {
  private static final String PREFIX = "heddle.scheduler.";

  private final Scheduler scheduler;

  /** The meters of this scheduler. */
  public SchedulerMetrics(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Meters(registry, scheduler, Tags.of("scheduler", scheduler.name())).loop().tasks().io();
  }

  /** Registers them, by sort. */
  private record Meters(MeterRegistry registry, Scheduler scheduler, Tags tags) {

    Meters loop() {
      counter("turns", "Turns that tasks have had", s -> s.loop().turns());
      counter("rounds", "Looks of the loop at the outside", s -> s.loop().rounds());
      counter("polls", "Polls for I/O", s -> s.loop().polls());
      counter("wakeups", "Times another thread woke the loop", s -> s.loop().wakeups());
      time("busy", "How long the loop was awake", s -> s.loop().busyNanos());
      time("asleep", "How long the loop slept", s -> s.loop().asleepNanos());
      longest("round.longest", "The longest round", s -> s.loop().longestRoundNanos());
      longest(
          "turn.longest",
          "The longest turn while turns were watched",
          s -> s.loop().longestTurnNanos());
      gauge("ready.most", "The most tasks that were ready", s -> s.loop().mostReady());
      gauge("timers", "Deadlines that are set", s -> s.loop().timers());
      gauge("inbox", "Messages of other threads, not taken yet", s -> s.loop().inbox());
      return this;
    }

    Meters tasks() {
      state("ready", s -> s.tasks().ready());
      state("running", s -> s.tasks().running());
      state("waiting", s -> s.tasks().waiting());
      counter("tasks.spawned", "Tasks that were started", s -> s.tasks().spawned());
      gauge("bodies.woven", "Bodies of this JVM that are woven", s -> s.bodies().woven());
      gauge("bodies.not.woven", "Bodies that are not", s -> s.bodies().notWoven());
      return this;
    }

    void io() {
      gauge("connections", "Open connections", s -> s.io() == null ? 0 : s.io().connections());
      gauge("listeners", "Open listeners", s -> s.io() == null ? 0 : s.io().listeners());
      gauge("datagram.sockets", "UDP sockets", s -> s.io() == null ? 0 : s.io().datagramSockets());
      gauge("lingering", "Closed here, not there", s -> s.io() == null ? 0 : s.io().lingering());
      gauge("io.waits", "Waits for I/O", s -> s.io() == null ? 0 : s.io().waits());
      counter("bytes.in", "Bytes received", s -> s.io() == null ? 0 : s.io().bytesIn());
      counter("bytes.out", "Bytes sent", s -> s.io() == null ? 0 : s.io().bytesOut());
    }

    private static ToDoubleFunction<Scheduler> of(ToDoubleFunction<SchedulerStats> number) {
      return scheduler -> number.applyAsDouble(scheduler.stats());
    }

    private void counter(String name, String what, ToDoubleFunction<SchedulerStats> number) {
      FunctionCounter _ =
          FunctionCounter.builder(PREFIX + name, scheduler, of(number))
              .tags(tags)
              .description(what)
              .register(registry);
    }

    private void time(String name, String what, ToDoubleFunction<SchedulerStats> nanos) {
      FunctionCounter _ =
          FunctionCounter.builder(
                  PREFIX + name, scheduler, of(stats -> nanos.applyAsDouble(stats) / 1e9))
              .tags(tags)
              .baseUnit("seconds")
              .description(what)
              .register(registry);
    }

    private void longest(String name, String what, ToDoubleFunction<SchedulerStats> nanos) {
      TimeGauge _ =
          TimeGauge.builder(PREFIX + name, scheduler, TimeUnit.NANOSECONDS, of(nanos))
              .tags(tags)
              .description(what)
              .register(registry);
    }

    private void gauge(String name, String what, ToDoubleFunction<SchedulerStats> number) {
      Gauge _ =
          Gauge.builder(PREFIX + name, scheduler, of(number))
              .tags(tags)
              .description(what)
              .register(registry);
    }

    private void state(String state, ToDoubleFunction<SchedulerStats> number) {
      Gauge _ =
          Gauge.builder(PREFIX + "tasks", scheduler, of(number))
              .tags(tags.and("state", state))
              .description("Tasks that have not ended")
              .register(registry);
    }
  }
}
