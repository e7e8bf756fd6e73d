package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** One file, one idea. */
class ShapeTest {
  @Test
  void aSampleHasEightyLinesAtMost() throws IOException {
    try (var files = Files.newDirectoryStream(Path.of("src/main/java/dev/heddle/samples"))) {
      for (Path file : files) {
        if (Files.readString(file).contains("* <p>You will see")) {
          assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(80);
        }
      }
    }
  }
}
