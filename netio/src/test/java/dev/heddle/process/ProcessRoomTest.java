package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the rooms process and process.codec may use, and what of them is public. */
class ProcessRoomTest {
  private static final Path MAIN = Path.of("src", "main", "java", "dev", "heddle");
  private static final List<String> ROOMS =
      List.of("net", "net/blocking", "net/echo", "process", "process/codec");
  private static final List<String> LIBRARIES =
      List.of("java.", "org.jspecify.", "com.google.errorprone.");

  @Test
  void processUsesTheRoomsBelowItOnly() throws IOException {
    assertThat(imports("process"))
        .isNotEmpty()
        .allMatch(
            imported ->
                startsWithOneOf(imported, LIBRARIES)
                    || startsWithOneOf(
                        imported,
                        List.of(
                            "dev.heddle.process.",
                            "dev.heddle.net.",
                            "dev.heddle.scheduler.",
                            "dev.heddle.sync.")));
  }

  @Test
  void theCodecUsesNoOtherRoomButLetsACancellationThrough() throws IOException {
    assertThat(imports("process/codec"))
        .isNotEmpty()
        .filteredOn(imported -> !imported.equals("dev.heddle.scheduler.Cancelled;"))
        .allMatch(imported -> startsWithOneOf(imported, LIBRARIES));
  }

  @Test
  void netKnowsNothingOfProcesses() throws IOException {
    assertThat(lines("net")).noneMatch(line -> line.contains("dev.heddle.process"));
  }

  @Test
  void ofTheCodecOnlyWhatUsersNeedIsPublic() throws IOException {
    assertThat(lines("process/codec").filter(line -> line.matches("public .*(class|interface) .*")))
        .map(line -> line.replaceFirst(".*(class|interface) (\\w+).*", "$2"))
        .containsExactlyInAnyOrder("Codec", "CodecException", "DataCodec", "SafeText");
  }

  /**
   * {@link java.time.Duration#toNanos} throws from 292 years on; Timers.saturatedNanos does not.
   */
  @Test
  void theNanosecondsOfADurationAreAskedForByTheSchedulersTimersOnly() throws IOException {
    for (String room : ROOMS) {
      assertThat(lines(room)).noneMatch(line -> line.contains(".toNanos()"));
    }
  }

  @Test
  void nothingIsEverReadOrWrittenByJavasSerialization() throws IOException {
    for (String room : List.of("process", "process/codec")) {
      assertThat(lines(room))
          .noneMatch(line -> line.contains("ObjectInputStream"))
          .noneMatch(line -> line.contains("ObjectOutputStream"));
    }
  }

  /**
   * A thread that holds a lock of the JDK would hold up a loop whose hook takes it. Of the files
   * that are named here, docs/decisions/hooks.md tells why they may.
   */
  @Test
  void locksOfTheJdkAreTakenWhereNoHookComesAlong() throws IOException {
    Pattern locks =
        Pattern.compile(
            "\\bsynchronized\\b|\\w*(ThreadPool|ForkJoin)\\w*|Executors?\\b|\\w*BlockingQueue"
                + "|\\w*BlockingDeque|ReentrantLock|\\w*ReadWriteLock|StampedLock|concurrent.Semaphore;"
                + "|CountDownLatch|CyclicBarrier|Phaser|Exchanger|Collections\\.synchronized");
    Set<String> taking = new TreeSet<>();
    for (String room : ROOMS) {
      try (Stream<Path> files = Files.list(MAIN.resolve(room))) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> linesOf(file).anyMatch(line -> takes(locks, line)))
            .forEach(file -> taking.add(file.getFileName().toString()));
      }
    }
    assertThat(taking)
        .containsExactly(
            "ChildMain.java",
            "CompiledSource.java",
            "FailureLog.java",
            "LinkLimit.java",
            "OutputTail.java",
            "ParentDeath.java",
            "SharedFiles.java",
            "SpareDescriptors.java",
            "UnixSocketFile.java");
  }

  private static boolean takes(Pattern locks, String line) {
    return !line.strip().startsWith("*") && locks.matcher(line).find();
  }

  private static boolean startsWithOneOf(String imported, List<String> prefixes) {
    return prefixes.stream().anyMatch(imported::startsWith);
  }

  private static Stream<String> imports(String room) throws IOException {
    return lines(room)
        .filter(line -> line.startsWith("import "))
        .map(line -> line.replaceFirst("^import (static )?", ""));
  }

  private static Stream<String> lines(String room) throws IOException {
    try (Stream<Path> files = Files.list(MAIN.resolve(room))) {
      return files.filter(Files::isRegularFile).toList().stream().flatMap(ProcessRoomTest::linesOf);
    }
  }

  private static Stream<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
