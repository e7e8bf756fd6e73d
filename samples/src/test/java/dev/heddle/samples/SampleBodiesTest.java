package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Body;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the samples show needs no stack: newcomers copy it. A refused body runs all the same. */
class SampleBodiesTest {

  @Test
  void allBodiesInTheSamplesAreWoven() throws Exception {
    Path folder = Path.of(Heddle.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> bodies = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        String name = folder.relativize(file).toString().replaceAll("\\.class$", "");
        Class<?> type =
            Class.forName(name.replaceAll("[/\\\\]", "."), false, getClass().getClassLoader());
        bodies.addAll(Engine.explainAll(type));
        bodies.addAll(Body.explainAll(type));
      }
    }
    assertThat(bodies).hasSizeGreaterThan(10);
    assertThat(bodies).allMatch(line -> line.endsWith(": woven"));
  }
}
