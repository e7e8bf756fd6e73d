package dev.heddle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two reports say of each other. */
class ComparisonTest {
  private static final Figure TURN = MadeUp.figure("a turn", Unit.NANOS);
  private static final Figure RATE = MadeUp.figure("echo", Unit.REQUESTS);

  private static List<String> compare(MadeUp before, MadeUp after) {
    StringWriter out = new StringWriter();
    new Comparison(before.report(), after.report()).print(new PrintWriter(out));
    return out.toString().lines().toList();
  }

  @Test
  void halfTheTimeIsBetterAndHalfTheRequestsAreWorse() {
    List<String> lines =
        compare(
            new MadeUp().with(TURN, "heddle woven", 10).with(RATE, "heddle woven", 1000),
            new MadeUp().with(TURN, "heddle woven", 5).with(RATE, "heddle woven", 500));
    assertThat(lines)
        .anyMatch(line -> line.startsWith("2 figures in both; 2 changed beyond noise"))
        .anyMatch(line -> line.matches("better +a turn +heddle woven +10.0 ns +5.00 ns +0.50 .*"))
        .anyMatch(line -> line.matches("worse +echo +heddle woven .* 0.50 .*"));
  }

  @Test
  void aPercentIsNoise() {
    List<String> lines =
        compare(
            new MadeUp().with(TURN, "heddle woven", 10),
            new MadeUp().with(TURN, "heddle woven", 10.1));
    assertThat(lines)
        .containsExactly(
            "1 figures in both; 0 changed beyond noise (95 % interval of the ratio of medians)");
  }

  @Test
  void whatIsInOneOfThemOnlyIsNamed() {
    List<String> lines =
        compare(new MadeUp().with(TURN, "Kotlin", 10), new MadeUp().with(TURN, "heddle woven", 10));
    assertThat(lines).contains("Only before: a turn, Kotlin", "Only after: a turn, heddle woven");
  }

  @Test
  void aReportThatIsReadAgainIsTheSame(@TempDir Path folder) throws IOException {
    Report report = new MadeUp().with(TURN, "heddle woven", 10).with(RATE, "Kotlin", 7).report();
    Path file = Files.writeString(folder.resolve("a.json"), ReportFile.text(report));
    Report again = ReportFile.read(file);
    assertThat(again).usingRecursiveComparison().isEqualTo(report);
    assertThat(ReportFile.text(again)).isEqualTo(ReportFile.text(report));
  }

  @Test
  void theIntervalHoldsTheRatioOfTheMedians() {
    List<double[]> rounds = List.of(new double[] {1, 2, 3}, new double[] {2, 3, 4});
    List<double[]> twice = List.of(new double[] {2, 4, 6}, new double[] {4, 6, 8});
    Bootstrap.Interval interval = Bootstrap.ratio(twice, rounds);
    assertThat(interval.low()).isLessThan(2);
    assertThat(interval.high()).isGreaterThan(2);
    assertThat(Bootstrap.ratio(rounds, rounds).containsOne()).isTrue();
  }
}
