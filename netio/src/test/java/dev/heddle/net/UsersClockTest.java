package dev.heddle.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets of a scheduler whose user has brought the clock, the poller, or both. */
class UsersClockTest {
  private static TcpListener listen() throws Exception {
    return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.Kind#all")
  void socketsWorkOnAVirtualTimeAndSleepsTakeNone(Kind kind) throws Exception {
    VirtualTime time = new VirtualTime();
    List<String> heard = new ArrayList<>();
    try (Scheduler scheduler =
        Scheduler.builder().engine(kind.engine()).clock(time).poller(time).build()) {
      Task<?> server =
          kind.spawn(
              scheduler,
              "server",
              co -> {
                try (TcpListener listener = listen()) {
                  Task<?> client =
                      scheduler.spawn(
                          c -> {
                            try (TcpSocket socket =
                                c.await(TcpSocket.connect(listener.localAddress()))) {
                              c.await(Timers.sleep(Duration.ofHours(1)));
                              c.await(socket.send(ByteBuffer.wrap("late".getBytes(UTF_8))));
                            }
                          });
                  try (TcpSocket socket = co.await(listener.accept())) {
                    heard.add(co.await(new SocketReader(socket).readLine(UTF_8)));
                  }
                  co.await(client.join());
                }
              });
      scheduler.run();
      server.resultNow();
    }
    assertThat(heard).containsExactly("late");
  }

  /** A client that was silent for 1.8 of 2 seconds and then types for half a second is not cut. */
  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.Kind#all")
  void theIdleTimeCountsFromTheLastByteThatCameAndNotFromTheLastReply(Kind kind) throws Exception {
    VirtualTime time = new VirtualTime();
    ServerLimits limits = ServerLimits.DEFAULT.withIdleTimeout(Duration.ofSeconds(2));
    List<Object> heard = new ArrayList<>();
    try (Scheduler scheduler =
        Scheduler.builder().engine(kind.engine()).clock(time).poller(time).build()) {
      Server server =
          Server.on(scheduler, UsersClockTest::giveBack)
              .limits(limits)
              .bind(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      kind.spawn(
          scheduler,
          "client",
          co -> {
            try (TcpSocket socket = co.await(TcpSocket.connect(server.localAddress()))) {
              SocketReader in = new SocketReader(socket);
              co.await(socket.send(ByteBuffer.wrap(new byte[] {'\n'})));
              heard.add(co.await(in.readLine(UTF_8)));
              co.await(Timers.sleep(Duration.ofMillis(1800)));
              for (char each : "hello\n".toCharArray()) {
                co.await(socket.send(ByteBuffer.wrap(new byte[] {(byte) each})));
                co.await(Timers.sleep(Duration.ofMillis(100)));
              }
              heard.add(co.await(in.readLine(UTF_8)));
              co.await(Timers.sleep(Duration.ofSeconds(3)));
              heard.add(co.await(in.readLine(UTF_8)) == null ? "cut" : "served");
            } finally {
              server.shutdown();
            }
          });
      scheduler.run();
    }
    assertThat(heard).containsExactly("", "hello", "cut");
  }

  private static void giveBack(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    for (byte[] line = co.await(in.readLine()); line != null; line = co.await(in.readLine())) {
      co.await(connection.socket().send(ByteBuffer.wrap(line)));
    }
  }

  /** Its I/O and the sockets' are noticed, whichever comes. */
  @Test
  void aPollerOfTheUsersOwnAndSocketsBothWakeTasks() throws Exception {
    VirtualTime time = new VirtualTime();
    long begin = time.nanoTime();
    List<Object> order = new ArrayList<>();
    Scheduler.builder()
        .clock(time)
        .poller(time)
        .run(
            co -> {
              try (TcpListener listener = listen()) {
                Task<?> io =
                    Scheduler.current()
                        .spawn(
                            c -> {
                              order.add(c.await(time.readyAt(Duration.ofDays(1))) - begin);
                            });
                try (TcpSocket client = co.await(TcpSocket.connect(listener.localAddress()));
                    TcpSocket server = co.await(listener.accept())) {
                  co.await(client.send(ByteBuffer.wrap(new byte[1])));
                  order.add(co.await(server.recv(ByteBuffer.allocate(2))));
                  co.await(io.join());
                }
              }
            });
    assertThat(order).containsExactlyInAnyOrder(1, Duration.ofDays(1).toNanos());
  }

  /** One that sleeps in its own way, on the system's clock: sockets are not kept waiting by it. */
  @Test
  void aSleepingPollerOfTheUsersKeepsNoSocketWaiting() throws Exception {
    var sleeper = new Sleeper();
    Scheduler.builder()
        .poller(sleeper)
        .run(
            co -> {
              try (TcpListener listener = listen()) {
                Task<?> server =
                    Scheduler.current()
                        .spawn(
                            c -> {
                              try (TcpSocket socket = c.await(listener.accept())) {
                                c.await(socket.send(ByteBuffer.wrap(new byte[1])));
                              }
                            });
                Task<?> sleeps =
                    Scheduler.current()
                        .daemons()
                        .spawn(c -> c.await(Timers.sleep(Duration.ofDays(1))));
                try (TcpSocket client = co.await(TcpSocket.connect(listener.localAddress()))) {
                  assertThat((int) co.await(client.recv(ByteBuffer.allocate(2)))).isEqualTo(1);
                }
                co.await(server.join());
                assertThat(sleeps.isDone()).isFalse();
              }
            });
    assertThat(sleeper.longest).isLessThan(Duration.ofDays(1).toNanos());
  }

  private static final class Sleeper implements dev.heddle.scheduler.Poller {
    private final LinkedBlockingQueue<Object> wakeups = new LinkedBlockingQueue<>();
    private long longest;

    @Override
    public void poll(long timeoutNanos) {
      if (timeoutNanos > 0) {
        longest = Math.max(longest, timeoutNanos == FOREVER ? 0 : timeoutNanos);
        LockSupport.parkNanos(this, timeoutNanos);
      }
      wakeups.clear();
    }

    @Override
    public void wakeup() {
      wakeups.add(this);
    }

    @Override
    public boolean hasWaiters() {
      return false;
    }

    @Override
    public void close() {}
  }
}
