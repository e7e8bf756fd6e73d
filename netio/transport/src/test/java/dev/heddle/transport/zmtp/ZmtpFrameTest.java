package dev.heddle.transport.zmtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportLimits;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames by scripted bytes, and peers that do not speak ZMTP. */
class ZmtpFrameTest {
  private static final Address JOBS = Address.queue("jobs");
  private static final TransportLimits LIMITS = TransportLimits.DEFAULT.withMaxMessageBytes(2_000);

  @Test
  void aGreetingOrARoleThatIsNotSpokenHereIsRefusedWithTheValueAndTheRange() {
    byte[] http = Arrays.copyOf("GET / HTTP/1.1".getBytes(UTF_8), ZmtpFrame.GREETING);
    assertThatThrownBy(() -> ZmtpFrame.checkGreeting(http))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            "a malformed greeting of ZMTP: signature is 0x47 ... 0x50: must be 0xff ... 0x7f");
    byte[] old = ZmtpFrame.greeting();
    old[10] = 1;
    assertThatThrownBy(() -> ZmtpFrame.checkGreeting(old))
        .hasMessage("a malformed greeting of ZMTP: version is 1: must be 3 to 255");
    byte[] curve = ZmtpFrame.greeting();
    System.arraycopy("CURVE".getBytes(UTF_8), 0, curve, 12, 5);
    assertThatThrownBy(() -> ZmtpFrame.checkGreeting(curve))
        .hasMessageContaining("mechanism is 'CURVE': must be NULL");
    byte[] ready = ZmtpFrame.ready(ZmtpRole.PUB);
    ZmtpFrame frame = new ZmtpFrame(true, false, Arrays.copyOfRange(ready, 2, ready.length));
    assertThatThrownBy(() -> frame.checkReady(ZmtpRole.PULL))
        .hasMessage("a malformed command of ZMTP: Socket-Type is 'PUB': must be PUSH, for a PULL");
  }

  @Test
  void commandsAtRandomAreRefusedInOneLineAndNothingElseIsThrown() {
    Random random = new Random(3);
    byte[] ready = ZmtpFrame.ready(ZmtpRole.PUSH);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = Arrays.copyOfRange(ready, 2, 2 + random.nextInt(ready.length - 1));
      if (body.length > 0) {
        body[random.nextInt(body.length)] = (byte) random.nextInt();
      }
      try {
        new ZmtpFrame(true, false, body).checkReady(ZmtpRole.PULL);
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).doesNotContain("\n").contains("must be");
      }
    }
  }

  private static byte[] joined(byte[]... pieces) {
    ByteBuffer all = ByteBuffer.allocate(10_000);
    for (byte[] piece : pieces) {
      all.put(piece);
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  /** What a PULL says about bytes that a peer sends after a good beginning. */
  private static void refused(byte[] bytes, String message) throws Exception {
    Scheduler.run(
        co -> {
          ZmtpTransport zmtp = ZmtpTransport.open(Scheduler.current(), LIMITS);
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          zmtp.bind(JOBS, ZmtpRole.PULL, listener);
          try (TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
            co.await(
                socket.send(
                    ByteBuffer.wrap(
                        joined(ZmtpFrame.greeting(), ZmtpFrame.ready(ZmtpRole.PUSH), bytes))));
            while (zmtp.lastFailure() == null) {
              co.await(Task.sleep(Duration.ofMillis(1)));
            }
            assertThat(zmtp.lastFailure()).isEqualTo(message);
          }
          zmtp.close();
        });
  }

  @Test
  void aFrameThatIsOutOfRangeEndsItsConnectionInOneLine() throws Exception {
    refused(new byte[] {8, 0}, "a frame of ZMTP has the flags 8: must be 0 to 7");
    refused(
        new byte[] {2, -1, -1, -1, -1, -1, -1, -1, -1},
        "a frame of ZMTP has 18446744073709551615 bytes: must be 0 to 2000");
    refused(
        ZmtpFrame.message(List.of(new byte[1], new byte[1])),
        "a message for PULL at queue 'jobs' has 2 frames, the last of 1 bytes: must be 1, of 0 to"
            + " 2000");
  }

  @Test
  void framesArriveInWhateverPiecesTheyCome() throws Exception {
    byte[] whole =
        joined(
            ZmtpFrame.greeting(),
            ZmtpFrame.ready(ZmtpRole.PUSH),
            ZmtpFrame.message(List.of("one".getBytes(UTF_8))),
            ZmtpFrame.message(List.of(new byte[0])),
            new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 3, 't', 'w', 'o'}); // long, and yet short
    Scheduler.run(
        co -> {
          ZmtpTransport zmtp = ZmtpTransport.open(Scheduler.current(), LIMITS);
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          zmtp.bind(JOBS, ZmtpRole.PULL, listener);
          try (MessageReceiver receiver = zmtp.receiver(JOBS, 1)) {
            for (int split = 1; split < whole.length; split++) {
              try (TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
                co.await(socket.send(ByteBuffer.wrap(whole, 0, split)));
                co.await(Task.yield());
                co.await(Task.yield());
                co.await(socket.send(ByteBuffer.wrap(whole, split, whole.length - split)));
                for (String expected : List.of("one", "", "two")) {
                  Delivery delivery = co.await(receiver.receive().within(Duration.ofSeconds(50)));
                  assertThat(new String(delivery.body(), UTF_8))
                      .as("split at %s", split)
                      .isEqualTo(expected);
                  delivery.acknowledge();
                }
              }
            }
          }
          zmtp.close();
        });
  }
}
