import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Runs google-java-format over every source of the project, {@code check} or {@code apply}.
 *
 * <p>The build starts this file with JDK 25 (root pom, execution {@code format}). It exists because the formatter takes
 * files, not folders, and because inside Maven, which may run on 17, it could not parse our Java.
 */
final class Format {
  public static void main(String[] args) throws IOException {
    boolean apply = args[0].equals("apply");
    var arguments = new ArrayList<>(apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    arguments.addAll(sources(Path.of(args[1])));
    if (arguments.stream().noneMatch(a -> a.endsWith(".java"))) {
      return; // without a file the formatter would print its help and fail
    }
    var formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    int exit = formatter.run(System.out, System.err, arguments.toArray(String[]::new));
    if (exit != 0 && !apply) {
      System.err.println("These files are not formatted. To format them: mvn -q -N verify -Dformat=apply");
    }
    System.exit(exit);
  }

  /** All Java files below the {@code src} of a module, or of a module inside of one; {@code target} and other folders are not ours to format. */
  private static List<String> sources(Path root) throws IOException {
    var files = new ArrayList<String>();
    for (Path module : modulesIn(root)) {
      addAll(root, module, files);
      for (Path inner : modulesIn(module)) {
        addAll(root, inner, files);
      }
    }
    return files;
  }

  private static List<Path> modulesIn(Path folder) throws IOException {
    var modules = new ArrayList<Path>();
    try (var folders = Files.newDirectoryStream(folder, f -> Files.isDirectory(f.resolve("src")))) {
      folders.forEach(modules::add);
    }
    return modules;
  }

  private static void addAll(Path root, Path module, List<String> files) throws IOException {
    try (var walk = Files.walk(module.resolve("src"))) {
      walk.map(root::relativize).map(Path::toString).filter(f -> f.endsWith(".java")).sorted().forEach(files::add);
    }
  }
}
