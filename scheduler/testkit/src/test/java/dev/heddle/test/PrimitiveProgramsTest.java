package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own primitives, as they are, pass what {@link MutationsTest} finds broken ones by. */
class PrimitiveProgramsTest {
  static Stream<String> names() {
    return PrimitivePrograms.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void inNoOrderOfTurnsAPromiseIsBroken(String name) {
    Explorer.Report report =
        Explorer.of(PrimitivePrograms.all().get(name))
            .runs(100)
            .within(Duration.ofMinutes(1))
            .runWithin(Duration.ofMinutes(1))
            .printer(line -> {})
            .check();
    assertThat(report.runs()).isPositive();
  }
}
