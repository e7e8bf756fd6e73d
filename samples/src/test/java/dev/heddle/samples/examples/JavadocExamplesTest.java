package dev.heddle.samples.examples;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples in our Javadoc compile: every {@code <pre>{@code ...}</pre>} of a public type in an
 * exported package. How a block is read is told in {@link JavadocExample}; the names that it may
 * use without declaring them are those of {@link SchedulerNames} and {@link NetioNames}.
 */
class JavadocExamplesTest {
  private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");

  @TempDir private Path classes;

  @ParameterizedTest
  @MethodSource("modules")
  void examplesInTheJavadocCompile(String module, Class<?> names) throws IOException {
    Path main = Path.of("..", module, "src", "main");
    List<JavadocExample> examples = new ArrayList<>();
    for (String exported : exports(module)) {
      addExamples(main.resolve("java").resolve(exported.replace('.', '/')), examples);
    }
    assertThat(examples).as("examples found").hasSizeGreaterThan(10);
    List<JavadocExample.Unit> units =
        examples.stream().map(example -> example.unit(imports(), names)).toList();
    assertThat(errors(units)).as("examples that do not compile").isEmpty();
  }

  static List<Arguments> modules() {
    return List.of(
        Arguments.of("scheduler", SchedulerNames.class), Arguments.of("netio", NetioNames.class));
  }

  private static String imports() {
    return Stream.of("scheduler", "netio")
        .flatMap(module -> exports(module).stream())
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

  private static List<String> exports(String module) {
    Path descriptor = Path.of("..", module, "src/main/module/module-info.java");
    try {
      return EXPORT
          .matcher(Files.readString(descriptor))
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
