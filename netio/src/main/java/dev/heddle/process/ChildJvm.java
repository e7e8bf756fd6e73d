package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import java.io.File;
import java.io.IOException;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How to start a JVM like this one. */
public final class ChildJvm {
  /** The property that says which options those are, so that nobody need change a program. */
  private static final String PROPERTY = "heddle.child.jvm";

  private static final Pattern WORDS = Pattern.compile("\\s+");

  /** The options of a child's JVM where no others are set. */
  static final List<String> OPTIONS = options(System.getProperty(PROPERTY));

  private ChildJvm() {}

  /** The words of the property, or the usual options. */
  static List<String> options(@Nullable String set) {
    return set == null
        ? List.of("-XX:+UseSerialGC")
        : WORDS.splitAsStream(set).filter(word -> !word.isEmpty()).toList();
  }

  /**
   * The command line that runs the {@code main} of a class in a JVM of its own, with the {@code
   * java} program, the class path and the module path of this JVM. It is for a {@code
   * ProcessBuilder}; a {@link Channel} can then use the streams of the process.
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
    if (ChildJvm.class.desiredAssertionStatus()) {
      jvm.addFirst("-ea"); // in front, so that the options above may say otherwise
    }
    for (String property : options.systemProperties) {
      String value = System.getProperty(property);
      if (value != null) {
        jvm.add("-D" + property + "=" + value);
      }
    }
    String set = System.getProperty(PROPERTY);
    if (set != null) {
      jvm.add("-D" + PROPERTY + "=" + set); // for its own children
    }
    jvm.add("--enable-native-access=" + moduleOf(ChildJvm.class)); // for ParentDeath
    String classPath = options.classPath == null ? ownClassPath() : options.classPath;
    List<String> command = command(jvm, classPath, ChildMain.class);
    command.add(socket.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    if (options.environment != null) {
      builder.environment().keySet().retainAll(options.environment);
    }
    return builder;
  }

  private static List<String> command(List<String> options, String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Makes tasks switch faster. Without it, the child prints a hint to its standard error.
    command.add("--add-opens=java.base/java.lang=" + moduleOf(Scheduler.class));
    command.addAll(options);
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath != null) {
      command.addAll(List.of("-p", modulePath, "--add-modules", ownModules()));
    }
    if (!classPath.isEmpty()) { // an empty class path would be the working directory
      command.addAll(List.of("-cp", classPath));
    }
    if (main.getModule().isNamed()) {
      command.addAll(List.of("-m", main.getModule().getName() + "/" + main.getName()));
    } else {
      command.add(main.getName());
    }
    return command;
  }

  private static String moduleOf(Class<?> type) {
    return type.getModule().isNamed() ? type.getModule().getName() : "ALL-UNNAMED";
  }

  /** The modules that this JVM has found on its module path; the child gets them all as roots. */
  private static String ownModules() {
    String modules =
        ModuleLayer.boot().configuration().modules().stream()
            .filter(ChildJvm::isNotOfTheJdk)
            .map(ResolvedModule::name)
            .collect(Collectors.joining(","));
    return modules.isEmpty() ? "java.base" : modules;
  }

  private static boolean isNotOfTheJdk(ResolvedModule module) {
    return module
        .reference()
        .location()
        .filter(place -> !"jrt".equals(place.getScheme()))
        .isPresent();
  }

  /**
   * Where this JVM finds classes. Surefire may start its JVM with a jar that only names the class
   * path in its manifest. The source launcher has the classes of its program in memory, where a
   * child cannot find them, so they are compiled once more, to files.
   */
  private static String ownClassPath() {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String source = System.getProperty("jdk.launcher.sourcefile");
    if (source == null) {
      return classPath;
    }
    try {
      String compiled = CompiledSource.folder(Path.of(source), classPath).toString();
      return classPath.isEmpty() ? compiled : compiled + File.pathSeparator + classPath;
    } catch (IOException e) {
      throw new IllegalStateException(source + " cannot be compiled for a child: " + e, e);
    }
  }
}
