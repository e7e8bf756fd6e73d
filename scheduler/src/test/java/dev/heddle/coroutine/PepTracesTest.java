package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** CPython is the oracle: the bodies and traces are made by src/test/oracle/oracle.py. */
class PepTracesTest {

  /** A line of pep-traces.txt: {@code body | operations | their outcomes in CPython}. */
  private record Recorded(String body, List<String> script, List<String> trace) {
    static Recorded parse(String line) {
      String[] parts = line.split(" \\| ");
      return new Recorded(parts[0], List.of(parts[1].split(" ")), List.of(parts[2].split(" ; ")));
    }
  }

  private static List<Recorded> recorded() throws IOException {
    try (var in = PepTracesTest.class.getResourceAsStream("pep-traces.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Recorded::parse).toList();
    }
  }

  static Stream<Arguments> pairsOfEngines() {
    return Engines.forCoroutines()
        .flatMap(outer -> Engines.forCoroutines().map(inner -> Arguments.of(outer, inner)));
  }

  @ParameterizedTest
  @MethodSource("pairsOfEngines")
  @Holds("N9")
  void everyTraceIsThatOfCPython(Engine outer, Engine inner) throws IOException {
    var bodies = PepBodies.all();
    var differences = new ArrayList<String>();
    for (Recorded recorded : recorded()) {
      var run = new PepRun(inner);
      var body = bodies.get(recorded.body).apply(run);
      List<String> trace = run.trace(Coroutine.of(outer, body), recorded.script);
      if (!trace.equals(recorded.trace)) {
        differences.add(recorded + "\n  but " + trace);
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void thereAreEnoughTraces() throws IOException {
    assertThat(PepBodies.all()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(recorded()).hasSizeGreaterThanOrEqualTo(2000);
    assertThat(recorded().stream().map(Recorded::body).distinct())
        .containsExactlyElementsOf(PepBodies.all().keySet());
  }
}
