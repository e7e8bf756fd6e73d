package dev.heddle.bench.report;

import static dev.heddle.bench.report.Catalogue.CONTINUATION;
import static dev.heddle.bench.report.Catalogue.DEPTH;
import static dev.heddle.bench.report.Catalogue.HANDOFF;
import static dev.heddle.bench.report.Catalogue.ITEM;
import static dev.heddle.bench.report.Catalogue.KOTLIN;
import static dev.heddle.bench.report.Catalogue.PLATFORM;
import static dev.heddle.bench.report.Catalogue.STEP;
import static dev.heddle.bench.report.Catalogue.THREAD;
import static dev.heddle.bench.report.Catalogue.TURN;
import static dev.heddle.bench.report.Catalogue.VIRTUAL;
import static dev.heddle.bench.report.Catalogue.WOVEN;

import java.util.ArrayList;
import java.util.List;

/**
 * The targets, all of them here. They are ratios, because absolute times drift from run to run; a
 * target that was set in nanoseconds is divided by what the peer took in the run for which it was
 * set, and both numbers stand in the line.
 */
final class Targets {
  /** A third: a turn of ours is never above a third of Kotlin's. */
  private static final double THIRD = 1 / 3.0;

  private static final String SHIPPED = "heddle-coroutine";

  private Targets() {}

  static List<Target> all() {
    List<Target> all = new ArrayList<>();
    tasks(all);
    primitives(all);
    costs(all);
    for (int connections : new int[] {1, 2, 100, 1000, 9000}) {
      echo(all, connections);
    }
    return all;
  }

  private static void tasks(List<Target> all) {
    all.add(to(TURN, WOVEN, KOTLIN, THIRD));
    all.add(to(TURN, STEP, KOTLIN, THIRD));
    all.add(to(TURN, THREAD, VIRTUAL, 1.1));
    all.add(absolute(Catalogue.TURN_BYTES, WOVEN, 0.5)); // none, but for JMH's own
    all.add(to(Catalogue.HAND_OFF, HANDOFF, VIRTUAL, 300 / 75.0));
    all.add(to(ITEM, WOVEN, KOTLIN, 2.5 / 14.5));
    all.add(to(ITEM, CONTINUATION, KOTLIN, 100 / 14.5));
    all.add(to(ITEM, HANDOFF, KOTLIN, 300 / 14.5));
    all.add(to(Catalogue.CALL, WOVEN, KOTLIN, 1));
    for (int depth : new int[] {0, 1, 10, 100}) {
      all.add(to(DEPTH + depth, WOVEN, KOTLIN, 1));
      if (depth > 0) {
        all.add(new Target(DEPTH + depth, WOVEN, DEPTH + 0, WOVEN, 1.5));
      }
    }
  }

  private static void primitives(List<Target> all) {
    all.add(to(Catalogue.RENDEZVOUS, WOVEN, KOTLIN, 35 / 97.0));
    all.add(to(Catalogue.QUEUE, WOVEN, KOTLIN, 18 / 28.0));
    all.add(to(Catalogue.QUEUE, WOVEN, VIRTUAL, 18 / 19.0));
    all.add(to(Catalogue.LOCK, WOVEN, KOTLIN, 30 / 68.0));
    all.add(to(Catalogue.SEMAPHORE, WOVEN, KOTLIN, 35 / 63.0));
    all.add(to(Catalogue.SELECT, WOVEN, KOTLIN, 60 / 280.0));
    all.add(to(Catalogue.TIMEOUT, WOVEN, KOTLIN, 60 / 439.0));
    all.add(to(Catalogue.GROUP, WOVEN, KOTLIN, 90 / 105.0));
    all.add(to(Catalogue.SPAWN, WOVEN, KOTLIN, 90 / 105.0)); // a child of a group, without it
  }

  private static void costs(List<Target> all) {
    all.add(to(Catalogue.SLEEPER, WOVEN, KOTLIN, 0.2));
    all.add(to(ProcessSuites.MEMORY, WOVEN, KOTLIN, 150 / 319.0));
    all.add(to(ProcessSuites.MEMORY, THREAD, VIRTUAL, 800 / 616.0));
    all.add(absolute(ProcessSuites.FIRST_USE, WOVEN, 1));
    all.add(absolute(ProcessSuites.VERY_FIRST, WOVEN, 30));
  }

  private static void echo(List<Target> all, int connections) {
    String rate = ProcessSuites.echo(connections, ProcessSuites.RATE);
    all.add(to(rate, SHIPPED, "c-epoll", 0.95));
    all.add(to(rate, SHIPPED, "Netty NIO", 1.2));
    all.add(to(rate, SHIPPED, "Netty epoll", 1.1));
    all.add(to(rate, SHIPPED, VIRTUAL, 1.4));
    all.add(to(rate, SHIPPED, PLATFORM, 1.6));
    all.add(to(rate, "heddle-lines", SHIPPED, 0.95));
    all.add(to(rate, "heddle-sockets", SHIPPED, 0.95));
    for (String what : List.of(ProcessSuites.P99, ProcessSuites.P999)) {
      String latency = ProcessSuites.echo(connections, what);
      for (String peer : List.of("Netty NIO", "Netty epoll", VIRTUAL, PLATFORM)) {
        all.add(to(latency, SHIPPED, peer, 1));
      }
    }
  }

  private static Target to(String figure, String ours, String peer, double limit) {
    return new Target(figure, ours, figure, peer, limit);
  }

  private static Target absolute(String figure, String ours, double limit) {
    return new Target(figure, ours, figure, Row.NONE, limit);
  }
}
