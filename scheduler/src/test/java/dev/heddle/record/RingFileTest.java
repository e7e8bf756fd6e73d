package dev.heddle.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The frames of the ring: which are there, in which order, and how much of the disk they take. */
class RingFileTest {
  private static final int SIZE = 1 << 20;
  private static final int LENGTH = 100_000;

  /** So many frames of this length have room in a segment. */
  private static final int IN_SEGMENT = 5;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("run.heddle");
  }

  /** Frames that are full of their numbers, from 0 on, each of one event. */
  private RingFile ringOf(int frames) throws IOException {
    RingFile ring = RingFile.create(file(), SIZE, "ring");
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < frames; i++) {
      Arrays.fill(bytes, (byte) i);
      ring.put(bytes, LENGTH, i);
    }
    return ring;
  }

  /** The numbers of the frames that are read, each of which has nothing but its number. */
  private static List<Integer> framesOf(Recording recording) {
    List<Integer> numbers = new ArrayList<>();
    for (ByteBuffer frame = recording.next(); frame != null; frame = recording.next()) {
      byte[] bytes = new byte[frame.remaining()];
      frame.get(bytes);
      byte[] right = new byte[LENGTH];
      Arrays.fill(right, bytes[0]);
      assertThat(bytes).isEqualTo(right);
      numbers.add((int) bytes[0]);
    }
    return numbers;
  }

  private void newestOf(int frames) throws IOException {
    int generation = (frames - 1) / IN_SEGMENT + 1;
    int first = Math.max(0, (generation - 2) * IN_SEGMENT);
    Recording recording = Recording.open(file());
    assertThat(recording.isWhole()).isEqualTo(first == 0);
    assertThat(recording.firstEvent).isEqualTo(first);
    assertThat(framesOf(recording)).isEqualTo(IntStream.range(first, frames).boxed().toList());
    assertThat(recording.end()).isEqualTo("the recording ends here");
  }

  /** Before the end of the recording, as after a kill, and behind it. */
  @Test
  @Holds("R4")
  void theFramesOfTheTwoNewestSegmentsAreReadFromTheOldestOn() throws IOException {
    for (int frames = 1; frames <= 4 * IN_SEGMENT + 2; frames++) {
      RingFile ring = ringOf(frames);
      newestOf(frames);
      ring.close();
      newestOf(frames);
    }
  }

  @Test
  @Holds("R5")
  void aFileThatIsWholeIsAsLongAsItsFramesAtItsEnd() throws IOException {
    int segment = ((SIZE - RingFile.HEADER_SIZE) / 2) & ~7;
    for (int frames = 0; frames <= 2 * IN_SEGMENT; frames++) {
      ringOf(frames).close();
      int full = frames > IN_SEGMENT ? 1 : 0;
      int inLast = frames - full * IN_SEGMENT;
      assertThat(Files.size(file()))
          .as(frames + " frames")
          .isEqualTo(
              RingFile.HEADER_SIZE
                  + full * segment
                  + RingFile.SEGMENT_HEADER_SIZE
                  + inLast * (RingFile.FRAME_HEADER_SIZE + LENGTH)
                  + 4);
    }
    ringOf(2 * IN_SEGMENT + 1).close();
    assertThat(Files.size(file())).isEqualTo(RingFile.HEADER_SIZE + 2 * segment);
  }

  /** Of a file that is closed, the zeros that are written first are refused, as by a full disk. */
  @Test
  @Holds("R5")
  void noFrameIsPutWhereTheDiskHasNoRoomForIt() throws IOException {
    RingFile ring = RingFile.create(file(), 8 * SIZE, "ring");
    ring.abandon();
    assertThat(Files.size(file())).isEqualTo(RingFile.HEADER_SIZE + SIZE);
    byte[] bytes = new byte[LENGTH];
    int room = SIZE / LENGTH; // in the part that was written when the segment began
    for (int i = 0; i < room; i++) {
      ring.put(bytes, LENGTH, i);
    }
    assertThatThrownBy(() -> ring.put(bytes, LENGTH, room)).isInstanceOf(IOException.class);
    Recording recording = Recording.open(file());
    assertThat(framesOf(recording)).hasSize(room);
    assertThat(recording.end()).isEqualTo("the recording ends here");
  }

  @Test
  @Holds("R4")
  void aFlippedBitEndsTheRecordingBeforeItsFrame() throws IOException {
    byte[] bytes = new byte[50];
    RingFile ring = RingFile.create(file(), SIZE, "ring");
    for (int i = 0; i < 3; i++) {
      ring.put(bytes, bytes.length, i);
    }
    ring.close();
    byte[] whole = Files.readAllBytes(file());
    int frame = RingFile.FRAME_HEADER_SIZE + bytes.length;
    int second = RingFile.HEADER_SIZE + RingFile.SEGMENT_HEADER_SIZE + frame;
    for (int bit = 8 * second; bit < 8 * (second + frame); bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file(), flipped);
      Recording recording = Recording.open(file());
      assertThat(recording.next()).isNotNull();
      assertThat(recording.next()).as("bit %d of byte %d", bit % 8, bit / 8).isNull();
      assertThat(recording.end()).isEqualTo("the recording is damaged at its byte " + second);
    }
  }
}
