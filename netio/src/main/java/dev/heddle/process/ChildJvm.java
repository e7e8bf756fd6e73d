package dev.heddle.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start a JVM like this one. */
public final class ChildJvm {
  /** With it tasks switch faster, and nobody is told on the standard error that they could. */
  private static final String FASTER_ENGINE = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  private ChildJvm() {}

  /**
   * The command that runs a class's {@code main} in a JVM of its own, with this JVM's {@code java}
   * and class path: for a {@code ProcessBuilder}, and a {@link Channel} over its streams.
   */
  public static List<String> command(Class<?> main, String... arguments) {
    List<String> command = command(List.of("-XX:+UseSerialGC"), ownClassPath(), main);
    command.addAll(List.of(arguments));
    return command;
  }

  static List<String> command(List<String> options, String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(FASTER_ENGINE);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    return command;
  }

  /** Surefire starts its JVM from a jar with nothing but a manifest, and says what is in it. */
  static String ownClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
