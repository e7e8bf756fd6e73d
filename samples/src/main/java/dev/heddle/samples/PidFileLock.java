package dev.heddle.samples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Of all who start or stop by one pid file, one at a time. It is a lock on a file beside, {@code
 * F.lock}, which goes when the lock is released. If its holder is killed the file stays, unlocked,
 * and the next one takes it over.
 *
 * <p>To delete a lock file is a race: who has waited for the lock may get it on a file that has no
 * name any more, while a third locks a new one. So who gets a lock gives the file a length that
 * nobody else gives it, and asks for the length by the file's name; if that is another, it begins
 * again. (To read the file would not do: closing a file releases all locks of the process on it.)
 */
final class PidFileLock implements AutoCloseable {
  private static final long MOST_BYTES = 1L << 30;

  private final Path path;
  private final FileChannel channel;

  private PidFileLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Waits until nobody else starts or stops by this file; closing the result lets the next one. */
  static PidFileLock of(PidFile file) throws IOException {
    Path path = Path.of(file + ".lock");
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is not a lock file of ours; remove it");
    }
    try {
      while (true) {
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock();
        long length = ThreadLocalRandom.current().nextLong(2, MOST_BYTES);
        int _ = channel.truncate(0).write(ByteBuffer.allocate(1), length - 1); // takes one block
        if (length == lengthOf(path)) {
          return new PidFileLock(path, channel);
        }
        channel.close();
      }
    } catch (IOException e) {
      throw PidFile.explained("cannot write", path, e);
    }
  }

  private static long lengthOf(Path path) throws IOException {
    try {
      return Files.size(path);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Does nothing the second time. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try (channel) {
        Files.deleteIfExists(path);
      }
    }
  }
}
