package dev.heddle.net.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.PatientTime;
import dev.heddle.fixtures.Until;
import dev.heddle.net.ServerLimits;
import dev.heddle.scheduler.Scheduler;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.net.echo.ServerKind#all")
class EchoServerTest {
  @Parameter ServerKind kind;

  @Test
  void eachLineIsAnsweredWithGotAndTheLine() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.ask("line " + i)).isEqualTo("GOT:line " + i);
      }
    }
  }

  @Test
  void aLineInSingleBytesIsAnsweredOnce() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      for (char c : "byte by byte\n".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.readLine()).isEqualTo("GOT:byte by byte");
    }
  }

  /** Row 4. */
  @Test
  void allByteValuesAndEmptyLinesAndAnUnterminatedLastLineAreEchoedExactly() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (int b = 0; b < 256; b++) {
      sent.write(b); // 10 among them ends a line
    }
    sent.writeBytes("\n\n\r\n\0\n".getBytes(ISO_8859_1));
    sent.writeBytes(new byte[] {(byte) 0xC3, (byte) 0x28, '\n', (byte) 0xFF});
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      client.send(sent.toByteArray()).endOutput();
      assertThat(client.readToEnd()).isEqualTo(answerTo(sent.toByteArray()));
    }
  }

  /** Row 5. */
  @Test
  void anyFragmentationOfTheSameBytesGivesTheSameOutput() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] bytes = randomLines(random, 20_000, 300);
    byte[] answer = answerTo(bytes);
    try (RunningServer server = RunningServer.start(kind)) {
      for (int most : new int[] {1, 7, 1000, 20_000}) {
        try (Client client = server.connect()) {
          CompletableFuture<byte[]> reply = readInBackground(client);
          for (int at = 0; at < bytes.length; ) {
            int to = Math.min(bytes.length, at + 1 + random.nextInt(most));
            client.send(Arrays.copyOfRange(bytes, at, to));
            at = to;
          }
          client.endOutput();
          assertThat(reply.join()).as("seed %s, pieces up to %s", seed, most).isEqualTo(answer);
        }
      }
    }
  }

  @Test
  void eightMegabytesGoThroughOneConnection() throws Exception {
    byte[] bytes = randomLines(new Random(8), 8 << 20, 5000);
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      CompletableFuture<byte[]> reply = readInBackground(client);
      client.send(bytes).endOutput();
      assertThat(Arrays.equals(reply.join(), answerTo(bytes))).isTrue();
    }
  }

  @Test
  void aThousandConnectionsAtOnceGetTheirOwnReplies() throws Exception {
    try (RunningServer server = RunningServer.start(kind)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        clients.add(server.connect());
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < clients.size(); i++) {
          clients.get(i).send("client " + i + " round " + round + "\n");
        }
        for (int i = 0; i < clients.size(); i++) {
          assertThat(clients.get(i).readLine()).isEqualTo("GOT:client " + i + " round " + round);
        }
      }
      for (Client client : clients) {
        client.close();
      }
      Until.true_("all connections end", () -> server.connections() == 0);
    }
  }

  /** The selector would report all of them again at each poll that comes before their turns. */
  @Test
  void manyThatAreReadyAtOnceAreServedWithFewPolls() throws Exception {
    AtomicBoolean go = new AtomicBoolean();
    CountDownLatch held = new CountDownLatch(1);
    try (RunningServer server = RunningServer.start(kind)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clients.add(server.connect());
        assertThat(clients.get(i).ask("hello")).isEqualTo("GOT:hello");
      }
      CompletableFuture<Long> before =
          CompletableFuture.supplyAsync(() -> server.ask(s -> hold(s, held, go)));
      Until.down(held);
      for (Client client : clients) {
        client.send("all at once\n");
      }
      go.set(true);
      for (Client client : clients) {
        assertThat(client.readLine()).isEqualTo("GOT:all at once");
      }
      assertThat(server.polls() - before.join()).isLessThan(20);
      for (Client client : clients) {
        client.close();
      }
    }
  }

  /** Keeps the loop, as a task that computes does, until it may go on. */
  private static long hold(Scheduler scheduler, CountDownLatch held, AtomicBoolean go) {
    held.countDown();
    while (!go.get()) {
      Thread.onSpinWait();
    }
    return RunningServer.polls(scheduler);
  }

  /** Row 3. */
  @Test
  void aLineOverTheMaximumIsRefusedAndOneOfTheMaximumIsAnswered() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withMaxLineLength(1000);
    try (RunningServer server = RunningServer.start(kind, limits);
        Client other = server.connect();
        Client client = server.connect()) {
      assertThat(client.ask("x".repeat(1000))).isEqualTo("GOT:" + "x".repeat(1000));
      client.send("short\n" + "y".repeat(101_001)); // at once, as the refusal waits 2 seconds only
      assertThat(client.readLine()).isEqualTo("GOT:short");
      assertThat(client.readLine()).isEqualTo("ERR line too long");
      assertThat(other.ask("others are unaffected")).isEqualTo("GOT:others are unaffected");
      assertThat(client.endOutput().readToEnd()).isEmpty();
      Until.true_("one connection is left", () -> server.connections() == 1);
    }
  }

  @Test
  void theDefaultMaximumIs64KiB() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      String longest = "z".repeat(64 * 1024);
      assertThat(client.ask(longest)).isEqualTo("GOT:" + longest);
      assertThat(client.ask(longest + "z")).isEqualTo("ERR line too long");
    }
  }

  /** Row 6. */
  @Test
  void aHalfClosedClientReadsEverythingAndThenTheEndAndTheLoopDoesNotSpin() throws Exception {
    byte[] bytes = randomLines(new Random(6), 4 << 20, 1000);
    try (RunningServer server = RunningServer.start(kind);
        Client client = server.connect()) {
      long polls = server.polls();
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendAllAndEnd(client, bytes));
      byte[] reply = client.readToEnd();
      sent.join();
      assertThat(Arrays.equals(reply, answerTo(bytes))).isTrue();
      Until.true_("all connections end", () -> server.connections() == 0);
      // Some 64 KiB at a time, and a few for those who ask; a spin would make millions.
      assertThat(server.polls() - polls).isLessThan(20_000);
    }
  }

  @Test
  void overTheConnectionLimitAClientIsClosedAtOnceAndTheOthersAreServed() throws Exception {
    try (RunningServer server =
            RunningServer.start(kind, ServerLimits.DEFAULT.withMaxConnections(2));
        Client first = server.connect();
        Client second = server.connect()) {
      assertThat(first.ask("1")).isEqualTo("GOT:1");
      assertThat(second.ask("2")).isEqualTo("GOT:2");
      try (Client third = server.connect()) {
        assertThat(third.readToEnd()).isEmpty();
      }
      assertThat(first.ask("still there")).isEqualTo("GOT:still there");
      second.close();
      Until.true_("one connection is left", () -> server.connections() == 1);
      try (Client fourth = server.connect()) {
        assertThat(fourth.ask("4")).isEqualTo("GOT:4");
      }
    }
  }

  @Test
  void aConnectionThatIsIdleForTooLongIsClosed() throws Exception {
    Duration limit = Duration.ofSeconds(1);
    PatientTime time = new PatientTime(); // a client that was held up is not idle
    ServerLimits limits = ServerLimits.DEFAULT.withIdleTimeout(limit);
    try (RunningServer server = RunningServer.start(kind, limits, time);
        Client client = server.connect()) {
      assertThat(client.ask("hello")).isEqualTo("GOT:hello");
      time.advance(limit);
      assertThat(server.ask(Scheduler::isInside)).isTrue(); // which wakes the loop
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  private static void sendAllAndEnd(Client client, byte[] bytes) {
    try {
      client.send(bytes).endOutput();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static CompletableFuture<byte[]> readInBackground(Client client) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return client.readToEnd();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static byte[] randomLines(Random random, int size, int longest) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    for (int at = 0; at < size; at++) {
      bytes[at] = bytes[at] == '\n' ? 0 : bytes[at];
    }
    for (int at = random.nextInt(longest); at < size; at += 1 + random.nextInt(longest)) {
      bytes[at] = '\n';
    }
    return bytes;
  }

  /** What the Cookbook's server answers. */
  private static byte[] answerTo(byte[] bytes) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    boolean lineBegins = true;
    for (byte b : bytes) {
      if (lineBegins) {
        answer.writeBytes("GOT:".getBytes(ISO_8859_1));
      }
      answer.write(b);
      lineBegins = b == '\n';
    }
    return answer.toByteArray();
  }
}
