package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Where one child connects to its parent: a Unix-domain socket in a folder that only this user may
 * enter. The child proves who it is by a token that it gets by its standard input. The folder is
 * deleted at the close.
 */
final class ChildListener implements AutoCloseable {
  /** How long the token is, in hexadecimal digits. */
  static final int TOKEN_DIGITS = 32;

  private static final String PREFIX = "heddle-process-";

  /** What is left of the 103 bytes of the strictest system, beside the prefix, digits, /socket. */
  private static final int MOST_FOLDER_BYTES = 103 - PREFIX.length() - 20 - 8;

  private static final FileAttribute<?> ONLY_THIS_USER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;
  private final Path file;
  private final TcpListener listener;
  private final String token;

  ChildListener() throws IOException {
    folder = SharedFiles.make(ChildListener::folderForExit);
    file = folder.resolve("socket");
    try {
      listener = SharedFiles.make(() -> TcpListener.bind(UnixDomainSocketAddress.of(file)));
    } catch (IOException | RuntimeException e) {
      SharedFiles.delete(folder);
      throw e;
    }
    byte[] random = new byte[TOKEN_DIGITS / 2];
    RANDOM.nextBytes(random);
    token = HexFormat.of().formatHex(random);
  }

  private static Path folderForExit() throws IOException {
    Path folder = createFolder();
    SharedFiles.add(folder);
    return folder;
  }

  /**
   * A folder whose path leaves room for the socket. The system allows no more than about a hundred
   * bytes for the whole path, so a long temporary folder is passed over.
   */
  private static Path createFolder() throws IOException {
    IOException refused = null;
    for (String place : List.of(System.getProperty("java.io.tmpdir"), "/tmp", "/var/tmp")) {
      Path parent = Path.of(place).toAbsolutePath();
      if (parent.toString().getBytes(StandardCharsets.UTF_8).length > MOST_FOLDER_BYTES) {
        continue;
      }
      try {
        return Files.createTempDirectory(parent, PREFIX, ONLY_THIS_USER);
      } catch (IOException e) {
        refused = refused == null ? e : refused;
      }
    }
    throw new IOException(
        "no folder for the socket of a child process: java.io.tmpdir is "
            + System.getProperty("java.io.tmpdir")
            + ", must be a folder that can be written, of at most "
            + MOST_FOLDER_BYTES
            + " bytes",
        refused);
  }

  /** The path of the socket, which the child is told as an argument. */
  Path file() {
    return file;
  }

  /** Tells the child the token; the pipe has room for it. */
  void tellToken(OutputStream input) throws IOException {
    input.write((token + "\n").getBytes(StandardCharsets.US_ASCII));
    input.flush();
  }

  /** Waits for the child. Others who connect are refused. For a task in thread style. */
  FramedConnection accept() throws IOException {
    while (true) {
      FramedConnection connection = new FramedConnection(await(listener.accept()));
      if (connection.receive() instanceof Message.Hello(String answer) && answer.equals(token)) {
        return connection;
      }
      connection.close();
    }
  }

  /** Ends {@link #accept} with an {@code IOException}. */
  void stop() {
    listener.close();
  }

  @Override
  public void close() {
    stop();
    SharedFiles.delete(folder);
  }
}
