package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Counts the system calls that a process makes, all its threads, by {@code strace -c}. The process
 * is several times slower meanwhile: what is counted is not what is timed.
 */
final class SystemCalls implements AutoCloseable {
  private static final int SECONDS_TO_END = 20;

  /** Of the last line of the table: share, seconds, time of a call, calls. */
  private static final int CALLS = 3;

  private final Path table;
  private final Process strace;

  private SystemCalls(Path table, Process strace) {
    this.table = table;
    this.strace = strace;
  }

  /** Whether it can be done on this machine. */
  static boolean canBeCounted() {
    try {
      Process asked =
          new ProcessBuilder("strace", "-c", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return asked.waitFor() == 0;
    } catch (IOException e) {
      return false; // there is none, or it is not allowed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Counts from now on; returns when all threads of the process are watched. */
  static SystemCalls of(long pid) throws IOException {
    Path table = Files.createTempFile("heddle-bench-calls", ".txt");
    Process strace =
        new ProcessBuilder("strace", "-f", "-c", "-o", table.toString(), "-p", Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    String said =
        strace.inputReader().readLine(); // that it is attached, with the number of threads
    if (said == null || !said.contains("attached")) {
      strace.destroyForcibly();
      Files.delete(table);
      throw new IOException("strace does not count the calls of process " + pid + ": " + said);
    }
    return new SystemCalls(table, strace);
  }

  /** How many there were; counts no more. */
  long stop() throws IOException {
    strace.destroy(); // then it writes its table
    try {
      if (!strace.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        throw new IOException("strace does not end", new TimeoutException());
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    return total(Files.readAllLines(table));
  }

  /** Of the table's last line. */
  static long total(List<String> table) throws IOException {
    for (String line : table) {
      String[] cells = line.strip().split(" +");
      if (cells.length > CALLS && cells[cells.length - 1].equals("total")) {
        return Long.parseLong(cells[CALLS]);
      }
    }
    throw new IOException("strace has counted nothing");
  }

  @Override
  public void close() throws IOException {
    strace.destroyForcibly();
    Files.deleteIfExists(table);
  }
}
