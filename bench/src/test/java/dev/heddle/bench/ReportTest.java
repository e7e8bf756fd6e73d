package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.heddle.bench.report.ReportRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands {@code report} and {@code compare}. */
class ReportTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Bench.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  /** All of it with tiny numbers. It takes ten seconds: once is enough, with all engines. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // ten seconds, but for a machine with much to do
  @EnabledIfSystemProperty(named = "heddle.test.flags", matches = "true")
  void everySuiteIsMeasuredAndWrittenDown(@TempDir Path folder) throws IOException {
    System.setProperty("jmh.ignoreLock", "true"); // another build may run on this machine
    int exitCode = run("report", "--tiny", "--out", folder.toString());
    assertThat(exitCode).describedAs(err.toString()).isZero();
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("name +ours +peer +ratio +target +met"))
        .anyMatch(line -> line.matches("a turn among 1,000 tasks +heddle woven .* (yes|no).*"));

    JsonObject report =
        JsonParser.parseString(Files.readString(only(folder, ".json"))).getAsJsonObject();
    Set<String> suites = new HashSet<>();
    List<String> figures = new ArrayList<>();
    for (JsonElement each : report.getAsJsonArray("measured")) {
      JsonObject measured = each.getAsJsonObject();
      JsonObject figure = measured.getAsJsonObject("figure");
      suites.add(figure.get("suite").getAsString());
      figures.add(figure.get("name").getAsString());
      assertThat(measured.getAsJsonArray("rounds")).isNotEmpty();
      assertThat(measured.get("median").getAsDouble()).isFinite().isNotNegative();
    }
    assertThat(suites).isEqualTo(ReportRun.suites());
    assertThat(report.getAsJsonArray("headline")).hasSizeGreaterThan(20);
    assertThat(report.getAsJsonObject("machine").get("cpu").getAsString()).isNotBlank();
    assertThat(report.getAsJsonObject("versions").keySet()).contains("heddle", "Kotlin", "Netty");
    assertThat(report.getAsJsonArray("skipped")).isEmpty();
    assertThat(Files.readString(only(folder, ".html"))).contains(figures);
  }

  private static Path only(Path folder, String end) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(end)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  static List<Arguments> wrongCalls() {
    return List.of(
        wrong("no suite is named 'quue'; there are turn,hand-off,queue,", "--only=turn,quue"),
        wrong("--quick and --full exclude each other", "--quick", "--full"),
        wrong("--from measures nothing", "--from=a.json", "--only=turn"),
        wrong("--minutes 0: must be 1 to 1440", "--full", "--minutes=0"),
        wrong("'soon'", "--minutes=soon"),
        wrong("'--fast'", "--fast"));
  }

  private static Arguments wrong(String why, String... options) {
    return Arguments.of(why, options);
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void aWrongCallIsRefusedInOneLine(String why, String[] options) {
    List<String> args = new ArrayList<>(List.of("report"));
    args.addAll(List.of(options));
    assertThat(run(args.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(why);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured(@TempDir Path folder)
      throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(run("report", "--tiny", "--out", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("--out: " + file + " is no folder");
    assertThat(out.toString()).isEmpty();
  }

  static List<Arguments> badFiles() {
    return List.of(
        Arguments.of("is not JSON", "name,ours"),
        Arguments.of("is not JSON", "{\"format\": 1"),
        Arguments.of("is JSON, but no report: it has no \"format\"", "[1, 2]"),
        Arguments.of("is JSON, but no report: it has no \"format\"", ""),
        Arguments.of("has the format 2; this program reads 1", "{\"format\": 2}"),
        Arguments.of("is no report: it has no measured", "{\"format\": 1}"),
        Arguments.of("is no report", "{\"format\": 1, \"measured\": 7}"),
        Arguments.of(
            "a measurement lacks its name or its samples",
            "{\"format\": 1, \"date\": \"2026-11-28T00:00:00Z\", \"machine\": {\"cores\": 2},"
                + " \"measured\": [{\"contender\": \"Kotlin\"}]}"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void whatIsNoReportIsRefusedInOneLine(String why, String text, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), text);
    assertThat(run("compare", file.toString(), file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(file.toString()).contains(why);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void aFileThatIsMissingIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("none.json");
    assertThat(run("compare", file.toString(), file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no file " + file);
  }

  @Test
  void aBenchmarkWhoseTasksDidNotEndIsRefused() {
    Work.finished();
    assertThatThrownBy(() -> Work.check(2))
        .hasMessage("nothing was measured: 1 tasks came to their end, not 2");
    Work.check(0); // and what follows is counted anew
  }
}
