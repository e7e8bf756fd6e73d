package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The protocol of PEP 342 and 479, on each engine that runs coroutines without a scheduler. */
@ParameterizedClass
@MethodSource("engines")
class CoroutineTest {
  @Parameter Engine engine;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  static Stream<Engine> engines() {
    return Engines.forCoroutines();
  }

  private <Y, S, R> Coroutine<Y, S, R> of(CoroutineBody<Y, S, R> body) {
    return Coroutine.of(engine, body);
  }

  private Coroutine<Integer, Integer, String> adder() {
    return of(
        y -> {
          int sum = 0;
          for (Integer n = y.yield(sum); n != null; n = y.yield(sum)) {
            sum += n;
          }
          return "sum " + sum;
        });
  }

  @Test
  void itAnswersWithWhatItYieldsAndThenWithItsResult() {
    Coroutine<Integer, Integer, String> c = adder();
    assertThat(c.state()).isEqualTo(Coroutine.State.CREATED);
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isZero();
    assertThat(c.state()).isEqualTo(Coroutine.State.SUSPENDED);
    assertThat(c.send(3)).isTrue();
    assertThat(c.send(4)).isTrue();
    assertThat(c.yielded()).isEqualTo(7);
    assertThat(c.send(null)).isFalse();
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(c.result()).isEqualTo("sum 7");
  }

  @Test
  void anEndedCoroutineAnswersFalseForEverAndKeepsItsResult() {
    Coroutine<Integer, Integer, String> c = of(y -> "result");
    assertThat(c.next()).isFalse();
    assertThat(c.next()).isFalse();
    assertThat(c.send(1)).isFalse();
    assertThat(c.result()).isEqualTo("result");
  }

  // N1

