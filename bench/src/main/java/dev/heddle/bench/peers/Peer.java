package dev.heddle.bench.peers;

import java.io.IOException;

/** An echo server: answers each line with {@code GOT:} and the line. */
@FunctionalInterface
public interface Peer {
  /** For accept queues: more clients than any benchmark connects at once. */
  int BACKLOG = 1024;

  /**
   * Begins to serve on a free port of 127.0.0.1, on daemon threads, until the process ends.
   *
   * @return the port
   */
  int start() throws IOException;
}
