package dev.heddle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it, and the plots. */
class PageTest {
  /** On a phone, in a frame of that width; what is wider than its window is written down. */
  private static final String PHONE =
      """
      <!doctype html><meta charset="utf-8"><style>:root { color-scheme: light dark }</style>
      <iframe id="phone" width="375" height="800" style="border:0" srcdoc="%s"></iframe>
      <pre id="found"></pre>
      <script>
      document.getElementById("phone").onload = event => {
        const page = event.target.contentDocument;
        const root = page.documentElement;
        const wide = [...page.querySelectorAll("body *")]
            .filter(each => each.getBoundingClientRect().right > 375.5)
            .map(each => each.tagName + "." + each.getAttribute("class"));
        document.getElementById("found").textContent = "width " + root.scrollWidth
            + " wide [" + wide.join(" ") + "] paper "
            + page.defaultView.getComputedStyle(page.body).backgroundColor;
      };
      </script>
      """;

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
    String browser = browser();
    assumeTrue(!browser.isEmpty(), "no chromium on this machine: the page was not looked at");
    Path file = folder.resolve("phone.html");
    Files.writeString(file, PHONE.replace("%s", Html.escape(Html.page(report()))));
    assumeTrue(
        dump(browser, folder, "data:text/html,<p>well", "1").contains("well"),
        "chromium does not start on this machine: the page was not looked at");
    String dark = dump(browser, folder, file.toUri().toString(), "0");
    String light = dump(browser, folder, file.toUri().toString(), "1");
    assumeTrue(!light.isEmpty() && !dark.isEmpty(), "chromium did not end in time");
    assertThat(found(light)).isEqualTo("width 375 wide [] paper rgb(255, 255, 255)");
    assertThat(found(dark)).isEqualTo("width 375 wide [] paper rgb(13, 17, 23)");
    assertThat(light + dark).doesNotContain("CONSOLE");
  }

  private static String found(String dump) {
    return dump.replaceAll("(?s).*<pre id=\"found\">(.*?)</pre>.*", "$1");
  }

  private static String browser() {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          return program.toString();
        }
      }
    }
    return "";
  }

  /** The document after its scripts ran, and the console; empty if the browser does not end. */
  private static String dump(String browser, Path folder, String page, String colourScheme)
      throws IOException, InterruptedException {
    Path out = folder.resolve("dump.txt");
    List<String> command = new ArrayList<>(List.of(browser));
    command.addAll(List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"));
    command.addAll(List.of("--no-first-run", "--disable-dev-shm-usage"));
    command.addAll(
        List.of("--enable-logging=stderr", "--user-data-dir=" + folder.resolve("profile")));
    command.add("--blink-settings=preferredColorScheme=" + colourScheme);
    command.addAll(List.of("--dump-dom", page));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      boolean ended = process.waitFor(20, TimeUnit.SECONDS);
      return ended ? Files.readString(out) : "";
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }
}