  @Test
  @Holds("N1")
  void sendingAValueToAnUnstartedOneThrowsAndSendingNullStartsIt() {
    Coroutine<Integer, Integer, String> c = adder();
    assertThatThrownBy(() -> c.send(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot send 1 to a coroutine that has not started; start it with next()");
    assertThat(c.state()).isEqualTo(Coroutine.State.CREATED);
    assertThat(c.send(null)).isTrue();
    c.close();
  }

  // N2

  @Test
  @Holds("N2")
  void raisingIntoAnUnstartedOneFinishesItAndThrows() {
    Coroutine<Integer, Integer, String> c =
        of(
            y -> {
              trace.add("never");
              return "never";
            });
    IOException failure = new IOException("boom");
    assertThatThrownBy(() -> c.raise(failure)).isSameAs(failure);
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(c.next()).isFalse();
    assertThat(trace).isEmpty();
  }

  @Test
  void raisingIntoASuspendedOneThrowsAtItsYield() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              try {
                y.yield("first");
              } catch (IllegalArgumentException e) {
                y.yield("caught " + e.getMessage());
              }
              return "end";
            });
    assertThat(c.next()).isTrue();
    assertThat(c.raise(new IllegalArgumentException("it"))).isTrue();
    assertThat(c.yielded()).isEqualTo("caught it");
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("end");
  }

  @Test
  void whatTheBodyDoesNotCatchComesOutOfTheResumingCallAsItIs() {
    IOException failure = new IOException("boom");
    Coroutine<String, String, String> c =
        of(
            y -> {
              y.yield("first");
              throw failure;
            });
    assertThat(c.next()).isTrue();
    assertThatThrownBy(c::next).isSameAs(failure);
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
    assertThatThrownBy(c::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no result: the coroutine failed");
    assertThat(c.next()).isFalse();
    assertThatThrownBy(() -> c.raise(failure)).as("an ended one").isSameAs(failure);
  }

  // N3

  @Test
  void closingAnUnstartedOneNeverRunsTheBody() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              trace.add("never");
              return "never";
            });
    c.close();
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isNull();
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("N3")
  void closingASuspendedOneRunsItsFinallyBlocksAndTwiceIsANoOp() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              try {
                y.yield("first");
              } finally {
                trace.add("finally");
              }
              return "never";
            });
    assertThat(c.next()).isTrue();
    c.close();
    c.close();
    assertThat(trace).containsExactly("finally");
    assertThat(c.result()).isNull();
    assertThatThrownBy(c::yielded).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeGivesWhatTheBodyReturnsThen() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              try {
                y.yield("first");
              } catch (GeneratorExit e) {
                return "closed";
              }
              return "never";
            });
    assertThat(c.next()).isTrue();
    c.close();
    assertThat(c.result()).isEqualTo("closed");
  }

  @Test
  void yieldingAgainWhileBeingClosedIsAnError() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              try {
                y.yield("first");
              } catch (GeneratorExit e) {
                y.yield("no");
              }
              return "end";
            });
    assertThat(c.next()).isTrue();
    assertThatThrownBy(c::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the body ignored GeneratorExit: it yielded no");
    assertThat(c.state()).isEqualTo(Coroutine.State.SUSPENDED);
    assertThat(c.next()).isFalse();
  }

  @Test
  void aBroadCatchDoesNotSwallowTheClosing() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              while (true) {
                try {
                  y.yield("again");
                } catch (Exception e) {
                  trace.add("swallowed " + e);
                }
              }
            });
    assertThat(c.next()).isTrue();
    c.close();
    assertThat(trace).isEmpty();
  }

  @Test
  void anExceptionWhileBeingClosedComesOutOfClose() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              try {
                y.yield("first");
              } finally {
                throwBoom();
              }
              return "never";
            });
    assertThat(c.next()).isTrue();
    assertThatThrownBy(c::close).isInstanceOf(IOException.class).hasMessage("boom");
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
  }

  private static void throwBoom() throws IOException {
    throw new IOException("boom");
  }

  // N5

  @Test
  @Holds("N5")
  void resumingARunningOneThrowsAlreadyExecuting() {
    List<Coroutine<String, String, String>> self = new ArrayList<>();
    self.add(
        of(
            y -> {
              for (Runnable resume :
                  List.<Runnable>of(
                      () -> self.getFirst().next(),
                      () -> self.getFirst().send("x"),
                      () -> self.getFirst().raise(new IOException()),
                      () -> self.getFirst().close())) {
                assertThatThrownBy(resume::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the coroutine is already executing");
              }
              y.yield("still alive");
              return "end";
            }));
    assertThat(self.getFirst().next()).isTrue();
    assertThat(self.getFirst().yielded()).isEqualTo("still alive");
    assertThat(self.getFirst().next()).isFalse();
  }

  // What is ours.

  @Test
  void nullIsYieldedAndReturnedAndSentLikeAnyValue() {
    Coroutine<String, String, String> c =
        of(
            y -> {
              trace.add(String.valueOf(y.yield(null)));
              return null;
            });
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isNull();
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isNull();
    assertThat(trace).containsExactly("null");
  }

  @Test
  void askingForWhatIsNotThereIsAnError() {
    Coroutine<Integer, Integer, String> c = adder();
    assertThatThrownBy(c::yielded).hasMessage("nothing is yielded by a coroutine that is CREATED");
    assertThatThrownBy(c::result).hasMessage("no result: the coroutine is CREATED");
    assertThat(c.next()).isTrue();
    assertThatThrownBy(c::result).hasMessage("no result: the coroutine is SUSPENDED");
    c.close();
  }

  @Test
  void yieldMayBeCalledFromAnyDepthButByTheBodyOnly() throws Exception {
    assumeTrue(engine != Engine.WOVEN, "a body that gives its yielder away needs a stack");
    Coroutine<String, String, String> c =
        of(
            y -> {
              deep(y, 100);
              Foreign.run(
                  () ->
                      assertThatThrownBy(() -> y.yield("stolen"))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("not by the body"));
              return "end";
            });
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isEqualTo("deep");
    assertThat(c.next()).isFalse();
  }

  private static void deep(Yielder<String, String> y, int depth) {
    if (depth == 0) {
      y.yield("deep");
    } else {
      deep(y, depth - 1);
    }
  }

  @Test
  void anyThreadMayResumeOneAfterTheOther() throws Exception {
    Coroutine<Integer, Integer, String> c = adder();
    assertThat(c.next()).isTrue();
    for (int i = 1; i <= 100; i++) {
      int n = i;
      boolean yielded = i % 2 == 0 ? c.send(n) : Foreign.call(() -> c.send(n));
      assertThat(yielded).isTrue();
    }
    assertThat(c.yielded()).isEqualTo(5050);
    Thread virtual = Thread.startVirtualThread(() -> c.send(null));
    Until.ended(virtual);
    assertThat(c.result()).isEqualTo("sum 5050");
  }

  @Test
  void aThousandCoroutinesInTurnKeepTheirPlaces() {
    List<Coroutine<Integer, Integer, Integer>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      int n = i;
      all.add(
          of(
              y -> {
                int sum = 0;
                for (int k = 0; k < 10; k++) {
                  sum += y.yield(n * k);
                }
                return sum;
              }));
    }
    for (Coroutine<Integer, Integer, Integer> c : all) {
      assertThat(c.next()).isTrue();
    }
    for (int k = 0; k < 10; k++) {
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).yielded()).isEqualTo(i * k);
        assertThat(all.get(i).send(i)).isEqualTo(k < 9);
      }
    }
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).result()).isEqualTo(10 * i);
    }
  }

  @Test
  void theInterruptOfAResumerStaysWithTheResumer() {
    assumeTrue(engine == Engine.HANDOFF, "elsewhere the body runs on the resumer's thread");
    Coroutine<Boolean, Integer, String> c =
        of(
            y -> {
              y.yield(Thread.currentThread().isInterrupted());
              return "end";
            });
    Thread.currentThread().interrupt();
    try {
      assertThat(c.next()).isTrue();
      assertThat(c.yielded()).isFalse();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    c.close();
  }

  @Test
  void aBodyThatBlocksInTheJdkHoldsUpItsResumer() throws Exception {
    var latch = new java.util.concurrent.CountDownLatch(1);
    Coroutine<String, String, String> c =
        of(
            y -> {
              Until.down(latch);
              return "end";
            });
    Thread resumer = Thread.currentThread();
    var opener =
        Foreign.start(
            "opener",
            () -> {
              Until.blocked(resumer);
              latch.countDown();
            });
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("end");
    var _ = Foreign.get(opener);
  }

  @Test
  void theEngineOfTasksOnlyIsRefused() {
    assertThatThrownBy(() -> Coroutine.of(Engine.VIRTUAL_THREAD, y -> "never"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("runs the tasks of a scheduler only");
  }
}
