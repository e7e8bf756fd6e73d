package dev.heddle.samples.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Modules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples in our Javadoc compile: every {@code <pre>{@code ...}</pre>} of a public type in an
 * exported package. How a block is read is told in {@link JavadocExample}; the names that it may
 * use without declaring them are those of {@link SchedulerNames}, {@link NetioNames} and their
 * like, one for each library.
 */
class JavadocExamplesTest {
  private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");

  @TempDir private Path classes;

  @ParameterizedTest
  @MethodSource("libraries")
  void examplesInTheJavadocCompile(String library) throws IOException {
    Path module = Path.of("..", library);
    List<JavadocExample> examples = new ArrayList<>();
    for (String exported : exports(module)) {
      addExamples(module.resolve("src/main/java").resolve(exported.replace('.', '/')), examples);
    }
    assertThat(examples).as("examples found").hasSizeGreaterThan(10);
    List<JavadocExample.Unit> units =
        examples.stream().map(example -> example.unit(imports(), names(library))).toList();
    assertThat(errors(units)).as("examples that do not compile").isEmpty();
  }

  static List<String> libraries() {
    Path root = Path.of("..");
    return Modules.libraries(root).stream().map(each -> root.relativize(each).toString()).toList();
  }

  private static Class<?> names(String library) {
    return switch (library) {
      case "scheduler" -> SchedulerNames.class;
      case "scheduler/testkit" -> TestkitNames.class;
      case "netio" -> NetioNames.class;
      case "netio/transport" -> TransportNames.class;
      default -> throw new AssertionError("which names do the examples of " + library + " use?");
    };
  }

  private static String imports() {
    return libraries().stream()
        .flatMap(library -> exports(Path.of("..", library)).stream())
        .map(exported -> "import " + exported + ".*; ")
        .collect(Collectors.joining());
  }

  private List<String> errors(List<JavadocExample.Unit> units) {
    var found = new DiagnosticCollector<JavaFileObject>();
    List<String> options =
        List.of(
            "-proc:none",
            "-nowarn",
            "-Xmaxerrs",
            "1000",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    ToolProvider.getSystemJavaCompiler().getTask(null, null, found, options, null, units).call();
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(
            error ->
                error.getSource() instanceof JavadocExample.Unit unit
                    ? unit.place(error.getLineNumber()) + ": " + error.getMessage(null)
                    : error.toString())
        .toList();
  }

  private static List<String> exports(Path module) {
    try {
      return EXPORT
          .matcher(Files.readString(Modules.descriptor(module)))
          .results()
          .map((MatchResult export) -> export.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addExamples(Path folder, List<JavadocExample> examples) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        examples.addAll(JavadocExample.in(file));
      }
    }
  }
}
