package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** This room stands on the public door of the scheduler, and the scheduler does not know of it. */
class SyncRoomTest {
  private static final Path MAIN = Path.of("src", "main", "java", "dev", "heddle");
  private static final List<String> ALLOWED =
      List.of("java.", "dev.heddle.scheduler.", "org.jspecify.", "com.google.errorprone.");

  @Test
  void syncImportsTheSchedulersPublicTypesAndTheJdkOnly() throws IOException {
    assertThat(imports("sync"))
        .isNotEmpty()
        .allMatch(imported -> ALLOWED.stream().anyMatch(imported::startsWith));
  }

  @Test
  void schedulerKnowsNothingOfSync() throws IOException {
    assertThat(imports("scheduler")).noneMatch(imported -> imported.startsWith("dev.heddle.sync"));
    try (Stream<Path> files = Files.list(MAIN.resolve("scheduler"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).as("%s", file).doesNotContain("dev.heddle.sync");
      }
    }
  }

  private static List<String> imports(String room) throws IOException {
    try (Stream<Path> files = Files.list(MAIN.resolve(room))) {
      return files.filter(Files::isRegularFile).flatMap(SyncRoomTest::importsOf).toList();
    }
  }

  private static Stream<String> importsOf(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("import "))
          .map(line -> line.replaceFirst("^import (static )?", ""));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
