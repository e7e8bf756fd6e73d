package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A coroutine tells where it is suspended: class, method, file and line, on each engine. */
@ParameterizedClass
@MethodSource("dev.heddle.coroutine.Engines#forCoroutines")
class SuspendedAtTest {
  @Parameter Engine engine;

  private static int here() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  private Coroutine<Object, Object, Object> coroutine(CoroutineBody<Object, Object, Object> body) {
    return Coroutine.of(engine, body);
  }

  private static List<Integer> lines(Coroutine<?, ?, ?> coroutine) {
    return coroutine.suspendedAt().stream().map(StackTraceElement::getLineNumber).toList();
  }

  @Test
  void theLineOfTheYieldIsTold() {
    int line = here();
    var coroutine =
        coroutine(
            y -> {
              y.yield(1);
              for (int i = 0; i < 2; i++) {
                y.yield(2);
              }
              return null;
            });
    coroutine.next();
    assertThat(lines(coroutine)).containsExactly(line + 4);
    coroutine.next();
    assertThat(lines(coroutine)).containsExactly(line + 6);
    coroutine.close();
  }

  @Test
  void classMethodAndFileAreTheUsers() {
    var coroutine = coroutine(y -> y.yield(1));
    coroutine.next();
    int line = here() - 2;
    assertThat(coroutine.suspendedAt())
        .singleElement()
        .asString()
        .matches(
            "dev.heddle.coroutine.SuspendedAtTest.lambda\\$classMethodAndFileAreTheUsers\\$.*"
                + "\\(SuspendedAtTest.java:"
                + line
                + "\\)");
    coroutine.close();
  }

  @Test
  void whoIsNotSuspendedIsNowhere() {
    var asked = new java.util.ArrayList<List<StackTraceElement>>();
    var self = new java.util.ArrayList<Coroutine<?, ?, ?>>();
    var coroutine =
        coroutine(
            y -> {
              asked.add(self.getFirst().suspendedAt());
              return y.yield(1);
            });
    self.add(coroutine);
    asked.add(coroutine.suspendedAt());
    coroutine.next();
    coroutine.close();
    asked.add(coroutine.suspendedAt());
    assertThat(asked).hasSize(3).allMatch(List::isEmpty);
  }

  @Test
  void whoDelegatesTellsTheInnermostFirst() {
    int line = here();
    var outer =
        coroutine(
            y ->
                y.yieldFrom(
                    coroutine(
                        z -> {
                          z.yield(1);
                          return z.yieldFrom(
                              coroutine(
                                  w -> {
                                    w.yield(2);
                                    return w.yield(3);
                                  }));
                        })));
    outer.next();
    assertThat(lines(outer)).containsExactly(line + 7, line + 4);
    outer.next();
    assertThat(lines(outer)).containsExactly(line + 11, line + 8, line + 4);
    outer.next();
    assertThat(lines(outer)).containsExactly(line + 12, line + 8, line + 4);
    outer.close();
  }

  /** Whatever engines meet; those before and behind ours are woven and handoff. */
  @Test
  void whoDelegatesToAnotherEngineTellsBoth() {
    for (Engine other : new Engine[] {Engine.WOVEN, Engine.HANDOFF}) {
      int line = here();
      Coroutine<Object, Object, Object> inner = Coroutine.of(other, y -> y.yield(1));
      var outer = coroutine(y -> y.yieldFrom(inner));
      outer.next();
      assertThat(lines(outer)).containsExactly(line + 1, line + 2);
      outer.close();
    }
  }

  @Test
  void whoYieldsTheItemsOfALimitedGeneratorTellsTheLineInIt() {
    int line = here();
    Generator<Object> ones = Generator.of(engine, y -> y.yield(1));
    var outer =
        coroutine(
            y -> {
              y.yieldFrom(ones.limit(3));
              return null;
            });
    outer.next();
    assertThat(lines(outer)).containsExactly(line + 1, line + 5);
    outer.close();
  }

  /** There is no line inside of a list. */
  @Test
  void whoYieldsTheItemsOfAListTellsItsOwnLineAlone() {
    int line = here();
    var outer =
        coroutine(
            y -> {
              y.yieldFrom(List.of(1, 2));
              return null;
            });
    outer.next();
    assertThat(lines(outer)).containsExactly(line + 4);
    outer.close();
  }

  @Test
  void aBodyWithAStackTellsTheWayToTheYield() {
    assumeTrue(engine != Engine.WOVEN);
    int line = here();
    var coroutine = coroutine(y -> List.of(1).stream().map(x -> helper(y)).toList());
    coroutine.next();
    assertThat(coroutine.suspendedAt())
        .extracting(StackTraceElement::getMethodName)
        .satisfiesExactly(
            at -> assertThat(at).isEqualTo("helper"),
            at -> assertThat(at).startsWith("lambda$"),
            at -> assertThat(at).startsWith("lambda$"));
    assertThat(lines(coroutine)).endsWith(line + 1, line + 1);
    coroutine.close();
  }

  private static Object helper(Yielder<Object, Object> y) {
    return y.yield(1);
  }

  @Test
  void aHandWrittenOneDoesNotKnow() {
    var handWritten =
        new Coroutine<Object, Object, Object>() {
          @Override
          protected boolean advance(Object sent, Throwable raised) {
            answer(1);
            return true;
          }
        };
    handWritten.next();
    assertThat(handWritten.suspendedAt()).isEmpty();
    var outer = coroutine(y -> y.yieldFrom(handWritten));
    outer.next();
    assertThat(outer.suspendedAt()).hasSize(1);
  }
}
