package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.FlightRecords;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Event;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Flight Recorder is told of tasks. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RecordedTasksTest {
  private static final String[] ALL = {"Turn", "Wait", "Wake", "Spawn", "End"};

  @Parameter Kind kind;

  @TempDir Path folder;

  private final Event go = new Event("go");

  /** A task that waits, one that wakes it, and one that starts both. */
  private boolean run() {
    try (Scheduler scheduler = kind.builder().name("flight").build()) {
      runIn(scheduler);
    }
    return true;
  }

  private void runIn(Scheduler scheduler) {
    kind.spawn(
        scheduler,
        "main",
        co -> {
          kind.spawn(scheduler, "waiter", inner -> inner.await(go.await()));
          kind.spawn(
              scheduler,
              "setter",
              inner -> {
                go.set();
              });
          co.await(Task.yield());
        });
    scheduler.run();
  }

  private static boolean started(Recording recording) {
    recording.start();
    return true;
  }

  private static List<String> of(String event, List<RecordedEvent> recorded) {
    return recorded.stream()
        .filter(each -> FlightRecords.name(each).equals(event))
        .map(RecordedTasksTest::text)
        .toList();
  }

  private static String text(RecordedEvent event) {
    assertThat(event.getString("scheduler")).isEqualTo("flight");
    assertThat(event.getLong("taskId")).isBetween(1L, 3L);
    String task = event.getString("task");
    return switch (FlightRecords.name(event)) {
      case "Turn" -> task + " " + event.getString("ends");
      case "Wait" -> task + " for " + event.getString("reason") + " by " + event.getString("by");
      case "End" -> task + " " + event.getString("state");
      default -> task + " by " + event.getString("by");
    };
  }

  @Test
  void eachTurnWaitWakeStartAndEndIsRecordedOnceWithWhoDidIt() throws Exception {
    List<RecordedEvent> recorded = FlightRecords.during(this::run, ALL);
    assertThat(of("Spawn", recorded)).containsExactly("waiter by main", "setter by main");
    assertThat(of("Turn", recorded))
        .containsExactlyInAnyOrder(
            "main gives up", "waiter waits", "setter ended", "main ended", "waiter ended");
    assertThat(of("Wait", recorded)).containsExactly("waiter for event 'go' to be set by setter");
    assertThat(of("Wake", recorded)).containsExactly("waiter by setter");
    assertThat(of("End", recorded))
        .containsExactly("setter SUCCEEDED", "main SUCCEEDED", "waiter SUCCEEDED");
  }

  @Test
  void onlyWhatTheRecordingWantsIsRecorded() throws Exception {
    List<RecordedEvent> recorded = FlightRecords.during(this::run, "Wake");
    assertThat(recorded)
        .extracting(FlightRecords::name)
        .filteredOn(name -> !name.equals("Resync"))
        .containsExactly("Wake");
    assertThat(of("Wake", recorded)).containsExactly("waiter by setter");
  }

  @Test
  void aRecordingThatWantsNoneOfThemCostsATurnNothing() throws Exception {
    Scheduler scheduler = kind.builder().name("flight").build();
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              runIn(scheduler);
              return null;
            });
    assertThat(recorded).isEmpty();
    assertThat(scheduler.stats().loop().longestTurnNanos()).as("nobody watches").isZero();
    scheduler.close();
  }

  @Test
  void aRecordingMayComeAndGoWhileTheSchedulerRuns() throws Exception {
    Path file = folder.resolve("turns.jfr");
    try (Scheduler scheduler = kind.builder().name("flight").build();
        Recording recording = new Recording()) {
      recording.enable("dev.heddle.Turn").withoutThreshold();
      kind.spawn(
          scheduler,
          "turns",
          co -> {
            for (int i = 0; i < 600; i++) {
              co.await(Task.yield());
              if (i == 200) {
                started(recording);
              } else if (i == 400) {
                recording.stop();
              }
            }
          });
      scheduler.run();
      recording.dump(file);
    }
    assertThat(of("Turn", FlightRecords.in(file)))
        .as("from the look after its start, at the most 61 turns later, to its end")
        .hasSizeBetween(200 - 61, 200);
  }

  @Test
  void aTaskThatWaitsForTheChildrenThatItHasLeftEndsItsWaitByItsEnd() throws Exception {
    Event never = new Event("never");
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              try (Scheduler scheduler = kind.builder().name("flight").build()) {
                kind.spawn(
                    scheduler,
                    "parent",
                    co -> {
                      TaskGroup<?> group = TaskGroup.open();
                      kind.spawn(group, "child", c -> c.await(never.await()));
                      co.await(Task.yield());
                    });
                scheduler.run();
              }
              return null;
            },
            "Wait",
            "End");
    assertThat(of("Wait", recorded)).hasSize(2).last().asString().startsWith("parent for ");
    assertThat(of("End", recorded)).containsExactly("child CANCELLED", "parent SUCCEEDED");
  }
}
