package dev.heddle.process;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a program that {@code java File.java} runs, as files that children can find. They
 * are compiled when the first child is started, and deleted at the exit of this process.
 */
final class CompiledSource {
  /** Null until the program is compiled. Guarded by the class. */
  private static @Nullable Path folder;

  private CompiledSource() {}

  /**
   * The folder of the classes.
   *
   * @throws IOException if they cannot be compiled or written
   */
  static synchronized Path folder(Path source, String classPath) throws IOException {
    Path known = folder;
    if (known == null) {
      known = Files.createTempDirectory("heddle-source-");
      deleteAtExit(known);
      compile(source, classPath, known);
      folder = known;
    }
    return known;
  }

  private static void compile(Path source, String classPath, Path to) throws IOException {
    var javac =
        ToolProvider.findFirst("javac").orElseThrow(() -> new IOException("this JVM has no javac"));
    List<String> command =
        List.of(
            "-proc:none",
            "-nowarn",
            "-parameters",
            "-d",
            to.toString(),
            "-cp",
            classPath,
            "--source-path",
            String.valueOf(source.toAbsolutePath().getParent()),
            source.toString());
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    if (javac.run(out, out, command.toArray(String[]::new)) != 0) {
      throw new IOException(said.toString().lines().findFirst().orElse("javac fails"));
    }
  }

  private static void deleteAtExit(Path top) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try (Stream<Path> all = Files.walk(top)) {
                    all.sorted(Comparator.reverseOrder()).forEach(CompiledSource::delete);
                  } catch (IOException | RuntimeException e) {
                    // somebody else has deleted it
                  }
                }));
  }

  private static void delete(Path file) {
    boolean _ = file.toFile().delete(); // if not, somebody else is at work there
  }
}
