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
 * The file in the file system that is a Unix-domain listener's address. The system makes it when
 * the listener is bound and leaves it there when the listener is gone, however it went: a file that
 * nobody listens on is no reason to refuse the next one.
 */
final class UnixSocketFile {
  private UnixSocketFile() {}

  /**
   * Takes away what a dead listener has left at the path.
   *
   * @throws BindException if somebody listens there, or something else than a socket is there
   */
  static void removeStale(UnixDomainSocketAddress address) throws IOException {
    Path path = address.getPath();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // A socket is neither of the kinds that Java can tell; only such a file is ours to take away.
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

  /** The listener is closed: its file would refuse those who connect, in silence. */
  static void remove(UnixDomainSocketAddress address) {
    try {
      Files.deleteIfExists(address.getPath());
    } catch (IOException e) {
      // stale, and taken away by the next who binds
    }
  }
}
