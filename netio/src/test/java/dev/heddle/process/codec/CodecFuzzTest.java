package dev.heddle.process.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heddle.fixtures.Holds;
import dev.heddle.process.codec.HostileValues.Holder;
import dev.heddle.process.codec.HostileValues.NoEquals;
import dev.heddle.process.codec.HostileValues.NoHash;
import dev.heddle.process.codec.HostileValues.OneHash;
import dev.heddle.process.codec.HostileValues.Ready;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Frames made at random: values that are encoded, and then cut, changed, joined and repeated; and
 * frames of tags and lengths that mean nothing. Each is decoded, or is a {@link CodecException}.
 *
 * <p>Of memory is measured what the thread allocates for a frame, from the call to the value or to
 * the exception: {@link #MOST_PER_BYTE} bytes for each byte of the frame, and {@link
 * #MOST_PER_FRAME} however short it is, most of it for the message and the trace of an exception.
 *
 * <p>{@code -Dheddle.codec.frames=5000000} for as many frames; {@code -Dheddle.codec.seed=1} for
 * others.
 */
@Holds("O6")
class CodecFuzzTest {
  private static final int FRAMES = Integer.getInteger("heddle.codec.frames", 10_000);
  private static final long SEED = Long.getLong("heddle.codec.seed", 14);
  private static final int MOST_BYTES = 4_000;
  private static final long MOST_PER_BYTE = 64;
  private static final long MOST_PER_FRAME = 48 * 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final byte[] TAGS = {
    Tag.NULL,
    Tag.TRUE,
    Tag.FALSE,
    Tag.BYTE,
    Tag.SHORT,
    Tag.CHAR,
    Tag.INT,
    Tag.LONG,
    Tag.FLOAT,
    Tag.DOUBLE,
    Tag.STRING,
    Tag.CHARS,
    Tag.BYTES,
    Tag.ENUM,
    Tag.OPTIONAL,
    Tag.RECORD,
    Tag.LIST,
    Tag.SET,
    Tag.MAP
  };

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final DataCodec codec =
      new DataCodec(64, 1_000_000, Holder.class, Thread.State.class, Drawings.Drawing.class);

  private Object value(int depth) {
    int kind = random.nextInt(depth == 0 ? 9 : 16);
    return switch (kind) {
      case 0 -> Optional.empty();
      case 1 -> random.nextInt();
      case 2 -> random.nextLong();
      case 3 -> random.nextDouble();
      case 4 -> "text " + random.nextInt(5) + "\ud800".repeat(random.nextInt(2));
      case 5 -> new byte[random.nextInt(40)];
      case 6 -> random.nextBoolean() ? Thread.State.NEW : Thread.State.BLOCKED;
      case 7 -> (char) random.nextInt(65536);
      case 8 -> new OneHash(random.nextInt(3));
      case 9 -> new Ready("r");
      case 10 -> new NoHash("n"); // cannot be put into a set here, but a changed frame may do so
      case 11 -> new NoEquals("e");
      case 12 -> Optional.of(value(depth - 1));
      case 13 -> Map.of(random.nextInt(5), value(depth - 1), "k", value(depth - 1));
      default -> list(depth - 1);
    };
  }

  private List<Object> list(int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      list.add(value(depth));
    }
    return list;
  }

  private byte[] frame() throws CodecException {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      for (int i = 0; i < noise.length; i++) {
        noise[i] =
            random.nextBoolean() ? TAGS[random.nextInt(TAGS.length)] : (byte) random.nextInt(256);
      }
      return noise;
    }
    byte[] frame = codec.encode(value(4), Object.class, 1 << 20);
    for (int changes = random.nextInt(4); changes > 0 && frame.length > 0; changes--) {
      frame = changed(frame);
    }
    return frame;
  }

  private byte[] changed(byte[] frame) {
    int at = random.nextInt(frame.length);
    switch (random.nextInt(5)) {
      case 0 -> frame[at] = (byte) random.nextInt(256);
      case 1 -> frame[at] = TAGS[random.nextInt(TAGS.length)];
      case 2 -> frame[at] ^= (byte) (1 << random.nextInt(8));
      case 3 -> {
        return java.util.Arrays.copyOf(frame, at);
      }
      default -> {
        byte[] longer = java.util.Arrays.copyOf(frame, Math.min(MOST_BYTES, 2 * frame.length));
        System.arraycopy(frame, 0, longer, Math.min(at, longer.length - at), at);
        return longer;
      }
    }
    return frame;
  }

  /** What is loaded at the first use of a class is not the frame's. */
  private long takenAgain(byte[] frame) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      Object _ = codec.decode(frame, Object.class);
    } catch (CodecException e) {
      // the exception is measured, too
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void eachFrameIsDecodedOrIsACodecExceptionAndTakesMemoryInProportion() throws CodecException {
    int decoded = 0;
    int refused = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = frame();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        Object _ = codec.decode(frame, Object.class);
        decoded++;
      } catch (CodecException e) {
        assertThat(e.getMessage()).hasSizeLessThan(15_000);
        refused++;
      } catch (Throwable thrown) {
        throw new AssertionError("frame " + i + " of seed " + SEED, thrown);
      }
      long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
      long most = MOST_PER_FRAME + MOST_PER_BYTE * frame.length;
      assertThat(taken <= most ? taken : takenAgain(frame))
          .as("memory for frame %d of seed %d", i, SEED)
          .isLessThanOrEqualTo(most);
    }
    System.out.printf("%,d frames: %,d decoded, %,d refused%n", FRAMES, decoded, refused);
    assertThat(decoded).isGreaterThan(FRAMES / 10);
    assertThat(refused).isGreaterThan(FRAMES / 10);
  }
}
