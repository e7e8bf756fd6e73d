package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events of users whose hooks throw, or do more than a hook should: promise Y3. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class HookFailureTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  /** Wakes its waiter, and throws then. */
  private static final class WakesAndThrows extends CustomEvent {
    private final Exception thrown;

    WakesAndThrows(Exception thrown) {
      this.thrown = thrown;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) throws Exception {
      wake("woken");
      throw thrown;
    }
  }

  @Test
  void aStartThatWakesAndThenThrowsEndsTheWaitWithWhatItThrew() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            Event never = new Event();
            for (Exception thrown : List.of(new IOException("x"), new RuntimeException("x"))) {
              YieldEvent<?, ?> event = new WakesAndThrows(thrown);
              assertThat(catchThrowable(() -> co.await(event))).isSameAs(thrown);
              assertThat(catchThrowable(() -> co.await(event.within(SECOND)))).isSameAs(thrown);
              assertThat(catchThrowable(() -> co.await(Select.any(never.await(), event))))
                  .isSameAs(thrown);
              assertThat(
                      catchThrowable(
                          () -> co.await(Select.any(never.await(), Select.any(event, event)))))
                  .isSameAs(thrown);
            }
            assertThat(never.stats().waiters()).isEmpty();
          });
      scheduler.run();
    }
  }

  @Test
  @Holds("Y1")
  void anEventWhoseHandleResumeThrewMayBeAwaitedAgain() {
    CustomEvent event =
        new CustomEvent() {
          @Override
          protected void handleResume(Scheduler scheduler, Waiter waiter) {
            throw new IllegalStateException("cannot resume");
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            for (YieldEvent<?, ?> once :
                List.of(event, event, event.within(SECOND), Select.any(event), event)) {
              assertThatThrownBy(() -> co.await(once)).hasMessage("cannot resume");
            }
            assertThat(event.waiter()).isNull();
          });
      kind.spawn(
          scheduler,
          "wakes",
          co -> {
            for (int i = 0; i < 12; i++) {
              event.ready();
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
  }

  @Test
  void aLoserThatNeitherCanBeUndoneNorDescribedLosesNoResult() {
    Event event = new Event();
    CustomEvent worst =
        new CustomEvent() {
          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            throw new IllegalStateException("cannot be undone");
          }

          @Override
          public String describe() {
            throw new UnsupportedOperationException("no words");
          }
        };
    try (LogRecords _ = new LogRecords("dev.heddle");
        Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler, "waits", co -> trace.add(co.await(Select.any(worst, event.await())).index()));
      kind.spawn(
          scheduler,
          "sets",
          co -> {
            event.set();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
  }

  @Test
  void anUndoThatWakesAndThenThrowsEndsNoLoop() {
    CustomEvent event =
        new CustomEvent() {
          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            wake("just in time");
            throw new IllegalStateException("and fails");
          }
        };
    Event never = new Event();
    try (LogRecords _ = new LogRecords("dev.heddle");
        Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            trace.add(catchThrowable(() -> trace.add(co.await(event.within(SECOND)))));
            trace.add(
                catchThrowable(
                    () -> trace.add(co.await(Select.any(never.await(), event.within(SECOND))))));
          });
      kind.spawn(scheduler, "other", co -> co.await(Timers.sleep(SECOND.multipliedBy(3))));
      scheduler.run();
    }
    assertThat(trace).hasSize(4).element(0).isEqualTo("just in time");
  }

  @Test
  void anUndoThatEndsTheWaitIsNotFollowedByItsResume() {
    CustomEvent event =
        new CustomEvent() {
          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            wake("just in time");
            return false;
          }

          @Override
          protected void handleResume(Scheduler scheduler, Waiter waiter) {
            wake("resumed");
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> waits = kind.spawn(scheduler, "waits", co -> trace.add(co.await(event)));
      Task<?> limited =
          kind.spawn(
              scheduler,
              "limited",
              co -> {
                co.await(Task.yield());
                co.await(Task.yield());
                co.await(Task.yield());
                trace.add(co.await(event.within(SECOND)));
              });
      kind.spawn(
          scheduler,
          "cancels",
          co -> {
            event.ready();
            var _ = waits.cancel("enough");
            do {
              co.await(Task.yield());
            } while (event.waiter() == null);

            event.ready();
            var _ = limited.cancel("enough");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("just in time", "just in time");
  }

  @Test
  @Holds("S11")
  void aWakeFromAWrongThreadChangesNothing() throws Exception {
    Event never = new Event();
    CustomEvent event =
        new CustomEvent() {
          @Override
          protected boolean isWokenFromOutside() {
            return true;
          }
        };
    List<Throwable> thrown = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (YieldEvent<?, ?> waited :
          List.of(
              event,
              event.within(Duration.ofHours(1)),
              Select.any(never.await(), event),
              Select.any(never.await(), event.within(Duration.ofHours(1))))) {
        kind.spawn(scheduler, "waits", co -> trace.add(co.await(waited)));
        kind.spawn(
            scheduler,
            "starts a thread",
            co ->
                Thread.ofPlatform()
                    .start(
                        () -> {
                          thrown.add(catchThrowable(() -> event.give("wrong")));
                          scheduler.execute(() -> event.give("right"));
                        }));
        scheduler.run();
      }
    }
    assertThat(thrown).hasSize(4).allMatch(WrongThreadException.class::isInstance);
    assertThat(trace)
        .containsExactly(
            "right", "right", new Select.Winner<>(1, "right"), new Select.Winner<>(1, "right"));
  }

  @Test
  @Holds("S10")
  void aResourceThatFailsWhenItsHolderEndsEndsNoLoop() {
    Resource broken =
        new Resource() {
          @Override
          public String describe() {
            return "something broken";
          }

          @Override
          public List<Task<?>> holders() {
            return List.of();
          }

          @Override
          public void holderEnded(Task<?> holder) {
            throw new IllegalStateException("broken");
          }
        };
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler = kind.scheduler(time)) {
      Task<?> holds =
          kind.spawn(
              scheduler,
              "holds",
              co -> {
                Task.current().hold(broken);
              });
      kind.spawn(scheduler, "joins", co -> trace.add(co.await(holds.join())));
      scheduler.run();
      assertThat(scheduler.tasks()).isEmpty();
      assertThat(log.atLeast(Level.INFO)).hasSize(1);
    }
    assertThat(trace).hasSize(1);
  }
}
