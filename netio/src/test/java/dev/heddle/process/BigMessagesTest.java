package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Until;
import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a child sends is decoded off the loop if it is big, and in its place all the same. */
@Holds("O7")
class BigMessagesTest {
  private static final String BIG = "x".repeat(GuardedCodec.BIG + 1);

  /** The names of the threads that have made a {@link Text} of {@link #BIG}, or of another text. */
  private static final ConcurrentLinkedQueue<String> BIG_BY = new ConcurrentLinkedQueue<>();

  private static final ConcurrentLinkedQueue<String> SMALL_BY = new ConcurrentLinkedQueue<>();

  /** Holds up whoever makes a text of {@link #BIG}; null if nobody is to be held up. */
  private static volatile @Nullable CountDownLatch gate;

  record Text(String text) {
    Text {
      CountDownLatch closed = gate;
      if (closed != null && text.length() >= BIG.length()) {
        waitFor(closed);
      }
      (text.length() >= BIG.length() ? BIG_BY : SMALL_BY).add(Thread.currentThread().getName());
    }

    @Override
    public String toString() {
      return text.length() + "";
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      Until.down(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private final Hosted.Party child = new Hosted.Party("a child");

  @BeforeEach
  void forget() {
    BIG_BY.clear();
    SMALL_BY.clear();
  }

  private static byte[] encoded(String text) throws CodecException {
    byte[] bytes = new ItemCodec<>(Text.class).encode(new Text(text), ItemCodec.MOST_BYTES);
    BIG_BY.clear();
    SMALL_BY.clear();
    return bytes;
  }

  private static void assertDecodedOffTheLoop() {
    assertThat(BIG_BY).isNotEmpty().containsOnly("decoder of a big message");
  }

  @Test
  void anItemThatAChildPutsIsDecodedOffTheLoopIfItIsBigAndNoLaterOneOvertakesIt() throws Exception {
    HostedQueue<Text> queue = new HostedQueue<>("texts", Text.class, 0);
    byte[] big = encoded(BIG);
    byte[] small = encoded("x");
    List<Integer> taken = new ArrayList<>();
    try (Scheduler scheduler = Scheduler.create()) {
      for (byte[] item : List.of(small, big, small, big, small)) {
        scheduler.spawn("put", co -> queue.perform(co, child, Operation.PUT, item));
      }
      scheduler.spawn(
          "taker",
          co -> {
            for (int i = 0; i < 5; i++) {
              taken.add(co.await(queue.get()).text().length());
            }
          });
      scheduler.run();
    }
    assertThat(taken).containsExactly(1, BIG.length(), 1, BIG.length(), 1);
    assertDecodedOffTheLoop();
  }

  static Text text(Integer length) {
    return new Text("x".repeat(length));
  }

  @Test
  void aBigResultOfAPoolIsDecodedOffTheLoopAndASmallOneOnIt() {
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 1)) {
      scheduler.spawn(
          "caller",
          co -> {
            for (int length : new int[] {1, BIG.length(), 1, BIG.length()}) {
              Text result = co.await(pool.apply(BigMessagesTest::text, length));
              assertThat(result.text()).hasSize(length);
            }
          });
      scheduler.run();
    }
    assertThat(BIG_BY).hasSize(2);
    assertDecodedOffTheLoop();
    assertThat(SMALL_BY).hasSize(2).containsOnly("process-1"); // the task that keeps the child
  }

  @Test
  void aPutThatIsWithdrawnWhileItIsDecodedHasPutNothingAndTheNextOneGoesOn() throws Exception {
    HostedQueue<Text> queue = new HostedQueue<>("texts", Text.class, 0);
    byte[] big = encoded(BIG);
    byte[] small = encoded("x");
    CountDownLatch cancelled = new CountDownLatch(1);
    gate = cancelled;
    Scheduler.run(
        co -> {
          Scheduler scheduler = Scheduler.current();
          Task<?> first = scheduler.spawn("put", c -> queue.perform(c, child, Operation.PUT, big));
          scheduler.spawn("put", c -> queue.perform(c, child, Operation.PUT, small));
          co.await(Task.yield());
          first.cancel("the child's task was cancelled");
          cancelled.countDown();
          assertThat(co.await(queue.get()).text()).isEqualTo("x");
        });
    gate = null;
    assertThat(queue.queue.isEmpty()).isTrue();
    Until.true_("the withdrawn item is read", () -> !BIG_BY.isEmpty()); // not in the next test
  }

  @Test
  void whatAChildPutsIntoAMapIsReadOffTheLoopAndComparedThere() throws Exception {
    ProcessMap<Text, Text> map = ProcessMap.open("map", Text.class, Text.class);
    Hosted entries = map.hosted();
    Text key = new Text("key");
    byte[] value = encoded(BIG);
    byte[] other = encoded(BIG + "y");
    byte[] put = map.request(key, value, null);
    byte[] replaced = map.request(key, other, value);
    byte[] notReplaced = map.request(key, null, value);
    SMALL_BY.clear();
    Scheduler.run(
        co -> {
          assertThat(entries.perform(co, child, Operation.PUT, put)).isNull();
          assertThat(entries.perform(co, child, Operation.REPLACE, replaced)).containsExactly(1);
          assertThat(entries.perform(co, child, Operation.REPLACE, notReplaced)).containsExactly(0);
          assertDecodedOffTheLoop();
          assertThat(SMALL_BY).containsOnly("decoder of a big message");
          assertThat(co.await(map.get(key)).text()).isEqualTo(BIG + "y");
          assertThat(co.await(map.entries())).isEqualTo(Map.of(key, new Text(BIG + "y")));
        });
  }

  @Test
  void whoReadsABigValueOfItsOwnMapHoldsUpNobodyAndGetsItThoughCancelled() throws Exception {
    ProcessMap<String, Text> map = ProcessMap.open("map", String.class, Text.class);
    Scheduler.run(
        co -> {
          Scheduler scheduler = Scheduler.current();
          assertThat(co.await(map.put("a", new Text(BIG)))).isNull();
          BIG_BY.clear();
          assertThat(co.await(map.get("a")).text()).isEqualTo(BIG);
          assertDecodedOffTheLoop();
          CountDownLatch cancelled = new CountDownLatch(1);
          gate = cancelled;
          Task<Text> reader = scheduler.submit("reader", c -> c.await(map.remove("a")));
          co.await(Task.yield());
          reader.cancel("in the middle");
          cancelled.countDown();
          assertThat(co.await(reader.join()).text()).isEqualTo(BIG); // it was removed, and read
          gate = null;
          assertThat(co.await(map.get("a"))).isNull();
        });
  }
}
