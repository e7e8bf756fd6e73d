package dev.heddle.scheduler.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A primitive of a user's own, in a package of its own: what can be built on the public door. A
 * mailbox with a timeout, whose sender may be waiting too.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class UserEventTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<String> trace = new ArrayList<>();

  /** Letters in order; a receiver waits for one, at most so long. */
  private static final class Mailbox {
    private final Queue<String> letters = new ArrayDeque<>();
    private final WaitQueue receivers = new WaitQueue();

    void put(String letter) {
      letters.add(letter);
      Waiter first = receivers.peek();
      if (first != null) {
        Receive receive = (Receive) first.event();
        receivers.remove(first); // who is ready waits in no queue
        receive.letterHasCome();
      }
    }

    Receive receive(Duration timeout) {
      return new Receive(timeout);
    }

    final class Receive extends YieldEvent<String, IOException> {
      private final Duration timeout;
      private Waiter receiver;

      Receive(Duration timeout) {
        this.timeout = timeout;
      }

      @Override
      protected void handleYield(Scheduler scheduler, Waiter task) {
        if (!letters.isEmpty()) {
          wake(task, letters.remove());
          return;
        }
        receiver = task;
        receivers.add(task);
        scheduler.setDeadline(this, scheduler.nanoTime() + timeout.toNanos());
      }

      void letterHasCome() {
        wakeToResume(receiver);
      }

      @Override
      protected void handleResume(Scheduler scheduler, Waiter task) {
        if (letters.isEmpty()) {
          receivers.add(task); // somebody was quicker: wait on
          return;
        }
        scheduler.clearDeadline(this);
        wake(task, letters.remove());
      }

      @Override
      protected void handleDeadline(Scheduler scheduler) {
        receivers.remove(receiver);
        fail(receiver, new IOException("no letter within " + timeout));
      }

      @Override
      protected boolean handleCancel(Scheduler scheduler, Waiter task) {
        scheduler.clearDeadline(this);
        receivers.remove(task); // not in it if woken to resume; the letter is still in the box
        return true;
      }

      @Override
      public String describe() {
        return "a letter";
      }
    }
  }

  @Test
  void aLetterThatIsThereIsReceivedAtOnce() {
    Mailbox mailbox = new Mailbox();
    mailbox.put("hello");
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler, "receiver", co -> trace.add(co.await(mailbox.receive(Duration.ofHours(1)))));
      scheduler.run();
    }
    assertThat(trace).containsExactly("hello");
  }

  @Test
  void receiversWaitAndGetTheLettersInTheirOrder() {
    Mailbox mailbox = new Mailbox();
    try (Scheduler scheduler = kind.scheduler(time)) {
      for (int i = 0; i < 2; i++) {
        int n = i;
        kind.spawn(
            scheduler,
            "receiver " + i,
            co -> trace.add(n + co.await(mailbox.receive(Duration.ofHours(1)))));
      }
      kind.spawn(
          scheduler,
          "sender",
          co -> {
            for (String letter : List.of("a", "b")) {
              mailbox.put(letter);
              co.await(Task.yield());
            }
          });
      long start = time.nanoTime();
      scheduler.run();
      assertThat(time.nanoTime()).as("no deadline is left").isEqualTo(start);
    }
    assertThat(trace).containsExactly("0a", "1b");
  }

  @Test
  void aReceiverThatIsWokenTooLateWaitsOn() {
    Mailbox mailbox = new Mailbox();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "receiver",
          co ->
              assertThatThrownBy(() -> co.await(mailbox.receive(Duration.ofMillis(5))))
                  .isInstanceOf(IOException.class)
                  .hasMessage("no letter within PT0.005S"));
      kind.spawn(
          scheduler,
          "takes it away again",
          co -> {
            mailbox.put("a");
            mailbox.letters.remove();
          });
      scheduler.run();
    }
  }

  @Test
  void aCancelledReceiverLosesNoLetter() {
    Mailbox mailbox = new Mailbox();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> first =
          kind.spawn(
              scheduler,
              "first",
              co ->
                  assertThatThrownBy(() -> co.await(mailbox.receive(Duration.ofHours(1))))
                      .isInstanceOf(Cancelled.class)
                      .hasMessage(
                          "task 'first' was cancelled: enough, by task 'sender'; it was waiting for"
                              + " a letter"));
      kind.spawn(
          scheduler,
          "sender",
          co -> {
            mailbox.put("a");
            first.cancel("enough");
          });
      scheduler.run();
    }
    assertThat(mailbox.letters).containsExactly("a");
  }

  @Test
  void aFailureOfAnEventShowsTheLineOfTheAwait() {
    if (kind.style() == Kind.Style.STEP) {
      return; // a step returns its event: it has no line that awaits
    }
    Mailbox mailbox = new Mailbox();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "receiver",
          co -> {
            Throwable thrown =
                catchThrowable(() -> awaitHere(() -> co.await(mailbox.receive(Duration.ZERO))));
            assertThat(thrown.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("awaitHere")
                .doesNotContain("handleDeadline", "run0");
          });
      scheduler.run();
    }
  }

  private interface Awaiting {
    Object call() throws IOException;
  }

  private static void awaitHere(Awaiting await) throws IOException {
    var _ = await.call();
  }

  /** Else the queue's links and the ready queue's, which are the same, would be torn. */
  @Test
  void wakingATaskThatStillStandsInAWaitQueueIsRefused() {
    WaitQueue queue = new WaitQueue();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Careless careless = new Careless(queue);
      Task<?> waiter = kind.spawn(scheduler, "waiter", co -> co.await(careless));
      kind.spawn(
          scheduler,
          "waker",
          co -> {
            assertThatThrownBy(() -> careless.wakeWithoutTakingOut())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("task 'waiter'");
            waiter.cancel("enough");
          });
      scheduler.run();
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  private static final class Careless extends YieldEvent<Void, RuntimeException> {
    private final WaitQueue queue;

    Careless(WaitQueue queue) {
      this.queue = queue;
    }

    Void wakeWithoutTakingOut() {
      wake(queue.peek(), null);
      return null;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      queue.add(task);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return queue.remove(task);
    }

    @Override
    public String describe() {
      return "something careless";
    }
  }

  @Test
  void theCheckedFailureOfAnEventIsKnownToTheCompiler() {
    Mailbox mailbox = new Mailbox();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "receiver",
          co -> {
            try {
              var _ = co.await(mailbox.receive(Duration.ZERO));
            } catch (IOException e) {
              trace.add(e.getMessage());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("no letter within PT0S");
  }
}
