package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.bench.peers.ThreadPerConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The load generator believes no server. */
class LoadGeneratorTest {
  private static final long SHORT = 100_000_000;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"C_EPOLL", "GO", "ASYNCIO", "COOKBOOK"}) // in ServersTest
  void everyServerAnswersRight(Server server) throws IOException {
    assumeTrue(server.isAvailable());
    int port = server.peer().start();
    LoadGenerator.Result result;
    do { // a server that still loads its classes may answer nothing within the first run
      result = run(port, 10, 1, server.isEncrypted());
      assertThat(result.errors()).isZero();
    } while (result.latencies().getTotalCount() == 0);
    assertThat(result.requestsPerSecond()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 100})
  void repliesToPipelinedLinesAreMatchedInOrder(int pipelining) throws IOException {
    int port = new ThreadPerConnection(Thread.ofVirtual()).start();
    assertThat(run(port, 3, pipelining).errors()).isZero();
    assertThat(run(Server.HEDDLE_TLS.peer().start(), 3, pipelining, true).errors()).isZero();
  }

  @Test
  void aReplyWithOneWrongByteIsAnError() throws IOException {
    LoadGenerator.Result result = run(serve((line, i) -> line[40] ^= 1), 1, 1);
    assertThat(result.errors()).isPositive();
  }

  @Test
  void theReplyToAnotherLineIsAnError() throws IOException {
    LoadGenerator.Result result = run(serve((line, i) -> line[PREFIX + 15] ^= 1), 1, 1);
    assertThat(result.errors()).isPositive();
  }

  @Test
  void aLostConnectionIsAnErrorAndEndsTheRunWhenItIsTheLast() throws IOException {
    int port =
        serve(
            (line, i) -> {
              if (i == 10) {
                throw new IOException("enough");
              }
            });
    try (LoadGenerator load = new LoadGenerator(new InetSocketAddress("127.0.0.1", port), 1, 1)) {
      assertThat(load.run(0, Long.MAX_VALUE / 4, replies -> {}).errors()).isEqualTo(1);
    }
  }

  @Test
  void aLineThatIsNeverAnsweredIsAnError() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        LoadGenerator load =
            new LoadGenerator((InetSocketAddress) silent.getLocalSocketAddress(), 1, 1)) {
      load.drainsFor(SHORT);
      assertThat(load.run(0, SHORT, replies -> {}).errors()).isEqualTo(1);
    }
  }

  private static final int PREFIX = 4;

  private static LoadGenerator.Result run(int port, int connections, int pipelining)
      throws IOException {
    return run(port, connections, pipelining, false);
  }

  private static LoadGenerator.Result run(
      int port, int connections, int pipelining, boolean encrypted) throws IOException {
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", port);
    try (LoadGenerator load =
        new LoadGenerator(server, connections, pipelining, EchoPlan.USUAL_LINE, encrypted)) {
      return load.run(0, SHORT, replies -> {});
    }
  }

  private interface Fault {
    void apply(byte[] reply, int number) throws IOException;
  }

  /** One connection; each reply goes through the fault. */
  private static int serve(Fault fault) throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual()
        .start(
            () -> {
              try (listener;
                  Socket client = listener.accept()) {
                echo(client.getInputStream(), client.getOutputStream(), fault);
              } catch (IOException e) {
                // the end of it
              }
            });
    return listener.getLocalPort();
  }

  private static void echo(InputStream in, OutputStream out, Fault fault) throws IOException {
    byte[] reply = new byte[PREFIX + EchoPlan.USUAL_LINE];
    System.arraycopy(new byte[] {'G', 'O', 'T', ':'}, 0, reply, 0, PREFIX);
    for (int i = 0; in.readNBytes(reply, PREFIX, EchoPlan.USUAL_LINE) == EchoPlan.USUAL_LINE; i++) {
      fault.apply(reply, i);
      out.write(reply);
    }
  }
}
