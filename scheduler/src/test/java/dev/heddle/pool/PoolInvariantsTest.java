package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Until;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The invariants that the classes of the room state, quoted. */
class PoolInvariantsTest {

  /** "The count is never below 0; there are waiters only while it is above 0." */
  @Test
  void theCountOfUnfinishedItemsIsNeverBelowZero() throws InterruptedException {
    CompletionCounter counter = new CompletionCounter("items");
    counter.begun();
    counter.finished(5);
    counter.await(); // does not block
    assertThatThrownBy(counter::finished)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("more items were reported done than were put");
    assertThat(counter.join()).hasToString("0 unfinished items");
  }

  /**
   * "The longest-waiting getter, and no other, has been called if there is something for it, an
   * item or the news of the shutdown."
   */
  @Test
  void theLongestWaitingGetterAndNoOtherIsCalled() {
    SharedQueue<String> queue = new SharedQueue<>("queue");
    SharedQueue.QueueGetter first = SharedQueue.QueueGetter.ofThread();
    SharedQueue.QueueGetter second = SharedQueue.QueueGetter.ofThread();
    assertThat(queue.arrive(first)).isNull();
    assertThat(queue.arrive(second)).isNull();
    assertThat(queue.add("a")).isSameAs(first);
    assertThat(queue.add("b")).as("called once").isNull();
    assertThat(queue.tryTake(second)).as("not the longest").isNull();
    assertThat(queue.tryTake(first)).isEqualTo("a");
    assertThat(queue.leave(first)).as("the next has an item").isSameAs(second);
    assertThat(queue.tryTake(second)).isEqualTo("b");
    assertThat(queue.shutdown()).isNull();
  }

  /** "A getter waits once": one that was called late, for an earlier wait, takes nothing. */
  @Test
  void aGetterWaitsOnce() {
    SharedQueue<String> queue = new SharedQueue<>("queue");
    SharedQueue.QueueGetter getter = SharedQueue.QueueGetter.ofThread();
    assertThat(queue.arrive(getter)).isNull();
    assertThatThrownBy(() -> queue.arrive(getter)).isInstanceOf(AssertionError.class);
  }

  /**
   * "Work waits only while as many run as there are threads; work is offered only while the queue
   * is full."
   */
  @Test
  void workIsOfferedOnlyWhileTheQueueIsFull() {
    CountDownLatch open = new CountDownLatch(1);
    WorkerThreads threads = new WorkerThreads(Thread.ofVirtual().factory(), false, 1, 1, "pool");
    WorkItem<?>[] work = new WorkItem<?>[4];
    for (int i = 0; i < work.length; i++) {
      work[i] = waitingFor(open);
    }
    assertThat(threads.add(work[0], true)).isEqualTo(WorkerThreads.Admission.ACCEPTED);
    assertThat(threads.add(work[1], true)).isEqualTo(WorkerThreads.Admission.ACCEPTED);
    assertThat(threads.add(work[2], false)).isEqualTo(WorkerThreads.Admission.REFUSED);
    assertThat(threads.add(work[3], true)).isEqualTo(WorkerThreads.Admission.OFFERED);
    assertThat(threads.counts()).containsExactly(1, 1, 1);
    assertThat(threads.remove(work[1])).isTrue();
    assertThat(threads.counts()).as("the offered one moves up").containsExactly(1, 1, 0);
    open.countDown();
    Until.true_("all work is done", () -> threads.counts()[0] == 0);
    assertThat(threads.counts()).containsExactly(0, 0, 0);
  }

  private static WorkItem<?> waitingFor(CountDownLatch open) {
    return new WorkItem<>(
        () -> {
          open.await();
          return true;
        }) {
      @Override
      void settled() {}
    };
  }
}
