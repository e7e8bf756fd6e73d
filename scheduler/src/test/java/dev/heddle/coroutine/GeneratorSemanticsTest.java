package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Holds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SEMANTICS.md, N1 to N5 and N8, each line by its test. N9 is {@link PepTracesTest}; N6 {@link
 * YieldFromTest}. N7 comes with scopes and groups, which do not exist yet.
 */
@ParameterizedClass
@MethodSource("dev.heddle.coroutine.Engines#forCoroutines")
class GeneratorSemanticsTest {
  @Parameter Engine engine;

  private final List<String> log = new ArrayList<>();

  private <Y, S, R> Coroutine<Y, S, R> coroutine(CoroutineBody<Y, S, R> body) {
    return Coroutine.of(engine, body);
  }

  // N1

  @Test
  @Holds("N1")
  void aValueCannotBeSentToAnUnstartedOne() {
    Coroutine<Integer, String, Void> c =
        coroutine(
            y -> {
              log.add("got " + y.yield(1));
              return null;
            });
    assertThatIllegalStateException()
        .isThrownBy(() -> c.send("early"))
        .withMessageContaining("cannot send early to a coroutine that has not started");
    assertThat(c.state()).isEqualTo(Coroutine.State.CREATED);
    assertThat(c.send(null)).as("send(null) is next").isTrue();
    assertThat(c.yielded()).isEqualTo(1);
    assertThat(c.send("now")).isFalse();
    assertThat(log).containsExactly("got now");
  }

  // N2

