package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.CompiledBodies;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** The program: it measures when called rightly and says what is wrong when called wrongly. */
class BenchTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Bench.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  /** The servers run in processes of their own; nothing is pinned but this test's JVM. */
  @Test
  void echoMeasuresServersInProcessesOfTheirOwn(@TempDir Path folder) throws Exception {
    Path raw = folder.resolve("raw.csv");
    String servers = "heddle-step,vthread";
    int exitCode =
        run(
            "echo",
            "--servers=" + servers,
            "--connections=1,5",
            "--rounds=1",
            "--warmup=0",
            "--duration=1",
            "--raw=" + raw);
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("heddle-step"))).hasSize(2);
    assertThat(out.toString().lines().filter(line -> line.matches("vthread .* 1\\.00 .* 0")))
        .hasSize(2);
    assertThat(Files.readAllLines(raw)).hasSize(5).first().asString().startsWith("server,");
  }

  @Test
  void idleMeasuresTheMemoryOfConnectionsThatSayNothing() {
    assumeTrue(Files.exists(Path.of("/proc/self/smaps_rollup")), "that needs Linux");
    assertThat(run("idle", "--servers=heddle-coroutine,platform", "--connections=30")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines().skip(2))
        .hasSize(2)
        .allMatch(line -> line.matches("(heddle-coroutine|platform) +-?\\d+ +-?\\d+"));
  }

  @Test
  void idleLeavesOutAServerThatCannotServeSoMany() {
    assertThat(run("idle", "--servers=pool-128", "--connections=129")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines().skip(2))
        .containsExactly("pool-128: left out, it cannot serve so many");
  }

  @Test
  void cpuBoundCallsAreMeasuredInEachWay() {
    assertThat(run("cpu", "--work=10,1000", "--total=2000", "--rounds=1")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines().skip(1))
        .hasSize(2)
        .allMatch(line -> line.matches(" +\\d+ +\\d+ +.* ms +.* ms +.*x +.* ms .*x"));
  }

  @Test
  void aTreeIsDigestedInSequenceAndByProcesses() {
    assertThat(run("sha512", "--files=30", "--kilobytes=1")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines()).hasSize(4).first().asString().startsWith("30 files, cold:");
  }

  @Test
  void logsAreSearchedInSequenceByThreadsAndByProcesses() {
    assertThat(run("robots", "--logs=3", "--lines=500", "--rounds=1")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .matches("3 logs: in sequence \\d+ ms, 2 threads \\d+ ms .*x, 2 processes \\d+ ms .*x\\R");
  }

  @Test
  void sleepersSaysWhatATaskCostsAndThatAllWoke() {
    assertThat(run("sleepers", "--tasks=50000", "--histogram")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .containsPattern("alive while they sleep: -?[0-9.]+ bytes each")
        .contains("dev.heddle.scheduler.Task")
        .contains("all woke in order");
  }

  @Test
  void sleepersThatKeepNothingAreSmaller() {
    assertThat(run("sleepers", "--tasks=50000", "--bare")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .containsPattern("alive while they sleep: -?[0-9.]+ bytes each")
        .contains("all woke");
  }

  @Test
  void firstUseSaysHowLongItTakes() {
    assertThat(run("first-use", "--warmup=2", "--bodies=3")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .matches(
            "first use of a body, after 2 others: median [0-9.]+ ms, .*\\R"
                + "first use of a method, after 2 others: median [0-9.]+ ms, .*\\R");
  }

  @Test
  void framesSaysWhatASuspendedMethodCosts() {
    assertThat(run("frames", "--coroutines=500", "--depth=50")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.matches("(woven|kotlin): .* 50 calls .*, that is -?[0-9.]+ each"));
  }

  /** Brokers where they are installed. */
  @Test
  void transportsAreMeasuredBesidePlainLibrariesAndAllMessagesArrive() {
    int exitCode = run("transports", "--messages=300", "--rounds=1", "--window=16");
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
    assertThat(out.toString().lines().skip(2))
        .hasSize(5)
        .allMatch(
            line ->
                line.matches("(local|link|zmtp|nats|amqp) +\\d+ +[A-Za-z].* +\\d+ +[0-9.]+x")
                    || line.matches("(nats|amqp): skipped, .* is not installed"));
  }

  @ParameterizedTest
  @MethodSource("wrongNumbers")
  void aNumberOutOfRangeIsRefused(String why, String[] args) {
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString()).contains(why);
  }

  static List<Arguments> wrongNumbers() {
    return List.of(
        Arguments.of(
            "--tasks: '0' is not a whole number from 1 to 100000000",
            new String[] {"sleepers", "--tasks=0"}),
        Arguments.of(
            "--connections: '10001' is not a whole number from 1 to 10000",
            new String[] {"idle", "--connections=10001"}),
        Arguments.of(
            "no transport is named 'smoke'; there are local,link,zmtp,nats,amqp",
            new String[] {"transports", "--only=link,smoke"}),
        Arguments.of(
            "--window: '1001' is not a whole number from 1 to 1000",
            new String[] {"transports", "--window=1001"}),
        Arguments.of(
            "--depth: '0' is not a whole number from 1 to 10000",
            new String[] {"frames", "--depth=0"}),
        Arguments.of(
            "--lines: '0' is not a whole number from 1 to 10000000",
            new String[] {"robots", "--lines=0"}),
        Arguments.of(
            "--warmup: 'x' is not a whole number from 0 to 10000",
            new String[] {"first-use", "--warmup=x"}),
        Arguments.of(
            "--bodies: '-1' is not a whole number from 1 to 10000",
            new String[] {"first-use", "--bodies=-1"}));
  }

  static List<Arguments> wrongCalls() {
    return List.of(
        wrong(
            "the commands are compare, cpu, echo, first-use, frames, idle, jmh, open-loop, report,"
                + " robots, serve, sha512, sleepers, transports"),
        wrong("--connections: '0' is not a whole number from 1 to 10000", "--connections=0"),
        wrong("--connections: '' is not a whole number", "--connections=1,"),
        wrong("--pipelining: 'x' is not a whole number from 1 to 100", "--pipelining", "x"),
        wrong("--rounds: '-1' is not a whole number from 1 to 100", "--rounds", "-1"),
        wrong("--warmup: '301' is not a whole number from 0 to 300", "--warmup", "301"),
        wrong("--duration: '0' is not a whole number from 1 to 300", "--duration", "0"),
        wrong("no server is named 'apache'; there are heddle-step,", "--servers", "apache"),
        wrong("'--colour'", "--colour"));
  }

  private static Arguments wrong(String why, String... options) {
    String[] args = new String[options.length == 0 ? 0 : options.length + 1];
    if (options.length > 0) {
      args[0] = "echo";
      System.arraycopy(options, 0, args, 1, options.length);
    }
    return Arguments.of(why, args);
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void aWrongCallIsRefusedInOneLineWithExitCodeTwo(String why, String[] args) {
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString()).startsWith("heddle-bench").contains(why);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void aFileThatCannotBeWrittenIsOneLineAndExitCodeOne(@TempDir Path folder) {
    Path raw = folder.resolve("no").resolve("raw.csv");
    assertThat(run("echo", "--raw", raw.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("cannot write " + raw);
    assertThat(err.toString().lines()).hasSize(1);
  }

  /** Once each, in this JVM, for whether they run; the figures mean nothing. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // half a minute, but for a machine with much to do
  void everyJmhBenchmarkRuns() throws Exception {
    String kinds =
        Arrays.stream(Kind.values())
            .filter(Kind::isAvailable)
            .map(Kind::name)
            .collect(Collectors.joining(","));
    String engines =
        Arrays.stream(Engine.values())
            .filter(e -> e.runsCoroutines() && e.isAvailable())
            .map(Engine::name)
            .collect(Collectors.joining(","));
    String shortest =
        "-f 0 -bm ss -wi 0 -i 1 -foe true -v silent -p tasks=2 -p sleepMillis=1 -p kind="
            + kinds
            + " -p engine="
            + engines;
    System.setProperty("jmh.ignoreLock", "true"); // another build may run on this machine
    var results = new Runner(new CommandLineOptions(shortest.split(" "))).run();
    assertThat(results)
        .extracting(RunResult::getPrimaryResult)
        .hasSizeGreaterThan(10)
        .allMatch(result -> result.getScore() > 0);
  }

  /** Else what is measured as woven is not; the schedulers of {@link Kind} refuse such a body. */
  @Test
  void allBodiesAndTheMethodsThatTheyCallAreWoven() {
    CompiledBodies bodies = CompiledBodies.beside(Bench.class);
    assertThat(bodies.woven()).hasSizeGreaterThan(20);
    assertThat(bodies.refused()).isEmpty();
  }

  @Test
  void coresAreReadAsLinuxWritesThem() {
    assertThat(Cores.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    assertThat(Cores.parse("3")).containsExactly(3);
  }
}
