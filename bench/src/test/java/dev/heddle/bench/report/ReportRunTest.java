package dev.heddle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A report of which a part cannot be measured. */
class ReportRunTest {
  private final StringWriter progress = new StringWriter();
  private final ReportRun run =
      new ReportRun(
          Effort.TINY,
          new PrintWriter(new StringWriter()),
          new PrintWriter(progress),
          false,
          Clock.systemUTC());

  @Test
  void whatFailsIsToldAndAllElseIsKept() throws IOException {
    System.setProperty("jmh.ignoreLock", "true"); // another build may run on this machine
    Report report = run.run(Set.of("lock", "first-use"), "no.such.Main", List.of());
    assertThat(run.isComplete()).isFalse();
    assertThat(report.measured()).isNotEmpty();
    assertThat(report.measured()).allMatch(each -> each.figure().suite().equals("lock"));
    assertThat(report.skipped())
        .singleElement()
        .asString()
        .contains("first-use, round 1/1, failed: ", "no.such.Main");
    assertThat(progress.toString()).contains("round 1/1 failed: ");
  }

  @Test
  void aReportOfNothingIsRefused() {
    assertThatThrownBy(() -> run.run(Set.of("first-use"), "no.such.Main", List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was measured: ");
  }
}
