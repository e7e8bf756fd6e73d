package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** This room stands on the public doors below it, and they do not know of it. */
class ActorRoomTest {
  private static final Path MAIN = Path.of("src", "main", "java", "dev", "heddle");

  @Test
  void actorImportsPublicTypesOfTheRoomsBelowAndTheJdkOnly() throws IOException {
    assertThat(lines("actor").filter(line -> line.startsWith("import ")))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches(
                    "import (static"
                        + " )?(java|dev\\.heddle\\.(scheduler|sync|group|log)|org\\.jspecify"
                        + "|com\\.google\\.errorprone)\\..*"));
  }

  @Test
  void theRoomsBelowKnowNothingOfActors() throws IOException {
    for (String room : List.of("coroutine", "scheduler", "sync")) {
      assertThat(lines(room)).as(room).noneMatch(line -> line.contains("dev.heddle.actor"));
    }
  }

  /** So that a thousand actors need no thousand stacks. */
  @Test
  void theLoopOfAnActorsBodyIsWovenAndRunsOnTheLoopsThread() {
    Set<Thread> threads = new HashSet<>();
    int[] sum = {0};
    try (Scheduler scheduler = Scheduler.create()) {
      for (String name : List.of("a", "b")) {
        Actor<Integer> actor = new Actor<>(scheduler, name);
        actor.start(
            co -> {
              while (co.await(actor.receive()) instanceof Integer n) {
                threads.add(Thread.currentThread());
                sum[0] += n;
              }
            });
        List.of(1, 2, 3).forEach(actor::send);
        actor.close();
      }
      scheduler.run();
    }
    assertThat(sum[0]).isEqualTo(12);
    assertThat(threads).hasSize(1);
  }

  private static Stream<String> lines(String room) throws IOException {
    try (Stream<Path> files = Files.list(MAIN.resolve(room))) {
      return files.filter(f -> f.toString().endsWith(".java")).toList().stream()
          .flatMap(ActorRoomTest::read);
    }
  }

  private static Stream<String> read(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
