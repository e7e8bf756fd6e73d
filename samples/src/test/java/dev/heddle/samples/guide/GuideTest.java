package dev.heddle.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The programs in the guide compile, run, and print what the guide says: all of them in one
 * compilation and in this JVM. How a block is read is told in {@link GuideProgram}.
 */
class GuideTest {
  static final Path GUIDE = Path.of("..", "scheduler", "docs", "guide");

  @TempDir private static Path folder;

  private static URLClassLoader classes;
  private static List<String> errors;

  @BeforeAll
  static void compileAll() throws IOException {
    var found = new DiagnosticCollector<JavaFileObject>();
    List<String> options =
        List.of(
            "-proc:none",
            "-nowarn",
            "-parameters",
            "-g",
            "-d",
            folder.toString(),
            "-classpath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    ToolProvider.getSystemJavaCompiler()
        .getTask(null, null, found, options, null, programs())
        .call();
    errors =
        found.getDiagnostics().stream()
            .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
            .map(GuideTest::text)
            .toList();
    URL[] path = {folder.toUri().toURL()};
    classes = new URLClassLoader(path, GuideTest.class.getClassLoader());
  }

  @AfterAll
  static void close() throws IOException {
    classes.close();
  }

  @Test
  void everyProgramInTheGuideCompiles() {
    assertThat(errors).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void aProgramInTheGuidePrintsWhatItPromises(GuideProgram program) throws Exception {
    assertThat(program.promised()).as("lines that begin with //>").isNotEmpty();
    assertThat(program.run(classes)).isEqualTo(program.promised());
  }

  @Test
  void everyChapterIsInTheTableOfContents() throws IOException {
    String contents = Files.readString(GUIDE.resolve("README.md"));
    assertThat(chapters())
        .extracting(chapter -> chapter.getFileName().toString())
        .filteredOn(name -> !name.equals("README.md"))
        .allMatch(name -> contents.contains("(" + name + ")"));
  }

  static List<GuideProgram> programs() throws IOException {
    List<GuideProgram> programs = new ArrayList<>();
    for (Path chapter : chapters()) {
      programs.addAll(GuideProgram.in(chapter));
    }
    return programs;
  }

  private static List<Path> chapters() throws IOException {
    try (Stream<Path> files = Files.list(GUIDE)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private static String text(Diagnostic<? extends JavaFileObject> error) {
    return error.getSource() instanceof GuideProgram program
        ? program.place(error.getLineNumber()) + ": " + error.getMessage(null)
        : error.toString();
  }
}
