package dev.heddle.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file: too small, cut, damaged, of another version, not to be written. */
class RecordingFileTest {
  private static final String WAIT = "heddle.replay.wait";

  @TempDir Path folder;

  @BeforeEach
  void waitShortly() {
    System.setProperty(WAIT, "1");
  }

  @AfterEach
  void waitAsUsual() {
    System.clearProperty(WAIT);
  }

  private Path file() {
    return folder.resolve("run.heddle");
  }

  /** Sleeps, yields, and asks a thread. */
  private static List<Integer> work(SchedulerBuilder builder, int rounds) {
    List<Integer> seen = new ArrayList<>();
    try (ThreadPool pool = ThreadPool.platform("pool", 1);
        Scheduler scheduler = builder.failureReporter((task, thrown) -> {}).build()) {
      for (int i = 0; i < 3; i++) {
        scheduler.spawn(
            "task " + i,
            co -> {
              for (int j = 0; j < rounds; j++) {
                co.await(Task.yield());
                seen.add(j);
              }
              co.await(Timers.sleep(Duration.ofMillis(1)));
              seen.add(co.await(pool.apply(() -> 42)));
            });
      }
      scheduler.run();
    }
    return seen;
  }

  /** How it ends: by its result, or by an error of one line. */
  private void replayEndsInGoodOrder(List<Integer> right, String what) {
    List<List<Integer>> results = new ArrayList<>();
    Throwable thrown =
        catchThrowable(() -> results.add(work(Scheduler.builder().replay(file()), 3)));
    if (thrown == null) {
      assertThat(results).as(what).containsExactly(right);
    } else {
      assertThat(thrown).as(what).isInstanceOf(UncheckedIOException.class);
      assertThat(thrown.getMessage().lines()).as(what).hasSize(1);
    }
  }

