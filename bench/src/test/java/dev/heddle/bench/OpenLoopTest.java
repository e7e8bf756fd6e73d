package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.bench.peers.ThreadPerConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The open loop: latencies count from when a line was due. */
class OpenLoopTest {
  private static final long SHORT = 100_000_000;

  private static OpenLoopGenerator.Result run(int port, int connections, int rate, long nanos)
      throws IOException {
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", port);
    try (OpenLoopGenerator load = new OpenLoopGenerator(server, connections)) {
      return load.run(rate, 0, nanos);
    }
  }

  @Test
  void everyLineHasALatencyAndEveryReplyIsRight() throws IOException {
    int port = new ThreadPerConnection(Thread.ofVirtual()).start();
    OpenLoopGenerator.Result result = run(port, 7, 1000, SHORT);
    assertThat(result.errors()).isZero();
    assertThat(result.latencies().getTotalCount()).isEqualTo(100);
  }

  /**
   * A closed loop would count one long latency for each line in flight, and the rest as fast. Here
   * all lines that were due in the first half of the pause waited for its second half.
   */
  @Test
  void aServerThatStandsStillDelaysEveryLineThatWasDueMeanwhile() throws IOException {
    AtomicLong stood = new AtomicLong();
    int port = standsStillOnce(stood);
    Histogram latencies = run(port, 1, 10_000, 3 * SHORT).latencies();
    assertThat(stood.get()).isGreaterThanOrEqualTo(SHORT);
    long half = SHORT / 2;
    long late = latencies.getCountBetweenValues(half * 99 / 100, latencies.getMaxValue());
    assertThat(late).isGreaterThanOrEqualTo(500); // and no more than 64 can be in flight
  }

  @Test
  void aWrongReplyIsAnError() throws IOException {
    int port = serve(reply -> reply[40] ^= 1);
    assertThat(run(port, 1, 1000, SHORT).errors()).isPositive();
  }

  @Test
  void aLostConnectionIsAnErrorAndTheRunEnds() throws IOException {
    int port =
        serve(
            reply -> {
              throw new IOException("enough");
            });
    assertThat(run(port, 1, 1000, SHORT).errors()).isPositive();
  }

  @Test
  void theCommandPrintsALineForEachRate() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = {
      "open-loop",
      "--servers=vthread",
      "--connections=2",
      "--rates=100,200",
      "--warmup=0",
      "--duration=1"
    };
    assertThat(Bench.run(new PrintWriter(out), new PrintWriter(err), args))
        .describedAs(err.toString())
        .isZero();
    assertThat(out.toString().lines().skip(1))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("vthread,2,100,").endsWith(",0"),
            line -> assertThat(line).startsWith("vthread,2,200,").endsWith(",0"));
  }

  @Test
  void aRateOutOfRangeIsRefused() {
    StringWriter err = new StringWriter();
    int exitCode = Bench.run(new PrintWriter(err), new PrintWriter(err), "open-loop", "--rates=0");
    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("--rates: '0' is not a whole number from 100 to 2000000");
  }

  @Test
  void aServerThatTakesOneLineAtATimeIsNotLoadedWithMore() {
    StringWriter err = new StringWriter();
    PrintWriter out = new PrintWriter(err);
    assertThat(Bench.run(out, out, "open-loop", "--servers=heddle-sockets")).isEqualTo(2);
    assertThat(err.toString()).contains("heddle-sockets cannot serve");
  }

  private interface Fault {
    void apply(byte[] reply) throws IOException;
  }

  /** Before its first reply it stands still, and says for how long. */
  private static int standsStillOnce(AtomicLong stood) throws IOException {
    return serve(
        reply -> {
          if (stood.get() == 0) {
            long began = System.nanoTime();
            while (System.nanoTime() - began < SHORT) {
              LockSupport.parkNanos(SHORT);
            }
            stood.set(System.nanoTime() - began);
          }
        });
  }

  private static int serve(Fault fault) throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual()
        .start(
            () -> {
              try (listener;
                  Socket client = listener.accept()) {
                byte[] reply = new byte[4 + EchoPlan.USUAL_LINE];
                System.arraycopy(new byte[] {'G', 'O', 'T', ':'}, 0, reply, 0, 4);
                while (client.getInputStream().readNBytes(reply, 4, EchoPlan.USUAL_LINE)
                    == EchoPlan.USUAL_LINE) {
                  fault.apply(reply);
                  client.getOutputStream().write(reply);
                }
              } catch (IOException e) {
                // the end of it
              }
            });
    return listener.getLocalPort();
  }
}
