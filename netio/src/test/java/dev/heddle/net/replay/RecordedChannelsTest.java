package dev.heddle.net.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.record.EventLog;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The channels of a recording do what those of the system do, and so do those of its replay. */
@Timeout(120)
class RecordedChannelsTest {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  @TempDir Path folder;

  /** Calls of channels, and what they give. */
  private interface Calls {
    void make(RecordedProvider provider, List<Object> seen) throws Exception;
  }

  private static List<Object> seen(SchedulerBuilder builder, Calls calls) throws Exception {
    List<Object> seen = new ArrayList<>();
    try (Scheduler scheduler = builder.build()) {
      EventLog log = Objects.requireNonNull(EventLog.of(scheduler));
      calls.make(new RecordedProvider(log), seen);
    }
    return seen;
  }

  /** Gives what was seen both times. */
  private List<Object> recordAndReplay(Calls calls) throws Exception {
    Path file = folder.resolve("run.heddle");
    List<Object> recorded = seen(Scheduler.builder().record(file), calls);
    assertThat(seen(Scheduler.builder().replay(file), calls)).isEqualTo(recorded);
    return recorded;
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 50, ANY_PORT.getAddress());
  }

  private static void awaits(Selector selector, SocketChannel socket, int operation)
      throws IOException {
    SelectionKey key = socket.keyFor(selector);
    if (key == null) {
      key = socket.register(selector, operation);
    }
    key.interestOps(operation);
    int ready = selector.select(each -> {}, 0);
    assertThat(ready).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(operation);
  }

  /** How the buffers are written; gives what the call gives. */
  private interface Write {
    long write(SocketChannel socket, ByteBuffer[] parts) throws IOException;
  }

  private static long left(ByteBuffer[] parts) {
    long left = 0;
    for (ByteBuffer part : parts) {
      left += part.remaining();
    }
    return left;
  }

  /** Buffers with bytes before their positions and behind their limits, which are not sent. */
  private static ByteBuffer[] parts() {
    Random random = new Random(1);
    ByteBuffer[] parts = new ByteBuffer[20];
    for (int i = 0; i < parts.length; i++) {
      byte[] bytes = new byte[100_000 + i];
      random.nextBytes(bytes);
      parts[i] = ByteBuffer.wrap(bytes, 7 + i, bytes.length - 20 - i);
    }
    return parts;
  }

  private static byte[] bytesOf(ByteBuffer[] parts) {
    ByteBuffer together = ByteBuffer.wrap(new byte[(int) left(parts)]);
    for (ByteBuffer part : parts) {
      together.put(part.duplicate());
    }
    return together.array();
  }

  /** The other end takes nothing before the first write has ended, so that one is short. */
  private void isSentInParts(Write write) throws Exception {
    try (ServerSocket server = server()) {
      server.setReceiveBufferSize(1 << 16);
      CountDownLatch isShort = new CountDownLatch(1);
      byte[][] arrived = new byte[1][];
      FutureTask<Void> reader =
          Foreign.start(
              "reader",
              () -> {
                try (Socket client = server.accept()) {
                  isShort.await();
                  arrived[0] = client.getInputStream().readAllBytes();
                }
              });
      SocketAddress address = server.getLocalSocketAddress();
      List<Object> recorded =
          recordAndReplay((provider, seen) -> send(provider, address, write, isShort, seen));
      var _ = Foreign.get(reader);
      assertThat(arrived[0]).isEqualTo(bytesOf(parts()));
      assertThat(recorded).hasSizeGreaterThan(2);
    }
  }

  private static void send(
      RecordedProvider provider,
      SocketAddress address,
      Write write,
      CountDownLatch isShort,
      List<Object> seen)
      throws IOException {
    ByteBuffer[] parts = parts();
    try (Selector selector = provider.openSelector();
        SocketChannel socket = provider.openSocketChannel()) {
      socket.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 16);
      assertThat(socket.connect(address)).isTrue();
      socket.configureBlocking(false);
      for (long left = left(parts); left > 0; left = left(parts)) {
        awaits(selector, socket, SelectionKey.OP_WRITE);
        long count = write.write(socket, parts);
        seen.add(count);
        assertThat(left - left(parts)).as("bytes that are no more left").isEqualTo(count);
        isShort.countDown();
      }
      for (ByteBuffer part : parts) {
        assertThat(part.capacity() - part.limit()).isEqualTo(13);
      }
    } finally {
      isShort.countDown();
    }
  }

  @Test
  @Holds("R3")
  void aShortWriteLeavesTheRestOfItsBuffer() throws Exception {
    isSentInParts(
        (socket, parts) -> {
          int first = 0;
          while (!parts[first].hasRemaining()) {
            first++;
          }
          return socket.write(parts[first]);
        });
  }

  @Test
  @Holds("R3")
  void aShortWriteOfManyBuffersLeavesTheRestOfEach() throws Exception {
    isSentInParts((socket, parts) -> socket.write(parts));
  }

  @Test
  @Holds("R3")
  void aWriteOfSomeBuffersLeavesTheOthersAlone() throws Exception {
    try (ServerSocket server = server()) {
      SocketAddress address = server.getLocalSocketAddress();
      List<Object> recorded =
          recordAndReplay(
              (provider, seen) -> {
                ByteBuffer[] parts = new ByteBuffer[5];
                for (int i = 0; i < parts.length; i++) {
                  parts[i] = ByteBuffer.wrap(("part " + i).getBytes(UTF_8), 1, 4);
                }
                try (SocketChannel socket = provider.openSocketChannel()) {
                  boolean _ = socket.connect(address);
                  seen.add(socket.write(parts, 1, 3));
                }
                for (ByteBuffer part : parts) {
                  seen.add(part.position() + " of " + part.limit());
                }
              });
      assertThat(recorded).containsExactly(12L, "1 of 5", "5 of 5", "5 of 5", "5 of 5", "1 of 5");
    }
  }

  /** What the system's channel says, which a replay has not. */
  private static void asTheSystemSays(SocketChannel socket, List<Object> seen) {
    SocketChannel real = ((RecordedSocket) socket).real();
    if (real != null) {
      assertThat(socket.isConnectionPending()).isEqualTo(real.isConnectionPending());
      assertThat(socket.isConnected()).isEqualTo(real.isConnected());
      assertThat(socket.isOpen()).isEqualTo(real.isOpen());
    }
    String pending = socket.isConnectionPending() ? "pending" : "not pending";
    seen.add(pending + (socket.isConnected() ? ", connected" : "") + ", open " + socket.isOpen());
  }

  private static void connect(RecordedProvider provider, SocketAddress address, List<Object> seen)
      throws IOException {
    try (Selector selector = provider.openSelector();
        SocketChannel socket = provider.openSocketChannel()) {
      socket.configureBlocking(false);
      asTheSystemSays(socket, seen);
      try {
        if (!socket.connect(address)) {
          asTheSystemSays(socket, seen);
          awaits(selector, socket, SelectionKey.OP_CONNECT);
          assertThat(socket.finishConnect()).isTrue();
        }
      } finally {
        asTheSystemSays(socket, seen);
      }
    }
  }

  @Test
  @Holds("R3")
  void aConnectIsPendingUntilItHasEnded() throws Exception {
    try (ServerSocket server = server()) {
      SocketAddress address = server.getLocalSocketAddress();
      List<Object> recorded = recordAndReplay((provider, seen) -> connect(provider, address, seen));
      assertThat(recorded)
          .startsWith("not pending, open true")
          .endsWith("not pending, connected, open true");
    }
  }

  @Test
  @Holds("R3")
  void aConnectIsNoMorePendingOnceItHasFailed() throws Exception {
    SocketAddress dead;
    try (ServerSocket closed = server()) {
      dead = closed.getLocalSocketAddress();
    }
    List<Object> recorded =
        recordAndReplay(
            (provider, seen) ->
                assertThatThrownBy(() -> connect(provider, dead, seen))
                    .isInstanceOf(ConnectException.class));
    assertThat(recorded).startsWith("not pending, open true").endsWith("not pending, open false");
  }

  @Test
  @Holds("R3")
  void aSocketWhoseKeyIsCancelledIsForgottenByTheNextPoll() throws Exception {
    List<Object> recorded =
        recordAndReplay(
            (provider, seen) -> {
              try (Selector selector = provider.openSelector();
                  SocketChannel stays = provider.openSocketChannel();
                  SocketChannel cancelled = provider.openSocketChannel();
                  SocketChannel closed = provider.openSocketChannel()) {
                List<SelectionKey> keys = new ArrayList<>();
                for (SocketChannel each : List.of(stays, cancelled, closed)) {
                  each.configureBlocking(false);
                  keys.add(each.register(selector, 0));
                }
                seen.add(selector.keys().equals(Set.copyOf(keys)));
                keys.get(1).cancel();
                closed.close();
                seen.add(selector.selectNow(each -> {}));
                seen.add(selector.keys().equals(Set.of(keys.getFirst())));
                SelectionKey again = cancelled.register(selector, 0);
                seen.add(selector.keys().equals(Set.of(keys.getFirst(), again)));
              }
            });
    assertThat(recorded).containsExactly(true, 0, true, true);
  }

  /** Also in a replay, where the recording says which. */
  @Test
  @Holds("R3")
  void aSocketThatIsOpenedBehindAnAcceptHasTheNumberBehindTheAcceptedOne() throws Exception {
    boolean[] talks = {true};
    List<Object> recorded =
        recordAndReplay(
            (provider, seen) -> {
              try (ServerSocketChannel listener = provider.openServerSocketChannel()) {
                seen.add(((RecordedChannel) listener.bind(ANY_PORT)).number());
                InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
                FutureTask<Void> clients = talks[0] ? connectTwice(address) : null;
                talks[0] = false;
                for (int i = 0; i < 2; i++) {
                  try (SocketChannel accepted = listener.accept();
                      SocketChannel opened = provider.openSocketChannel()) {
                    seen.add(((RecordedChannel) accepted).number());
                    seen.add(((RecordedChannel) opened).number());
                  }
                }
                if (clients != null) {
                  var _ = Foreign.get(clients);
                }
              }
            });
    assertThat(recorded).containsExactly(1, 2, 3, 4, 5);
  }

  private static FutureTask<Void> connectTwice(InetSocketAddress address) {
    return Foreign.start(
        "clients",
        () -> {
          for (int i = 0; i < 2; i++) {
            new Socket(address.getAddress(), address.getPort()).close();
          }
        });
  }
}
