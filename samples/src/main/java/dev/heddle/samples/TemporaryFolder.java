package dev.heddle.samples;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder for files that nobody wants later. It goes away with all that is in it: when it is
 * closed, and when Ctrl-C or SIGTERM ends the program before that.
 */
record TemporaryFolder(Path path) implements AutoCloseable {
  private static final int MOST_TRIES = 1_000;

  /** The folders that are there. Guarded by itself. */
  private static final Set<TemporaryFolder> FOLDERS = new HashSet<>();

  /** Whether the program is being ended from outside: then nothing new is made. */
  private static boolean ending;

  static {
    Thread hook = new Thread(TemporaryFolder::closeAll, "delete temporary folders");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Makes a folder that only this user may read.
   *
   * @param prefix how its name begins
   * @throws IOException with a message that names the place, if it cannot be made
   */
  static TemporaryFolder make(String prefix) throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    synchronized (FOLDERS) {
      if (ending) {
        throw new IOException("the program is being ended");
      }
      try {
        TemporaryFolder made = new TemporaryFolder(Files.createTempDirectory(parent, prefix));
        FOLDERS.add(made);
        return made;
      } catch (IOException e) {
        throw PidFile.explained("cannot make a temporary folder in", parent, e);
      }
    }
  }

  /** Whether the program is being ended from outside, so that its files vanish under its feet. */
  static boolean programEnds() {
    synchronized (FOLDERS) {
      return ending;
    }
  }

  private static void closeAll() {
    Set<TemporaryFolder> open;
    synchronized (FOLDERS) {
      ending = true;
      open = new HashSet<>(FOLDERS);
    }
    for (TemporaryFolder folder : open) {
      try {
        folder.close();
      } catch (IOException e) {
        // it stays; the program is ending and has nobody to tell
      }
    }
  }

  /** Deletes it. Who writes into it meanwhile is overtaken: it is looked through again. */
  @Override
  public void close() throws IOException {
    for (int tries = 1; Files.exists(path); tries++) {
      try {
        Path _ = Files.walkFileTree(path, new Deletion());
      } catch (DirectoryNotEmptyException e) {
        if (tries == MOST_TRIES) {
          throw PidFile.explained("cannot delete", path, e);
        }
      }
    }
    synchronized (FOLDERS) {
      FOLDERS.remove(this);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // the hook and a task delete at the same time
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
