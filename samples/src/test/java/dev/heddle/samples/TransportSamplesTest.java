package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.FreePort;
import dev.heddle.fixtures.NatsServer;
import dev.heddle.fixtures.RabbitServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The samples that go over transports, in processes of their own, by brokers where these are
 * installed; over what needs no broker the output is in {@link GalleryTest}.
 */
class TransportSamplesTest {
  private static final Pattern BEGINS =
      Pattern.compile("(worker \\d) begins slow\\.log\\.gz \\(process (\\d+)\\)");

  @TempDir static Path servers;

  /** Those that were started, for all tests. */
  private static @Nullable NatsServer nats;

  private static @Nullable RabbitServer rabbit;

  @TempDir Path folder;

  /** The options that lead there; starts a broker if that needs one. */
  private List<String> over(Over over) throws Exception {
    return switch (over) {
      case NATS -> {
        if (nats == null) {
          nats = new NatsServer(Files.createTempDirectory(servers, "nats"));
        }
        yield List.of("--over=nats", "--at=127.0.0.1:" + nats.address().getPort());
      }
      case AMQP -> {
        assumeTrue(RabbitServer.isInstalled(), "rabbitmq-server is not installed: skipped");
        assumeTrue(Boolean.getBoolean("heddle.test.flags"), "once is enough for so slow a broker");
        if (rabbit == null) {
          rabbit = new RabbitServer();
        }
        yield List.of("--over=amqp", "--at=127.0.0.1:" + rabbit.port());
      }
      default -> List.of("--over=" + over);
    };
  }

  @AfterAll
  static void stop() throws Exception {
    if (nats != null) {
      nats.close();
      nats = null;
    }
    if (rabbit != null) {
      rabbit.close();
      rabbit = null;
    }
  }

  private static String[] args(String command, List<String> options, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static String gallery(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/gallery", name + ".txt"));
  }

  @ParameterizedTest
  @EnumSource(names = {"NATS", "AMQP"})
  void whatIsPublishedAndSaidGoesThroughABroker(Over over) throws Exception {
    List<String> options = over(over);
    assertThat(CommandLineRun.of(args("exchange", options, "--patience=60")))
        .isEqualTo(new CommandLineRun(0, gallery("exchange").replace("link", over.toString()), ""));
    assertThat(CommandLineRun.of(args("two-chats", options, "--patience=60")))
        .isEqualTo(new CommandLineRun(0, gallery("two-chats"), ""));
  }

  @ParameterizedTest
  @EnumSource(names = {"NATS", "AMQP"})
  void aBrokerThatGoesAwayIsOneLineAndExitCodeOne(Over over) throws Exception {
    String[] args = args("exchange", over(over), "--patience=1", "--numbers=1000000");
    try (HeddleProcess program = HeddleProcess.start(args)) {
      assertThat(program.process().inputReader().readLine()).contains("have subscribed");
      stop();
      assertThat(program.errors().strip().lines())
          .singleElement()
          .asString()
          .startsWith("heddle exchange: ");
      assertThat(program.exitCode()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATS", "AMQP"})
  void aMissingBrokerIsOneLineAndExitCodeOne(Over over) throws Exception {
    String at = "127.0.0.1:" + FreePort.find();
    for (String command : List.of("exchange", "two-chats", "robot-workers")) {
      String[] more = command.equals("robot-workers") ? new String[] {"--lines=1"} : new String[0];
      CommandLineRun run =
          CommandLineRun.of(args(command, List.of("--over=" + over, "--at=" + at), more));
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("heddle " + command + ": no " + over.name())
          .contains(at, "Connection refused");
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  /** A named pipe: who reads it waits until something is written, and may be killed meanwhile. */
  private Path logs() throws Exception {
    Path logs = Files.createDirectory(folder.resolve("logs"));
    ApacheLogs.write(logs, 5, 300, 1);
    Path slow = logs.resolve("slow.log.gz");
    assertThat(new ProcessBuilder("mkfifo", slow.toString()).start().waitFor()).isZero();
    return logs;
  }

  @ParameterizedTest
  @EnumSource(names = {"LINK", "NATS", "AMQP"})
  void aWorkerThatIsKilledLosesNothingAndNothingIsCountedTwice(Over over) throws Exception {
    Path logs = logs();
    List<String> lines = new ArrayList<>();
    // NATS gives a log to another worker after that time, also if its worker lives and is held up.
    String patience = "--patience=" + (over == Over.NATS ? 7 : 2);
    String[] args = args("robot-workers", over(over), patience, logs.toString());
    try (HeddleProcess program = HeddleProcess.start(args)) {
      BufferedReader out = program.process().inputReader();
      Matcher first = awaitBegin(out, lines, "none");
      assertThat(new ProcessBuilder("kill", "-9", first.group(2)).start().waitFor()).isZero();
      awaitBegin(out, lines, first.group(1));
      try (OutputStream pipe = Files.newOutputStream(logs.resolve("slow.log.gz"))) {
        pipe.write(Files.readAllBytes(logs.resolve("access-00.log.gz")));
      }
      out.lines().forEach(lines::add);
      assertThat(program.exitCode()).as(() -> lines.toString()).isZero();
    }
    assertThat(lines).anyMatch(line -> line.matches("worker \\d has died, by exit code 137"));
    assertThat(lines.stream().filter(line -> line.contains(" of 6")))
        .hasSize(6)
        .anyMatch(line -> line.startsWith("slow.log.gz by "));
    assertThat(lines).anyMatch(line -> line.matches("6 logs, each counted once, \\d+ robots"));
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .allMatch(line -> line.startsWith("10.0."));
  }

  /** Reads until a worker, but not this one, begins with the slow log. */
  private static Matcher awaitBegin(BufferedReader out, List<String> lines, String not)
      throws IOException {
    while (true) {
      String line = out.readLine();
      assertThat(line).as(() -> lines.toString()).isNotNull();
      lines.add(line);
      Matcher begins = BEGINS.matcher(line);
      if (begins.matches() && !begins.group(1).equals(not)) {
        return begins;
      }
    }
  }

  @Test
  void workersThatAllDieAreOneLineAndExitCodeOne() throws Exception {
    Path logs = logs();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.filter(file -> file.toString().contains("access")).toList()) {
        Files.delete(file);
      }
    }
    try (HeddleProcess program =
        HeddleProcess.start("robot-workers", "--patience=1", logs.toString())) {
      BufferedReader out = program.process().inputReader();
      List<String> lines = new ArrayList<>();
      String last = "none";
      for (int i = 0; i < 3; i++) {
        Matcher begins = awaitBegin(out, lines, last);
        last = begins.group(1);
        assertThat(new ProcessBuilder("kill", "-9", begins.group(2)).start().waitFor()).isZero();
      }
      assertThat(program.errors().strip())
          .isEqualTo("heddle robot-workers: no worker is left, 1 of 1 logs were not searched");
      assertThat(program.exitCode()).isEqualTo(1);
    }
  }
}
