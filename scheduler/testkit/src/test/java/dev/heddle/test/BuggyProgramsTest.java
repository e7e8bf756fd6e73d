package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bugs of {@link BuggyPrograms} are found by the explorer as it is. With {@code
 * -Dheddle.table=true} prints after how many runs each strategy finds each.
 */
class BuggyProgramsTest {
  private static final int MOST_RUNS = 100_000;
  private static final int MOST_DEVIATIONS = 3;

  private static final Map<String, UnaryOperator<Explorer>> STRATEGIES =
      Map.of(
          "1 few deviations", explorer -> explorer.byFewDeviations(4),
          "2 random walk", Explorer::byRandomWalk,
          "3 PCT(3)", explorer -> explorer.byPct(3),
          "4 POS", Explorer::byPos,
          "5 default", explorer -> explorer);

  @TempDir static Path folder;

  static Stream<String> names() {
    return BuggyPrograms.all().keySet().stream();
  }

  private static Explorer explorer(String name) {
    return Explorer.of(BuggyPrograms.all().get(name))
        .races(false) // the table is of schedules
        .runs(MOST_RUNS)
        .within(Duration.ofMinutes(1))
        .runWithin(Duration.ofMinutes(1))
        .traces(folder)
        .printer(line -> {});
  }

  @Test
  void thereAreThe28ProgramsAnd39BugsOfLibraries() {
    assertThat(BuggyLibraries.all()).hasSize(39);
    assertThat(names()).hasSize(28 + 39);
  }

  @ParameterizedTest
  @MethodSource("names")
  void theBugIsFoundAndShrunkToThreeDeviationsAtMost(String name) {
    ScheduleFailure failure =
        catchThrowableOfType(ScheduleFailure.class, () -> explorer(name).check());
    assertThat(failure).as("within %d runs", MOST_RUNS).isNotNull();
    assertThat(failure.deviations()).as(failure.getMessage()).isLessThanOrEqualTo(MOST_DEVIATIONS);
    if (Boolean.getBoolean("heddle.table")) {
      StringBuilder row = new StringBuilder("| " + name + " |");
      STRATEGIES.keySet().stream()
          .sorted()
          .forEach(strategy -> row.append(runsToTheBug(name, strategy)).append(" |"));
      System.out.println(row + " " + failure.deviations() + " |");
    }
  }

  private static String runsToTheBug(String name, String strategy) {
    ScheduleFailure failure =
        catchThrowableOfType(
            ScheduleFailure.class, () -> STRATEGIES.get(strategy).apply(explorer(name)).check());
    return failure == null ? " -" : " " + failure.run();
  }
}
