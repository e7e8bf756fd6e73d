package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values, iterators, exceptions, streams and codecs are not ours. Whatever they throw, the one
 * concerned gets a failure; the calls behind it are done, and no worker is lost.
 *
 * <p>This file is long because all code that is not ours is in it, each kind with its values.
 */
@Holds("O6")
class ForeignCodeTest {
  private static final ProcessOptions OPTIONS =
      ProcessOptions.DEFAULT.withJvmOptions("-XX:+UseSerialGC", "-Dchild=1", "-Xmx64m");

  private interface Use {
    void run(ProcessPool pool) throws Exception;
  }

  private static void withPool(ProcessOptions options, int processes, Use use) {
    List<Throwable> failures = new ArrayList<>();
    try (Scheduler scheduler =
            Scheduler.builder().failureReporter((task, thrown) -> failures.add(thrown)).build();
        ProcessPool pool = ProcessPool.open(scheduler, processes, options)) {
      scheduler.spawn("test", () -> use.run(pool));
      scheduler.run();
    }
    assertThat(failures).isEmpty();
  }

  private static void assertWorks(ProcessPool pool) throws Exception {
    assertThat(await(pool.apply(ForeignCodeTest::square, 5))).isEqualTo(25);
  }

  static Integer square(Integer n) {
    return n * n;
  }

  // What a job throws.

  private static final class NoMessage extends Exception {
    @Override
    public String getMessage() {
      throw new AssertionError("no message");
    }
  }

  private static final class NoStack extends Exception {
    @Override
    @SuppressWarnings("NullAway") // on purpose
    public StackTraceElement[] getStackTrace() {
      return null;
    }
  }

  private static final class OwnCause extends Exception {
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable getCause() {
      return this;
    }
  }

  private static final class NoCause extends Exception {
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable getCause() {
      throw new StackOverflowError();
    }
  }

