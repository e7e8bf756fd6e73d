package dev.heddle.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The files of shared memory that this process has made. Those that are left go at its exit. */
final class SharedFiles {
  private static final Set<Path> LEFT = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LEFT.forEach(SharedFiles::delete)));
  }

  private SharedFiles() {}

  /** A file of so many zeros that only this user may read and write. */
  static Path create(String prefix, long bytes) throws IOException {
    Path file = Files.createTempFile(prefix, ".memory");
    LEFT.add(file);
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(bytes);
      return file;
    } catch (IOException | RuntimeException e) {
      delete(file);
      throw e;
    }
  }

  /** Deletes a file if it is still there. */
  static void delete(Path file) {
    LEFT.remove(file);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // somebody has taken the folder away, or the right to write to it; the file is no harm
    }
  }
}