  @Test
  @Holds("N2")
  void raisingIntoAnUnstartedOneFinishesIt() {
    Coroutine<Integer, Object, Void> c =
        coroutine(
            y -> {
              log.add("ran");
              y.yield(1);
              return null;
            });
    var failure = new IllegalArgumentException("early");
    assertThatThrownBy(() -> c.raise(failure)).isSameAs(failure);
    assertThat(c.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(c.next()).isFalse();
    assertThat(log).isEmpty();
  }

  // N3

  @Test
  @Holds("N3")
  void closingAnUnstartedOneNeverRunsTheBody() {
    Coroutine<Integer, Object, String> c =
        coroutine(
            y -> {
              log.add("ran");
              return "result";
            });
    c.close();
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isNull();
    assertThat(log).isEmpty();
  }

  @Test
  @Holds("N3")
  void closingThrowsGeneratorExitAtTheYieldAndRunsTheFinallyBlocks() {
    Coroutine<Integer, Object, String> c =
        coroutine(
            y -> {
              try {
                y.yield(1);
              } catch (Exception e) {
                log.add("an Exception, which GeneratorExit is not");
              } finally {
                log.add("finally");
              }
              return "not reached";
            });
    c.next();
    c.close();
    c.close();
    assertThat(log).containsExactly("finally");
    assertThat(c.result()).as("it did not return").isNull();
  }

  @Test
  @Holds("N3")
  void yieldingAgainWhileBeingClosedIsAnError() {
    Coroutine<Integer, Object, Void> c =
        coroutine(
            y -> {
              while (true) {
                try {
                  y.yield(1);
                } catch (GeneratorExit e) {
                  y.yield(2);
                }
              }
            });
    c.next();
    assertThatIllegalStateException()
        .isThrownBy(c::close)
        .withMessageContaining("ignored GeneratorExit: it yielded 2");
  }

  @Test
  @Holds("N3")
  void whatTheBodyReturnsWhenItIsClosedIsTheResult() {
    Coroutine<Integer, Object, String> c =
        coroutine(
            y -> {
              try {
                y.yield(1);
                return "ran to its end";
              } catch (GeneratorExit e) {
                return "closed";
              }
            });
    c.next();
    c.close();
    assertThat(c.result()).isEqualTo("closed");
  }

  @Test
  void whatTheBodyThrowsWhenItIsClosedComesOutOfClose() {
    Coroutine<Integer, Object, String> c =
        coroutine(
            y -> {
              try {
                y.yield(1);
              } finally {
                throwChecked("cleanup failed");
              }
              return "";
            });
    c.next();
    assertThatThrownBy(c::close)
        .isInstanceOf(java.io.IOException.class)
        .hasMessage("cleanup failed");
    assertThatCode(c::close).doesNotThrowAnyException();
  }

  private static void throwChecked(String message) throws java.io.IOException {
    throw new java.io.IOException(message);
  }

  // N4

  @Test
  @Holds("N4")
  void theEndOfAnInnerOneIsNoExceptionThatLeaksThroughABody() {
    Generator<Integer> generator =
        Generator.of(
            engine,
            y -> {
              Coroutine<Integer, Object, Void> inner = coroutine(z -> null);
              assertThat(inner.next()).isFalse();
              y.yield(1);
            });
    assertThat(generator).containsExactly(1);
  }

  /** In Python, before PEP 479, a StopIteration of the body's own just ended the generator. */
  @Test
  void anExceptionThatMeansTheEndElsewhereIsAnOrdinaryFailureInABody() {
    Iterator<Integer> it =
        Generator.<Integer>of(
                engine,
                y -> {
                  y.yield(1);
                  y.yield(List.<Integer>of().iterator().next());
                })
            .iterator();
    assertThat(it.next()).isEqualTo(1);
    assertThatThrownBy(it::hasNext)
        .isInstanceOf(NoSuchElementException.class)
        .hasStackTraceContaining(getClass().getSimpleName());
    assertThat(it.hasNext()).isFalse();
  }

  // N5

  @Test
  @Holds("N5")
  void resumingARunningOneIsAnErrorAndHarmsItNot() {
    var self = new ArrayList<Coroutine<String, Object, Void>>();
    Coroutine<String, Object, Void> c =
        coroutine(
            y -> {
              Coroutine<String, Object, Void> me = self.get(0);
              for (Runnable resume :
                  List.<Runnable>of(me::next, me::close, () -> me.raise(new Error("x")))) {
                try {
                  resume.run();
                } catch (IllegalStateException e) {
                  y.yield(e.getMessage());
                }
              }
              return null;
            });
    self.add(c);
    for (int i = 0; i < 3; i++) {
      assertThat(c.next()).isTrue();
      assertThat(c.yielded()).isEqualTo("the coroutine is already executing");
    }
    assertThat(c.next()).isFalse();
  }

  @Test
  void delegatingToItselfIsAnError() {
    var self = new ArrayList<Coroutine<Integer, Object, String>>();
    Coroutine<Integer, Object, String> c =
        coroutine(
            y -> {
              try {
                return y.yieldFrom(self.get(0));
              } catch (IllegalStateException e) {
                return e.getMessage();
              }
            });
    self.add(c);
    assertThat(c.next()).isFalse();
    assertThat(c.result()).isEqualTo("the coroutine is already executing");
  }

  // N8

  @Test
  @Holds("N8")
  void nothingClosesAnAbandonedOne() {
    for (int i = 0; i < 100; i++) {
      Iterator<Integer> it =
          Generator.<Integer>of(
                  engine,
                  y -> {
                    try {
                      y.yield(1);
                    } finally {
                      log.add("finally");
                    }
                  })
              .iterator();
      assertThat(it.next()).isEqualTo(1);
    }
    System.gc();
    assertThat(log).isEmpty();
  }

  // Beside the list.

  @Test
  void aYielderIsForItsOwnBody() {
    assumeTrue(engine != Engine.WOVEN, "a body whose yielder escapes is not woven");
    Coroutine<Integer, Object, Void> outer =
        coroutine(
            y -> {
              Coroutine<Integer, Object, Void> inner =
                  coroutine(
                      z -> {
                        y.yield(1); // the outer's
                        return null;
                      });
              inner.next();
              return null;
            });
    assertThatIllegalStateException()
        .isThrownBy(outer::next)
        .withMessageContaining("yield called from");
  }

  @Test
  void aYielderIsOfNoUseAfterItsBody() {
    assumeTrue(engine != Engine.WOVEN, "a body whose yielder escapes is not woven");
    var kept = new ArrayList<Yielder<Integer, Object>>();
    Coroutine<Integer, Object, Void> c =
        coroutine(
            y -> {
              kept.add(y);
              return null;
            });
    c.next();
    assertThatIllegalStateException()
        .isThrownBy(() -> kept.get(0).yield(1))
        .withMessageContaining("yield called from");
  }

  @Test
  void manyThreadsMayResumeItOneAfterTheOther() throws Exception {
    Coroutine<Integer, Object, Void> c =
        coroutine(
            y -> {
              for (int i = 0; ; i++) {
                y.yield(i);
              }
            });
    for (int i = 0; i < 50; i++) {
      int expected = i;
      var builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
      builder
          .start(
              () -> {
                c.next();
                if (c.yielded() == expected) {
                  log.add("" + expected);
                }
              })
          .join();
    }
    assertThat(log).hasSize(50);
  }
}
