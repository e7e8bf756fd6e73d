package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link SelectCases}: a select without indices and casts. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SelectCasesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();
  private final Queue<String> words = Queue.fifo("words", 0);
  private final Queue<Integer> numbers = Queue.fifo("numbers", 0);

  private interface Way {
    void run(Awaiter co) throws Exception;
  }

  private Task<?> run(Way chooser, Way other) {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> choosing = kind.spawn(scheduler, "chooser", chooser::run);
      kind.spawn(scheduler, "other", other::run);
      scheduler.run();
      return choosing;
    }
  }

  private void run(Way chooser) {
    Task<?> _ = run(chooser, co -> {});
  }

  private SelectCases<String> news() {
    return Select.map(words.get(), word -> word.toUpperCase(java.util.Locale.ROOT))
        .map(numbers.get(), number -> "number " + (number + 1));
  }

  @Test
  void theActionOfTheFirstEventIsDoneAndThatOfTheOthersNot() {
    run(
        co -> {
          assertThat(words.tryPut("word")).isTrue();
          co.await(
              Select.on(numbers.get(), number -> trace.add(number + 1))
                  .on(words.get(), word -> trace.add(word.length()))
                  .on(Timers.sleep(SECOND), late -> trace.add("late")));
        });
    assertThat(trace).containsExactly(4);
  }

  @Test
  void theAwaitGivesWhatTheMappingMakesOfTheResult() {
    run(
        co -> {
          trace.add(co.await(news()));
          trace.add(co.await(news()));
          trace.add(
              String.valueOf(co.await(news().on(Timers.sleep(SECOND), late -> trace.add("late")))));
        },
        co -> {
          assertThat(numbers.tryPut(1)).isTrue();
          co.await(Task.yield());
          co.await(Task.yield());
          assertThat(words.tryPut("word")).isTrue();
        });
    assertThat(trace).containsExactly("number 2", "WORD", "late", "null");
  }

  @Test
  void aResultThatIsNullIsHandedOn() {
    run(
        co -> {
          Promise<String> nothing = new Promise<>();
          boolean _ = nothing.complete(null);
          trace.add(co.await(Select.map(nothing, got -> "got " + got)));
        });
    assertThat(trace).containsExactly("got null");
  }

  @Test
  void theActionRunsInTheTurnOfTheTaskThatWaits() {
    run(
        co ->
            co.await(
                Select.on(words.get(), word -> trace.add(word + " for " + Task.current().name()))),
        co -> {
          assertThat(words.tryPut("word")).isTrue();
          trace.add("the putter goes on");
          co.await(Task.yield());
        });
    assertThat(trace).containsExactly("the putter goes on", "word for chooser");
  }

  @Test
  @Holds("X1")
  void whatLosesHasNoEffectAndTheOrderDecidesTies() {
    run(
        co -> {
          assertThat(words.tryPut("word")).isTrue();
          assertThat(numbers.tryPut(1)).isTrue();
          trace.add(co.await(news()));
          trace.add(co.await(numbers.get()));
        });
    assertThat(trace).containsExactly("WORD", 1);
  }

  @Test
  void whatTheActionThrowsIsThrownAtTheAwaitAndTheItemIsTaken() {
    run(
        co -> {
          for (int i = 0; i < 2; i++) {
            try {
              co.await(Select.on(words.get(), SelectCasesTest::broken));
            } catch (IOException e) {
              trace.add(e.getMessage());
            }
          }
        },
        co -> {
          assertThat(words.tryPut("first")).isTrue();
          assertThat(words.tryPut("second")).isTrue();
        });
    assertThat(trace).containsExactly("broken by first", "broken by second");
  }

  private static void broken(String word) throws IOException {
    throw new IOException("broken by " + word);
  }

  @Test
  void theFailureOfAnEventIsThrownAtTheAwait() {
    run(
        co -> {
          Promise<String> promise = new Promise<>();
          boolean _ = promise.fail(new IOException("failed"));
          assertThatThrownBy(() -> co.await(Select.on(promise, trace::add)))
              .isInstanceOf(IOException.class)
              .hasMessage("failed");
          assertThatThrownBy(() -> co.await(Select.on(words.get().within(SECOND), trace::add)))
              .isInstanceOf(TimeoutException.class);
        });
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("Y1")
  void aSelectOfCasesMayBeAwaitedAgainAndGrowsByCopies() {
    run(
        co -> {
          SelectCases<String> base = Select.map(words.get(), word -> "base " + word);
          SelectCases<String> more = base.map(numbers.get(), number -> "more " + number);
          assertThat(numbers.tryPut(1)).isTrue();
          trace.add(co.await(more));
          assertThat(words.tryPut("a")).isTrue();
          trace.add(co.await(more));
          assertThat(numbers.tryPut(2)).isTrue();
          assertThat(words.tryPut("b")).isTrue();
          trace.add(co.await(base));
          trace.add(co.await(more));
        });
    assertThat(trace).containsExactly("more 1", "base a", "base b", "more 2");
  }

  @Test
  @Holds("Y1")
  void aSecondWaiterIsRefused() {
    SelectCases<String> shared = news();
    Task<?> _ =
        run(
            co -> trace.add(co.await(shared)),
            co -> {
              assertThatThrownBy(() -> co.await(shared))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("'chooser' waits already");
              assertThat(words.tryPut("word")).isTrue();
            });
    assertThat(trace).containsExactly("WORD");
  }

  @Test
  @Holds("C11")
  void aTaskThatIsCancelledAfterTheEventActsAndIsCancelledAtItsNextAwait() {
    List<Task<?>> choosing = new ArrayList<>();
    Task<?> chooser =
        run(
            co -> {
              choosing.add(co.task());
              trace.add(co.await(news()));
              co.await(Task.yield());
              trace.add("must not come here");
            },
            co -> {
              assertThat(words.tryPut("word")).isTrue();
              choosing.getFirst().cancel("enough");
            });
    assertThat(trace).containsExactly("WORD");
    assertThat(chooser.state()).isEqualTo(Task.State.CANCELLED);
  }

  @Test
  @Holds("S5")
  void aTaskThatIsCancelledBeforeTakesNothing() {
    List<Task<?>> choosing = new ArrayList<>();
    Task<?> chooser =
        run(
            co -> {
              choosing.add(co.task());
              trace.add(co.await(news()));
            },
            co -> {
              choosing.getFirst().cancel("enough");
              assertThat(words.tryPut("word")).isTrue();
              co.await(Task.yield());
              trace.add("still there: " + co.await(words.get()));
            });
    assertThat(chooser.state()).isEqualTo(Task.State.CANCELLED);
    assertThat(trace).containsExactly("still there: word");
  }

  @Test
  void aTimeLimitAroundItEndsItAndSoDoesAnEventInTime() {
    run(
        co -> {
          assertThatThrownBy(() -> co.await(news().within(SECOND)))
              .isInstanceOf(TimeoutException.class);
          trace.add("late");
          trace.add(co.await(news().within(SECOND)));
        },
        co -> {
          co.await(Timers.sleep(SECOND.plusMillis(1)));
          assertThat(words.tryPut("word")).isTrue();
          time.advance(SECOND);
        });
    assertThat(trace).containsExactly("late", "WORD");
  }

  @Test
  void itMayStandInAnotherSelectAndOthersInIt() {
    Queue<String> third = Queue.fifo("third", 0);
    Way chooser =
        co -> {
          trace.add(co.await(Select.any(third.get(), news())));
          trace.add(co.await(Select.any(third.get(), news())));
          trace.add(co.await(Select.map(third.get(), x -> x).map(news(), x -> "inner " + x)));
          trace.add(co.await(Select.map(news(), x -> "inner " + x).map(third.get(), x -> x)));
        };
    Task<?> _ =
        run(
            chooser,
            co -> {
              assertThat(words.tryPut("a")).isTrue();
              assertThat(third.tryPut("third")).isTrue();
              co.await(Timers.sleep(SECOND));
              assertThat(numbers.tryPut(1)).isTrue();
              co.await(Timers.sleep(SECOND));
              assertThat(third.tryPut("last")).isTrue();
            });
    assertThat(trace)
        .containsExactly(
            new Select.Winner<>(1, "A"), new Select.Winner<>(0, "third"), "inner number 2", "last");
  }

  @Test
  void aBodyThatAwaitsItIsWoven() {
    TaskBody body =
        co -> {
          co.await(Select.on(words.get(), trace::add).on(Timers.sleep(SECOND), late -> {}));
          trace.add(co.await(Select.map(Timers.sleep(SECOND), late -> "late")));
        };
    assertThat(Body.coroutine(body).explain()).isEqualTo("woven");
    try (Scheduler scheduler =
        Scheduler.builder().clock(time).poller(time).requireWoven().build()) {
      scheduler.spawn("body", body);
      scheduler.spawn("other", co -> co.await(words.put("word")));
      scheduler.run();
    }
    assertThat(trace).containsExactly("word", "late");
  }
}
