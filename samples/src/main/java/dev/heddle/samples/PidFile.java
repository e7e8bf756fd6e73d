package dev.heddle.samples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The file that says which process is the daemon.
 *
 * <p>A number alone would not do: when the daemon has died, after a power cut say, the system gives
 * its number to another program sooner or later, and {@code stop} would end that one. So there are
 * three lines: the process id, when that process started (milliseconds since 1970), and the program
 * that it runs. A process with that number which started at another time or runs something else is
 * another process, and the file is stale.
 *
 * <p>It is written beside its place and moved there, so that nobody reads half of one. The daemon
 * writes and removes it; who starts or stops one holds the {@link PidFileLock}.
 */
record PidFile(Path path) {
  /** The kernel counts starts from the boot, and tells the time of the boot to a second. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static final int LONGEST = 4096;

  /** Whose the file is. */
  sealed interface Owner {}

  /** There is no file. */
  record None() implements Owner {}

  /** The process runs. */
  record Running(ProcessHandle process) implements Owner {}

  /**
   * The process does not run.
   *
   * @param why what became of it: "has ended"
   */
  record Stale(long pid, String why) implements Owner {}

  /**
   * The pid file of this name.
   *
   * @throws IOException if it is something else than a file: a folder, or a pipe, whose reader
   *     waits
   */
  static PidFile of(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    if (absolute.getFileName() == null
        || (Files.exists(absolute) && !Files.isRegularFile(absolute))) {
      throw notOurs(absolute);
    }
    return new PidFile(absolute);
  }

  private static IOException notOurs(Path path) {
    return new IOException(path + " is not a pid file of ours; remove it, or name another");
  }

  /**
   * Reads the file and looks for the process.
   *
   * @throws IOException if the file cannot be read, or is something else
   */
  Owner owner() throws IOException {
    String[] lines;
    try (InputStream in = Files.newInputStream(path)) {
      lines = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).split("\n", -1);
    } catch (NoSuchFileException e) {
      return new None();
    } catch (IOException e) {
      throw explained("cannot read", path, e);
    }
    if (lines.length != 4 || !lines[0].matches("\\d{1,18}") || !lines[1].matches("\\d{1,18}")) {
      throw notOurs(path);
    }
    long pid = Long.parseLong(lines[0]);
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(BackgroundProcess::runs);
    if (process.isEmpty()) {
      return new Stale(pid, "has ended");
    }
    Instant started = Instant.ofEpochMilli(Long.parseLong(lines[1]));
    return isTheOne(process.get().info(), started, lines[2])
        ? new Running(process.get())
        : new Stale(pid, "is another program by now");
  }

  /** What the system does not tell, of other users' processes for one, is taken on trust. */
  private static boolean isTheOne(ProcessHandle.Info info, Instant started, String program) {
    boolean sameStart =
        info.startInstant()
            .map(other -> Duration.between(started, other).abs().compareTo(TOLERANCE) <= 0)
            .orElse(true);
    return sameStart && info.command().map(program::equals).orElse(true);
  }

  void write(ProcessHandle daemon) throws IOException {
    long started = daemon.info().startInstant().orElseGet(Instant::now).toEpochMilli();
    String text = daemon.pid() + "\n" + started + "\n" + BackgroundProcess.program() + "\n";
    Path beside = path.resolveSibling(path.getFileName() + "." + daemon.pid());
    try {
      Files.writeString(beside, text);
      Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(beside);
      throw explained("cannot write", path, e);
    }
  }

  void delete() throws IOException {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw explained("cannot remove", path, e);
    }
  }

  /** For the daemon's end, when it is too late for a failure. */
  void deleteIfOwn() {
    try {
      if (owner() instanceof Running(ProcessHandle process)
          && process.pid() == ProcessHandle.current().pid()) {
        delete();
      }
    } catch (IOException e) {
      // it is stale from now on
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** The JDK's message is the path alone. */
  static IOException explained(String tried, Path path, IOException cause) {
    String why =
        switch (cause) {
          case NoSuchFileException _ -> "no such folder";
          case AccessDeniedException _ -> "permission denied";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> cause.getMessage();
        };
    return new IOException(tried + " " + path + ": " + why, cause);
  }
}
