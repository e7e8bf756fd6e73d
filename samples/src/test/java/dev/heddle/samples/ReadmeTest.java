package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the README says is so: its programs are run as they stand, the tables of the samples and all
 * links are looked up.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern PROGRAM = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^):]+)\\)");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (R\\d+)? ?\\| (.*) \\|$");

  private static final Pattern TRANSLATION =
      Pattern.compile("(?m)^\\| (R\\d+) \\|.*\\| `([a-z-]+)`: (.*) \\|$");
  private static final Pattern WORD = Pattern.compile("`(\\w+)`");

  @TempDir private Path folder;

  @Test
  void theEchoServerHasNineLinesAtMostAndEchoes() throws Exception {
    assertThat(programs().getFirst().lines()).hasSizeLessThanOrEqualTo(9);
    int port = FreePort.find();
    Process echo = run("Echo.java", echoOn(port));
    try (Socket client = connect(port, echo)) {
      client.getOutputStream().write("hello\nlast".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes())
          .asString()
          .isEqualTo("GOT:hello\nGOT:last");
    } finally {
      echo.destroyForcibly();
    }
  }

  @Test
  void theThreeStylesTakeTurns() throws Exception {
    Process program = run("Three.java", programs().get(1));
    assertThat(program.inputReader().lines())
        .containsExactly("thread 0", "coroutine 0", "step 0", "thread 1", "coroutine 1", "step 1");
    assertThat(program.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(program.exitValue()).isZero();
  }

  @Test
  void theGroupEndsWhatItBegins() throws Exception {
    Process program = run("Group.java", programs().get(2));
    assertThat(program.inputReader().lines())
        .containsExactly("structure", "ends", "what", "it", "begins", "5 words");
    assertThat(program.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(program.exitValue()).isZero();
  }

  @Test
  void theReadmeIsShortAndKnowsNoMachine() throws IOException {
    assertThat(readme().lines()).hasSizeLessThan(200);
    for (String page : List.of("README.md", "samples/README.md", "bench/README.md")) {
      assertThat(Files.readString(ROOT.resolve(page))).doesNotContain("/usr/lib/jvm/");
    }
  }

  @Test
  void everyProgramOfTheReadmeIsRunHere() throws IOException {
    assertThat(programs()).hasSize(3);
  }

  @Test
  void theTableOfSamplesIsTheOneThatListPrints() throws IOException {
    Stream<String> rows =
        all(SAMPLE, Files.readString(ROOT.resolve("samples/README.md")))
            .filter(row -> !row.group(1).equals("list"))
            .map(row -> recipe(row) + " " + row.group(1) + " " + row.group(3));
    Stream<String> listed =
        CommandLineRun.of("list").out().lines().map(line -> line.replaceAll(" +", " "));
    assertThat(rows).containsExactlyElementsOf(listed.toList());
  }

  /** Its last column has the sample and its files; a recipe may take several rows. */
  @Test
  void theTableFromPythonToHeddleHasEverySampleAndItsFiles() throws IOException {
    List<MatchResult> rows =
        all(TRANSLATION, Files.readString(ROOT.resolve("samples/README.md"))).toList();
    assertThat(rows)
        .extracting(row -> row.group(1) + " " + row.group(2))
        .containsAll(
            CommandLineRun.of("list")
                .out()
                .lines()
                .filter(line -> line.startsWith("R"))
                .map(line -> line.replaceAll("^(R\\d+) +([a-z-]+) .*", "$1 $2"))
                .toList());
    assertThat(rows.stream().flatMap(row -> all(WORD, row.group(3))))
        .extracting(file -> Path.of("src/main/java/dev/heddle/samples", file.group(1) + ".java"))
        .allMatch(Files::exists);
  }

  @Test
  void theTableOfDocumentsNamesEverySampleOfARecipeAndNoOther() throws IOException {
    String table =
        Files.readString(ROOT.resolve("samples/README.md"))
            .replaceAll("(?s).*## Document by document", "")
            .replaceAll("(?s)## Adding one.*", "");
    Stream<String> named =
        all(Pattern.compile("(?m)^\\|.*\\| ([^|]*) \\|$"), table)
            .flatMap(row -> all(Pattern.compile("`([a-z-]+)`"), row.group(1)))
            .map(command -> command.group(1));
    List<String> ofRecipes =
        CommandLineRun.of("list")
            .out()
            .lines()
            .filter(line -> line.startsWith("R"))
            .map(line -> line.split(" +")[1])
            .toList();
    assertThat(named.collect(Collectors.toSet()))
        .containsAll(ofRecipes)
        .isSubsetOf(Stream.concat(ofRecipes.stream(), Stream.of("own-event")).toList());
  }

  static Stream<String> documents() throws IOException {
    Stream<String> fixed =
        Stream.of(
            "README.md",
            "scheduler/README.md",
            "netio/README.md",
            "netio/transport/README.md",
            "samples/README.md",
            "bench/README.md",
            ".github/CONTRIBUTING.md",
            ".github/CHANGELOG.md");
    try (Stream<Path> docs = Files.walk(ROOT.resolve("scheduler/docs"))) {
      List<String> pages =
          docs.map(file -> ROOT.relativize(file).toString())
              .filter(file -> file.endsWith(".md"))
              .toList();
      return Stream.concat(fixed, pages.stream());
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(String document) throws IOException {
    Path file = ROOT.resolve(document);
    assertThat(all(LINK, Files.readString(file)).map(link -> file.resolveSibling(link.group(1))))
        .allMatch(Files::exists);
  }

  private static String recipe(MatchResult row) {
    return row.group(2) == null ? "-" : row.group(2);
  }

  private static List<String> programs() throws IOException {
    return all(PROGRAM, readme()).map(program -> program.group(1)).toList();
  }

  /** The first program, on another port. */
  static String echoOn(int port) throws IOException {
    String program = programs().getFirst();
    assertThat(program).contains("16000");
    return program.replace("16000", Integer.toString(port));
  }

  private static Stream<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** As its reader would: {@code java -cp ... Echo.java}. */
  private Process run(String name, String program) throws IOException {
    Path file = Files.writeString(folder.resolve(name), program);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(java.toString(), "-cp", classPath, file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The program does not say when it is ready. */
  static Socket connect(int port, Process server) throws IOException {
    while (true) {
      try {
        return new Socket("127.0.0.1", port);
      } catch (IOException e) {
        assertThat(server.isAlive()).as("the server is alive").isTrue();
        Thread.onSpinWait();
      }
    }
  }
}
