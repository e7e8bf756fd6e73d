package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CPython's asyncio as oracle. The scenarios in {@code oracle/scenarios.txt} were run by {@code
 * oracle.py}, which recorded {@code asyncio.txt}; ours must leave the same traces. Where they must
 * not, {@code differences.txt} says why and what ours is; an entry there that is no difference any
 * more fails too.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class OracleTest {
  private static final Map<String, List<String>> SCENARIOS = sections("scenarios.txt");
  private static final Map<String, List<String>> ASYNCIO = sections("asyncio.txt");
  private static final Map<String, List<String>> DIFFERENCES = sections("differences.txt");

  @Parameter Kind kind;

  static Stream<String> names() {
    return SCENARIOS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void leavesTheTraceOfAsyncioOrTheOneThatIsJustified(String name) {
    List<String> trace = new Scenario(name, SCENARIOS.get(name)).play(kind);
    List<String> different = DIFFERENCES.get(name);
    if (different == null) {
      assertThat(trace).containsExactlyElementsOf(ASYNCIO.get(name));
    } else {
      assertThat(different.getFirst()).startsWith("because ");
      assertThat(trace).containsExactlyElementsOf(different.subList(1, different.size()));
      assertThat(trace).isNotEqualTo(ASYNCIO.get(name));
    }
  }

  @Test
  void eachScenarioWasRecordedAndNothingElse() {
    assertThat(ASYNCIO.keySet()).containsExactlyElementsOf(SCENARIOS.keySet());
    assertThat(SCENARIOS.keySet()).containsAll(DIFFERENCES.keySet());
  }

  /** The lines below each {@code == name}. */
  private static Map<String, List<String>> sections(String file) {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    List<String> section = new ArrayList<>();
    for (String line : read(file).split("\n")) {
      if (line.startsWith("== ")) {
        section = new ArrayList<>();
        sections.put(line.substring(3), section);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        section.add(line);
      }
    }
    return sections;
  }

  private static String read(String file) {
    try (InputStream in = OracleTest.class.getResourceAsStream("oracle/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
