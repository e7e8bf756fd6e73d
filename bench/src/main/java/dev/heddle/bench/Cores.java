package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who runs on which core: the server on one, the load generator on another, so that neither takes
 * time from the other and no run is luckier than the next. By {@code taskset}; without it, with one
 * core, or where a server has several loops, nobody is pinned, and the report says so.
 *
 * @param server the server's core, or -1
 * @param client the load generator's core, or -1
 */
record Cores(int server, int client) {
  static final Cores NOT_PINNED = new Cores(-1, -1);

  /** The first two cores that this process may use. */
  static Cores find() {
    List<Integer> allowed = allowed();
    return allowed.size() < 2 || !hasTaskset()
        ? NOT_PINNED
        : new Cores(allowed.get(0), allowed.get(1));
  }

  boolean pinned() {
    return server >= 0;
  }

  /** What stands in front of the server's command. */
  List<String> pinServer() {
    return pinned() ? List.of("taskset", "-c", Integer.toString(server)) : List.of();
  }

  /** Pins this process, all its threads, to the client's core. */
  void pinClient() throws IOException {
    if (pinned()) {
      String pid = Long.toString(ProcessHandle.current().pid());
      if (run("taskset", "-acp", Integer.toString(client), pid) != 0) {
        throw new IOException("taskset cannot pin this process to core " + client);
      }
    }
  }

  @Override
  public String toString() {
    return pinned() ? "server on core " + server + ", client on core " + client : "not pinned";
  }

  private static boolean hasTaskset() {
    try {
      return run("taskset", "--version") == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** From Linux: {@code Cpus_allowed_list: 0-3,6}. Elsewhere none. */
  private static List<Integer> allowed() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Cpus_allowed_list:")) {
          return parse(line.substring(line.indexOf(':') + 1).strip());
        }
      }
    } catch (IOException e) {
      // not Linux
    }
    return List.of();
  }

  static List<Integer> parse(String ranges) {
    List<Integer> cores = new ArrayList<>();
    for (String range : ranges.split(",")) {
      String[] ends = range.split("-");
      IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
          .forEach(cores::add);
    }
    return cores;
  }
}