  @SuppressWarnings("ModifiedButNotUsed") // it is to fill the memory
  static String fail(String how) throws Exception {
    switch (how) {
      case "message" -> throw new NoMessage();
      case "stack" -> throw new NoStack();
      case "cause" -> throw new OwnCause();
      case "noCause" -> throw new NoCause();
      case "long" -> throw new IOException("\u001b[2Jx\r\n".repeat(100_000));
      case "error" -> throw new NoClassDefFoundError("gone");
      case "stackOverflow" -> {
        return fail(how) + how;
      }
      case "memory" -> {
        List<byte[]> all = new ArrayList<>();
        while (true) {
          all.add(new byte[1 << 20]);
        }
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "message",
        "stack",
        "cause",
        "noCause",
        "long",
        "error",
        "stackOverflow",
        "memory"
      })
  void whateverAJobThrowsItsCallerIsToldAndTheChildLivesOn(String how) {
    withPool(
        OPTIONS,
        1,
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(ForeignCodeTest::fail, how)))
              .isInstanceOf(JobFailedException.class)
              .message()
              .hasSizeLessThan(3_000)
              .doesNotContain("\u001b", "\n");
          assertWorks(pool);
          assertThat(pool.stats().started()).isEqualTo(1);
        });
  }

  // What values do in the parent.

  record NotReady(String text) {
    static final int NUMBER = Integer.parseInt(System.getProperty("child", "no number"));
  }

  record NoHash(String text) {
    @Override
    public int hashCode() {
      if (System.getProperty("child") == null) {
        throw new AssertionError("no hash in the parent");
      }
      return 1;
    }
  }

  record Hashed(Set<NoHash> set) {}

  static NotReady notReady(Integer n) {
    return new NotReady("x");
  }

  static Hashed hashed(Integer n) {
    return new Hashed(new HashSet<>(List.of(new NoHash("x"))));
  }

  static String putHashed(String queue) throws Exception {
    try {
      await(Parent.queue(queue, Hashed.class).put(hashed(1)));
      return "put";
    } catch (CodecException e) {
      return e.getMessage();
    }
  }

  @Test
  void aResultWhoseClassFailsInTheParentFailsItsCallerAndNotTheCallsBehindIt() {
    withPool(
        OPTIONS,
        1,
        pool -> {
          for (int i = 0; i < 3; i++) {
            Promise<NotReady> bad = await(pool.submit(ForeignCodeTest::notReady, 1));
            Promise<Hashed> worse = await(pool.submit(ForeignCodeTest::hashed, 1));
            assertWorks(pool);
            assertThatThrownBy(() -> await(bad)).isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> await(worse))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("no hash in the parent");
          }
          assertThat(pool.stats().started()).isEqualTo(1);
        });
  }

  /** Its accessor is called to encode it, here an argument. */
  record NoText(String text) {
    @Override
    public String text() {
      throw new AssertionError("no text");
    }
  }

  static String textOf(NoText value) {
    return value.text;
  }

  /** In the parent no memory is left for it. */
  record Greedy(String text) {
    Greedy {
      if (System.getProperty("child") == null) {
        throw new OutOfMemoryError("on purpose");
      }
    }
  }

  static Greedy greedy(Integer n) {
    return new Greedy("x");
  }

  @Test
  void anArgumentThatCannotBeReadAndAResultThatFillsTheMemoryFailTheirCallersOnly() {
    withPool(
        OPTIONS,
        1,
        pool -> {
          for (int i = 0; i < 3; i++) {
            Promise<Greedy> greedy = await(pool.submit(ForeignCodeTest::greedy, 1));
            Promise<String> unread = await(pool.submit(ForeignCodeTest::textOf, new NoText("x")));
            assertWorks(pool);
            assertThatThrownBy(() -> await(greedy))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("java.lang.OutOfMemoryError: on purpose");
            assertThatThrownBy(() -> await(unread))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("no text");
          }
          assertThat(pool.stats().started()).isEqualTo(1);
        });
  }

  @Test
  void anItemThatFailsInTheParentIsRefusedToTheChildThatPutsIt() {
    ProcessQueue<Hashed> queue = ProcessQueue.open("queue", Hashed.class, 10);
    ProcessOptions options = ProcessOptions.DEFAULT.withJvmOptions("-Dchild=1").sharing(queue);
    withPool(
        options,
        1,
        pool -> {
          assertThat(await(pool.apply(ForeignCodeTest::putHashed, "queue")))
              .contains("no hash in the parent");
          assertWorks(pool);
        });
  }

  // What a caller's iterator throws.

  private static Iterable<Integer> brokenAfter(int count) {
    return () ->
        new Iterator<>() {
          private int given;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Integer next() {
            if (given == count) {
              throw new AssertionError("a broken iterator");
            }
            return given++;
          }
        };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6})
  void anIteratorThatThrowsFailsItsMapAndNoWorkerIsLost(int count) {
    withPool(
        OPTIONS,
        1,
        pool -> {
          assertThatThrownBy(() -> await(pool.map(ForeignCodeTest::square, brokenAfter(count))))
              .isInstanceOf(AssertionError.class)
              .hasMessage("a broken iterator");
          assertWorks(pool);
          try (JobResults<Integer> results =
              pool.asCompleted(ForeignCodeTest::square, brokenAfter(count), count + 1)) {
            assertThatThrownBy(() -> await(results.next())).hasMessage("a broken iterator");
          }
          assertWorks(pool);
        });
  }

  // Limits of links.

  static Integer length(String queue) throws Exception {
    return await(Parent.queue(queue, byte[].class).get()).length;
  }

  static String putLong(Integer bytes) throws Exception {
    try {
      await(Parent.queue("queue", byte[].class).put(new byte[bytes]));
      return "put";
    } catch (CodecException e) {
      return e.getMessage();
    }
  }

  @Test
  void anItemThatIsTooLongForALinkIsRefusedOnBothSidesAndNotLost() {
    ProcessQueue<byte[]> queue = ProcessQueue.open("queue", byte[].class, 10);
    ProcessOptions options = ProcessOptions.DEFAULT.withMaxMessageBytes(2_000).sharing(queue);
    withPool(
        options,
        1,
        pool -> {
          assertThatThrownBy(() -> await(queue.put(new byte[2_000])))
              .isInstanceOf(CodecException.class)
              .hasMessage("the message would be longer than 2000 bytes");
          assertThat(await(pool.apply(ForeignCodeTest::putLong, 2_000)))
              .isEqualTo("the message would be longer than 2000 bytes");
          await(queue.put(new byte[1_900]));
          assertThat(await(pool.apply(ForeignCodeTest::length, "queue"))).isEqualTo(1_900);
        });
  }

  @Test
  void anItemOfTwentyMebibytesPassesALinkThatAllowsIt() {
    ProcessQueue<byte[]> queue = ProcessQueue.open("queue", byte[].class, 10);
    ProcessOptions options =
        ProcessOptions.DEFAULT
            .withJvmOptions("-XX:+UseSerialGC")
            .withMaxMessageBytes(64 << 20)
            .sharing(queue);
    withPool(
        options,
        1,
        pool -> {
          await(queue.put(new byte[20 << 20]));
          assertThat(await(pool.apply(ForeignCodeTest::length, "queue"))).isEqualTo(20 << 20);
        });
  }

  @Test
  void aQueueWithAnItemThatIsTooLongCannotBeSharedOverALinkThatWouldLoseIt() {
    HostedQueue<byte[]> queue = new HostedQueue<>("queue", byte[].class, 10);
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("put", () -> await(queue.put(new byte[5_000])));
      scheduler.run();
      ProcessOptions options = ProcessOptions.DEFAULT.withMaxMessageBytes(2_000).sharing(queue);
      assertThatThrownBy(() -> ProcessPool.open(scheduler, 1, options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("an item of 50");
    }
  }

  // Codecs and streams.

  /** Cannot even be made. */
  static final class Unmade implements Codec {
    static final int NUMBER = Integer.parseInt("no number");

    @Override
    public byte[] encode(@Nullable Object value, java.lang.reflect.Type type, int maxBytes) {
      return new byte[0];
    }

    @Override
    public @Nullable Object decode(byte[] message, java.lang.reflect.Type type) {
      return null;
    }
  }

  @Test
  void aCodecWhoseClassCannotBeInitialisedIsRefusedWhereItIsChosen() {
    assertThatThrownBy(() -> ProcessOptions.DEFAULT.withCodec(Unmade.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unmade is no codec that two processes can make: java.lang.");
  }

  /** Throws what no stream should. */
  @SuppressWarnings("InputStreamSlowMultibyteRead")
  private static final class BrokenStream extends InputStream {
    @Override
    public int read() {
      throw new AssertionError("a broken stream");
    }

    @Override
    public void close() {
      throw new IllegalStateException("a broken close");
    }
  }

  @Test
  void aStreamThatThrowsAnErrorEndsItsChannelForAllReceivers() {
    try (Scheduler scheduler = Scheduler.create()) {
      Channel<String> channel =
          Channel.over(new BrokenStream(), OutputStream.nullOutputStream(), String.class, "peer");
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        scheduler.spawn(
            "receiver",
            () -> {
              try {
                String _ = await(channel.recv());
              } catch (IOException e) {
                told.add(e.getMessage());
              }
            });
      }
      scheduler.run();
      assertThat(told)
          .containsExactly(
              "the stream has failed: java.lang.AssertionError: a broken stream",
              "the stream has failed: java.lang.AssertionError: a broken stream");
    }
  }

  // Who calls from where.

  @Test
  void aForeignThreadCannotCloseAPoolAndIsToldSo() throws Exception {
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 1, OPTIONS)) {
      List<Throwable> thrown = new ArrayList<>();
      List<Callable<Object>> calls =
          List.of(
              () -> {
                pool.close();
                return "closed";
              },
              pool::stats,
              pool::shutdown);
      for (Callable<Object> call : calls) {
        Thread foreign =
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        thrown.add(new AssertionError(call.call()));
                      } catch (WrongThreadException e) {
                        thrown.add(e);
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                    });
        foreign.join();
      }
      assertThat(thrown).hasSize(3).allMatch(e -> e instanceof WrongThreadException);
    }
  }

  @Test
  void aPromiseOfAPoolWhoseSchedulerEndsFails() {
    List<Promise<Integer>> promises = new ArrayList<>();
    try (Scheduler scheduler = Scheduler.create()) {
      ProcessPool pool = ProcessPool.open(scheduler, 1, OPTIONS);
      scheduler.spawn(
          "submitter",
          () -> {
            for (int i = 0; i < 3; i++) {
              promises.add(await(pool.submit(ForeignCodeTest::square, i)));
            }
            Promise<String> _ = await(pool.submit(ForeignCodeTest::fail, "error"));
          });
      scheduler.run();
    }
    assertThat(promises).allMatch(Promise::isDone);
  }

  /** The hook that undoes the call runs on the loop, in no task. */
  @Test
  void aCallerWhoseTimeIsOverWhileTheChildStartsGetsATimeoutException() {
    withPool(
        OPTIONS,
        2,
        pool -> {
          for (int i = 0; i < 12; i++) {
            Duration limit = Duration.ofMillis(60 + 40 * i);
            assertThatThrownBy(() -> await(pool.apply(ForeignCodeTest::rest, 60_000).within(limit)))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
          }
        });
  }

  static String rest(Integer millis) throws Exception {
    await(Task.sleep(Duration.ofMillis(millis)));
    return "rested";
  }
}
