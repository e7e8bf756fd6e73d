package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise N7. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ScopeInGeneratorTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  @Holds("N7")
  void aScopeOpenedInAGeneratorMayNotStayOpenAcrossAYieldOfAValue() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            Generator<Integer> numbers =
                Generator.of(
                    y -> {
                      try (var scope = CancelScope.open()) {
                        y.yield(1);
                      }
                    });
            assertThatThrownBy(() -> numbers.iterator().next())
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("a generator yields a value inside of a scope");
          });
      scheduler.run();
    }
  }

  @Test
  void aScopeThatIsLeftBeforeTheYieldIsAllowedAndSoIsOneAroundTheGenerator() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            try (var around = CancelScope.open()) {
              Generator<Integer> numbers =
                  Generator.of(
                      y -> {
                        for (int i = 0; i < 2; i++) {
                          try (var scope = CancelScope.open()) {
                            trace.add(scope.isCancelled());
                          }
                          y.yield(i);
                        }
                      });
              for (int number : numbers) {
                trace.add(number);
              }
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(false, 0, false, 1);
  }
}
