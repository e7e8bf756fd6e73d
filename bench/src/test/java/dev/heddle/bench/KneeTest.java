package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for the knee, on servers whose knee is known. */
class KneeTest {
  private static final long LIMIT = 10_000_000;

  private static OpenLoopGenerator.Result result(double achieved, long latency, long errors) {
    Histogram latencies = new Histogram(3);
    latencies.recordValueWithCount(latency, 1000);
    return new OpenLoopGenerator.Result(achieved, latencies, errors);
  }

  @ParameterizedTest
  @ValueSource(doubles = {12_345, 77_777, 150_000, 1_000_000})
  void itIsFoundToAThirtiethWhereverItIs(double knee) throws IOException {
    var search = new Knee(rate -> result(Math.min(rate, knee), 1000, 0), LIMIT);
    assertThat(search.find().achieved()).isCloseTo(knee, within(knee / 30));
  }

  @Test
  void aServerThatAnswersAllButLateIsNotBorneEither() throws IOException {
    var search = new Knee(rate -> result(rate, rate > 60_000 ? 2 * LIMIT : LIMIT / 2, 0), LIMIT);
    assertThat(search.find().achieved()).isBetween(57_500.0, 60_000.0);
  }

  @Test
  void aPauseOfTheMachineInTwoRunsOfEachRateChangesNothing() throws IOException {
    Map<Double, Integer> runs = new HashMap<>();
    Knee.Trial disturbed =
        rate ->
            runs.merge(rate, 1, Integer::sum) <= 2
                ? result(rate / 2, 1000, 0)
                : result(Math.min(rate, 150_000), 1000, 0);
    assertThat(new Knee(disturbed, LIMIT).find().achieved()).isBetween(145_000.0, 150_000.0);
  }

  @Test
  void aServerThatBearsNothingIsShownAtTheLowestRateAndErrorsOfAllRunsCount() throws IOException {
    int[] runs = new int[1];
    var search =
        new Knee(
            rate -> {
              runs[0]++;
              return result(0, 1000, 1);
            },
            LIMIT);
    assertThat(search.find().achieved()).isZero();
    assertThat(search.errors()).isEqualTo(runs[0]).isGreaterThan(3);
  }
}
