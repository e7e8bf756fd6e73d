package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.FlightRecords;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.jfr.Flight;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Contextual;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Flight Recorder is told that is no matter of the kind of a task. */
class FlightTest {
  private static final List<Awaiter> KEPT = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void aStallIsRecordedWhenItIsReportedAndWhenItIsOver() throws Exception {
    AtomicInteger reports = new AtomicInteger();
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              try (Scheduler scheduler =
                  Scheduler.builder()
                      .name("stalls")
                      .watchdog(Duration.ofMillis(2))
                      .stallReporter(stall -> reports.addAndGet(isOfTheHog(stall) ? 1 : 0))
                      .build()) {
                scheduler.spawn(
                    "hog",
                    co -> {
                      while (reports.get() == 0) {
                        Thread.onSpinWait();
                      }
                    });
                scheduler.spawn("starves", co -> co.await(Task.yield()));
                scheduler.run();
              }
              return null;
            },
            "Stall");
    assertThat(recorded)
        .filteredOn(event -> "hog".equals(event.getString("task")) && !event.getBoolean("over"))
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.getString("scheduler")).isEqualTo("stalls");
              assertThat(event.getDuration("lasted")).isGreaterThanOrEqualTo(Duration.ofMillis(2));
              assertThat(event.getInt("ready")).isEqualTo(1);
            });
    assertThat(recorded.size()).as("each report once").isGreaterThanOrEqualTo(1);
  }

  /** And of no hook, in which a busy machine may have held up the loop before. */
  private static boolean isOfTheHog(Finding.Stall stall) {
    return "hog".equals(stall.task()) && !stall.isOver();
  }

  @Test
  void workInAThreadOfAPoolIsRecordedWithItsPool() throws Exception {
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              try (ThreadPool pool = ThreadPool.platform("diggers", 1)) {
                Scheduler.run(
                    co -> {
                      co.await(pool.apply(() -> 1));
                      co.await(pool.apply(() -> 2));
                    });
              }
              return null;
            },
            "Offload");
    assertThat(recorded).hasSize(2);
    assertThat(recorded).allMatch(event -> event.getString("pool").contains("diggers"));
  }

  @Test
  void theFirstUseOfABodyTellsWhetherItIsWovenAndWhyNot() throws Exception {
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              try (Scheduler scheduler = Scheduler.create()) {
                for (int i = 0; i < 3; i++) {
                  scheduler.spawn(co -> co.await(Task.yield()));
                  scheduler.spawn(
                      co -> {
                        KEPT.add(co);
                      });
                }
                scheduler.run();
              }
              return null;
            },
            "BodyFirstUse");
    assertThat(KEPT).hasSize(3);
    assertThat(recorded)
        .filteredOn(event -> event.getString("body").startsWith(FlightTest.class.getName()))
        .extracting(event -> event.getBoolean("woven"), event -> event.getString("explanation"))
        .satisfiesExactlyInAnyOrder(
            tuple -> assertThat(tuple.toList()).containsExactly(true, "woven"),
            tuple ->
                assertThat(tuple.toList().get(1))
                    .asString()
                    .startsWith("not woven: its Awaiter is passed to add() (FlightTest.java:"));
  }

  @Test
  void allEventsAreInOneCategoryOffUntilAskedForAndATurnGivesTheContext() throws Exception {
    FlightRecords.during(() -> null, "Turn"); // so that the Flight Recorder knows them
    Scheduler.run(co -> co.await(Task.yield()));
    List<EventType> types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getName().matches("dev\\.heddle\\.\\w+"))
            .filter(type -> !type.getName().equals("dev.heddle.Resync"))
            .toList();
    assertThat(types).extracting(EventType::getName).contains("dev.heddle.Turn", "dev.heddle.Wait");
    assertThat(types).allMatch(type -> type.getCategoryNames().equals(List.of("Heddle")));
    assertThat(types).noneMatch(EventType::isEnabled);
    for (EventType type : types) {
      boolean isTurn = type.getName().equals("dev.heddle.Turn");
      type.getFields().stream()
          .filter(field -> field.getName().matches("task(Id)?"))
          .forEach(
              field ->
                  assertThat(field.getAnnotation(Contextual.class) != null)
                      .as("%s of %s", field, type)
                      .isEqualTo(isTurn));
    }
  }

  @jdk.jfr.Name("dev.heddle.test.Mark")
  static final class Mark extends jdk.jfr.Event {}

  @Test
  void jfrPrintTellsTheTaskOfEventsThatAreNotOurs() throws Exception {
    Path file = folder.resolve("context.jfr");
    FlightRecords.into(
        file,
        () -> {
          Scheduler.run(
              co -> {
                co.await(Task.yield());
                Mark mark = new Mark();
                mark.commit();
              });
          return null;
        },
        "Turn",
        "test.Mark");
    String printed = output("jfr", "print", "--events", "dev.heddle.test.Mark", file.toString());
    assertThat(printed).contains("Context: Turn.task = \"main\"").contains("Turn.taskId = 1");
  }

  private static String output(String tool, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** A program that knows nothing of the Flight Recorder. */
  static final class Plain {
    private Plain() {}

    /** Prints whether there may be recordings, when a scheduler has run. */
    static void main() throws Exception {
      Scheduler.run(co -> co.await(Task.yield()));
      System.out.println("ran, may record: " + Flight.mayRecord());
    }
  }

  @Test
  void aProgramRunsWhereTheJdkHasNoFlightRecorder() throws Exception {
    ForkedJvm without = ForkedJvm.run(Plain.class, "--limit-modules", "java.base,java.logging");
    assertThat(without.output()).contains("ran, may record: false");
    assertThat(without.exitCode()).isZero();
  }

  @Test
  void untilTheFirstRecordingNoClassOfAnEventIsLoaded() throws Exception {
    ForkedJvm quiet = ForkedJvm.run(Plain.class, "-Xlog:class+load");
    assertThat(quiet.output()).contains("ran, may record: false");
    assertThat(quiet.output()).doesNotContain("FlightEvents").doesNotContain("RecordedTask");
  }
}
