package dev.heddle.process;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The descriptors of this process, and the folders of its children's sockets. */
record OpenFiles(long descriptors, long folders) {

  /** How many there are now. */
  static OpenFiles count() {
    return new OpenFiles(
        count(Path.of("/proc/self/fd"), ""),
        count(Path.of(System.getProperty("java.io.tmpdir")), "heddle-process-"));
  }

  private static long count(Path folder, String prefix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until there are no more than these; the JDK closes some when it has reaped a child. */
  void awaitAgain() {
    Until.true_(
        "back to " + this, () -> count().descriptors <= descriptors && count().folders <= folders);
  }
}
