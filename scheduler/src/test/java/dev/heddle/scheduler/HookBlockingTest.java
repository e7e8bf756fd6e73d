package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A hook may block in the JDK (a selector's lock, a logger's, a class that another thread is
 * loading). It holds up the loop for that time, and nothing else goes wrong: promise Y3.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#stackful")
class HookBlockingTest {
  @Parameter Kind kind;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  /** Blocks in its hook until another thread lets it go on. */
  private final class Slow extends YieldEvent<String, RuntimeException> {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch through = new CountDownLatch(1);
    private Waiter waiter;
    private boolean undone;

    void deliver(String value) {
      wake(waiter, value);
    }

    void ready() {
      wakeToResume(waiter);
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter waiter) {
      wake(waiter, "work done");
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter begins) {
      waiter = begins;
      begun.countDown();
      block();
      trace.add("hook is through");
    }

    private void block() {
      try {
        Until.down(through);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      undone = true;
      return true;
    }

    @Override
    public String describe() {
      return "something slow to begin";
    }
  }

  /** Runs a task that awaits the event, another behind it, and a thread from outside. */
  private Task<?> run(Scheduler scheduler, Slow slow, Consumer<Task<?>> handedIn) throws Exception {
    Task<?> waiter = kind.spawn(scheduler, "waiter", co -> trace.add(co.await(slow)));
    kind.spawn(scheduler, "other", co -> trace.add("other"));
    Thread foreign =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Until.down(slow.begun);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  assertThat(scheduler.runInside(() -> handedIn.accept(waiter))).isTrue();
                  slow.through.countDown();
                });
    scheduler.run();
    foreign.join();
    return waiter;
  }

  @Test
  @Holds("Y3")
  void aHookThatBlocksHoldsUpTheLoopAndNoOtherTaskRunsInItsMidst() throws Exception {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      run(scheduler, slow, waiter -> slow.deliver("delivered"));
    }
    assertThat(trace).containsExactly("hook is through", "other", "delivered");
  }

  @Test
  void aCancellationThatComesWhileTheHookIsBlockedIsNotLost() throws Exception {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter = run(scheduler, slow, task -> task.cancel("enough"));
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("hook is through", "other");
    assertThat(slow.undone).isTrue();
  }

  @Test
  void aWakeToResumeThatComesWhileTheHookIsBlockedIsNotLost() throws Exception {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      run(scheduler, slow, waiter -> slow.ready());
    }
    assertThat(trace).containsExactly("hook is through", "other", "work done");
  }

  /** Blocks in the hook that undoes it. */
  private final class SlowToUndo extends YieldEvent<String, RuntimeException> {
    private final CountDownLatch through = new CountDownLatch(1);

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {}

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      Thread.ofPlatform().start(through::countDown);
      try {
        Until.down(through);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      trace.add("undone");
      return true;
    }

    @Override
    public String describe() {
      return "something slow to undo";
    }
  }

  @Test
  void aHandleCancelThatBlocksHoldsUpTheLoopToo() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter = kind.spawn(scheduler, "waiter", co -> co.await(new SlowToUndo()));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            waiter.cancel("enough");
            trace.add("cancelled");
          });
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("undone", "cancelled", "other");
  }

  @Test
  void aLoserOfASelectThatBlocksWhenItIsUndoneHoldsUpTheLoopToo() {
    Slow winner = new Slow();
    winner.through.countDown();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "selects",
          co -> trace.add("won " + co.await(Select.any(winner, new SlowToUndo())).index()));
      kind.spawn(
          scheduler,
          "delivers",
          co -> {
            winner.deliver("first");
            trace.add("delivered");
          });
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("hook is through", "undone", "delivered", "other", "won 0");
  }

  @Test
  void aHookThatAsksAGeneratorWhoseBodyBlocksHoldsUpTheLoopToo() {
    CountDownLatch through = new CountDownLatch(1);
    YieldEvent<String, RuntimeException> asks =
        new YieldEvent<>() {
          @Override
          protected void handleYield(Scheduler scheduler, Waiter waiter) {
            Generator<String> items =
                Generator.of(
                    Engine.HANDOFF,
                    y -> {
                      Thread.ofPlatform().start(through::countDown);
                      Until.down(through);
                      y.yield("item");
                    });
            try (items) {
              wake(waiter, items.iterator().next());
            }
            trace.add("hook is through");
          }

          @Override
          protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
            return true;
          }

          @Override
          public String describe() {
            return "an item of a generator";
          }
        };
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "asks", co -> trace.add(co.await(asks)));
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("hook is through", "item", "other");
  }
}
