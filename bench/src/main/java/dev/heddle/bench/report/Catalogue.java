package dev.heddle.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is measured: the one list of suites. JMH's are here; those that need processes of their own
 * are in {@link ProcessSuites}.
 */
final class Catalogue {
  static final String WOVEN = "heddle woven";
  static final String STEP = "heddle step";
  static final String THREAD = "heddle thread style";
  static final String HANDOFF = "heddle handoff";
  static final String CONTINUATION = "heddle continuation";
  static final String KOTLIN = "Kotlin";
  static final String VIRTUAL = "virtual threads";
  static final String PLATFORM = "platform threads";
  static final String JOX = "Jox, virtual threads";

  // The figures that have a target.
  static final String TURN = "a turn among 1,000 tasks";
  static final String TURN_BYTES = "bytes allocated by a turn";
  static final String HAND_OFF = "a turn, from one of two tasks to the other";
  static final String QUEUE = "queue of 100, an item";
  static final String RENDEZVOUS = "rendezvous, an item";
  static final String LOCK = "lock, handed on";
  static final String SEMAPHORE = "semaphore, handed on";
  static final String SELECT = "select of two queues";
  static final String TIMEOUT = "a wait with a timeout";
  static final String GROUP = "a child of a group of 1,000";
  static final String SPAWN = "a task of 1,000: spawned, ended";
  static final String SLEEPER = "a sleeper's whole life";
  static final String ITEM = "an item of a generator";
  static final String CALL = "a call that does not suspend";
  static final String DEPTH = "a turn at depth ";

  private final Effort effort;
  private final Path log;
  private final List<Figure> figures = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();

  private Catalogue(Effort effort, Path log) {
    this.effort = effort;
    this.log = log;
  }

  /**
   * All suites.
   *
   * @param folder for what need not be kept
   * @param main of the jar's commands
   * @param servers the echo servers there are
   */
  static Catalogue of(Effort effort, Path folder, String main, List<String> servers) {
    Catalogue all = new Catalogue(effort, folder.resolve("jmh.log"));
    SUITES.values().forEach(suite -> suite.accept(all));
    new ProcessSuites(effort, folder, main, servers, all.figures, all.sources).add();
    return all;
  }

