package dev.heddle.bench;

import java.time.Duration;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param connections the numbers of connections, each measured for itself
 * @param line the length of a line with its newline, in bytes
 * @param countsCalls whether the server's system calls are counted too
 * @param cores who runs where
 */
record EchoPlan(
    List<Server> servers,
    List<Integer> connections,
    int pipelining,
    int line,
    int rounds,
    Duration warmup,
    Duration duration,
    boolean countsCalls,
    Cores cores) {

  /** Long enough for a name and a number, as most requests are. */
  static final int USUAL_LINE = 64;

  /** What all servers take. */
  static final int LONGEST_LINE = 1 << 16;

  /** Starting and ending a process, connecting, draining. */
  private static final Duration AROUND = Duration.ofSeconds(1);

  /** How long the system calls are counted, after the time that is measured. */
  static final Duration COUNTED = Duration.ofSeconds(1);

  /** About how long all of it takes. */
  Duration total() {
    Duration each = warmup.plus(duration).plus(AROUND);
    return (countsCalls ? each.plus(COUNTED) : each).multipliedBy(measurements());
  }

  int measurements() {
    return rounds * connections.stream().mapToInt(number -> serversFor(number).size()).sum();
  }

  /** Those that can serve so many clients, and such lines. */
  List<Server> serversFor(int number) {
    return servers.stream()
        .filter(server -> server.serves(number) && server.serves(line, pipelining))
        .toList();
  }
}
