package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.DeadPort;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketTest {
  @Parameter Kind kind;

  private void withConnection(Connections.One test) throws IOException {
    Connections.withOne(kind, test);
  }

  @Test
  void whatOneEndSendsTheOtherReceivesAndThenTheEnd() throws Exception {
    withConnection(
        (co, near, far) -> {
          assertThat(co.await(near.send(bytes("hello")))).isEqualTo(5);
          ByteBuffer buffer = ByteBuffer.allocate(100);
          assertThat(co.await(far.recv(buffer))).isEqualTo(5);
          assertThat(text(buffer)).isEqualTo("hello");
          near.shutdownOutput();
          assertThat(co.await(far.recv(buffer.clear()))).isEqualTo(-1);
          assertThat(co.await(far.recv(buffer.clear()))).isEqualTo(-1);
        });
  }

  @Test
  void aSendLargerThanAllBuffersWaitsForRoomAndIsComplete() throws Exception {
    withConnection(
        (co, near, far) -> {
          int size = 20 << 20;
          Task<?> sender =
              kind.submit(
                  co.task().scheduler(),
                  "sender",
                  s -> s.await(near.send(ByteBuffer.allocate(size))));
          long received = 0;
          ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
          while (received < size) {
            received += co.await(far.recv(buffer.clear()));
          }
          assertThat(co.await(sender.join())).isEqualTo(size);
        });
  }

  /** S7. */
  @Test
  @Holds("S7")
  void aSecondReaderGetsAnErrorThatNamesTheFirst() throws Exception {
    withConnection(
        (co, near, far) -> {
          Scheduler scheduler = co.task().scheduler();
          Task<Integer> first =
              kind.submit(scheduler, "first", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          Task<Integer> second =
              kind.submit(scheduler, "second", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          assertThatThrownBy(() -> co.await(second.join()))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'first' waits already for bytes from");
          co.await(near.send(bytes("still")));
          assertThat(co.await(first.join())).isEqualTo(5);
        });
  }

  /** S7. */
  @Test
  @Holds("S7")
  void aSecondSenderGetsAnErrorThatNamesTheFirstAndPutsNoByteBetweenTheFirstOnes()
      throws Exception {
    withConnection(
        (co, near, far) -> {
          int size = 20 << 20;
          Task<Integer> first =
              kind.submit(
                  co.task().scheduler(),
                  "first",
                  s -> s.await(near.send(ByteBuffer.allocate(size))));
          co.await(Task.yield());
          ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
          int received = co.await(far.recv(buffer)); // there is room again, but a sender waits
          assertThatThrownBy(() -> co.await(near.send(bytes("x"))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'first' waits already for room to send");
          while (received < size) {
            received += co.await(far.recv(buffer.clear()));
            assertThat(buffer.flip().mismatch(ByteBuffer.allocate(buffer.limit()))).isEqualTo(-1);
          }
          assertThat(co.await(first.join())).isEqualTo(size);
        });
  }

  /** S7. */
  @Test
  @Holds("Y1")
  void aSecondTaskThatAwaitsTheVeryEventGetsAnErrorThatNamesTheFirst() throws Exception {
    withConnection(
        (co, near, far) -> {
          YieldEvent<Integer, IOException> receive = far.recv(ByteBuffer.allocate(9));
          Task<Integer> first = kind.submit(co.task().scheduler(), "first", s -> s.await(receive));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(receive))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("task 'first' waits already by this very event");
          co.await(near.send(bytes("still")));
          assertThat(co.await(first.join())).isEqualTo(5);
        });
  }

  /**
   * "While an event waits, the selector is interested in its operation": also when the interest was
   * dropped before, as bytes came and nobody waited, or as the end was read.
   */
  @Test
  void whileAnEventWaitsTheSelectorIsInterestedInItsOperation() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThatThrownBy(() -> co.await(far.recv(buffer).within(Duration.ofMillis(1))))
              .isInstanceOf(TimeoutException.class);
          co.await(near.send(bytes("a")));
          co.await(Timers.sleep(Duration.ofMillis(1))); // the selector reports the byte to nobody
          assertThat(co.await(far.recv(buffer))).isEqualTo(1);
          Task<Integer> reader =
              kind.submit(co.task().scheduler(), "reader", s -> s.await(far.recv(buffer)));
          co.await(Task.yield());
          co.await(near.send(bytes("bb")));
          assertThat(co.await(reader.join())).isEqualTo(2);
          near.shutdownOutput();
          for (int i = 0; i < 3; i++) {
            assertThat(co.await(far.recv(buffer))).isEqualTo(-1);
          }
        });
  }

  @Test
  void oneTaskMayReceiveWhileAnotherSends() throws Exception {
    withConnection(
        (co, near, far) -> {
          Scheduler scheduler = co.task().scheduler();
          Task<Integer> reader =
              kind.submit(scheduler, "reader", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          assertThat(co.await(far.send(bytes("xyz")))).isEqualTo(3);
          co.await(near.send(bytes("ab")));
          assertThat(co.await(reader.join())).isEqualTo(2);
        });
  }

  /** S8. */
  @Test
  @Holds("S8")
  void closingASocketWakesItsWaiterWithTheReason() throws Exception {
    withConnection(
        (co, near, far) -> {
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(), "reader", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          far.close();
          assertThatThrownBy(() -> co.await(reader.join()))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("is closed: closed by its owner");
          assertThatThrownBy(() -> co.await(far.recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketException.class);
          assertThatThrownBy(() -> co.await(far.send(bytes("x"))))
              .isInstanceOf(SocketException.class);
        });
  }

  @Test
  void closingASocketThatIsReadyButNotYetReadWakesItsReaderOnce() throws Exception {
    withConnection(
        (co, near, far) -> {
          Scheduler scheduler = co.task().scheduler();
          Task<Integer> reader =
              kind.submit(scheduler, "reader", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          co.await(near.send(bytes("ready")));
          while (reader.state() == Task.State.WAITING) {
            co.await(Task.yield()); // until the selector has reported it
          }
          if (!reader.isDone()) {
            far.close();
            assertThatThrownBy(() -> co.await(reader.join())).isInstanceOf(SocketException.class);
          }
        });
  }

  /** S5. */
  @Test
  @Holds("S5")
  void aCancelledReceiverHasLostNoByte() throws Exception {
    withConnection(
        (co, near, far) -> {
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(), "reader", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          assertThat(reader.cancel("enough")).isTrue();
          co.await(near.send(bytes("kept")));
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(co.await(far.recv(buffer))).isEqualTo(4);
          assertThat(reader.exceptionNow())
              .isInstanceOf(Cancelled.class)
              .hasMessageContaining("enough, by task 'test'; it was waiting for bytes from");
        });
  }

  @Test
  @Holds("Y1")
  void anEventMayBeAwaitedAgainWhenItIsOver() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          YieldEvent<Integer, IOException> receive = far.recv(buffer);
          assertThatThrownBy(() -> co.await(receive.within(Duration.ofMillis(1))))
              .isInstanceOf(TimeoutException.class);
          for (String sent : List.of("a", "bb")) {
            co.await(near.send(bytes(sent)));
            assertThat(co.await(receive)).isEqualTo(sent.length());
          }
          assertThat(text(buffer)).isEqualTo("abb");
        });
  }

  @Test
  @Holds("Y1")
  void aSendThatIsAwaitedAgainCountsAgainAndAConnectConnectsAgain() throws Exception {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            YieldEvent<TcpSocket, IOException> connect = TcpSocket.connect(listener.localAddress());
            ByteBuffer source = bytes("hello");
            for (int i = 0; i < 2; i++) {
              try (TcpSocket near = co.await(connect);
                  TcpSocket far = co.await(listener.accept())) {
                assertThat(far.remoteAddress()).isEqualTo(near.localAddress());
                YieldEvent<Integer, IOException> send = near.send(source.rewind());
                assertThat(co.await(send)).isEqualTo(5);
                source.rewind();
                assertThat(co.await(send)).isEqualTo(5);
              }
            }
          });
      scheduler.run();
    }
  }

  @Test
  void aReceiveWhoseBufferWasFilledMeanwhileFailsAndLeavesTheSocketUsable() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          Task<Integer> reader =
              kind.submit(co.task().scheduler(), "reader", s -> s.await(far.recv(buffer)));
          co.await(Task.yield());
          buffer.position(9);
          co.await(near.send(bytes("kept")));
          assertThatThrownBy(() -> co.await(reader.join()))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("no room");
          assertThat(co.await(far.recv(buffer.clear()))).isEqualTo(4);
        });
  }

  @Test
  void aSocketThatFinishesReadingGivesWhatHasArrivedAndThenTheEnd() throws Exception {
    withConnection(
        (co, near, far) -> {
          co.await(near.send(bytes("last")));
          ByteBuffer peek = ByteBuffer.allocate(1);
          assertThat(co.await(far.recv(peek))).isEqualTo(1); // so that the rest is there
          far.finishReading();
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(co.await(far.recv(buffer))).isEqualTo(3);
          assertThat(co.await(far.recv(buffer))).isEqualTo(-1);
        });
  }

  @Test
  void finishingToReadWakesAWaitingReaderWithTheEnd() throws Exception {
    withConnection(
        (co, near, far) -> {
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(), "reader", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          far.finishReading();
          assertThat(co.await(reader.join())).isEqualTo(-1);
        });
  }

  @Test
  void aRefusedConnectionFailsWithTheAddress() throws Exception {
    try (DeadPort nobody = new DeadPort();
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            assertThatThrownBy(() -> co.await(TcpSocket.connect(nobody.address())))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                    "cannot connect to 127.0.0.1:" + nobody.port() + ": Connection refused");
            InetSocketAddress unknown = InetSocketAddress.createUnresolved("no.such.host", 7);
            assertThatThrownBy(() -> co.await(TcpSocket.connect(unknown)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("unknown host: no.such.host");
          });
      scheduler.run();
    }
  }

  @Test
  void closingAListenerWakesItsAcceptorAndACancelledOneLosesNoConnection() throws Exception {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            Task<TcpSocket> acceptor =
                kind.submit(scheduler, "acceptor", s -> s.await(listener.accept()));
            co.await(Task.yield());
            assertThat(acceptor.cancel("enough")).isTrue();
            TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
            TcpSocket far = co.await(listener.accept());
            assertThat(far.remoteAddress()).isEqualTo(near.localAddress());
            Task<TcpSocket> second =
                kind.submit(scheduler, "second", s -> s.await(listener.accept()));
            co.await(Task.yield());
            listener.close();
            assertThatThrownBy(() -> co.await(second.join())).isInstanceOf(SocketException.class);
          });
      scheduler.run();
    }
  }

  /** S8. */
  @Test
  void closingTheSchedulerEndsThoseWhoWaitOnSockets() throws Exception {
    List<String> ended = new ArrayList<>();
    Scheduler scheduler = kind.scheduler();
    TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
    kind.spawn(
        scheduler.daemons(),
        "acceptor",
        co -> {
          try {
            co.await(listener.accept());
          } finally {
            ended.add("acceptor");
          }
        });
    kind.spawn(scheduler, "once", co -> co.await(Task.yield()));
    scheduler.run();
    scheduler.close();
    assertThat(ended).containsExactly("acceptor");
    InetSocketAddress gone = listener.localAddress();
    assertThatThrownBy(() -> new Socket(gone.getAddress(), gone.getPort()).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void aBufferWithoutRoomIsRefused() throws Exception {
    withConnection(
        (co, near, far) ->
            assertThatThrownBy(() -> far.recv(ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no room"));
  }

  @Test
  void aSocketBelongsToTheSchedulerThatUsedItFirst() throws Exception {
    withConnection(
        (co, near, far) -> {
          List<Throwable> failures = new ArrayList<>();
          Thread other =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        try (Scheduler second = kind.scheduler()) {
                          kind.spawn(
                              second,
                              "stranger",
                              s -> {
                                try {
                                  s.await(near.send(bytes("x")));
                                } catch (SocketException e) {
                                  failures.add(e);
                                }
                              });
                          second.run();
                        }
                      });
          other.join();
          assertThat(failures).singleElement().asString().contains("belongs to scheduler");
        });
  }
}
