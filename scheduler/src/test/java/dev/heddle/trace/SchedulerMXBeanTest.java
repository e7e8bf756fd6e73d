package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A scheduler as JMX shows it. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SchedulerMXBeanTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  @Parameter Kind kind;

  private static ObjectName name(String rest) throws Exception {
    return new ObjectName("dev.heddle:type=Scheduler," + rest);
  }

  @Test
  void theBeanHasTheNumbersAndTheTasksOfTheSchedulerFromItsRunUntilItsClose() throws Exception {
    ObjectName name = name("name=shown");
    Promise<String> never = new Promise<>();
    List<Object> seen = new ArrayList<>();
    try (Scheduler scheduler = kind.builder().name("shown").mxBean(true).build()) {
      kind.spawn(scheduler.daemons(), "waits", co -> co.await(never));
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Task.yield());
            seen.add(SERVER.getAttribute(name, "Waiting"));
            seen.add(SERVER.invoke(name, "tree", null, null));
            seen.add(SERVER.invoke(name, "dump", null, null));
            seen.add(SERVER.getAttribute(name, "Stats"));
          });
      assertThat(SERVER.isRegistered(name)).isFalse();
      scheduler.run();
      SchedulerMXBean bean = JMX.newMXBeanProxy(SERVER, name, SchedulerMXBean.class);
      assertThat(bean.getName()).isEqualTo("shown");
      assertThat(bean.getTurns()).isEqualTo(scheduler.stats().loop().turns()).isEqualTo(3);
      assertThat(bean.getTasks()).isEqualTo(1);
      assertThat(bean.isRunning()).isFalse();
      assertThat(bean.getReady()).isZero();
      assertThat(bean.getMostReady()).isEqualTo(2);
      assertThat(bean.getBusyNanos()).isPositive();
      assertThat(bean.getLongestRoundNanos()).isPositive();
      assertThat(bean.getAsleepNanos()).isNotNegative();
    }
    assertThat(SERVER.isRegistered(name)).isFalse();
    assertThat(seen.getFirst()).isEqualTo(1);
    assertThat(seen.get(1)).asString().contains("'waits' waits").contains("a promise");
    assertThat(seen.get(2)).asString().contains("'waits'").contains("a promise");
    CompositeData stats = (CompositeData) seen.getLast();
    assertThat(((CompositeData) stats.get("tasks")).get("spawned")).isEqualTo(2L);
    assertThat(((CompositeData) stats.get("loop")).get("turns")).isEqualTo(2L);
    assertThat(stats.get("io")).isNull();
  }

  @Test
  void aSecondSchedulerOfANameHasANumberAndANameMayHoldAnything() throws Exception {
    String odd = "a,b=\"c*?\n\u001b";
    try (Scheduler first = kind.builder().name(odd).mxBean(true).build();
        Scheduler second = kind.builder().name(odd).mxBean(true).build()) {
      first.run();
      second.run();
      Set<ObjectName> names = SERVER.queryNames(new ObjectName("dev.heddle:*"), null);
      assertThat(names)
          .filteredOn(name -> ObjectName.unquote(quoted(name)).equals(odd))
          .extracting(name -> name.getKeyProperty("number"))
          .containsExactlyInAnyOrder(null, "2");
    }
    assertThat(SERVER.queryNames(new ObjectName("dev.heddle:*"), null)).isEmpty();
  }

  private static String quoted(ObjectName name) {
    String property = name.getKeyProperty("name");
    return property.startsWith("\"") ? property : "\"" + property + "\"";
  }

  @Test
  void aSchedulerHasNoBeanUnlessAskedForOne() throws Exception {
    try (Scheduler scheduler = kind.builder().name("plain").build()) {
      scheduler.run();
      assertThatThrownBy(() -> SERVER.getMBeanInfo(name("name=plain")))
          .isInstanceOf(InstanceNotFoundException.class);
    }
  }

  @Test
  void somebodyElseMayUnregisterTheBean() throws Exception {
    try (Scheduler scheduler = kind.builder().name("taken").mxBean(true).build()) {
      scheduler.run();
      SERVER.unregisterMBean(name("name=taken"));
    }
    assertThat(SERVER.isRegistered(name("name=taken"))).isFalse();
  }

  /** A program that asks for a bean. */
  static final class Asks {
    private Asks() {}

    /** Prints what it finds. */
    static void main() throws Exception {
      Scheduler.builder().name("asks").mxBean(true).run(co -> co.await(Task.yield()));
      System.out.println("ran");
    }
  }

  @Test
  void whereTheJdkHasNoJmxTheProgramRunsAndSaysSo() throws Exception {
    if (kind.style() == Kind.Style.THREAD) { // once for each engine is enough for a process
      ForkedJvm without = ForkedJvm.run(Asks.class, "--limit-modules", "java.base,java.logging");
      assertThat(without.output())
          .containsOnlyOnce(
              "no MXBean for scheduler 'asks'; the JVM needs the module java.management")
          .contains("ran");
      assertThat(without.exitCode()).isZero();
    }
  }
}
