package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.Until;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.Drawings.Point;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages over streams (recipe R21). */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ChannelTest {
  @Parameter Kind kind;

  private void run(Script script) {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "test", script);
      scheduler.run();
    }
  }

  /** The child: sends each point back, turned; a print goes to its standard error. */
  static final class Turner {
    static void main() {
      try (Scheduler scheduler = Scheduler.create();
          Channel<Point> parent = Channel.standard(Point.class)) {
        scheduler.spawn(
            () -> {
              System.out.println("not a message");
              try {
                while (true) {
                  Point p = await(parent.recv());
                  await(parent.send(new Point(-p.y(), p.x())));
                }
              } catch (EOFException e) {
                System.exit(3);
              }
            });
        scheduler.run();
      }
    }
  }

  @Test
  void aChildAnswersOverItsStandardStreamsAndSeesTheEnd() {
    run(
        co -> {
          Process child =
              new ProcessBuilder(ChildJvm.command(Turner.class))
                  .redirectError(ProcessBuilder.Redirect.DISCARD)
                  .start();
          Channel<Point> channel = Channel.to(child, Point.class);
          co.await(channel.send(new Point(1, 2)));
          assertThat(co.await(channel.recv())).isEqualTo(new Point(-2, 1));
          co.await(channel.send(new Point(5, 0)));
          assertThat(co.await(channel.recv())).isEqualTo(new Point(0, 5));
          channel.close();
          Until.true_("the child ends", () -> !child.isAlive());
          assertThat(child.exitValue()).isEqualTo(3);
          assertThatThrownBy(() -> co.await(channel.recv()))
              .hasMessage("channel to process " + child.pid() + " is closed");
          assertThatThrownBy(() -> co.await(channel.send(new Point(1, 1))))
              .hasMessage("the channel is closed");
        });
  }

  @Test
  void theDeathOfTheOtherSideIsTheEndAlsoInTheMiddleOfAMessage() {
    byte[] half = {0, 0, 0, 9, 's'};
    for (byte[] input : new byte[][] {{}, half, {0, 0}}) {
      run(
          co -> {
            Channel<String> channel = over(new ByteArrayInputStream(input), discard());
            assertThatThrownBy(() -> co.await(channel.recv())).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> co.await(channel.recv())).isInstanceOf(EOFException.class);
          });
    }
  }

  @Test
  void aMessageOverTheLimitIsTheEndAndAnotherKindOfMessageIsNot() {
    byte[] tooLong = {0x7F, 0, 0, 0};
    byte[] number = {0, 0, 0, 2, 'i', 0, 0, 0, 0, 3, 's', 1, 'x'};
    run(
        co -> {
          Channel<String> channel = over(new ByteArrayInputStream(tooLong), discard());
          assertThatThrownBy(() -> co.await(channel.recv()))
              .hasMessage("a message of 2130706432 bytes; the limit is 16777216");
          Channel<String> other = over(new ByteArrayInputStream(number), discard());
          assertThatThrownBy(() -> co.await(other.recv()))
              .isInstanceOf(CodecException.class)
              .hasMessage("a java.lang.Integer arrived, not a java.lang.String");
          assertThat(co.await(other.recv())).isEqualTo("x");
        });
  }

  @Test
  void aCancelledReceiverLosesNoMessage() {
    run(
        co -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel = over(new PipedInputStream(feed), discard());
          Scheduler scheduler = co.task().scheduler();
          Task<String> first = kind.submit(scheduler, "first", turn -> turn.await(channel.recv()));
          co.await(Task.yield());
          co.await(Task.yield());
          first.cancel("not any more");
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x', 0, 0, 0, 3, 's', 1, 'y'});
          feed.flush();
          assertThat(co.await(channel.recv())).isEqualTo("x");
          assertThat(co.await(channel.recv())).isEqualTo("y");
          feed.close();
        });
  }

  /** "Receivers wait only while a frame is asked for", whoever of them was cancelled. */
  @Test
  void receiversAreServedInOrderAndACancelledOneIsPassedOver() {
    run(
        co -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel = over(new PipedInputStream(feed), discard());
          Scheduler scheduler = co.task().scheduler();
          List<Task<String>> receivers = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            receivers.add(kind.submit(scheduler, "receiver", turn -> turn.await(channel.recv())));
          }
          co.await(Task.yield());
          co.await(Task.yield());
          receivers.get(0).cancel("not any more");
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x', 0, 0, 0, 3, 's', 1, 'y'});
          feed.flush();
          assertThat(co.await(receivers.get(1).join())).isEqualTo("x");
          assertThat(co.await(receivers.get(2).join())).isEqualTo("y");
          feed.close();
        });
  }

  /** "Nothing is asked for after the end": a frame that was asked for before is dropped. */
  @Test
  void aMessageThatArrivesAfterTheCloseIsDropped() {
    run(
        co -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel = over(new PipedInputStream(feed), discard());
          Task<String> receiver =
              kind.submit(co.task().scheduler(), "receiver", turn -> turn.await(channel.recv()));
          co.await(Task.yield());
          co.await(Task.yield());
          channel.close();
          assertThatThrownBy(() -> co.await(receiver.join()))
              .hasMessage("channel to a test is closed");
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x'});
          feed.flush();
          while (isOpen(feed)) {
            co.await(Task.yield());
          }
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(channel.recv()))
              .hasMessage("channel to a test is closed");
        });
  }

  /** The reading side is closed by its thread, after that has read what it was asked for. */
  private static boolean isOpen(PipedOutputStream feed) {
    try {
      feed.write(0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A reader that does not read: the first write waits until it is let through. */
  private static final class Clogged extends OutputStream {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch read = new CountDownLatch(1);
    final ByteArrayOutputStream arrived = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      begun.countDown();
      try {
        read.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      arrived.write(bytes, from, length);
    }
  }

  @Test
  void whoSendsMoreThanIsReadWaitsAndAMessageTakenBackIsNeverSent() {
    run(
        co -> {
          Clogged reader = new Clogged();
          AtomicInteger written = new AtomicInteger();
          Channel<String> channel = over(InputStream.nullInputStream(), reader);
          Scheduler scheduler = co.task().scheduler();
          Task<?> first = sender(scheduler, channel, "first", "a".repeat(100), written);
          Task<?> second = sender(scheduler, channel, "second", "b", written);
          Task<?> third = sender(scheduler, channel, "third", "c", written);
          while (reader.begun.getCount() > 0) {
            co.await(Task.yield());
          }
          assertThat(written).hasValue(0);
          second.cancel("not any more");
          reader.read.countDown();
          co.await(first.join());
          co.await(third.join());
          assertThat(reader.arrived.toString(StandardCharsets.US_ASCII))
              .endsWith("a" + "\0\0\0\3s\1c")
              .doesNotContain("b");
        });
  }

  @Test
  void aPollTellsOfAMessageInTimeOrOfTheEndAndTakesNothing() {
    run(
        co -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel = over(new PipedInputStream(feed), discard());
          assertThat(co.await(channel.poll(Duration.ZERO))).isFalse();
          assertThat(co.await(channel.poll(Duration.ofNanos(1)))).isFalse();
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x'});
          feed.flush();
          assertThat(co.await(channel.poll(Duration.ofSeconds(Long.MAX_VALUE)))).isTrue();
          assertThat(co.await(channel.poll(Duration.ZERO))).isTrue();
          assertThat(co.await(channel.recv())).isEqualTo("x");
          assertThat(co.await(channel.poll(Duration.ZERO))).isFalse();
          feed.close();
          assertThat(co.await(channel.poll(Duration.ofHours(1)))).isTrue();
          assertThatThrownBy(() -> co.await(channel.recv())).isInstanceOf(EOFException.class);
          assertThatThrownBy(() -> channel.poll(Duration.ofNanos(-1)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("cannot poll for PT-0.000000001S: must be 0 or more");
        });
  }

  /** "Receivers and polls wait only while a frame is asked for". */
  @Test
  void aMessageGoesToTheReceiverAndWhoPollsWaitsForTheNextOne() {
    run(
        co -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel = over(new PipedInputStream(feed), discard());
          Scheduler scheduler = co.task().scheduler();
          Duration long_ = Duration.ofHours(1);
          Task<Boolean> poll =
              kind.submit(scheduler, "poll", turn -> turn.await(channel.poll(long_)));
          Task<Boolean> gone =
              kind.submit(scheduler, "gone", turn -> turn.await(channel.poll(long_)));
          co.await(Task.yield());
          Task<String> receiver =
              kind.submit(scheduler, "receiver", turn -> turn.await(channel.recv()));
          co.await(Task.yield());
          co.await(Task.yield());
          gone.cancel("not any more");
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x'});
          feed.flush();
          assertThat(co.await(receiver.join())).isEqualTo("x");
          assertThat(poll.isDone()).isFalse();
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'y'});
          feed.flush();
          assertThat(co.await(poll.join())).isTrue();
          assertThat(co.await(channel.recv())).isEqualTo("y");
          feed.close();
        });
  }

  private Task<?> sender(
      Scheduler scheduler,
      Channel<String> channel,
      String name,
      String message,
      AtomicInteger written) {
    return kind.spawn(
        scheduler,
        name,
        co -> {
          co.await(channel.send(message));
          written.incrementAndGet();
        });
  }

  @Test
  void nobodyToReceiveIsAnErrorOfTheSender() {
    run(
        co -> {
          OutputStream broken =
              new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                  throw new IOException("Broken pipe");
                }
              };
          Channel<String> channel = over(InputStream.nullInputStream(), broken);
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> co.await(channel.send("x"))).hasMessage("Broken pipe");
          }
          assertThatThrownBy(() -> co.await(channel.send(null)))
              .isInstanceOf(CodecException.class)
              .hasMessage("null cannot be sent");
        });
  }

  /** Each thread that reads meets the loop at the locks of its streams, again and again. */
  @Test
  void receiversThatMeetTheirReadersAtEachMessageGetAllOfThem() {
    int count = 20_000;
    byte[] message = {0, 0, 0, 4, 's', 2, 'h', 'i'};
    byte[] all = new byte[count * message.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(message, 0, all, i * message.length, message.length);
    }
    AtomicInteger received = new AtomicInteger();
    try (Scheduler scheduler = kind.scheduler()) {
      for (String name : List.of("a", "b")) {
        kind.spawn(
            scheduler,
            name,
            co -> {
              try (var channel = over(new ByteArrayInputStream(all), discard())) {
                try {
                  while (true) {
                    String text = co.await(channel.recv());
                    received.addAndGet(text.length());
                  }
                } catch (EOFException e) {
                  // that was all
                }
              }
            });
      }
      scheduler.run();
    }
    assertThat(received).hasValue(2 * 2 * count);
  }

  /** What a message asks for while it is encoded, in the hook of the sender. */
  private static final ReentrantLock CONTENDED = new ReentrantLock();

  record Locked(String text) {
    @Override
    public String text() {
      CONTENDED.lock();
      try {
        return text;
      } finally {
        CONTENDED.unlock();
      }
    }
  }

  /** A lock that another thread holds holds up the loop, and harms neither the run nor a task. */
  @Test
  @Holds("Y3")
  void aMessageThatTakesALockWhichAnotherThreadHoldsIsSentWhenTheThreadLetsGo() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    List<String> trace = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch held = new CountDownLatch(1);
    Thread holder =
        Thread.ofPlatform()
            .start(
                () -> {
                  CONTENDED.lock();
                  try {
                    held.countDown();
                    Until.true_("the hook waits", CONTENDED::hasQueuedThreads);
                    trace.add("lets go");
                  } finally {
                    CONTENDED.unlock();
                  }
                });
    Until.down(held);
    try (Scheduler scheduler = kind.scheduler()) {
      Channel<Locked> channel =
          Channel.over(InputStream.nullInputStream(), sent, Locked.class, "a test");
      kind.spawn(
          scheduler,
          "sender",
          co -> {
            co.await(channel.send(new Locked("x")));
            trace.add("sent");
          });
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
    }
    Until.ended(holder);
    assertThat(trace).containsExactly("lets go", "other", "sent");
    assertThat(sent.toString(StandardCharsets.ISO_8859_1)).contains("s\1x");
  }

  private static Channel<String> over(InputStream in, OutputStream out) {
    return Channel.over(in, out, String.class, "a test");
  }

  private static OutputStream discard() {
    return new ByteArrayOutputStream();
  }
}
