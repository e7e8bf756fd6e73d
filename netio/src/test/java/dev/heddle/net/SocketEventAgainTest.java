package dev.heddle.net;

import static dev.heddle.fixtures.EventContract.Second.NEVER_WAITS;
import static dev.heddle.fixtures.EventContract.Second.REFUSED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.EventContract;
import dev.heddle.fixtures.EventContract.Case;
import dev.heddle.fixtures.EventContract.Scene;
import dev.heddle.fixtures.EventContract.Second;
import dev.heddle.fixtures.EventContract.Stage;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.net.echo.UdpEchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promise Y1, of all events of sockets.
 *
 * <p>This file is long because there is a scene in it for each event of the room.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketEventAgainTest {
  /** More than all buffers of a connection on loopback hold. */
  private static final int MUCH = 2 << 20;

  /** They change an event and give it. */
  private static final Set<String> NOT_MADE_THERE =
      Set.of(
          "Connect.from(InetSocketAddress)",
          "Connect.delay(Duration)",
          "Connect.timeout(Duration)",
          "Connect.option(SocketOption, Object)",
          "Connect.resolver(Resolver)");

  @TempDir static Path folder;
  private static TlsOptions server;
  private static TlsOptions client;

  @Parameter Kind kind;

  private static final Map<String, Case> CASES = new TreeMap<>();

  /** The events of a {@link StreamSocket} and its halves again, of an encrypted one. */
  private static final Map<String, Case> ENCRYPTED = new TreeMap<>();

  private static void add(String event, Second second, Stage stage) {
    CASES.put(event, new Case(second, stage));
  }

  /** Makes streams of the two ends of a connection. */
  private interface Opener {
    Streams open(Awaiter co, Pair pair) throws Exception;

    default Streams open(Awaiter co) throws Exception {
      return open(co, pair(co));
    }
  }

  private record Streams(StreamSocket near, StreamSocket far) {}

  private static Streams plainStreams(Awaiter co, Pair pair) {
    return new Streams(pair.near, pair.far);
  }

  private static Streams tlsStreams(Awaiter co, Pair pair) throws Exception {
    var accepts =
        co.task().scheduler().submit("server", t -> t.await(TlsSocket.server(pair.far, server)));
    TlsSocket near = co.await(TlsSocket.client(pair.near, client));
    return new Streams(near, co.await(accepts.join()));
  }

  /** The stage of an event that plain and encrypted connections have. */
  private interface StreamStage {
    Scene open(Awaiter co, Opener opener) throws Exception;
  }

  private static void addStream(String event, StreamStage stage) {
    add(event, REFUSED, co -> stage.open(co, SocketEventAgainTest::plainStreams));
    ENCRYPTED.put(event, new Case(REFUSED, co -> stage.open(co, SocketEventAgainTest::tlsStreams)));
  }

  @BeforeAll
  static void makeCertificates() throws IOException {
    Certificates certificates = new Certificates(folder);
    Duration noLimit = Duration.ofMinutes(5); // on a machine that stands still for seconds
    server = TlsOptions.forServer(certificates.server("alpha")).withHandshakeTimeout(noLimit);
    client =
        TlsOptions.forClient(certificates.trusting("nobody", "alpha"), "alpha")
            .withHandshakeTimeout(noLimit);
  }

  private record Pair(TcpSocket near, TcpSocket far) {}

  private static Pair pair(Awaiter co) throws Exception {
    TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
    TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
    TcpSocket far = co.await(listener.accept());
    near.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 16);
    far.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 18);

    listener.close();
    return new Pair(near, far);
  }

  /** Of one machine: what the system has taken stays where it is, so full is full. */
  private static Pair localPair(Awaiter co) throws Exception {
    Path file = folder.resolve("pair");
    TcpListener listener = TcpListener.bind(UnixDomainSocketAddress.of(file));
    TcpSocket near = co.await(TcpSocket.connect(UnixDomainSocketAddress.of(file)));
    TcpSocket far = co.await(listener.accept());
    listener.close();
    return new Pair(near, far);
  }

  /** The peer sends. */
  private static Script sends(StreamSocket peer, String text) {
    return co -> co.await(peer.send(Connections.bytes(text)));
  }

  /** From now on the peer reads all that comes. */
  private static Script drains(StreamSocket peer) {
    boolean[] begun = {false};
    return co -> {
      if (!begun[0]) {
        begun[0] = true;
        Task<?> _ = co.task().scheduler().daemons().spawn("drains", t -> drain(t, peer));
      }
    };
  }

  private static void drain(Awaiter co, StreamSocket peer) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    while (co.await(peer.recv(buffer.clear())) >= 0) {
      // until the scene is over
    }
  }

  interface Reads {
    YieldEvent<?, ?> of(SocketReader reader) throws Exception;
  }

  private static void reader(String event, String input, Reads reads) {
    add(
        "SocketReader." + event,
        REFUSED,
        co -> {
          Pair pair = pair(co);
          return new Scene(reads.of(new SocketReader(pair.near)), sends(pair.far, input));
        });
  }

  interface Writes {
    YieldEvent<?, ?> of(SocketWriter writer) throws Exception;
  }

  private static void writer(String event, Writes writes) {
    add(
        "SocketWriter." + event,
        NEVER_WAITS,
        co -> {
          Pair pair = pair(co);
          return new Scene(writes.of(new SocketWriter(pair.near)), t -> {});
        });
  }

  interface Sends {
    YieldEvent<?, ?> of(StreamSocket socket, ByteBuffer ten) throws Exception;
  }

  /** An event that waits for room, on a connection without any. */
  private static void sender(String event, Sends sends) {
    addStream(
        event,
        (co, opener) -> {
          Streams pair = opener.open(co, localPair(co));
          ByteBuffer much = ByteBuffer.allocate(MUCH);
          while (pair.near.trySend(much) > 0) {
            much.clear();
          }
          ByteBuffer ten = ByteBuffer.allocate(10);
          return new Scene(t -> ten.clear(), sends.of(pair.near, ten), drains(pair.far), t -> {});
        });
  }

  /** An event that sends more than there is room for. */
  private static void largeSender(String event, Sends sends) {
    addStream(
        event,
        (co, opener) -> {
          Streams pair = opener.open(co, localPair(co));
          ByteBuffer much = ByteBuffer.allocate(MUCH);
          return new Scene(t -> much.clear(), sends.of(pair.near, much), drains(pair.far), t -> {});
        });
  }

  interface Receives {
    YieldEvent<?, ?> of(StreamSocket socket, ByteBuffer buffer);
  }

  private static void receiver(String event, Receives receives) {
    addStream(
        event,
        (co, opener) -> {
          Streams pair = opener.open(co);
          ByteBuffer buffer = ByteBuffer.allocate(10);
          return new Scene(
              t -> buffer.clear(),
              receives.of(pair.near, buffer),
              sends(pair.far, "abc"),
              t -> pair.near.tryRecv(ByteBuffer.allocate(10)));
        });
  }

  private static void sockets() {
    largeSender("StreamSocket.send(ByteBuffer)", StreamSocket::send);
    largeSender("StreamSocket.sendAll(ByteBuffer[])", (socket, much) -> socket.sendAll(much));
    sender("StreamSocket.sendSome(ByteBuffer)", StreamSocket::sendSome);
    sender(
        "StreamSocket.send(int, Consumer)",
        (socket, ten) -> socket.send(10, out -> out.putLong(1)));
    sender("StreamSocket.writable()", (socket, ten) -> socket.writable());
    sender(
        "StreamSocket.sendFile(FileChannel, long, long)",
        (socket, ten) -> socket.sendFile(fileOfTen(), 0, 10));
    receiver("StreamSocket.recv(ByteBuffer)", StreamSocket::recv);
    receiver("StreamSocket.readable()", (socket, buffer) -> socket.readable());
    addStream(
        "StreamSocket.closed()",
        (co, opener) -> {
          Streams pair = opener.open(co);
          return new Scene(pair.near.closed(), t -> pair.far.close());
        });
    addStream(
        "StreamSocket.copyTo(StreamSocket)",
        (co, opener) -> {
          Streams from = opener.open(co);
          Streams to = opener.open(co);
          return new Scene(from.near.copyTo(to.near), t -> from.far.close());
        });
  }

  private static FileChannel fileOfTen() throws IOException {
    Path file = folder.resolve("ten");
    Files.write(file, new byte[10]);
    return FileChannel.open(file);
  }

  private static void halves() {
    largeSender("WriteHalf.send(ByteBuffer)", (socket, much) -> socket.writeHalf().send(much));
    largeSender(
        "WriteHalf.sendAll(ByteBuffer[])", (socket, much) -> socket.writeHalf().sendAll(much));
    sender("WriteHalf.sendSome(ByteBuffer)", (socket, ten) -> socket.writeHalf().sendSome(ten));
    sender(
        "WriteHalf.send(int, Consumer)",
        (socket, ten) -> socket.writeHalf().send(10, out -> out.putLong(1)));
    sender("WriteHalf.writable()", (socket, ten) -> socket.writeHalf().writable());
    sender(
        "WriteHalf.sendFile(FileChannel, long, long)",
        (socket, ten) -> socket.writeHalf().sendFile(fileOfTen(), 0, 10));
    receiver("ReadHalf.recv(ByteBuffer)", (socket, buffer) -> socket.readHalf().recv(buffer));
    receiver("ReadHalf.readable()", (socket, buffer) -> socket.readHalf().readable());
    addStream(
        "ReadHalf.copyTo(WriteHalf)",
        (co, opener) -> {
          Streams from = opener.open(co);
          Streams to = opener.open(co);
          return new Scene(from.near.readHalf().copyTo(to.near.writeHalf()), t -> from.far.close());
        });
  }

  private static void connections() {
    add(
        "TcpSocket.connect(SocketAddress)",
        NEVER_WAITS,
        co -> {
          TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
          return new Scene(TcpSocket.connect(listener.localAddress()), t -> {});
        });
    add(
        "Connect.to(String, int)",
        NEVER_WAITS,
        co -> {
          TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
          return new Scene(Connect.to("127.0.0.1", listener.localAddress().getPort()), t -> {});
        });
    add(
        "TcpListener.accept()",
        REFUSED,
        co -> {
          TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
          return new Scene(
              listener.accept(),
              t -> {
                TcpSocket _ = t.await(TcpSocket.connect(listener.localAddress()));
              });
        });
  }

  private static void handshakes() {
    Stage handshakes =
        co -> {
          Pair pair = pair(co);
          var accepts = TlsSocket.server(pair.far, server);
          var connects = TlsSocket.client(pair.near, client);
          var accepting = co.task().scheduler().submit("server", t -> t.await(accepts));
          TlsSocket near = co.await(connects);
          TlsSocket far = co.await(accepting.join());
          for (YieldEvent<TlsSocket, IOException> again : List.of(accepts, connects)) {
            assertThatThrownBy(() -> co.await(again))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("handshake");
          }
          co.await(near.send(Connections.bytes("abc")));
          assertThat(co.await(far.recv(ByteBuffer.allocate(10)))).isEqualTo(3);
          return new Scene(far.recv(ByteBuffer.allocate(10)), sends(near, "a"));
        };
    add("TlsSocket.client(TcpSocket, TlsOptions)", REFUSED, handshakes);
    add("TlsSocket.server(TcpSocket, TlsOptions)", REFUSED, handshakes);
  }

  private static void readers() {
    reader("readLine()", "x\n", SocketReader::readLine);
    reader("readLine(int)", "x\n", reader -> reader.readLine(10));
    reader("readLine(Charset)", "x\n", reader -> reader.readLine(US_ASCII));
    reader("readUntil(byte[], int)", "x;", reader -> reader.readUntil(new byte[] {';'}, 10));
    reader("hasLine()", "x\n", SocketReader::hasLine);
    reader("readExactly(int)", "xy", reader -> reader.readExactly(2));
    reader("readAvailable()", "xy", SocketReader::readAvailable);
    reader("skip(long)", "xy", reader -> reader.skip(2));
    reader("peek(int)", "xy", reader -> reader.peek(2));
    for (boolean fully : new boolean[] {true, false}) {
      add(
          "SocketReader." + (fully ? "readFully(ByteBuffer)" : "read(ByteBuffer)"),
          REFUSED,
          co -> {
            Pair pair = pair(co);
            SocketReader in = new SocketReader(pair.near);
            ByteBuffer two = ByteBuffer.allocate(2);
            return new Scene(
                t -> two.clear(),
                fully ? in.readFully(two) : in.read(two),
                sends(pair.far, "xy"),
                t -> {});
          });
    }
    add(
        "SocketReader.readAll(int)",
        REFUSED,
        co -> {
          Pair pair = pair(co);
          return new Scene(new SocketReader(pair.near).readAll(10), t -> pair.far.close());
        });
    add(
        "Lines.readLine()",
        REFUSED,
        co -> {
          Pair pair = pair(co);
          return new Scene(new Lines(pair.near).readLine(), sends(pair.far, "x\n"));
        });
    add(
        "Lines.hasLine()",
        REFUSED,
        co -> {
          Pair pair = pair(co);
          return new Scene(new Lines(pair.near).hasLine(), sends(pair.far, "x\n"));
        });
    writer("flush()", SocketWriter::flush);
    writer("write(byte[])", writer -> writer.write(new byte[3]));
    writer("write(ByteBuffer[])", writer -> writer.write(empty(), empty()));
    writer("write(String, Charset)", writer -> writer.write("abc", US_ASCII));
    writer("writeLine(String)", writer -> writer.writeLine("abc"));
    writer("writeLine(String, Charset)", writer -> writer.writeLine("abc", US_ASCII));
  }

  private static ByteBuffer empty() {
    return ByteBuffer.allocate(0);
  }

  interface OfDatagrams {
    YieldEvent<?, ?> of(UdpSocket socket) throws Exception;
  }

  private static void datagrams() {
    Map<String, OfDatagrams> receives =
        Map.of(
            "recv()", UdpSocket::recv,
            "recvBatch(int)", socket -> socket.recvBatch(5),
            "recv(ByteBuffer)", socket -> socket.recv(ByteBuffer.allocate(5)));
    receives.forEach(
        (event, made) ->
            add(
                "UdpSocket." + event,
                REFUSED,
                co -> {
                  UdpSocket socket = UdpSocket.bind(Connections.ANY_PORT);
                  UdpSocket peer = UdpSocket.connect(socket.localAddress());
                  return new Scene(
                      made.of(socket),
                      t -> {
                        int _ = t.await(peer.send(Connections.bytes("xy")));
                      });
                }));
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", 9);
    Map<String, OfDatagrams> sends =
        Map.of(
            "send(ByteBuffer, InetSocketAddress)",
            socket -> socket.send(Connections.bytes("xy"), nobody),
            "send(Datagram)",
            socket -> socket.send(new Datagram(nobody, Connections.bytes("xy"))),
            "sendBatch(List)",
            socket -> socket.sendBatch(List.of(new Datagram(nobody, Connections.bytes("xy")))));
    sends.forEach(
        (event, made) ->
            add(
                "UdpSocket." + event,
                NEVER_WAITS,
                co -> {
                  UdpSocket socket = UdpSocket.bind(Connections.ANY_PORT);
                  return new Scene(made.of(socket), t -> {});
                }));
    add(
        "UdpSocket.send(ByteBuffer)",
        NEVER_WAITS,
        co -> {
          UdpSocket peer = UdpSocket.bind(Connections.ANY_PORT);
          UdpSocket socket = UdpSocket.connect(peer.localAddress());
          return new Scene(socket.send(Connections.bytes("xy")), t -> {});
        });
  }

  private static void servers() {
    add(
        "Server.end()",
        NEVER_WAITS,
        co -> {
          Server made = serve(co, (in, connection) -> {});
          Task<?> waits = co.task().scheduler().submit(t -> t.await(made.end()));
          co.await(Task.yield());
          boolean _ = waits.cancel("no longer wanted");
          co.await(Task.yield());
          made.shutdown();
          return new Scene(made.end(), t -> {});
        });
    add(
        "UdpEchoServer.end()",
        NEVER_WAITS,
        co -> {
          UdpEchoServer made =
              UdpEchoServer.open(co.task().scheduler(), List.of(Connections.ANY_PORT));
          Task<?> waits = co.task().scheduler().submit(t -> t.await(made.end()));
          co.await(Task.yield());
          boolean _ = waits.cancel("no longer wanted");
          co.await(Task.yield());

          made.shutdown();
          co.await(made.end());
          return new Scene(made.end(), t -> {});
        });
    add(
        "Connection.linger()",
        NEVER_WAITS,
        co -> {
          int[] lingered = {0};
          Server made =
              serve(
                  co,
                  (in, connection) -> {
                    var linger = connection.linger();
                    in.await(linger);
                    in.await(linger);
                    lingered[0]++;
                  });
          co.await(TcpSocket.connect(made.localAddress())).close();
          while (made.stats().ended() == 0) {
            co.await(Task.yield());
          }
          assertThat(lingered[0]).isEqualTo(1);
          made.shutdown();
          return new Scene(made.end(), t -> {});
        });
  }

  private static Server serve(Awaiter co, ConnectionHandler handler) throws Exception {
    return Server.on(co.task().scheduler(), handler).bind(List.of(Connections.ANY_PORT));
  }

  static {
    sockets();
    halves();
    connections();
    handshakes();
    readers();
    datagrams();
    servers();
  }

  @Holds("Y1")
  @Test
  void eachEventMeansItsOperationHoweverOftenItIsAwaited() {
    EventContract.checkAll(kind, CASES);
  }

  @Holds("Y1")
  @Test
  void eachEventOfAnEncryptedConnectionMeansItsOperationToo() {
    EventContract.checkAll(kind, ENCRYPTED);
  }

  @Test
  void noEventIsMissingHere() throws Exception {
    Set<String> all = EventContract.eventsOf(Server.class, "dev.heddle.net");
    all.removeAll(NOT_MADE_THERE);
    assertThat(CASES.keySet()).containsExactlyElementsOf(all);
  }
}
