package dev.heddle.process.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.heddle.fixtures.Holds;
import dev.heddle.process.Channel;
import dev.heddle.process.codec.HostileValues.Deep;
import dev.heddle.process.codec.HostileValues.Holder;
import dev.heddle.process.codec.HostileValues.Mute;
import dev.heddle.process.codec.HostileValues.NoEquals;
import dev.heddle.process.codec.HostileValues.NoHash;
import dev.heddle.process.codec.HostileValues.NotReady;
import dev.heddle.process.codec.HostileValues.OneHash;
import dev.heddle.process.codec.HostileValues.Ready;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message may hold anything and its values may do anything: it is a CodecException, soon. */
@Holds({"O6", "O7"})
class HostileMessageTest {
  private static final int MOST = 64 << 20;

  private final DataCodec codec = new DataCodec();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HostileMessageTest put(byte tag) {
    out.write(tag);
    return this;
  }

  private HostileMessageTest varint(long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  private HostileMessageTest string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(Tag.STRING).varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** A record with one component, a string, whose class is the next one that is named. */
  private HostileMessageTest record(int number, Class<?> type) {
    return put(Tag.RECORD).varint(number).string(type.getName()).string("x");
  }

  private void assertRefused(String how) {
    assertThatThrownBy(() -> codec.decode(out.toByteArray(), Holder.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(how);
  }

  @Test
  void anErrorInAHashCodeIsACodecException() {
    put(Tag.SET).varint(1).record(0, NoHash.class);
    assertRefused("the message cannot be received: java.lang.AssertionError: no hash");
  }

  @Test
  void anExceptionInAnEqualsIsACodecException() {
    put(Tag.SET).varint(2).record(0, NoEquals.class).put(Tag.RECORD).varint(0).string("y");
    assertRefused("java.lang.IllegalStateException: no equals");
  }

  @RepeatedTest(2)
  void aClassThatCannotBeInitialisedIsACodecExceptionEachTime() {
    record(0, NotReady.class);
    assertRefused("Error");
  }

  private byte[] taken() {
    byte[] message = out.toByteArray();
    out.reset();
    return message;
  }

  private List<byte[]> hostileMessages() {
    put(Tag.SET).varint(1).record(0, NoHash.class);
    byte[] hash = taken();
    put(Tag.SET).varint(2).record(0, NoEquals.class).put(Tag.RECORD).varint(0).string("y");
    byte[] equals = taken();
    record(0, NotReady.class);
    byte[] initializer = taken();
    record(0, Mute.class);
    return List.of(hash, equals, initializer, taken());
  }

  /** What a receiver of a hostile message does not get, the receivers behind it get. */
  @Test
  void aReceiverFailsByAHostileMessageAndTheReceiversBehindItGetTheirs() throws Exception {
    List<byte[]> hostile = hostileMessages();
    Holder good = new Holder(Set.of(), Set.of(), Map.of(), null, new Ready("good"), null, null);
    byte[] harmless = codec.encode(good, Holder.class, MOST);
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (byte[] message : hostile) {
      for (byte[] each : List.of(message, harmless)) {
        frames.writeBytes(ByteBuffer.allocate(4).putInt(each.length).array());
        frames.writeBytes(each);
      }
    }
    PipedOutputStream feed = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(feed, 1 << 16);
    Scheduler.run(
        co -> {
          Scheduler scheduler = Scheduler.current();
          Channel<Holder> channel =
              Channel.over(in, OutputStream.nullOutputStream(), Holder.class, "a test");
          List<Task<Holder>> receivers = new ArrayList<>();
          for (int i = 0; i < 2 * hostile.size(); i++) {
            receivers.add(scheduler.submit("receiver", c -> c.await(channel.recv())));
          }
          co.await(Task.yield());
          feed.write(frames.toByteArray());
          feed.flush();
          for (int i = 0; i < receivers.size(); i += 2) {
            refused(co, receivers.get(i));
            assertThat(co.await(receivers.get(i + 1).join())).isEqualTo(good);
          }
          channel.close();
        });
  }

  private static void refused(Awaiter co, Task<Holder> receiver) throws Exception {
    Holder received;
    try {
      received = co.await(receiver.join());
    } catch (CodecException asItShould) {
      return;
    }
    throw new AssertionError("received " + received);
  }

  @Test
  void anExceptionThatCannotBeAskedForItsMessageIsNamedByItsClass() {
    record(0, Mute.class);
    assertRefused("MuteException: its getMessage() threw a java.lang.IllegalStateException");
  }

  @Test
  void aStackThatOverflowsInAnAccessorIsACodecException() {
    assertThatThrownBy(() -> codec.encode(new Deep("x"), Deep.class, MOST))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("StackOverflowError");
  }

  @Test
  void whatTheMessageSaysIsCutAndEscaped() {
    put(Tag.RECORD).varint(0).string("x\u001b[2J\r\nFAKE LINE\u202e".repeat(100_000));
    assertThatThrownBy(() -> codec.decode(out.toByteArray(), Holder.class))
        .message()
        .startsWith("class x\\u001b[2J\\r\\nFAKE LINE\\u202ex")
        .hasSizeLessThan(10_000)
        .doesNotContain("\n", "\u001b", "\u202e");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 63})
  void listsThatBoastOfTheirLengthTakeMemoryInProportionToTheMessage(int depth) {
    for (int i = 0; i < depth; i++) {
      put(Tag.LIST).varint(1_000_000);
    }
    out.writeBytes(new byte[1_000_000]);
    byte[] message = out.toByteArray();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> codec.decode(message, String.class))
        .isInstanceOf(CodecException.class);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16L * message.length);
  }

  @Test
  void keysThatCollideAreCountedAndNotCompared() throws CodecException {
    Set<Optional<Long>> colliding = new LinkedHashSet<>();
    put(Tag.SET).varint(40_000);
    for (int i = 0; i < 40_000; i++) {
      long value = ((long) i << 32) | i;
      put(Tag.OPTIONAL).put(Tag.LONG).varint((value << 1) ^ (value >> 63));
      if (i < Decoder.MOST_COLLISIONS) {
        colliding.add(Optional.of(value));
      }
    }
    assertThatThrownBy(() -> codec.decode(out.toByteArray(), Object.class))
        .isInstanceOf(CodecException.class)
        .hasMessage("more than 64 keys have the hash code 0");
    assertThat(codec.decode(codec.encode(colliding, Set.class, MOST), Set.class))
        .isEqualTo(colliding);
  }

  @Test
  void keysOfAMapThatCollideAreCountedToo() {
    put(Tag.MAP).varint(65);
    for (int i = 0; i < 65; i++) {
      put(Tag.RECORD).varint(0);
      if (i == 0) {
        string(OneHash.class.getName());
      }
      put(Tag.INT).varint(2L * i).put(Tag.NULL);
    }
    assertRefused("more than 64 keys have the hash code 1");
  }

  @Test
  void stringsAndNumbersMayCollideBecauseTheJdkTellsThemApartQuickly() throws CodecException {
    List<String> texts = new ArrayList<>(List.of(""));
    while (texts.size() < 4096) {
      texts = texts.stream().flatMap(t -> List.of(t + "Aa", t + "BB").stream()).toList();
    }
    Set<Object> strings = new LinkedHashSet<>(texts);
    assertThat(strings).extracting(Object::hashCode).containsOnly(texts.getFirst().hashCode());
    assertThat(codec.decode(codec.encode(strings, Set.class, MOST), Set.class)).isEqualTo(strings);
  }
}
