package dev.heddle.samples;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a daemon reads, where it writes, and with which rights: options of {@code daemon start}. */
final class DaemonFiles {
  private static final int TYPE = 0170000;
  private static final int FILE = 0100000;
  private static final int DEVICE = 0020000;

  @Option(
      names = "--log-file",
      description = "To start: where the daemon's output is added to; /dev/null for nowhere")
  private @Nullable Path log;

  @Option(names = "--error-file", description = "Where its errors are added to; default: the log")
  private @Nullable Path errors;

  @Option(names = "--input-file", description = "What it reads; default ${DEFAULT-VALUE}")
  private Path input = Path.of("/dev/null");

  @Option(
      names = "--directory",
      description = "Where it works; default ${DEFAULT-VALUE}, so that it keeps no mount busy")
  private Path directory = Path.of("/");

  @Option(
      names = "--umask",
      description = "The rights that files it makes do not get, octal; default ${DEFAULT-VALUE}")
  private String umask = "022";

  Path output() {
    return log == null ? Path.of("/dev/null") : log.toAbsolutePath();
  }

  Path errors() {
    return errors == null ? output() : errors.toAbsolutePath();
  }

  Path input() {
    return input.toAbsolutePath();
  }

  Path directory() {
    return directory.toAbsolutePath();
  }

  String umask() {
    return umask;
  }

  /** Refuses what can be refused beforehand: the daemon could tell nobody. */
  void check(Terminal terminal) throws IOException {
    if (log == null) {
      throw terminal.refusal("start needs a --log-file");
    }
    if (!umask.matches("[0-7]{1,3}|0[0-7]{3}")) {
      throw terminal.refusal("--umask '" + umask + "' is not an octal number from 0 to 777");
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException("cannot work in " + directory() + ": no such folder");
    }
    checkOpens("read", input(), StandardOpenOption.READ);
    checkOpens("write", output(), StandardOpenOption.APPEND);
    checkOpens("write", errors(), StandardOpenOption.APPEND);
  }

  /** A pipe is not even opened: that would wait for its other end. */
  private static void checkOpens(String what, Path file, OpenOption how) throws IOException {
    try {
      int type = (Integer) Files.getAttribute(file, "unix:mode") & TYPE;
      if (type != FILE && type != DEVICE) {
        throw new IOException("cannot " + what + " " + file + ": neither a file nor /dev/null");
      }
      FileChannel.open(file, how).close();
    } catch (NoSuchFileException e) {
      checkCanBeMade(what, file, e);
    } catch (FileSystemException e) {
      throw PidFile.explained("cannot " + what, file, e);
    }
  }

  private static void checkCanBeMade(String what, Path file, NoSuchFileException missing)
      throws IOException {
    Path folder = file.getParent();
    if (what.equals("read") || folder == null || !Files.isDirectory(folder)) {
      String name = what.equals("read") ? "no such file" : "no such folder";
      throw new IOException("cannot " + what + " " + file + ": " + name, missing);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("cannot " + what + " " + file + ": permission denied", missing);
    }
  }
}
