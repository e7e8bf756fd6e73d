package dev.heddle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Chromium;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it, and the plots. */
class PageTest {
  /** What is wider than the window of a phone. */
  private static final String WIDE =
      """
      [...document.querySelectorAll("body *")]
          .filter(each => each.getBoundingClientRect().right > 375.5)
          .map(each => each.tagName + "." + each.getAttribute("class")).join(" ")
      """;

  private static final String PAPER = "getComputedStyle(document.body).backgroundColor";

  private static Report report() {
    MadeUp samples = new MadeUp();
    Figure turn = MadeUp.figure(Catalogue.TURN, Unit.NANOS);
    samples
        .with(turn, Catalogue.WOVEN, 11)
        .with(turn, Catalogue.KOTLIN, 26)
        .with(turn, Catalogue.PLATFORM, 1464)
        .with(turn, Measured.LOWER_BOUND, 3);
    samples.with(MadeUp.figure(Catalogue.TURN_BYTES, Unit.ALLOCATED), Catalogue.WOVEN, 0);
    samples.with(
        MadeUp.figure(
            "a name-that-is-long-and-has-no-place-at-which-it-could-be-broken", Unit.BYTES),
        "<script>alert('a contender & its name')</script>",
        123_456_789);
    for (int depth : new int[] {0, 1, 10, 100}) {
      Figure figure =
          MadeUp.figure(Catalogue.DEPTH + depth, Unit.NANOS).on("by depth", "calls deep", depth);
      samples.with(figure, Catalogue.WOVEN, 11).with(figure, Catalogue.KOTLIN, 20 + depth);
    }
    return samples.report();
  }

  @Test
  void thePageNeedsNothingElseAndSaysWhatWasMeasured() {
    String page = Html.page(report());
    assertThat(page).doesNotContain("http:", "https:", "<script", "@import", "url(");
    assertThat(page)
        .contains("AMD EPYC &lt;7B13&gt;", "1,464 ns", "-Xmx1g")
        .contains("prefers-color-scheme: dark", "not met", "95 % interval", "<polyline");
  }

  @Test
  void eachFigureAndEachCurveHasAPlot(@TempDir Path folder) throws IOException {
    StringWriter out = new StringWriter();
    new ReportOutput(folder, new PrintWriter(out)).writeAll(report());
    assumeTrue(!out.toString().contains("No plots were made"), out::toString);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".png")))
          .hasSize(4) // three figures and one curve
          .allMatch(file -> file.toFile().length() > 1000);
    }
  }

  @Test
  void aPhoneShowsThePageInLightAndDarkWithoutScrollingSideways(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("report.html"), Html.page(report()));
    try (Chromium browser = Chromium.start(folder)) {
      browser.size(375, 800);
      browser.open(file.toUri());
      assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo("375");
      assertThat(browser.evaluate(WIDE)).isEmpty();
      browser.prefers("light");
      assertThat(browser.evaluate(PAPER)).isEqualTo("rgb(255, 255, 255)");
      browser.prefers("dark");
      assertThat(browser.evaluate(PAPER)).isEqualTo("rgb(13, 17, 23)");
      assertThat(browser.console()).isEmpty();
    }
  }
}
