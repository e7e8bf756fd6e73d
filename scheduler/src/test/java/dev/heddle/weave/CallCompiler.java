package dev.heddle.weave;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;

/** A compiler with its options, for bodies that each compiler compiles. */
final class CallCompiler {
  private static final Path SOURCES = Path.of("src/test/java/dev/heddle/weave");

  /** Each compiles once. */
  private static final List<CallCompiler> ALL =
      List.of(
          new CallCompiler("javac -g", () -> Compiled.JAVAC, "-g"),
          new CallCompiler("javac", () -> Compiled.JAVAC),
          new CallCompiler("javac -g:none", () -> Compiled.JAVAC, "-g:none"),
          new CallCompiler("ecj -g", CallCompiler::ecj, "-g", "-25"));

  private final String name;
  private final Supplier<JavaCompiler> compiler;
  private final String[] options;
  private Compiled compiled;

  private CallCompiler(String name, Supplier<JavaCompiler> compiler, String... options) {
    this.name = name;
    this.compiler = compiler;
    this.options = options;
  }

  static Stream<CallCompiler> all() {
    return ALL.stream();
  }

  /** A loader that has the bodies, compiled at the first call. */
  Compiled bodies() {
    if (compiled == null) {
      compiled = Compiled.of(compiler.get(), sources(), options);
    }
    return compiled;
  }

  /** A loader that has the classes of one file beside the tests. */
  Compiled compile(String file) {
    return Compiled.of(compiler.get(), List.of(SOURCES.resolve(file)), options);
  }

  /** Whether each difference is tried: the code of the other two differs in its tables alone. */
  boolean isTriedFully() {
    return options.length > 0 && options[0].equals("-g");
  }

  @Override
  public String toString() {
    return name;
  }

  private static JavaCompiler ecj() {
    return ServiceLoader.load(JavaCompiler.class).stream()
        .filter(provider -> provider.type().getName().contains("eclipse"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("ECJ is not on the class path"))
        .get();
  }

  /** The registry of the bodies, and all that the bodies of calls use. */
  private static List<Path> sources() {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(
              file ->
                  file.getFileName()
                      .toString()
                      .matches("Call\\w*(Bodies|Base|Far)\\.java|Cases\\.java"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
