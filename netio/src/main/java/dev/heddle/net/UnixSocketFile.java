package dev.heddle.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file that is a Unix-domain listener's address. The system makes the file when the listener is
 * bound, and leaves the file there when the listener is gone. So a file on which nobody listens is
 * no reason to refuse the next listener.
 */
final class UnixSocketFile {
  private UnixSocketFile() {}

  /**
   * Deletes the file that a dead listener has left at the path.
   *
   * @throws BindException if somebody listens there, or the file there is not a socket
   */
  static void removeStale(UnixDomainSocketAddress address) throws IOException {
    Path path = address.getPath();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Java has no name for the kind of a socket. Only a file of no kind with a name may be deleted.
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new BindException("there is a file that is not a socket");
    }
    try (SocketChannel _ = SocketChannel.open(address)) {
      throw new BindException("in use: somebody listens there");
    } catch (ConnectException e) {
      Files.deleteIfExists(path);
    }
  }

  /** Deletes the file of a listener that is closed, so that clients get a clear error. */
  static void remove(UnixDomainSocketAddress address) {
    try {
      Files.deleteIfExists(address.getPath());
    } catch (IOException e) {
      // the next listener on this path deletes the stale file
    }
  }
}
