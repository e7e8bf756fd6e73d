package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.engine.Delegation;
import dev.heddle.fixtures.Holds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SEMANTICS.md, N6, for each engine delegating to each. */
@ParameterizedClass
@MethodSource("pairsOfEngines")
class YieldFromTest {
  @Parameter(0)
  Engine outerEngine;

  @Parameter(1)
  Engine innerEngine;

  private final List<String> log = new ArrayList<>();

  static Stream<Arguments> pairsOfEngines() {
    return PepTracesTest.pairsOfEngines();
  }

  /** Adds what it is sent until it is sent null. */
  private Coroutine<Integer, Integer, String> sum() {
    return Coroutine.of(
        innerEngine,
        y -> {
          int sum = 0;
          try {
            for (Integer n = y.yield(sum); n != null; n = y.yield(sum)) {
              sum += n;
            }
          } catch (ArithmeticException e) {
            log.add("inner caught " + e.getMessage());
            y.yield(-1);
          } finally {
            log.add("inner finally");
          }
          return "sum " + sum;
        });
  }

  private Coroutine<Integer, Integer, String> around(Coroutine<Integer, Integer, String> inner) {
    return Coroutine.of(
        outerEngine,
        y -> {
          try {
            return "[" + y.yieldFrom(inner) + "]";
          } finally {
            log.add("outer finally");
          }
        });
  }

  @Test
  @Holds("N6")
  void valuesSentGoToTheInnerAndItsResultIsTheValue() {
    Coroutine<Integer, Integer, String> c = around(around(around(sum())));
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isEqualTo(0);
    assertThat(c.send(3)).isTrue();
    assertThat(c.send(4)).isTrue();
    assertThat(c.yielded()).isEqualTo(7);
    assertThat(c.send(null)).isFalse();
    assertThat(c.result()).isEqualTo("[[[sum 7]]]");
  }

  @Test
  @Holds("N6")
  void whatIsRaisedGoesToTheInner() {
    Coroutine<Integer, Integer, String> c = around(around(sum()));
    c.next();
    assertThat(c.raise(new ArithmeticException("zero"))).isTrue();
    assertThat(c.yielded()).isEqualTo(-1);
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("[[sum 0]]");
    assertThat(log)
        .containsExactly("inner caught zero", "inner finally", "outer finally", "outer finally");
  }

  @Test
  void whatTheInnerDoesNotCatchIsThrownAtTheYieldFrom() {
    Coroutine<Integer, Integer, String> c = around(around(sum()));
    c.next();
    var failure = new UnsupportedOperationException("nobody's");
    assertThatThrownBy(() -> c.raise(failure)).isSameAs(failure);
    assertThat(log).containsExactly("inner finally", "outer finally", "outer finally");
  }

