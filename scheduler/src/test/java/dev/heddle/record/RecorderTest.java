package dev.heddle.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.LogRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events in their frames: long ones, many of them, and the last. */
class RecorderTest {
  @TempDir Path folder;

  private Recorder recorder;

  private Path file() {
    return folder.resolve("run.heddle");
  }

  @BeforeEach
  void begin() throws IOException {
    recorder = new Recorder(RingFile.create(file(), 1 << 20, "recorded"));
  }

  /** Without the first line, which has the time in it. */
  private List<String> shown() throws IOException {
    List<String> shown = new ArrayList<>();
    EventLog.list(file(), shown::add);
    return shown.subList(1, shown.size());
  }

  private void poll(int ready) {
    recorder.event(EventKind.SELECT, 0);
    long _ = recorder.number(ready);
    for (int i = 0; i < ready; i++) {
      long _ = recorder.number(i);
      long _ = recorder.number(1);
    }
  }

  /** More than a frame has room for at first. */
  @Test
  @Holds("R3")
  void aPollThatFindsThousandsOfSocketsIsOneEvent() throws IOException {
    for (int ready : new int[] {3, 60_000, 5}) {
      poll(ready);
    }
    recorder.close();
    assertThat(shown())
        .containsExactly(
            "0 a poll of the sockets: 3 ready",
            "1 a poll of the sockets: 60000 ready",
            "2 a poll of the sockets: 5 ready",
            "3 the end of the scheduler",
            "the recording ends here");
  }

  @Test
  @Holds("R4")
  void theFirstEventThatIsLeftHasItsNumber() throws IOException {
    int polls = 14; // each fills a frame
    for (int i = 0; i < polls; i++) {
      poll(25_000 + i);
    }
    recorder.close();
    List<String> shown = shown();
    int first = (int) Recording.open(file()).firstEvent;
    assertThat(first).isPositive();
    for (int i = first; i < polls; i++) {
      assertThat(shown.get(i - first))
          .isEqualTo(i + " a poll of the sockets: " + (25_000 + i) + " ready");
    }
    assertThat(shown.get(polls - first)).isEqualTo(polls + " the end of the scheduler");
  }

  @Test
  @Holds("R5")
  void asSoonAsItIsClosedNothingIsWrittenDown() throws IOException {
    poll(2);
    recorder.close();
    byte[] whole = Files.readAllBytes(file());
    try (LogRecords log = new LogRecords("dev.heddle")) {
      poll(2);
      recorder.close();
      assertThat(log.atLeast(Level.WARNING)).isEmpty();
    }
    assertThat(file()).hasBinaryContent(whole);
    assertThat(shown())
        .containsExactly(
            "0 a poll of the sockets: 2 ready",
            "1 the end of the scheduler",
            "the recording ends here");
  }
}
