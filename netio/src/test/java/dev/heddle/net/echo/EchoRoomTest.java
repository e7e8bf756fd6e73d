package dev.heddle.net.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The echo server stands on the public doors of net and the scheduler; net does not know it. */
class EchoRoomTest {
  private static final Path NET = Path.of("src", "main", "java", "dev", "heddle", "net");

  @Test
  void theEchoServerImportsNetAndTheSchedulerOnly() throws IOException {
    assertThat(lines(NET.resolve("echo")).filter(line -> line.startsWith("import ")))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches(
                    "import"
                        + " (java|dev.heddle.net|dev.heddle.scheduler|dev.heddle.log|org.jspecify|com.google.errorprone)\\..*"));
  }

  @Test
  void netKnowsNothingOfTheEchoServer() throws IOException {
    assertThat(lines(NET)).isNotEmpty().noneMatch(line -> line.contains("Echo"));
  }

  private static Stream<String> lines(Path room) throws IOException {
    try (Stream<Path> files = Files.list(room)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      Stream<String> lines = Stream.empty();
      for (Path source : sources) {
        lines = Stream.concat(lines, Files.readAllLines(source).stream());
      }
      return lines;
    }
  }
}
