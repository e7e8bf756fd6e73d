package dev.heddle.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The temporary files by which this process and its children find each other: those of shared
 * memory, and the folders of sockets. Those that are left go at the exit, by a signal too. What
 * makes one calls {@link #make}, so that none is made when the exit has deleted them.
 */
final class SharedFiles {
  private static final Set<Path> LEFT = ConcurrentHashMap.newKeySet();

  /** Whether the exit deletes, or has deleted, what is left. Under this class's monitor. */
  private static boolean exiting;

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(SharedFiles::deleteAll));
    } catch (IllegalStateException e) {
      exiting = true;
    }
  }

  /** What makes files. */
  interface Maker<T> {
    T make() throws IOException;
  }

  private SharedFiles() {}

  private static synchronized void deleteAll() {
    exiting = true;
    LEFT.forEach(SharedFiles::delete);
  }

  /**
   * Makes files, and says by {@link #add} which, while the exit waits.
   *
   * @throws IOException if this program is about to exit, too
   */
  static synchronized <T> T make(Maker<T> maker) throws IOException {
    if (exiting) {
      throw new IOException("this program exits: no file for its children is made any more");
    }
    return maker.make();
  }

  /** A file of so many zeros that only this user may read and write. */
  static Path create(String prefix, long bytes) throws IOException {
    return make(() -> createNow(prefix, bytes));
  }

  private static Path createNow(String prefix, long bytes) throws IOException {
    Path file = createFile(prefix);
    add(file);
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(bytes);
      return file;
    } catch (IOException | RuntimeException e) {
      delete(file);
      throw e;
    }
  }

  private static Path createFile(String prefix) throws IOException {
    try {
      return Files.createTempFile(prefix, ".memory");
    } catch (IOException e) {
      String why =
          switch (e) {
            case NoSuchFileException _ -> "no such folder";
            case AccessDeniedException _ -> "no right to write there";
            default -> String.valueOf(e.getMessage());
          };
      String folder = System.getProperty("java.io.tmpdir");
      throw new IOException("cannot make a file in " + folder + " for shared memory: " + why, e);
    }
  }

  /** This file, or folder with all that is in it, goes at the exit if nobody deletes it before. */
  static void add(Path path) {
    LEFT.add(path);
  }

  /** Deletes a file, or a folder with all that is in it, if it is still there. */
  static void delete(Path path) {
    LEFT.remove(path);
    try {
      deleteNow(path);
    } catch (IOException e) {
      // somebody has taken the folder away, or the right to write to it; the file is no harm
    }
  }

  private static void deleteNow(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.toList()) {
          deleteNow(file);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
