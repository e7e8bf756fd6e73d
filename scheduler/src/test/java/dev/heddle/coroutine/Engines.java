package dev.heddle.coroutine;

import java.util.Arrays;
import java.util.stream.Stream;

/** For parameterised tests: the engines that this JVM has. */
final class Engines {
  private Engines() {}

  static Stream<Engine> forCoroutines() {
    return Arrays.stream(Engine.values()).filter(e -> e.isAvailable() && e.runsCoroutines());
  }

  static Stream<Engine> forTasks() {
    return Arrays.stream(Engine.values()).filter(e -> e.isAvailable() && e.runsTasks());
  }
}
