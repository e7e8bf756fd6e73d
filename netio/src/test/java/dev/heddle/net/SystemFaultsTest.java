package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What only the system can do to a server: calls that fail, made so by strace.
 *
 * <p>The loop has a platform thread, for which the server has the flag in any run: for a virtual
 * thread the JDK waits in a thread of its own, {@code sun.nio.ch.Poller}, that ends for good when
 * {@code epoll_wait} fails once. Strace counts calls by thread; faults end before the server does,
 * so that none hits what the program says at its end.
 */
@Timeout(120)
class SystemFaultsTest {
  private static final int CLIENTS = 150;
  private static final int LINES = 20;

  @TempDir Path folder;

  @BeforeAll
  static void straceIsThere() throws InterruptedException {
    int exit;
    try {
      exit = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true").start().waitFor();
    } catch (IOException e) {
      exit = -1;
    }
    assumeTrue(exit == 0, "strace is missing, or may not trace here: faults are not injected");
  }

  static final class Serving {
    public static void main(String[] args) throws Exception {
      try (Scheduler scheduler = Scheduler.create()) {
        EchoServer server =
            EchoServer.open(
                scheduler, Connections.ANY_PORT, EchoServer.Style.COROUTINE, ServerLimits.DEFAULT);
        System.out.println(server.localAddress().getPort());
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    int _ = System.in.read();
                  } catch (IOException e) {
                    // then it is to end, too
                  }
                  System.out.println(server.stats());
                  server.shutdown();
                });
        scheduler.run();
        System.out.println("ended");
      }
    }
  }

  private record Run(int answered, int cut, int exitCode, String output) {
    void assertEnded() {
      List<String> lines = output.lines().toList();
      assertThat(lines.subList(Math.max(0, lines.size() - 3), lines.size())).endsWith("ended");
      assertThat(exitCode).isZero();
    }
  }

  /** A server whose system calls fail as said, and clients one after the other. */
  private Run run(String... faults) throws Exception {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-o"));
    command.add(folder.resolve("calls").toString());
    command.addAll(List.of("-e", "trace=accept,read,write,epoll_wait"));
    for (String fault : faults) {
      command.addAll(List.of("-e", "inject=" + fault));
    }
    command.addAll(ForkedJvm.command(Serving.class, "--add-opens=java.base/java.lang=ALL-UNNAMED"));
    Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(server.getInputStream(), US_ASCII))) {
      int port = Integer.parseInt(out.readLine());
      int answered = 0;
      int cut = 0;
      for (int i = 0; i < CLIENTS; i++) {
        int lines = talk(port);
        answered += lines;
        cut += lines < LINES ? 1 : 0;
      }
      server.getOutputStream().write('\n');
      server.getOutputStream().flush();
      StringBuilder rest = new StringBuilder();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        rest.append(line).append('\n');
      }
      assertThat(server.waitFor(50, TimeUnit.SECONDS)).isTrue();
      return new Run(answered, cut, server.exitValue(), rest.toString());
    } finally {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
    }
  }

  /** How many lines are answered before the server cuts. */
  private static int talk(int port) throws IOException {
    int answered = 0;
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.setSoTimeout(50_000);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
      String answer = "";
      while (answer != null && answered < LINES) {
        client.getOutputStream().write("x\n".getBytes(US_ASCII));
        answer = in.readLine();
        answered += "GOT:x".equals(answer) ? 1 : 0;
      }
    } catch (SocketException e) {
      return answered; // a reset
    }
    return answered;
  }

  private static void assertNothingIsLost(Run run) {
    assertThat(run.answered).as(run.output).isEqualTo(CLIENTS * LINES);
    run.assertEnded();
  }

  @Test
  void withoutDescriptorsAndWhenCallsAreToBeTriedAgainNothingIsLost() throws Exception {
    Run run =
        run(
            "accept:error=EMFILE:when=3..100+4",
            "write:error=EAGAIN:when=200..2000+5",
            "read:error=EAGAIN:when=2500..4000+5",
            "epoll_wait:error=EINTR:when=20..2000+5");
    assertNothingIsLost(run);
    assertThat(run.output).contains("pauses accepting", "Too many open files");
  }

  @Test
  void withoutBuffersAndMemoryForAMomentNothingIsLost() throws Exception {
    Run run =
        run(
            "accept:error=ENOBUFS:when=3..100+4",
            "read:error=EINTR:when=2500..4000+5",
            "epoll_wait:error=ENOMEM:when=50..2000+50");
    assertNothingIsLost(run);
    assertThat(run.output).contains("No buffer space", "the selector failed: Cannot allocate");
  }

  @Test
  void aConnectionThatTheSystemResetsIsCutAndTheOthersAreServed() throws Exception {
    Run run =
        run(
            "accept:error=ECONNABORTED:when=3..100+4",
            "write:error=ECONNRESET:when=200..2000+100",
            "read:error=ECONNRESET:when=2500..4000+100");
    assertThat(run.cut).isBetween(10, 60);
    assertThat(run.answered).isGreaterThan(CLIENTS * LINES / 2);
    assertThat(run.output).doesNotContain("\tat ");
    run.assertEnded();
  }

  @Test
  void aConnectionForWhichTheSystemHasNoMemoryIsCutAndTheOthersAreServed() throws Exception {
    Run run = run("write:error=ENOMEM:when=200..2000+100", "read:error=ENOMEM:when=2500..4000+100");
    assertThat(run.cut).isBetween(10, 60);
    assertThat(run.answered).isGreaterThan(CLIENTS * LINES / 2);
    assertThat(run.output).contains("Cannot allocate memory");
    run.assertEnded();
  }
}
