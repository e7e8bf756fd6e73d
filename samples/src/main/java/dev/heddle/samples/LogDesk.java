package dev.heddle.samples;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.sync.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;

/** What is to be searched, and what was found: each log is counted once, however often it comes. */
final class LogDesk {
  /**
   * A log to search.
   *
   * @param run which search it belongs to: a broker may keep what an earlier one has left
   * @param number its own, of those of the search
   */
  record Work(String run, int number, String log) {
    /** Of a message about this log. */
    String id() {
      return run + "." + number;
    }
  }

  /** What a worker has found in it. */
  record Found(Work work, String worker, Set<String> hosts) {}

  static final Codec CODEC = new DataCodec();
  private static final int MOST_BYTES = 256 * 1024;

  private final Terminal terminal;
  private final List<String> logs;
  private final String run = UUID.randomUUID().toString();
  private final TreeMap<String, Set<String>> found = new TreeMap<>();
  private final Event complete = new Event("all logs were searched");

  LogDesk(Terminal terminal, List<String> logs) {
    this.terminal = terminal;
    this.logs = logs;
  }

  List<Work> works() {
    return IntStream.range(0, logs.size()).mapToObj(n -> new Work(run, n, logs.get(n))).toList();
  }

  void take(byte[] message) throws CodecException {
    Found one = (Found) CODEC.decode(message, Found.class);
    if (one == null || !one.work().run().equals(run)) {
      return; // left by an earlier search
    }
    String what = nameOf(one.work().log()) + " by " + one.worker();
    if (found.putIfAbsent(one.work().log(), one.hosts()) != null) {
      say(what + ": was counted before");
      return;
    }
    say(what + ": " + one.hosts().size() + " robots, " + found.size() + " of " + logs.size());
    if (found.size() == logs.size()) {
      complete.set();
    }
  }

  void awaitAll(Awaiter co) {
    co.await(complete.await());
  }

  /** At once: who kills a worker wants to see which. */
  void say(String line) {
    terminal.say(line);
    terminal.out().flush();
  }

  /** The hosts, one a line. */
  void sayHosts() {
    Set<String> hosts = new TreeSet<>();
    found.values().forEach(hosts::addAll);
    say(found.size() + " logs, each counted once, " + hosts.size() + " robots");
    hosts.forEach(terminal::say);
  }

  String left() {
    return logs.size() - found.size() + " of " + logs.size() + " logs were not searched";
  }

  static String nameOf(String log) {
    return String.valueOf(Path.of(log).getFileName());
  }

  static Work work(byte[] message) throws CodecException {
    return (Work) Objects.requireNonNull(CODEC.decode(message, Work.class), "a log to search");
  }

  static byte[] encode(Object message) throws CodecException {
    return CODEC.encode(message, message.getClass(), MOST_BYTES);
  }
}
