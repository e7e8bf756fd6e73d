package dev.heddle.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.stats.SchedulerStats;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A scheduler's numbers in a registry of Micrometer. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SchedulerMetricsTest {
  @Parameter Kind kind;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private double gauge(String name) {
    return registry.get("heddle.scheduler." + name).tag("scheduler", "s").gauge().value();
  }

  private double tasks(String state) {
    return registry.get("heddle.scheduler.tasks").tag("state", state).gauge().value();
  }

  private double counter(String name) {
    return registry.get("heddle.scheduler." + name).functionCounter().count();
  }

  @Test
  void theMetersTellWhatStatsTells() {
    double[] waiting = new double[2];
    try (Scheduler scheduler = kind.builder().name("s").build()) {
      new SchedulerMetrics(scheduler).bindTo(registry);
      kind.spawn(scheduler.daemons(), "waits", co -> co.await(new Promise<String>()));
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Task.yield());
            waiting[0] = tasks("waiting");
            waiting[1] = tasks("running");
          });
      scheduler.run();
      assertThat(waiting).containsExactly(1, 1);
      SchedulerStats stats = scheduler.stats();
      assertThat(counter("turns")).isEqualTo((double) stats.loop().turns());
      assertThat(counter("tasks.spawned")).isEqualTo(2);
      assertThat(counter("rounds")).isEqualTo((double) stats.loop().rounds());
      assertThat(counter("busy")).isEqualTo(stats.loop().busyNanos() / 1e9);
      assertThat(gauge("ready.most")).isEqualTo(2);
      assertThat(gauge("timers")).isZero();
      assertThat(gauge("connections")).as("there was no I/O").isZero();
      assertThat(registry.getMeters())
          .hasSize(24)
          .extracting(Meter::getId)
          .allMatch(id -> "s".equals(id.getTag("scheduler")) && id.getDescription() != null);
    }
  }
}
