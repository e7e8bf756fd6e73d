package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * This room stands on the public doors of net, sync and the scheduler; nobody stands on it here.
 */
class ProcessRoomTest {
  private static final Path MAIN = Path.of("src", "main", "java", "dev", "heddle");
  private static final List<String> ALLOWED =
      List.of(
          "java.",
          "dev.heddle.process.",
          "dev.heddle.net.",
          "dev.heddle.scheduler.",
          "dev.heddle.sync.",
          "org.jspecify.",
          "com.google.errorprone.");

  @Test
  void processImportsTheRoomsBelowItOnly() throws IOException {
    assertThat(lines("process").filter(line -> line.startsWith("import ")))
        .isNotEmpty()
        .map(line -> line.replaceFirst("^import (static )?", ""))
        .allMatch(imported -> ALLOWED.stream().anyMatch(imported::startsWith));
  }

  @Test
  void netKnowsNothingOfProcesses() throws IOException {
    assertThat(lines("net")).noneMatch(line -> line.contains("dev.heddle.process"));
  }

  @Test
  void nothingIsEverReadOrWrittenByJavasSerialization() throws IOException {
    assertThat(lines("process"))
        .noneMatch(line -> line.contains("ObjectInputStream"))
        .noneMatch(line -> line.contains("ObjectOutputStream"));
  }

  private static Stream<String> lines(String room) throws IOException {
    try (Stream<Path> files = Files.list(MAIN.resolve(room))) {
      return files.filter(Files::isRegularFile).toList().stream().flatMap(ProcessRoomTest::linesOf);
    }
  }

  private static Stream<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
