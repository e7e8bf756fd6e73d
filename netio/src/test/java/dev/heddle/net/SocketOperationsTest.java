package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is so of a {@link TcpSocket} only; see {@link StreamOperationsTest}. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketOperationsTest {
  @Parameter Kind kind;
  @TempDir Path folder;

  private void withConnection(Connections.One test) throws IOException {
    Connections.withOne(kind, test);
  }

  private Task<?> sender(Awaiter co, TcpSocket socket, ByteBuffer buffer) {
    return kind.submit(co.task().scheduler(), "sender", s -> s.await(socket.send(buffer)));
  }

  /** Fault 23: the JDK keeps a native copy of a heap buffer that it writes, for each thread. */
  @Test
  void aLargeHeapBufferIsWrittenInPieces() throws Exception {
    long before = direct();
    withConnection(
        (co, near, far) -> {
          Task<?> sender = sender(co, near, ByteBuffer.allocate(100 << 20));
          ByteBuffer drain = ByteBuffer.allocateDirect(1 << 20);
          for (long left = 100 << 20; left > 0; ) {
            left -= co.await(far.recv(drain.clear()));
          }
          co.await(sender.join());
          assertThat(direct() - before).isLessThan(10 << 20);
        });
  }

  private static long direct() {
    return java.lang.management.ManagementFactory.getPlatformMXBeans(
            java.lang.management.BufferPoolMXBean.class)
        .stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void closedTellsOfAResetOfAReadEndAndOfOnesOwnClose() throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Task<?> reset =
              kind.submit(co.task().scheduler(), "reset", s -> s.await(a.far().closed()));
          Task<?> own = kind.submit(co.task().scheduler(), "own", s -> s.await(b.far().closed()));
          Task<?> ended =
              kind.submit(co.task().scheduler(), "end", s -> s.await(b.near().closed()));
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(),
                  "reader",
                  s -> s.await(b.near().recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(b.near().closed()))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'end' waits already for the end of");
          a.near().abort();
          b.far().close();
          co.await(reset.join());
          co.await(own.join());
          co.await(ended.join());
          assertThat(co.await(reader.join())).isEqualTo(-1);
          assertThatThrownBy(() -> co.await(a.far().send(bytes("x"))))
              .isInstanceOf(SocketException.class);
        });
  }

  /** Row 27: what was sent arrives, although the other side's bytes were not read. */
  @Test
  void closeWithUnreadInputLosesNothingThatWasSentAndAbortMayLoseAll() throws Exception {
    withConnection(
        (co, near, far) -> {
          int size = 1_500_000;
          co.await(near.send(bytes("unread")));
          co.await(far.readable());
          Task<?> sender = sender(co, far, ByteBuffer.allocate(size));
          ByteBuffer received = ByteBuffer.allocate(size + 1);
          while (!sender.isDone()) {
            co.await(near.recv(received));
          }
          far.close();
          assertThat(far.isOpen()).isFalse();
          assertThatThrownBy(() -> co.await(far.send(bytes("x"))))
              .isInstanceOf(SocketClosedException.class);
          co.await(near.send(bytes("unread, too")));
          while (co.await(near.recv(received)) >= 0) {
            // until the end
          }
          assertThat(received.position()).isEqualTo(size);
        });
    withConnection(
        (co, near, far) -> {
          co.await(far.send(bytes("x")));
          far.abort();
          assertThatThrownBy(
                  () -> {
                    while (co.await(near.recv(ByteBuffer.allocate(9))) >= 0) {
                      // until the reset
                    }
                  })
              .isInstanceOf(SocketResetException.class);
        });
  }

  @Test
  void aLingeringCloseEndsWhenItsTimeIsOver() throws Exception {
    withConnection(
        (co, near, far) -> {
          far.setLinger(Duration.ofMillis(20));
          co.await(far.send(bytes("bye")));
          far.close();
          assertThat(text(received(co, near, 3))).isEqualTo("bye");
          assertThatThrownBy(
                  () -> {
                    while (true) { // the peer discards, until it closes for good
                      co.await(near.send(bytes("more")));
                      co.await(Timers.sleep(Duration.ofMillis(1)));
                    }
                  })
              .isInstanceOf(SocketResetException.class);
          assertThatThrownBy(() -> near.setLinger(Duration.ofMillis(-1)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("PT-0.001S");
        });
  }

  private static ByteBuffer received(Awaiter co, TcpSocket socket, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      co.await(socket.recv(buffer));
    }
    return buffer;
  }

  @Test
  void optionsAreThoseOfTheJdkAndAStrangeOneIsNamed() throws Exception {
    withConnection(
        (co, near, far) -> {
          near.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
          assertThat(near.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
          near.setOption(StandardSocketOptions.TCP_NODELAY, false);
          assertThat(near.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
          assertThatThrownBy(() -> near.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessage(near + " has no option IP_MULTICAST_LOOP");
          assertThatThrownBy(() -> near.setOption(StandardSocketOptions.SO_RCVBUF, -1))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("SO_RCVBUF -1 for " + near);
        });
  }
}
