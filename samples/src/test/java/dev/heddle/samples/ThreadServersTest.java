package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The servers on threads that send back what they get, in processes of their own. */
class ThreadServersTest {

  @ParameterizedTest
  @ValueSource(strings = {"pool-server", "worker-server", "thread-server"})
  void servesManyClientsAtOnceUntilSigterm(String server) throws Exception {
    try (var process = HeddleProcess.start(server, "--port=0")) {
      int port = process.port();
      try (var first = new Socket("127.0.0.1", port);
          var second = new Socket("127.0.0.1", port)) {
        assertThat(ask(first, "hello\n")).isEqualTo("hello\n");
        assertThat(ask(second, "\0\u00ff\r\n")).isEqualTo("\0\u00ff\r\n");
        assertThat(ask(first, "\n")).isEqualTo("\n");
        first.getOutputStream().write("last".getBytes(ISO_8859_1));
        first.shutdownOutput();
        assertThat(first.getInputStream().readAllBytes()).asString().isEqualTo("last");
        process.signal("TERM");
        assertThat(second.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(process.exitCode()).isZero();
      assertThat(process.output())
          .contains("Got connection from /127.0.0.1:", "Client closed connection: /127.0.0.1:");
      assertThat(process.errors()).isEmpty();
    }
  }

  /** A pool has as many places as threads; who comes later is answered when one leaves. */
  @ParameterizedTest
  @ValueSource(strings = {"pool-server", "worker-server"})
  void aClientTooManyWaitsForAPlace(String server) throws Exception {
    try (var process = HeddleProcess.start(server, "--port=0", "--threads=1")) {
      int port = process.port();
      try (var second = new Socket("127.0.0.1", port)) {
        assertThat(ask(second, "served\n")).isEqualTo("served\n");
        try (var third = new Socket("127.0.0.1", port)) {
          third.getOutputStream().write("waiting\n".getBytes(ISO_8859_1));
          assertThat(ask(second, "still\n")).isEqualTo("still\n");
          assertThat(third.getInputStream().available()).isZero();
          second.close();
          assertThat(third.getInputStream().readNBytes(8)).asString().isEqualTo("waiting\n");
        }
      }
    }
  }

  /** As in the recipe; the tests themselves take a free one. */
  @ParameterizedTest
  @ValueSource(strings = {"pool-server", "worker-server", "thread-server"})
  void withoutAnOptionItListensOnPortFifteenThousand(String server) {
    CommandLineRun run = CommandLineRun.of(server, "--help");
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("0 to 65535, where 0 takes a free one; default 15000");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void aPortInUseIsOneLineAndExitCodeOne() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      CommandLineRun run = CommandLineRun.of("pool-server", "--port", port);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).startsWith("heddle pool-server: cannot listen on 127.0.0.1:" + port);
      assertThat(run.err().lines()).hasSize(1);
    }
  }

  private static String ask(Socket server, String line) throws IOException {
    server.getOutputStream().write(line.getBytes(ISO_8859_1));
    return new String(server.getInputStream().readNBytes(line.length()), ISO_8859_1);
  }
}
