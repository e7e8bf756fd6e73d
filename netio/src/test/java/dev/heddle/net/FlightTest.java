package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.FlightRecords;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Flight Recorder is told of connections. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class FlightTest {
  @Parameter Kind kind;

  @Test
  void eachAcceptAndEachCloseIsRecordedOnceWithItsCause() throws Exception {
    List<RecordedEvent> recorded =
        FlightRecords.during(
            () -> {
              Connections.withOne(kind, (co, near, far) -> near.close("enough"));
              return null;
            },
            "Accept",
            "ConnectionClosed");
    assertThat(recorded)
        .filteredOn(event -> FlightRecords.name(event).equals("Accept"))
        .hasSize(2)
        .allSatisfy(
            event -> {
              assertThat(event.getString("listener")).startsWith("listener on 127.0.0.1:");
              assertThat(event.getString("connection")).startsWith("connection from 127.0.0.1:");
            });
    assertThat(recorded)
        .filteredOn(event -> FlightRecords.name(event).equals("ConnectionClosed"))
        .hasSize(4)
        .extracting(event -> event.getString("cause"))
        .containsOnlyOnce("enough");
  }

  @Test
  void aConnectionThatThePeerHasResetSaysSo() throws Exception {
    List<RecordedEvent> recorded = FlightRecords.during(this::resetByPeer, "ConnectionClosed");
    assertThat(recorded)
        .singleElement()
        .satisfies(event -> assertThat(event.getString("cause")).contains("; before: "));
  }

  private Object resetByPeer() throws IOException {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      InetSocketAddress at = listener.localAddress();
      Socket peer = new Socket(at.getAddress(), at.getPort());
      peer.setSoLinger(true, 0);
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpSocket accepted = co.await(listener.accept());
            peer.close();
            try {
              int _ = co.await(accepted.recv(ByteBuffer.allocate(1)));
            } catch (IOException reset) {
              accepted.close();
            }
          });
      scheduler.run();
    }
    return null;
  }
}