  @Test
  @Holds("N6")
  void closeClosesTheInnerFirst() {
    Coroutine<Integer, Integer, String> inner = sum();
    Coroutine<Integer, Integer, String> c = around(around(inner));
    c.next();
    c.close();
    assertThat(log).containsExactly("inner finally", "outer finally", "outer finally");
    assertThat(inner.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
  }

  @Test
  void aThousandLevelsDeep() {
    Coroutine<Integer, Integer, String> c = sum();
    for (int i = 0; i < 1000; i++) {
      c = around(c);
    }
    c.next();
    c.send(5);
    assertThat(c.yielded()).isEqualTo(5);
    c.close();
    assertThat(log).hasSize(1001);
  }

  @Test
  void theBodyBetweenIsNotWokenForAnItem() {
    class Outer extends Coroutine<Integer, Integer, String> {
      int turns;

      @Override
      protected boolean advance(Object sent, Throwable raised) {
        answer(turns++ == 0 ? new Delegation(sum()) : sent);
        return turns == 1;
      }
    }
    var outer = new Outer();
    Coroutine<Integer, Integer, String> c = around(outer);
    c.next();
    for (int i = 0; i < 10; i++) {
      c.send(1);
    }
    assertThat(outer.turns).isEqualTo(1);
    assertThat(c.yielded()).isEqualTo(10);
    c.send(null);
    assertThat(outer.turns).isEqualTo(2);
    assertThat(c.result()).isEqualTo("[sum 10]");
  }

  // An inner that is not at its start.

  @Test
  void anInnerThatWasBegunGoesOnFromThere() {
    Coroutine<Integer, Integer, String> inner = sum();
    inner.next();
    inner.send(40);
    Coroutine<Integer, Integer, String> c = around(inner);
    c.next(); // PEP 380: begins with next(), which is send(null)
    assertThat(c.result()).isEqualTo("[sum 40]");
  }

  /** Python gives None: there the result is in the StopIteration, which only one can catch. */
  @Test
  void anInnerThatHasEndedAnswersWithItsResult() {
    Coroutine<Integer, Integer, String> inner = sum();
    inner.next();
    inner.next();
    Coroutine<Integer, Integer, String> c = around(inner);
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("[sum 0]");
  }

  @Test
  void anInnerThatHasFailedBeforeIsAnError() {
    assertThatIllegalStateException()
        .isThrownBy(() -> around(innerFailed()).next())
        .withMessageContaining("failed");
  }

  private Coroutine<Integer, Integer, String> innerFailed() {
    Coroutine<Integer, Integer, String> inner =
        Coroutine.of(
            innerEngine,
            y -> {
              throw new ArithmeticException();
            });
    assertThatThrownBy(inner::next).isInstanceOf(ArithmeticException.class);
    return inner;
  }

  // Other inners.

  private Coroutine<Integer, Integer, String> over(Iterable<Integer> items) {
    return Coroutine.of(
        outerEngine,
        y -> {
          try {
            y.yieldFrom(items);
          } catch (RuntimeException e) {
            log.add(e.getClass().getSimpleName());
            y.yield(-1);
          }
          return "end";
        });
  }

  @Test
  void anIterableGivesItsItems() {
    Coroutine<Integer, Integer, String> c = over(List.of(1, 2));
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isEqualTo(1);
    assertThat(c.next()).isTrue();
    assertThat(c.yielded()).isEqualTo(2);
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("end");
  }

  @Test
  void anIterableCannotBeSentAValue() {
    Coroutine<Integer, Integer, String> c = over(List.of(1, 2));
    c.next();
    assertThat(c.send(9)).isTrue();
    assertThat(c.yielded()).isEqualTo(-1);
    assertThat(log).containsExactly("UnsupportedOperationException");
  }

  @Test
  void whatIsRaisedWhileAnIterableGivesItemsIsThrownHere() {
    Coroutine<Integer, Integer, String> c = over(List.of(1, 2));
    c.next();
    assertThat(c.raise(new ArithmeticException())).isTrue();
    assertThat(log).containsExactly("ArithmeticException");
  }

  @Test
  void aGeneratorIsDelegatedToAndClosed() {
    Generator<Integer> inner =
        Generator.of(
            innerEngine,
            y -> {
              try {
                y.yield(1);
              } catch (ArithmeticException e) {
                log.add("inner caught it");
                y.yield(2);
              } finally {
                log.add("inner finally");
              }
            });
    Coroutine<Integer, Integer, String> c = over(inner);
    c.next();
    assertThat(c.raise(new ArithmeticException())).isTrue();
    assertThat(c.yielded()).isEqualTo(2);
    c.close();
    assertThat(log).containsExactly("inner caught it", "inner finally");
    assertThatIllegalStateException().isThrownBy(inner::iterator);
  }

  @Test
  void aLimitedGeneratorIsDelegatedToAndClosed() {
    Generator<Integer> inner =
        Generator.<Integer>of(
                innerEngine,
                y -> {
                  try {
                    for (int i = 0; ; i++) {
                      y.yield(i);
                    }
                  } finally {
                    log.add("inner finally");
                  }
                })
            .limit(2);
    Coroutine<Integer, Integer, String> c = over(inner);
    assertThat(c.next()).isTrue();
    assertThat(c.next()).isTrue();
    assertThat(c.next()).isFalse();
    assertThat(log).containsExactly("inner finally");
  }

  /** An iterator that has something to close. */
  private final class Lines implements Iterator<Integer>, AutoCloseable {
    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Integer next() {
      return 1;
    }

    @Override
    public void close() {
      log.add("closed");
    }
  }

  @Test
  void anIteratorThatCanBeClosedIs() {
    Generator<Integer> c = Generator.of(outerEngine, y -> y.yieldFrom(new Lines()));
    assertThat(c.iterator().next()).isEqualTo(1);
    c.close();
    assertThat(log).containsExactly("closed");
  }

  @Test
  void aTreeIsWalkedInOrder() {
    assertThat(walk(1, 15)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }

  private Generator<Integer> walk(int from, int to) {
    int middle = (from + to) / 2;
    return Generator.of(
        middle % 2 == 0 ? outerEngine : innerEngine,
        y -> {
          if (from <= to) {
            y.yieldFrom(walk(from, middle - 1));
            y.yield(middle);
            y.yieldFrom(walk(middle + 1, to));
          }
        });
  }

  @Test
  void aCoroutineWrittenByHandCanBeTheInner() {
    class Countdown extends Coroutine<Integer, Integer, String> {
      private int left = 3;

      @Override
      protected boolean advance(Object sent, Throwable raised) throws Throwable {
        if (raised != null) {
          throw raised;
        }
        answer(left == 0 ? "liftoff" : left);
        return left-- > 0;
      }
    }
    Coroutine<Integer, Integer, String> c = around(new Countdown());
    var seen = new ArrayList<Integer>();
    while (c.next()) {
      seen.add(c.yielded());
    }
    assertThat(seen).containsExactly(3, 2, 1);
    assertThat(c.result()).isEqualTo("[liftoff]");
  }
}
