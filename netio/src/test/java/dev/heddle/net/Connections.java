package dev.heddle.net;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Connections with both ends in one scheduler: each wait at the one end is ended by the other. */
final class Connections {
  /** On loopback, at a port that the system chooses. */
  static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private Connections() {}

  /** The two ends of one connection; what is sent at the one is received at the other. */
  record Pair(TcpSocket near, TcpSocket far) {}

  /** What a test does with the two ends of a connection. */
  interface One {
    void use(Awaiter co, TcpSocket near, TcpSocket far) throws Exception;
  }

  /** What a test does with two connections. */
  interface Two {
    void use(Awaiter co, Pair a, Pair b) throws Exception;
  }

  static void withOne(Kind kind, One test) throws IOException {
    withOne(kind, kind.scheduler(), test);
  }

  /** In a scheduler of the test's own, which is closed then. */
  static void withOne(Kind kind, Scheduler own, One test) throws IOException {
    withTwo(
        kind,
        own,
        (co, a, b) -> {
          b.near.close();
          b.far.close();
          test.use(co, a.near, a.far);
        });
  }

  /** After the test, nobody may be left waiting. */
  static void withTwo(Kind kind, Two test) throws IOException {
    withTwo(kind, kind.scheduler(), test);
  }

  private static void withTwo(Kind kind, Scheduler own, Two test) throws IOException {
    try (Scheduler scheduler = own;
        TcpListener listener = TcpListener.bind(ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            Pair a = connect(co, listener);
            Pair b = connect(co, listener);
            test.use(co, a, b);
            for (TcpSocket end : List.of(a.near, a.far, b.near, b.far)) {
              end.close();
            }
          });
      scheduler.run();
      Waits.assertNoneIsLeft(kind, scheduler);
    }
  }

  private static Pair connect(Awaiter co, TcpListener listener) throws IOException {
    TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
    TcpSocket far = co.await(listener.accept());
    for (TcpSocket end : List.of(near, far)) { // on a machine that stands still, 2 seconds are over
      end.setLinger(Duration.ofMinutes(5));
    }
    return new Pair(near, far);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  static String text(ByteBuffer received) {
    return StandardCharsets.US_ASCII.decode(received.flip()).toString();
  }
}
