package dev.heddle.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start a JVM like this one. */
public final class ChildJvm {
  /** The options of a child's JVM where no others are set. */
  static final List<String> OPTIONS = List.of("-XX:+UseSerialGC");

  /** Makes tasks switch faster. Without it, the child prints a hint to its standard error. */
  private static final String FASTER_ENGINE = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  private ChildJvm() {}

  /**
   * The command line that runs the {@code main} of a class in a JVM of its own, with the {@code
   * java} program and the class path of this JVM. It is for a {@code ProcessBuilder}; a {@link
   * Channel} can then use the streams of the process.
   *
   * @return a list that may be changed
   */
  public static List<String> command(Class<?> main, String... arguments) {
    List<String> command = command(OPTIONS, ownClassPath(), main);
    command.addAll(List.of(arguments));
    return command;
  }

  /** How to start a child. */
  static ProcessBuilder child(ProcessOptions options, Path socket) {
    List<String> jvm = new ArrayList<>(options.jvmOptions);
    for (String property : options.systemProperties) {
      String value = System.getProperty(property);
      if (value != null) {
        jvm.add("-D" + property + "=" + value);
      }
    }
    if (ChildJvm.class.desiredAssertionStatus()) {
      jvm.addFirst("-ea");
    }
    String classPath = options.classPath == null ? ownClassPath() : options.classPath;
    List<String> command = command(jvm, classPath, ChildMain.class);
    command.add(socket.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    if (options.environment != null) {
      builder.environment().keySet().retainAll(options.environment);
    }
    return builder;
  }

  static List<String> command(List<String> options, String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(FASTER_ENGINE);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    return command;
  }

  /** Surefire may start its JVM with a jar that only names the class path in its manifest. */
  static String ownClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