  @Test
  @Holds("R4")
  void everyPrefixOfAFileEndsByAnErrorOfOneLine() throws IOException {
    List<Integer> right = work(Scheduler.builder().record(file()), 3);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length += length < 600 ? 37 : 1) {
      Files.write(file(), Arrays.copyOf(whole, length));
      replayEndsInGoodOrder(right, "the first " + length + " of " + whole.length + " bytes");
    }
  }

  @Test
  @Holds("R4")
  void aFlippedBitEndsByAnErrorOfOneLine() throws IOException {
    List<Integer> right = work(Scheduler.builder().record(file()), 3);
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] flipped = whole.clone();
      int at = random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), flipped);
      replayEndsInGoodOrder(right, "a bit of byte " + at);
    }
  }

  @Test
  @Holds("R4")
  void aFileThatWasTooSmallIsShownAndNotReplayed() throws IOException {
    var _ = work(Scheduler.builder().record(file(), 1 << 20), 150_000);
    assertThat(Files.size(file())).isLessThanOrEqualTo(1 << 20);
    assertThatThrownBy(() -> work(Scheduler.builder().replay(file()), 150_000))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("events were given up; record with a larger size");
    List<String> shown = new ArrayList<>();
    EventLog.list(file(), shown::add);
    assertThat(shown.getFirst()).endsWith("its beginning was given up");
    assertThat(shown.get(shown.size() - 2)).endsWith("the end of the scheduler");
    assertThat(shown).filteredOn(line -> line.contains("damaged")).isEmpty();
    List<String> events = shown.subList(1, shown.size() - 1);
    long first = numberOf(events.getFirst());
    assertThat(first).isPositive();
    for (int i = 0; i < events.size(); i++) {
      assertThat(numberOf(events.get(i))).isEqualTo(first + i);
    }
  }

  /** What an older generation has left behind the newest frame is not taken for a frame. */
  @Test
  @Holds("R4")
  void theSameBytesHaveAnotherChecksumInEachGeneration() {
    Set<Integer> checksums = new HashSet<>();
    for (long generation = 0; generation < 100_000; generation++) {
      checksums.add(RingFile.checksum(generation, ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }
    assertThat(checksums).hasSize(100_000);
  }

  private static long numberOf(String shown) {
    return Long.parseLong(shown.substring(0, shown.indexOf(' ')));
  }

  /** The file of a process that is killed is as a copy that is made while it runs. */
  @Test
  @Holds("R5")
  void aRecordingWithoutAnEndIsReplayedAsFarAsItGoes() throws Exception {
    Path copy = folder.resolve("copy.heddle");
    List<Integer> seen = new ArrayList<>();
    boolean[] copies = {true};
    TaskBody body =
        co -> {
          for (int i = 0; i < 1000; i++) {
            co.await(Task.yield());
            seen.add(i);
            if (i == 500 && copies[0]) {
              var _ = Files.copy(file(), copy);
            }
          }
        };
    Scheduler.builder().record(file(), 1 << 20).run(body);
    copies[0] = false;
    seen.clear();
    assertThatThrownBy(() -> Scheduler.builder().replay(copy).run(body))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("has ended: the recording ends here at event ");
    assertThat(seen).hasSizeBetween(400, 501);
  }

  @Test
  void aRecordingIsShownALineAnEvent() throws IOException {
    var _ = work(Scheduler.builder().name("shown").record(file()), 2);
    List<String> shown = new ArrayList<>();
    EventLog.list(file(), shown::add);
    assertThat(shown.getFirst()).startsWith("scheduler 'shown', recorded at ");
    assertThat(shown).anyMatch(line -> line.endsWith(" a turn of task 1"));
    assertThat(shown).anyMatch(line -> line.contains("a message of another thread for task"));
    assertThat(shown.getLast()).isEqualTo("the recording ends here");
  }

  @Test
  @Holds("R4")
  void aFileOfAnotherVersionIsRefused() throws IOException {
    var _ = work(Scheduler.builder().record(file()), 1);
    byte[] bytes = Files.readAllBytes(file());
    bytes[7] = '7';
    Files.write(file(), bytes);
    assertThatThrownBy(() -> work(Scheduler.builder().replay(file()), 1))
        .hasMessageContaining("is a recording of version 7, and this program reads version 1");
    Files.writeString(file(), "this is no recording at all");
    assertThatThrownBy(() -> work(Scheduler.builder().replay(file()), 1))
        .hasMessageContaining("is no recording: it does not begin like one");
    Files.delete(file());
    assertThatThrownBy(() -> work(Scheduler.builder().replay(file()), 1))
        .hasMessageContaining("there is no such file");
  }

  @Test
  @Holds("R5")
  void aFileThatCannotBeWrittenIsRefusedBeforeTheRun() {
    assertThatThrownBy(
            () -> work(Scheduler.builder().record(folder.resolve("none").resolve("run")), 1))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot record scheduler");
    assertThatThrownBy(() -> Scheduler.builder().record(file(), 1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recording of 1000 bytes: must be 1 MiB to 1 GiB");
  }

  @Test
  @Holds("R5")
  void aFileThatIsNoRecordingIsNotWrittenOver() throws IOException {
    for (String mine : List.of("x", "my notes of a year")) {
      Files.writeString(file(), mine);
      assertThatThrownBy(() -> Scheduler.builder().name("shop").record(file()).build())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "cannot record scheduler 'shop': "
                  + file()
                  + " is no recording, and is not written over");
      assertThat(file()).hasContent(mine);
    }
    Files.writeString(file(), "");
    assertThat(work(Scheduler.builder().record(file()), 1)).hasSize(6);
    assertThat(work(Scheduler.builder().record(file()), 1)).hasSize(6); // over a recording
  }

  @Test
  @Holds("R5")
  void twoSchedulersDoNotRecordIntoOneFile() throws IOException {
    try (Scheduler _ = Scheduler.builder().record(file()).build()) {
      assertThatThrownBy(() -> Scheduler.builder().name("second").record(file()).build())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "cannot record scheduler 'second': "
                  + file()
                  + ": another scheduler records into it");
    }
    var _ = work(Scheduler.builder().record(file()), 1); // the first has let it go
    waitAsUsual(); // the thread of the pool may be held up
    assertThat(work(Scheduler.builder().replay(file()), 1)).hasSize(6);
  }

  @Test
  @Holds("R4")
  void aFolderIsNoRecording() {
    assertThatThrownBy(() -> Scheduler.builder().replay(folder).build())
        .isInstanceOf(UncheckedIOException.class)
        .message()
        .contains(folder.toString())
        .hasLineCount(1);
  }

  @Test
  @Holds("R5")
  void aFileThatFailsDuringTheRunEndsTheRecordingAndNotTheProgram() throws Exception {
    int[] rounds = {0};
    try (LogRecords log = new LogRecords("dev.heddle")) {
      Scheduler.builder()
          .record(file(), 8 << 20)
          .run(
              co -> {
                ((Recorder) EventLog.of(co.task().scheduler())).file.abandon(); // disk full
                for (int i = 0; i < 300_000; i++) {
                  co.await(Task.yield());
                  rounds[0]++;
                }
              });
      assertThat(rounds[0]).isEqualTo(300_000);
      assertThat(log.atLeast(Level.WARNING))
          .filteredOn(line -> line.getMessage().contains("the recording into"))
          .hasSize(1);
    }
  }
}
