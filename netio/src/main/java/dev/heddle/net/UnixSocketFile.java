package dev.heddle.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that is a Unix-domain listener's address. The system makes the file when the listener is
 * bound, and leaves the file there when the listener is gone. So a socket on which nobody listens
 * is no reason to refuse the next listener. It must not be deleted, though, on the strength of an
 * earlier look: by then another listener may stand there. So:
 *
 * <ol>
 *   <li>a listener is bound in a private folder, gets its mode, and is linked to its path then: so
 *       nobody can connect before, nor find it bound and not listening yet, which looks dead. The
 *       link fails if something is there: the system decides between two who come at once;
 *   <li>a dead socket is moved away into the private folder, and is deleted there if it is the very
 *       file that was looked at; else it is put back.
 * </ol>
 *
 * <p>A path that is nearly as long as a path may be leaves no room for the private folder: such a
 * listener is bound to its path directly, and cannot have a mode.
 */
final class UnixSocketFile {
  private static final int KIND = 0170000;
  private static final int SOCKET = 0140000;

  /** How often a path may change under our hands until we give up. */
  private static final int MOST_TRIES = 10;

  /** The longest path that is certain to fit: macOS has room for 104 bytes, Linux for 108. */
  private static final int LONGEST = 103;

  /** The name of the socket in the private folder. */
  private static final String MADE = "s";

  private final Path path;

  /** The identity of the file; null where the system has none. */
  private final @Nullable Object identity;

  private UnixSocketFile(Path path) throws IOException {
    this.path = path;
    this.identity = identity(path);
  }

  /**
   * Binds the channel to the path. One at a time in this process, which is short.
   *
   * @throws BindException if what is at the path must stay there
   */
  static synchronized UnixSocketFile bind(
      ServerSocketChannel channel, UnixDomainSocketAddress address, ListenOptions options)
      throws IOException {
    Path path = address.getPath();
    if (length(path) > LONGEST && !exists(path)) {
      channel.bind(address, options.backlog()); // most likely the system says that it is too long
      return new UnixSocketFile(path);
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new BindException("there is a folder");
    }
    try {
      Path room =
          Files.createTempDirectory(
              folder,
              ".heddle",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        bindByWayOf(room, channel, address, options);
      } finally {
        Files.deleteIfExists(room.resolve(MADE));
        Files.deleteIfExists(room);
      }
    } catch (AccessDeniedException e) {
      throw new BindException("no right to make a file in its folder");
    } catch (NoSuchFileException e) {
      throw new BindException("there is no such folder");
    }
    return new UnixSocketFile(path);
  }

  private static void bindByWayOf(
      Path room,
      ServerSocketChannel channel,
      UnixDomainSocketAddress address,
      ListenOptions options)
      throws IOException {
    Path made = room.resolve(MADE);
    Set<PosixFilePermission> mode = options.fileMode();
    boolean fits = length(made) <= LONGEST;
    if (fits) {
      channel.bind(UnixDomainSocketAddress.of(made), options.backlog());
      if (mode != null) {
        Files.setPosixFilePermissions(made, mode);
      }
    } else if (mode != null) {
      int over = length(made) - LONGEST;
      throw new BindException("a file mode needs a path that is " + over + " bytes shorter");
    }
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      removeDead(address, room);
      try {
        if (fits) {
          linkOrMove(address.getPath(), made);
        } else {
          channel.bind(address, options.backlog());
        }
        return;
      } catch (BindException | FileAlreadyExistsException e) {
        if (!exists(address.getPath())) {
          throw e;
        } // another was quicker: is its socket one to replace?
      }
    }
    throw new BindException("others come and go there");
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static void linkOrMove(Path path, Path made) throws IOException {
    try {
      Files.createLink(path, made);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE); // a file system without hard links
    }
  }

  /** Deletes what is at the path if it is a dead socket of our own; fails if it is to stay. */
  private static void removeDead(UnixDomainSocketAddress address, Path room) throws IOException {
    Path path = address.getPath();
    Object looked;
    try {
      looked = identity(path);
      checkDead(address, room);
    } catch (NoSuchFileException e) {
      return; // gone meanwhile
    }
    Path away = room.resolve("d");
    try {
      Files.move(path, away, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // another has moved it
    } catch (AtomicMoveNotSupportedException e) {
      throw new BindException("in use, by a dead listener whose file cannot be moved");
    }
    if (!Objects.equals(looked, identity(away))) {
      putBack(away, path);
    }
    Files.deleteIfExists(away);
  }

  /** Another has been quicker: what was moved away is its socket. */
  private static void putBack(Path away, Path path) throws IOException {
    try {
      Files.createLink(path, away);
    } catch (FileAlreadyExistsException e) {
      // and a third one has come since: it has the path now
    }
  }

  private static void checkDead(UnixDomainSocketAddress address, Path room) throws IOException {
    Path path = address.getPath();
    if (!isSocket(path)) {
      throw new BindException("there is a file that is not a socket");
    }
    Object owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(Files.getOwner(room))) {
      throw new BindException("there is a socket of another user, " + owner);
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false); // a listener whose queue is full would block the loop
      boolean _ = probe.connect(address);
      throw new BindException("in use: somebody listens there");
    } catch (ConnectException e) {
      // nobody has the socket any more
    } catch (BindException e) {
      throw e;
    } catch (IOException e) { // its queue is full, or it is a socket of another type
      throw new BindException("in use: somebody has the socket there (" + e.getMessage() + ")");
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return mode instanceof Integer bits && (bits & KIND) == SOCKET;
    }
    return attributes(path).isOther();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static @Nullable Object identity(Path path) throws IOException {
    return attributes(path).fileKey();
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Deletes the file of a listener that is about to close, so that clients get a clear error; but
   * not one that another listener has put in its place. The system keeps the identity for us, as
   * the socket is still open.
   */
  void removeIfOurs() {
    try {
      if (exists(path) && Objects.equals(identity, identity(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // the next listener on this path deletes the dead socket
    }
  }
}
