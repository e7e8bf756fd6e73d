package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Scheduler;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our jars as modules: a program that is a named module compiles against them and runs. The jars
 * are there in {@code mvn verify} only; in {@code mvn test} the test is skipped.
 */
class ModulePathTest {
  private static final String PROGRAM =
      """
      package guest;

      import dev.heddle.coroutine.Generator;
      import dev.heddle.net.TcpListener;
      import dev.heddle.net.TcpSocket;
      import dev.heddle.process.ProcessPool;
      import dev.heddle.scheduler.Body;
      import dev.heddle.scheduler.Scheduler;
      import dev.heddle.scheduler.Task;
      import dev.heddle.scheduler.TaskBody;
      import java.net.InetSocketAddress;
      import java.nio.ByteBuffer;
      import java.nio.charset.StandardCharsets;

      public final class Main {
        public static void main(String[] args) {
          try (var squares = Generator.<Integer>of(y -> { for (int i = 0; ; i++) y.yield(i * i); })) {
            System.out.println(squares.limit(4).stream().toList());
          }
          try (var scheduler = Scheduler.create()) {
            TaskBody client = co -> {
              try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0))) {
                scheduler.spawn("server", server -> {
                  try (TcpSocket socket = server.await(listener.accept())) {
                    server.await(socket.send(StandardCharsets.UTF_8.encode("hello")));
                  }
                });
                try (TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
                  ByteBuffer buffer = ByteBuffer.allocate(100);
                  while (co.await(socket.recv(buffer)) >= 0) {}
                  System.out.println(StandardCharsets.UTF_8.decode(buffer.flip()));
                }
              }
            };
            System.out.println(Body.coroutine(client).explain());
            scheduler.spawn("client", client);
            scheduler.spawn("thread", () -> {
              Task.await(Task.yield());
              System.out.println("thread style");
            });
            scheduler.spawn("pool", () -> {
              try (var pool = ProcessPool.open(scheduler, 1)) {
                System.out.println("in a process: " + Task.await(pool.apply(Main::square, 7)));
              } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage());
              }
            });
            scheduler.run();
          }
        }

        private static int square(int n) {
          return n * n;
        }
      }
      """;

  private static final String FLAG = "--add-opens java.base/java.lang=dev.heddle.scheduler";

  @TempDir private Path folder;

  @BeforeEach
  void theModulesAreJars() {
    assumeTrue(library(Scheduler.class).toString().endsWith(".jar"), "built by mvn verify");
  }

  @Test
  void aBodyInAnOpenPackageIsWovenAndItsMethodsRunInProcesses() throws Exception {
    assertThat(run("opens guest to dev.heddle.scheduler, dev.heddle.netio;"))
        .contains("[0, 1, 4, 9]", "woven", "hello", "thread style", "in a process: 49");
  }

  @Test
  void aBodyInAPackageThatIsNotOpenRunsAllTheSameAndItsMethodsAreRefusedForProcesses()
      throws Exception {
    assertThat(run(""))
        .contains("[0, 1, 4, 9]", "hello", "thread style")
        .contains(
            "a method reference in guest.Main cannot run in a process: module guest does not open"
                + " package guest to dev.heddle.netio")
        .anySatisfy(line -> assertThat(line).startsWith("not woven: ").contains("is not open to"));
  }

  /** The flag that the program is told is the one with which the hint does not come any more. */
  @Test
  void theHintAtTheFasterEngineNamesTheFlagThatHelpsOnTheModulePath() throws Exception {
    String output = String.join("\n", run(""));
    if (Boolean.getBoolean("heddle.test.flags")) {
      assertThat(output).doesNotContain("handoff engine");
    } else {
      assertThat(output).containsOnlyOnce("handoff engine").contains('"' + FLAG + '"');
    }
  }

  /** Compiles the program and runs it, both on the module path; what it prints. */
  private List<String> run(String opens) throws Exception {
    Path source = Files.createDirectories(folder.resolve("source/guest"));
    Path classes = folder.resolve("classes");
    Path info = source.resolveSibling("module-info.java");
    Path main = source.resolve("Main.java");
    Files.writeString(info, "module guest { requires dev.heddle.netio; " + opens + " }");
    Files.writeString(main, PROGRAM);
    assertThat(compile(classes, info, main)).as("javac's exit code").isZero();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "--illegal-native-access=deny"));
    if (Boolean.getBoolean("heddle.test.flags")) {
      command.addAll(List.of(FLAG.split(" ")));
    }
    command.addAll(List.of("--module-path", modulePath(classes), "--module", "guest/guest.Main"));
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = program.inputReader().lines().toList();
    assertThat(program.waitFor()).as(() -> String.join("\n", lines)).isZero();
    return lines;
  }

  private static int compile(Path classes, Path... sources) {
    List<String> options = new ArrayList<>(List.of("-Xlint:all", "-Werror", "-d"));
    options.add(classes.toString());
    options.addAll(List.of("--module-path", modulePath()));
    Stream.of(sources).map(Path::toString).forEach(options::add);
    return ToolProvider.getSystemJavaCompiler()
        .run(null, System.err, System.err, options.toArray(String[]::new));
  }

  private static String modulePath(Path... more) {
    return Stream.concat(
            Stream.of(more),
            Stream.of(Scheduler.class, TcpSocket.class, NullMarked.class)
                .map(ModulePathTest::library))
        .map(Path::toString)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  /** The jar, or the folder, that a class comes from. */
  private static Path library(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
