package dev.heddle.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TcpListener} listens.
 *
 * <pre>{@code
 * ListenOptions options = ListenOptions.DEFAULT.withBacklog(128).withFileMode("rw-rw----");
 * }</pre>
 *
 * @param backlog connections that the system keeps until they are accepted; 1 to 65,535. The system
 *     may have a limit of its own
 * @param reusePort whether other sockets of the same user, in other processes too, may be bound to
 *     the port; the system then spreads connections over all of them
 * @param ipv4Only whether the wildcard address stands for those of IPv4 only
 * @param receiveBuffer bytes of the buffer in which the system receives for each connection; 0
 *     leaves it to the system, which is mostly best
 * @param fileMode who may connect to a path; null leaves it to the process's umask
 */
public record ListenOptions(
    int backlog,
    boolean reusePort,
    boolean ipv4Only,
    int receiveBuffer,
    @Nullable Set<PosixFilePermission> fileMode) {
  private static final int MOST_BACKLOG = 65_535;

  /** A backlog of 1,024; all else as the system does it. */
  public static final ListenOptions DEFAULT = new ListenOptions(1024, false, false, 0, null);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ListenOptions {
    if (backlog < 1 || backlog > MOST_BACKLOG) {
      throw new IllegalArgumentException(
          "backlog " + backlog + ": must be from 1 to " + MOST_BACKLOG);
    }
    if (receiveBuffer < 0) {
      throw new IllegalArgumentException("receiveBuffer " + receiveBuffer + ": must be 0 or more");
    }
    if (fileMode != null) {
      EnumSet<PosixFilePermission> copy = EnumSet.noneOf(PosixFilePermission.class);
      copy.addAll(fileMode);
      fileMode = Set.copyOf(copy);
    }
  }

  /** These options with another backlog. */
  public ListenOptions withBacklog(int connections) {
    return new ListenOptions(connections, reusePort, ipv4Only, receiveBuffer, fileMode);
  }

  /** These options with the port open for other sockets, or not. */
  public ListenOptions withReusePort(boolean reuse) {
    return new ListenOptions(backlog, reuse, ipv4Only, receiveBuffer, fileMode);
  }

  /** These options for IPv4 only, or not. */
  public ListenOptions withIpv4Only(boolean only) {
    return new ListenOptions(backlog, reusePort, only, receiveBuffer, fileMode);
  }

  /** These options with another receive buffer. */
  public ListenOptions withReceiveBuffer(int bytes) {
    return new ListenOptions(backlog, reusePort, ipv4Only, bytes, fileMode);
  }

  /**
   * These options with rights on the socket file, for example {@code "rw-rw----"}: to connect is to
   * write.
   *
   * @throws IllegalArgumentException if the text does not have that form
   */
  public ListenOptions withFileMode(String permissions) {
    Set<PosixFilePermission> mode;
    try {
      mode = PosixFilePermissions.fromString(permissions);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "file mode '" + permissions + "': must have the form rwxr-x---", e);
    }
    return new ListenOptions(backlog, reusePort, ipv4Only, receiveBuffer, mode);
  }

  /** To be set before the channel is bound: the window of a connection cannot grow later. */
  void applyReceiveBuffer(ServerSocketChannel channel) throws IOException {
    if (receiveBuffer > 0) {
      Addresses.setOption(
          channel, StandardSocketOptions.SO_RCVBUF, receiveBuffer, "a listener on this system");
    }
  }
}