  /** The names of all suites, in the order in which they run. */
  static SequencedSet<String> names() {
    SequencedSet<String> names = new LinkedHashSet<>(SUITES.keySet());
    names.addAll(ProcessSuites.NAMES);
    return names;
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  /** The sources of these suites. */
  List<Source> sources(Set<String> suites) {
    return sources.stream().filter(source -> suites.contains(source.suite())).toList();
  }

  private static final Map<String, Consumer<Catalogue>> SUITES = new LinkedHashMap<>();

  static {
    SUITES.put("turn", Catalogue::turn);
    SUITES.put("hand-off", Catalogue::handOff);
    SUITES.put("queue", Catalogue::queue);
    SUITES.put("rendezvous", Catalogue::rendezvous);
    SUITES.put(
        "lock",
        all ->
            all.primitive("lock", LOCK, "LockBench", "released by one task to the next in line"));
    SUITES.put(
        "semaphore",
        all ->
            all.primitive(
                "semaphore",
                SEMAPHORE,
                "SemaphoreBench",
                "the only permit, released by one task to the next in line"));
    SUITES.put("select", Catalogue::select);
    SUITES.put(
        "timeout",
        all ->
            all.primitive(
                "timeout",
                TIMEOUT,
                "TimeoutBench",
                "an item of a queue, awaited with a timeout that does not expire; two turns"));
    SUITES.put(
        "group",
        all -> all.primitive("group", GROUP, "GroupBench", "a child started, run and joined"));
    SUITES.put("spawn", Catalogue::spawn);
    SUITES.put("actors", Catalogue::actors);
    SUITES.put("cancel", Catalogue::cancel);
    SUITES.put("sleepers", Catalogue::sleepers);
    SUITES.put("generator", Catalogue::generator);
    SUITES.put("calls", Catalogue::calls);
    SUITES.put("depth", Catalogue::depth);
  }

  private void turn() {
    Figure turn =
        figure("turn", TURN, Unit.NANOS, "a task is resumed, yields and goes to the queue's end");
    jmh(turn, WOVEN, "TurnBench.turn", "kind=WOVEN", "tasks=1000");
    jmh(turn, STEP, "TurnBench.turn", "kind=STEP", "tasks=1000");
    jmh(turn, THREAD, "TurnBench.turn", "kind=THREAD_ON_VIRTUAL_THREAD", "tasks=1000");
    jmh(turn, HANDOFF, "TurnBench.turn", "kind=THREAD_ON_HANDOFF", "tasks=1000");
    jmh(turn, KOTLIN, "StockTurnBench.coroutines", "tasks=1000");
    jmh(turn, VIRTUAL, "StockTurnBench.virtualThreadsOnOneCarrier", "tasks=1000");
    jmh(turn, PLATFORM, "StockTurnBench.platformThreads", "tasks=1000");
    jmh(turn, Measured.LOWER_BOUND, "StockTurnBench.handWritten", "tasks=1000");
    figure("turn", TURN_BYTES, Unit.ALLOCATED, "garbage of that turn");
    sources.add(
        source(turn, WOVEN, "TurnBench.turn", "kind=WOVEN", "tasks=1000").allocations(TURN_BYTES));
    if (effort.isFull()) {
      for (int tasks : new int[] {10, 100, 1000, 10_000, 100_000}) {
        Figure figure = figure(curve("turn", "a turn, by tasks", "tasks", tasks));
        jmh(figure, WOVEN, "TurnBench.turn", "kind=WOVEN", "tasks=" + tasks);
        jmh(figure, KOTLIN, "StockTurnBench.coroutines", "tasks=" + tasks);
        jmh(figure, VIRTUAL, "StockTurnBench.virtualThreadsOnOneCarrier", "tasks=" + tasks);
      }
    }
  }

  private void handOff() {
    Figure figure =
        figure("hand-off", HAND_OFF, Unit.NANOS, "one of two gives up its turn to the other");
    jmh(figure, WOVEN, "TurnBench.turn", "kind=WOVEN", "tasks=2");
    jmh(figure, HANDOFF, "TurnBench.turn", "kind=THREAD_ON_HANDOFF", "tasks=2");
    jmh(figure, KOTLIN, "StockTurnBench.coroutines", "tasks=2");
    jmh(figure, VIRTUAL, "StockTurnBench.exchangingOnOneCarrier");
    jmh(figure, PLATFORM, "StockTurnBench.exchangingPlatformThreads");
  }

  private void queue() {
    Figure figure =
        figure("queue", QUEUE, Unit.NANOS, "put by one task and got by another, with room for 100");
    jmh(figure, WOVEN, "QueueBench.woven", "capacity=100");
    jmh(figure, STEP, "QueueBench.step", "capacity=100");
    jmh(figure, KOTLIN, "QueueBench.kotlin", "capacity=100");
    jmh(figure, VIRTUAL, "QueueBench.virtualThreads", "capacity=100");
    jmh(figure, JOX, "QueueBench.jox", "capacity=100");
    jmh(figure, PLATFORM, "QueueBench.platformThreads", "capacity=100");
  }

  private void rendezvous() {
    Figure figure =
        figure("rendezvous", RENDEZVOUS, Unit.NANOS, "given from hand to hand: who puts waits");
    jmh(figure, WOVEN, "QueueBench.wovenRendezvous");
    jmh(figure, STEP, "QueueBench.stepRendezvous");
    jmh(figure, KOTLIN, "QueueBench.kotlin", "capacity=0");
    jmh(figure, VIRTUAL, "QueueBench.virtualThreads", "capacity=0");
    jmh(figure, JOX, "QueueBench.jox", "capacity=0");
    jmh(figure, PLATFORM, "QueueBench.platformThreads", "capacity=0");
  }

  private void primitive(String suite, String name, String benchmark, String operation) {
    Figure figure = figure(suite, name, Unit.NANOS, operation);
    jmh(figure, WOVEN, benchmark + ".woven");
    jmh(figure, STEP, benchmark + ".step");
    jmh(figure, KOTLIN, benchmark + ".kotlin");
    jmh(figure, VIRTUAL, benchmark + ".virtualThreads");
    jmh(figure, PLATFORM, benchmark + ".platformThreads");
  }

  private void select() {
    Figure figure =
        figure(
            "select",
            SELECT,
            Unit.NANOS,
            "a wait in two queues that leaves the one that loses; two turns (the JDK has none)");
    jmh(figure, WOVEN, "SelectBench.woven");
    jmh(figure, STEP, "SelectBench.step");
    jmh(figure, KOTLIN, "SelectBench.kotlin");
  }

  private void spawn() {
    Figure figure = figure("spawn", SPAWN, Unit.NANOS, "started, run once and ended");
    jmh(figure, WOVEN, "SpawnBench.tasks", "kind=WOVEN");
    jmh(figure, STEP, "SpawnBench.tasks", "kind=STEP");
    jmh(figure, THREAD, "SpawnBench.tasks", "kind=THREAD_ON_VIRTUAL_THREAD");
    jmh(figure, KOTLIN, "SpawnBench.kotlin");
    jmh(figure, VIRTUAL, "SpawnBench.virtualThreads");
    jmh(figure, PLATFORM, "SpawnBench.platformThreads");
  }

  private void actors() {
    for (int actors : effort.isFull() ? new int[] {10, 1000} : new int[] {10}) {
      String among = "among %,d actors".formatted(actors);
      actors(
          "a message round a ring " + among,
          "the only message goes from one to the next",
          "ring",
          actors);
      actors(
          "a message to one of them, " + among, "one task sends to each in turn", "fanOut", actors);
    }
  }

  private void actors(String name, String operation, String method, int actors) {
    Figure figure = figure("actors", name, Unit.NANOS, operation);
    String param = "actors=" + actors;
    jmh(figure, WOVEN, "ActorBench." + method + "Woven", param);
    jmh(figure, KOTLIN, "ActorBench." + method + "Kotlin", param);
    jmh(figure, VIRTUAL, "ActorBench." + method + "VirtualThreads", param);
    if (actors <= 10) { // a thousand threads that wake each other take minutes
      jmh(figure, PLATFORM, "ActorBench." + method + "PlatformThreads", param);
    }
  }

  private void cancel() {
    for (int tasks :
        effort.isFull() ? new int[] {10, 100, 1000, 10_000, 100_000} : new int[] {100}) {
      Figure figure =
          figure(
              new Figure(
                      "cancel",
                      "a scope of %,d that sleep is cancelled".formatted(tasks),
                      Unit.MICROS,
                      "all are started, sleep, are cancelled and end")
                  .on("cancel of a scope, by its tasks", "tasks", tasks));
      jmh(figure, WOVEN, "CancelBench.woven", "tasks=" + tasks);
      jmh(figure, KOTLIN, "CancelBench.kotlin", "tasks=" + tasks);
      jmh(figure, VIRTUAL, "CancelBench.virtualThreads", "tasks=" + tasks);
    }
  }

  private void sleepers() {
    Figure figure =
        figure(
            "sleepers",
            SLEEPER,
            Unit.NANOS,
            "among %,d that sleep at once: spawned, asleep, awake, ended; the sleep left out"
                .formatted(effort.sleepers()));
    sleepers(figure, effort.sleepers(), true);
    if (effort.isFull()) {
      for (int timers : new int[] {1000, 10_000, 100_000, 1_000_000}) {
        sleepers(
            figure(curve("sleepers", "a sleeper, by timers", "timers", timers)), timers, false);
      }
    }
  }

  private void sleepers(Figure figure, int tasks, boolean steps) {
    String[] params = {"tasks=" + tasks, "sleepMillis=" + effort.sleepMillis()};
    sources.add(source(figure, WOVEN, "SleepBench.woven", params).second("nanos"));
    if (steps) {
      sources.add(source(figure, STEP, "SleepBench.step", params).second("nanos"));
    }
    sources.add(source(figure, KOTLIN, "SleepBench.kotlin", params).second("nanos"));
    sources.add(source(figure, VIRTUAL, "SleepBench.virtualThreads", params).second("nanos"));
    if (tasks <= 1000 || steps) {
      // Thousands of platform threads are what a machine bears; the figure is for each.
      sources.add(
          source(figure, PLATFORM, "SleepBench.platformThreads", "tasks=1000", params[1])
              .second("nanos"));
    }
  }

  private void generator() {
    Figure figure = figure("generator", ITEM, Unit.NANOS, "asked for and yielded");
    jmh(figure, WOVEN, "GeneratorBench.item", "engine=WOVEN");
    jmh(figure, CONTINUATION, "GeneratorBench.item", "engine=CONTINUATION");
    jmh(figure, HANDOFF, "GeneratorBench.item", "engine=HANDOFF");
    jmh(figure, KOTLIN, "GeneratorBench.kotlin", "engine=WOVEN");
    jmh(figure, Measured.LOWER_BOUND, "GeneratorBench.handWritten", "engine=WOVEN");
  }

  private void calls() {
    Figure figure =
        figure("calls", CALL, Unit.NANOS, "a method that may suspend and does not, of 100,000");
    jmh(figure, WOVEN, "CallBench.wovenStatic");
    jmh(figure, KOTLIN, "CallBench.kotlinStatic");
    jmh(figure, Measured.LOWER_BOUND, "CallBench.plainStatic");
  }

  private void depth() {
    for (int depth : effort.isTiny() ? new int[] {0, 10} : new int[] {0, 1, 10, 100}) {
      Figure figure =
          new Figure(
                  "depth",
                  DEPTH + depth,
                  Unit.NANOS,
                  "a task among 1,000 yields so many calls deep")
              .on("a turn, by depth of calls", "calls deep", depth);
      figures.add(figure);
      jmh(figure, WOVEN, "DepthBench.wovenTurn", "depth=" + depth, "tasks=1000");
      jmh(figure, KOTLIN, "DepthBench.kotlinTurn", "depth=" + depth, "tasks=1000");
    }
  }

  private Figure figure(String suite, String name, Unit unit, String operation) {
    return figure(new Figure(suite, name, unit, operation));
  }

  private Figure figure(Figure figure) {
    figures.add(figure);
    return figure;
  }

  private static Figure curve(String suite, String curve, String axis, int x) {
    return new Figure(suite, "%s: %,d".formatted(curve, x), Unit.NANOS, curve).on(curve, axis, x);
  }

  private void jmh(Figure figure, String contender, String benchmark, String... params) {
    sources.add(source(figure, contender, benchmark, params));
  }

  private JmhSource source(Figure figure, String contender, String benchmark, String... params) {
    Map<String, String> map = new TreeMap<>();
    for (String param : params) {
      int equals = param.indexOf('=');
      map.put(param.substring(0, equals), param.substring(equals + 1));
    }
    return new JmhSource(figure.suite(), figure.name(), contender, benchmark, map, "", effort, log);
  }
}
