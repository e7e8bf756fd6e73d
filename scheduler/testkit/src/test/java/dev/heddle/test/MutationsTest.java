package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.test.Mutations.Mutation;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Puts bugs into our own primitives, one at a time, and counts which of them an explorer finds with
 * {@link PrimitivePrograms}: first without the primitives' own assertions, then with them. It takes
 * minutes, so it runs only if it is asked for, by {@code true} or by the numbers of some of them;
 * what came of it is in {@code docs/mutations.md}.
 */
class MutationsTest {
  private static final String ASKED_FOR = "heddle.mutations";

  /** A share of all that is lower than what was measured; see the table. */
  private static final double KILLED = 0.85;

  private static final Path SOURCES =
      Path.of(System.getProperty("heddle.root", "../.."), "scheduler/src/main/java/dev/heddle");

  @TempDir private Path folder;

  /** The classes of this test run, ours and all others, where the mutated ones come first. */
  private static List<URL> classPath(Path mutated) throws IOException {
    List<URL> all = new ArrayList<>();
    all.add(mutated.toUri().toURL());
    for (String entry : classPath().split(File.pathSeparator)) {
      all.add(Path.of(entry).toUri().toURL());
    }
    return all;
  }

  private static String classPath() {
    String surefire = System.getProperty("surefire.test.class.path");
    return surefire == null ? System.getProperty("java.class.path") : surefire;
  }

  /** The source with the bug. */
  private static String mutated(Mutation mutation) throws IOException {
    String source = Files.readString(SOURCES.resolve(mutation.file() + ".java"));
    int at = -1;
    for (int i = 0; i < mutation.nth(); i++) {
      at = source.indexOf(mutation.text(), at + 1);
      assertThat(at).as("%s in %s", mutation, mutation.file()).isNotNegative();
    }
    return source.substring(0, at)
        + mutation.instead()
        + source.substring(at + mutation.text().length());
  }

  private static void compile(Mutation mutation, Path classes) throws IOException {
    Path sources = Files.createDirectories(classes.resolve("source"));
    String name = mutation.type() + ".java";
    Path file = Files.writeString(sources.resolve(name), mutated(mutation));
    var compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(
                  errors,
                  files,
                  null,
                  List.of(
                      "-g", "-proc:none", "-nowarn", "-cp", classPath(), "-d", classes.toString()),
                  null,
                  files.getJavaFileObjects(file))
              .call();
      assertThat(done).as("%s compiles: %s", mutation, errors).isTrue();
    }
  }

  /** Which program finds it, and how; empty if none does. */
  @SuppressWarnings("unchecked")
  private static String killer(Mutation mutation, Path classes, boolean assertions)
      throws Exception {
    URL[] urls = classPath(classes).toArray(URL[]::new);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    System.setProperty("heddle.mutated", about(mutation));
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      loader.setDefaultAssertionStatus(assertions);
      thread.setContextClassLoader(loader);
      Class<?> programs = loader.loadClass(MutationPrograms.class.getName());
      return ((Callable<String>) programs.getConstructor().newInstance()).call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** What the programs that come first are about. */
  private static String about(Mutation mutation) {
    return switch (mutation.type()) {
      case "ConditionWait" -> "Condition";
      case "WorkerThreads", "WorkItem", "ApplyWorkEvent", "SubmitWorkEvent" -> "ThreadPool";
      case "CompletionCounter" -> "ThreadPool";
      case "SharedQueue" -> "PollableQueue";
      default -> mutation.type();
    };
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void theExplorerFindsMostBugsOfOurPrimitives() throws Exception {
    String asked = System.getProperty(ASKED_FOR, "false");
    assumeTrue(!asked.equals("false"), "takes minutes: run it by -D" + ASKED_FOR + "=true");
    List<String> some = asked.equals("true") ? List.of() : List.of(asked.split(","));
    LogManager.getLogManager().reset(); // broken schedulers complain a lot
    List<Mutation> mutations = Mutations.all();
    int killed = 0;
    int tried = 0;
    int number = 0;
    System.out.println("| | class | mutation | found by |\n|---|---|---|---|");
    for (Mutation mutation : mutations) {
      number++;
      if (!some.isEmpty() && !some.contains(Integer.toString(number))) {
        continue;
      }
      tried++;
      Path classes = Files.createDirectories(folder.resolve(Integer.toString(number)));
      compile(mutation, classes);
      String found = killer(mutation, classes, false);
      boolean byAssertion = false;
      if (found.isEmpty()) {
        found = killer(mutation, classes, true);
        byAssertion = !found.isEmpty();
      }
      killed += found.isEmpty() ? 0 : 1;
      String by = found.isEmpty() ? "**nothing**" : found.split(" \\| ")[0];
      System.out.printf(
          "| %d | %s | %s | %s |%n",
          number,
          mutation.type(),
          mutation.toString().replaceAll("\\s+", " ").replace("|", "\\|"),
          byAssertion ? "an assertion of its own, by " + by : by);
    }
    System.out.println(killed + " of " + tried);
    if (some.isEmpty()) {
      assertThat((double) killed / tried).isGreaterThanOrEqualTo(KILLED);
    }
  }
}
