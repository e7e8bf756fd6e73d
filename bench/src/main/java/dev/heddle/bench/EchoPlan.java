package dev.heddle.bench;

import java.time.Duration;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param connections the numbers of connections, each measured for itself
 */
record EchoPlan(
    List<Server> servers,
    List<Integer> connections,
    int pipelining,
    int rounds,
    Duration warmup,
    Duration duration) {

  /** Starting and ending a process, connecting, draining. */
  private static final Duration AROUND = Duration.ofSeconds(1);

  /** About how long all of it takes. */
  Duration total() {
    return warmup.plus(duration).plus(AROUND).multipliedBy(measurements());
  }

  int measurements() {
    return servers.size() * connections.size() * rounds;
  }
}
