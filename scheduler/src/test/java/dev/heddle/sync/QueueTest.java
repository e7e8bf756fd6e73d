package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section Q. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class QueueTest {
  @Parameter Kind kind;

  private final Queue<Integer> queue = Queue.fifo("jobs", 2);

  static Play.Part puts(Queue<Integer> queue, int... items) {
    return me -> {
      for (int item : items) {
        me.await(queue.put(item));
        me.say("put " + item);
      }
    };
  }

  static Play.Part gets(Queue<Integer> queue, int count) {
    return me -> {
      for (int i = 0; i < count; i++) {
        me.say("got " + me.await(queue.get()));
      }
    };
  }

  // Q1

  @Test
  @Holds("Q1")
  void aMaxSizeOfZeroOrLessIsUnbounded() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            for (int maxSize : new int[] {0, -1}) {
              Queue<Integer> unbounded = Queue.fifo("all", maxSize);
              for (int i = 0; i < 1000; i++) {
                int item = i;
                assertThat(me.<Boolean>gets(() -> unbounded.tryPut(item))).isTrue();
              }
              assertThat(unbounded.isFull()).isFalse();
            }
          });
      play.run();
    }
  }

  @Test
  @Holds("Q1")
  void tryPutOnFullAndTryGetOnEmptyAnswerAtOnce() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.say(me.gets(queue::tryGet));
            for (int i = 1; i <= 3; i++) {
              int item = i;
              me.say(me.gets(() -> queue.tryPut(item)));
            }
            me.say(me.gets(queue::tryGet));
          });
      assertThat(play.run()).containsExactly("a: null", "a: true", "a: true", "a: false", "a: 1");
    }
  }

  @Test
  void aFullQueueWithoutAGetterIsExplained() {
    try (Play play = new Play(kind)) {
      play.task("producer", puts(queue, 1, 2, 3));
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'producer' waits for room in queue 'jobs' (2 of 2 items)");
    }
  }

  @Test
  void nullIsNoItem() {
    assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.tryPut(null)).isInstanceOf(NullPointerException.class);
  }

  // Q2

  @Test
  @Holds("Q2")
  void gettersAreServedInTheOrderInWhichTheyCame() {
    try (Play play = new Play(kind)) {
      play.task("a", gets(queue, 1));
      play.task("b", gets(queue, 1));
      play.task(
          "producer",
          me -> {
            me.await(queue.put(1));
            me.say("tries: " + me.gets(queue::tryGet)); // it is a's
            me.await(queue.put(2));
          });
      assertThat(play.run()).containsExactly("producer: tries: null", "a: got 1", "b: got 2");
    }
  }

  @Test
  @Holds("Q2")
  void aNewGetQueuesBehindWaitingOnes() {
    try (Play play = new Play(kind)) {
      play.task("old", gets(queue, 1));
      play.task("producer", me -> me.await(queue.put(1)));
      play.task("new", gets(queue, 1));
      play.task("producer2", me -> me.await(queue.put(2)));
      assertThat(play.run()).containsExactly("old: got 1", "new: got 2");
    }
  }

  @Test
  @Holds("Q2")
  void puttersAreServedInTheOrderInWhichTheyCame() {
    try (Play play = new Play(kind)) {
      play.task("p1", puts(queue, 1, 2, 3));
      play.task("p2", puts(queue, 4));
      play.task("getter", gets(queue, 4));
      assertThat(play.run())
          .containsExactly(
              "p1: put 1",
              "p1: put 2",
              "getter: got 1",
              "getter: got 2",
              "getter: got 3",
              "getter: got 4",
              "p1: put 3",
              "p2: put 4");
    }
  }

  // Q3

  @Test
  @Holds("Q3")
  void everyPutCountsAsUnfinishedAndJoinEndsAtZero() {
    try (Play play = new Play(kind)) {
      play.task(
          "producer",
          me -> {
            for (int i = 1; i <= 3; i++) {
              me.await(queue.put(i));
            }
            me.say("unfinished: " + queue.stats().unfinished());
            me.await(queue.join());
            me.say("joined");
          });
      play.task(
          "worker",
          me -> {
            for (int i = 0; i < 3; i++) {
              me.await(queue.get());
              me.yields(1);
              me.say("done");
              me.does(queue::taskDone);
            }
          });
      assertThat(play.run())
          .containsExactly(
              "producer: unfinished: 3",
              "worker: done",
              "worker: done",
              "worker: done",
              "producer: joined");
    }
  }

  @Test
  @Holds("Q3")
  void taskDoneBeyondTheCountThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(queue.put(1));
            me.does(queue::taskDone);
            assertThatThrownBy(() -> me.does(queue::taskDone))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("taskDone of queue 'jobs' called more often than items were put");
          });
      play.run();
    }
  }

  @Test
  @Holds("Q3")
  void joinRearms() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(queue.join());
            me.say("nothing to wait for");
            me.await(queue.put(1));
            me.await(queue.join());
            me.say("joined again");
          });
      play.task("b", me -> me.does(queue::taskDone));
      assertThat(play.run()).containsExactly("a: nothing to wait for", "a: joined again");
    }
  }

  // Q4

  private record Job(int priority, Object payload) {}

  @Test
  @Holds("Q4")
  void lowestFirstEqualOnesFifoAndPayloadsNeverCompared() {
    Queue<Job> jobs = Queue.priority("jobs", 0, Comparator.comparingInt(Job::priority));
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            for (int i = 0; i < 9; i++) {
              me.await(jobs.put(new Job(i % 3, new Object())));
              me.await(jobs.put(new Job(i % 3, "later")));
            }
            int last = -1;
            for (int i = 0; i < 18; i++) {
              Job job = me.await(jobs.get());
              assertThat(job.priority()).isGreaterThanOrEqualTo(last);
              assertThat(job.payload().equals("later")).isEqualTo(i % 2 == 1);
              last = job.priority();
            }
          });
      play.run();
    }
  }

  @Test
  void lastInFirstOut() {
    Queue<Integer> stack = Queue.lifo("stack", 0);
    try (Play play = new Play(kind)) {
      play.task("a", puts(stack, 1, 2, 3));
      play.task("b", gets(stack, 3));
      assertThat(play.run()).endsWith("b: got 3", "b: got 2", "b: got 1");
    }
  }

  // Q5, S5

  @Test
  void aCancelledGetterTakesNothing() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", gets(queue, 1));
      play.task("b", gets(queue, 1));
      play.task(
          "producer",
          me -> {
            me.does(() -> a.cancel("enough"));
            me.await(queue.put(1));
          });
      assertThat(play.run()).containsExactly("b: got 1");
    }
  }

  @Test
  void aCancelledPutterPutsNothing() {
    try (Play play = new Play(kind)) {
      play.task("full", puts(queue, 1, 2));
      Task<?> a = play.task("a", puts(queue, 3));
      play.task("b", puts(queue, 4));
      play.task("canceller", me -> me.does(() -> a.cancel("enough")));
      play.task("getter", gets(queue, 3));
      assertThat(play.run())
          .containsSubsequence("getter: got 1", "getter: got 2", "getter: got 4", "b: put 4");
      assertThat(play.said).doesNotContain("a: put 3");
    }
    assertThat(queue.stats().unfinished()).isEqualTo(3);
  }

  @Test
  @Holds("Q5")
  void aWokenThenCancelledGetterHasTheItemAndTheNextGoesToTheNextGetter() {
    try (Play play = new Play(kind)) {
      Task<?> a =
          play.task(
              "a",
              me -> {
                int item = me.await(queue.get());
                me.say("got " + item);
                me.yields(1);
                me.say("not reached");
              });
      play.task("b", gets(queue, 1));
      play.task(
          "producer",
          me -> {
            me.await(queue.put(1)); // handed to a
            me.does(() -> a.cancel("too late"));
            me.await(queue.put(2));
          });
      assertThat(play.run()).containsExactly("a: got 1", "b: got 2");
      assertThat(a.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  @Holds("Q5")
  void aWokenThenCancelledPutterHasPutAndTheRoomIsNotLost() {
    try (Play play = new Play(kind)) {
      play.task("full", puts(queue, 1, 2));
      Task<?> a = play.task("a", puts(queue, 3));
      play.task("b", puts(queue, 4));
      play.task(
          "getter",
          me -> {
            me.say(me.await(queue.get())); // lets 3 in
            me.does(() -> a.cancel("too late"));
            for (int i = 0; i < 3; i++) {
              me.say(me.await(queue.get()));
            }
          });
      assertThat(play.run())
          .containsSubsequence("getter: 1", "getter: 2", "getter: 3", "getter: 4")
          .contains("a: put 3", "b: put 4");
    }
  }

  @Test
  void itMayBeFilledBeforeTheRunByWhoMadeIt() {
    Queue<String> early = Queue.fifo();
    assertThat(early.tryPut("a")).isTrue();
    try (Play play = new Play(kind)) {
      play.task("getter", me -> me.say(me.await(early.get())));
      assertThat(play.run()).containsExactly("getter: a");
      assertThat(early.tryPut("b")).isTrue(); // between two runs, by the one who runs it
      play.task("getter2", me -> me.say(me.await(early.get())));
      assertThat(play.run()).contains("getter2: b");
    }
  }

  // R8

  @Test
  void theSentinelIsPutBackForTheOthers() {
    Queue<Integer> items = Queue.fifo("items", 0);
    try (Play play = new Play(kind)) {
      for (String name : List.of("a", "b", "c")) {
        play.task(
            name,
            me -> {
              for (int item = me.await(items.get()); item >= 0; item = me.await(items.get())) {
                me.say(item);
              }
              me.await(items.put(-1));
            });
      }
      play.task("producer", me -> puts(items, 1, 2, 3, 4, -1).play(me));
      play.run();
    }
    assertThat(items.size()).isEqualTo(1);
  }

  @Test
  void aSelectDoesNotHandItsOwnItemToItself() {
    try (Play play = new Play(kind)) {
      Queue<String> empty = Queue.fifo("empty", 1);
      Queue<String> full = Queue.fifo("full", 1);
      assertThat(full.tryPut("in")).isTrue();
      play.task(
          "selects",
          me -> {
            me.say(me.await(Select.<Object>any(empty.get(), empty.put("mine"))));
            me.say(me.await(Select.<Object>any(full.put("mine"), full.get())));
          });
      play.run();
      assertThat(play.said)
          .containsExactly(
              "selects: Winner[index=1, value=null]", "selects: Winner[index=1, value=in]");
      assertThat(empty.size()).isEqualTo(1);
      assertThat(full.size()).isZero();
    }
  }
}
